"""Mastodon: the posts of an account on any instance, what was answered, and its followers.

300 requests in five minutes for each address and each token; the headers say what is left.
Documentation: https://docs.joinmastodon.org/methods/accounts/ and
https://docs.joinmastodon.org/methods/statuses/

Quirks that shape this module:

* ``id`` in the settings is the account's name (``atelier``); ``base`` is the address of its instance.
  Most of it is public: a token is needed where the instance shows nothing to strangers.
* Ids are text. Pages follow the ``Link`` header alone: filters work after a page was cut, so a short
  or empty page is no end.
* Boosts are not own posts, and answers to others are answers, not posts: neither is asked for.
* Nothing counts how often a post was shown, and counters are what this instance knows of the others.
* Followers are only known for now, so a night that is read late has none.
* Other servers (GoToSocial, Pleroma, Pixelfed) speak it partly: fields that are missing stay absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from urllib.parse import quote, urlsplit

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Limits, Rates, Session, mastodon_headers
from pipeline.paging import by_cursor
from pipeline.settings import Account, Secret
from pipeline.sources._answers import decode, guarded, too_late
from pipeline.sources.mastodon.answers import Gone, judge, next_id, picked, responses, utc_day
from pipeline.streams import Absent, Note, Page, Stream, Unit, Yield

PLATFORM = "mastodon"
KIND: Literal["network"] = "network"
ORIGIN: Literal["api"] = "api"
BASE = ""
API_VERSION = "api/v1"
TIME_ZONE: str | None = "UTC"
RESTATEMENT_DAYS = 28
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS: tuple[str, ...] = ()
# A token with the scope read, for instances that show nothing to strangers.
OPTIONAL_CREDENTIALS = ("token",)
# Accounts of others whose public numbers stand beside the brand's: names as this instance knows them.
OPTIONS: Mapping[str, object] = {"tracked": ()}

_LEVELS: Mapping[str, Literal["VARCHAR", "BIGINT"]] = {
    "day": "VARCHAR",
    "acct": "VARCHAR",
    "id": "VARCHAR",
    "followers_count": "BIGINT",
    "following_count": "BIGINT",
    "statuses_count": "BIGINT",
    "last_status_at": "VARCHAR",
}
STREAMS = (
    # The account as it is when the night is read: `day` is the night.
    Stream(name="account", columns=_LEVELS, key=("day",), day="TRY_CAST(day AS DATE)", optional=True),
    Stream(
        name="posts",
        columns={
            "id": "VARCHAR",
            "created_at": "VARCHAR",
            "edited_at": "VARCHAR",
            "in_reply_to_id": "VARCHAR",
            "visibility": "VARCHAR",
            "language": "VARCHAR",
            "url": "VARCHAR",
            "content": "VARCHAR",
            "media": "VARCHAR",
            "replies_count": "BIGINT",
            "reblogs_count": "BIGINT",
            "favourites_count": "BIGINT",
            "quotes_count": "BIGINT",
        },
        key=("id",),
        day="CAST(TRY_CAST(created_at AS TIMESTAMPTZ) AS DATE)",
        absence_means_deleted=True,
    ),
    # What stands below the posts of the window: `post_day` is the post's, so that absence is exact.
    Stream(
        name="comments",
        columns={
            "id": "VARCHAR",
            "post": "VARCHAR",
            "post_day": "VARCHAR",
            "in_reply_to_id": "VARCHAR",
            "created_at": "VARCHAR",
            "person": "VARCHAR",
            "own": "BOOLEAN",
        },
        key=("id",),
        day="TRY_CAST(post_day AS DATE)",
        absence_means_deleted=True,
    ),
    Stream(name="tracked", columns=_LEVELS, key=("day", "acct"), day="TRY_CAST(day AS DATE)", optional=True),
)

A_PAGE = 40
RATES = Rates(read=mastodon_headers)
_SNOWFLAKE_BITS = 16


class _Account(msgspec.Struct):
    id: str
    followers_count: object = "an unknown number of"


class _Status(msgspec.Struct):
    """What decides whether a status belongs to the window."""

    id: str
    created_at: datetime
    reblog: msgspec.Raw = msgspec.Raw(b"null")
    replies_count: object = None

    @property
    def day(self) -> date:
        return utc_day(self.created_at)


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the token where there is one."""
    token = account.secrets.get("token")
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        headers={"Authorization": Secret(token.reference, f"Bearer {token.reveal()}")} if token else None,
        limits=limits,
        rates=RATES,
        state=account.state,
        # The limit is the address's of this machine: all accounts of an instance spend it, however its base is written.
        spender=urlsplit(account.base).netloc.lower(),
    )


def check(account: Account, http: Session) -> str:
    """One call: whether the instance knows the account."""
    told = decode(_lookup(http, account.id), _Account, "the account")
    return f"@{account.id} on {account.base}, {told.followers_count} followers"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The account now, its posts of the window, what stands below them, the accounts of others."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    profile = _lookup(http, account.id)
    number = decode(profile, _Account, "the account").id
    late = too_late(unit, http)
    yield Absent("account", late) if late else Page("account", [picked(profile, _LEVELS, day=unit.night.isoformat())])
    answered: list[_Status] = []
    for found in _statuses(account.base, number, unit, http):
        inside = [(status, row) for status, row in found if unit.window.since <= status.day <= unit.window.until]
        answered += [status for status, _ in inside if status.replies_count not in (0, "0")]
        yield Page("posts", [row for _, row in inside])
    for status in answered:
        try:
            yield Page("comments", responses(account, http, number, status.id, (status.day, unit.window.until)))
        except Gone:
            yield Note("post_gone", f"the post {status.id} was deleted while its answers were read")
    yield Page("comments", [])
    yield from _tracked(account, unit, http, late)


def _statuses(base: str, number: str, unit: Unit, http: Session) -> Iterator[list[tuple[_Status, bytes]]]:
    """Pages of the account's own posts, newest first, until one lies wholly before the window."""

    def ask(cursor: str | None) -> tuple[list[tuple[_Status, bytes]], str | None]:
        params: list[tuple[str, str | int]] = [("limit", A_PAGE), ("exclude_replies", "true")]
        params += [("exclude_reblogs", "true")]
        start = cursor or _after(unit)
        params += [("max_id", start)] if start else []
        answer = http.get(f"/api/v1/accounts/{quote(number, safe='')}/statuses", params, judge=judge)
        found, last = [], None
        page = decode(answer, list[msgspec.Raw], "the statuses")
        for raw in page:
            status = decode(raw, _Status, "a status")
            last = status.id
            if bytes(status.reblog) == b"null":
                found.append((status, picked(raw, STREAMS[1].columns)))
        # An account may pin or import old posts, but a list that is sorted by id is sorted by time.
        past = bool(found) and all(status.day < unit.window.since for status, _ in found)
        # Some proxies swallow the link that leads on: a full page is not taken for the last one.
        following = next_id(answer, base) or (last if len(page) >= A_PAGE else None)
        return found, None if past else following

    yield from by_cursor(ask)


def _after(unit: Unit) -> str | None:
    """Where to begin when the window ended long ago: the id that the instance would give the day after it.

    Ids of Mastodon are milliseconds shifted by 16 bits. Tonight's window begins with the newest post.
    """
    if unit.window.until >= unit.night:
        return None
    end = datetime.combine(unit.window.until + timedelta(days=1), time(), UTC)
    return str(int(end.timestamp() * 1000) << _SNOWFLAKE_BITS)


def _tracked(account: Account, unit: Unit, http: Session, late: str | None) -> Iterator[Yield]:
    tracked = account.options.get("tracked")
    if not isinstance(tracked, Sequence) or not tracked:
        return
    if late:
        yield Absent("tracked", late)
        return
    for name in tracked:
        try:
            profile = _lookup(http, str(name))
        except Gone:
            yield Note("tracked_gone", f"the instance does not know @{name}: correct tracked in the settings")
            continue
        yield Page("tracked", [picked(profile, _LEVELS, day=unit.night.isoformat(), acct=str(name))])
    yield Page("tracked", [])


def _lookup(http: Session, name: str) -> msgspec.Raw:
    answer = http.get("/api/v1/accounts/lookup", (("acct", name),), judge=judge)
    if not answer.body.lstrip().startswith(b"{"):
        raise SourceChanged("the account is no object")
    return msgspec.Raw(answer.body)
