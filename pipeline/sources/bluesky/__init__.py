"""Bluesky: the posts of an account, what was answered, and its followers, as the public view shows them.

3,000 requests in five minutes for each address; the headers say what is left.
Documentation: https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed and
https://docs.bsky.app/docs/api/app-bsky-feed-get-post-thread

Quirks that shape this module:

* ``id`` in the settings is the account's handle or, better, its DID: a handle may change.
* Everything that is read is public: no credential is needed.
* Counters are optional: one that is not there is unknown, not 0. Nothing counts how often a post was shown.
* Reposts of others and pinned posts stand in the feed too: neither is an own post at that place.
* ``createdAt`` is set by the client and may lie; ``indexedAt``, when the network saw the post, guards it.
* Followers are only known for now, so a night that is read late has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Limits, Rates, Session, bluesky_headers
from pipeline.paging import by_cursor
from pipeline.settings import Account
from pipeline.sources._answers import decode, guarded, too_late
from pipeline.sources.bluesky.answers import Gone, Shown, judge, picked, profile, shown, thread
from pipeline.streams import Absent, Note, Page, Stream, Unit, Yield

PLATFORM = "bluesky"
KIND: Literal["network"] = "network"
ORIGIN: Literal["api"] = "api"
BASE = "https://public.api.bsky.app"
API_VERSION = "xrpc"
TIME_ZONE: str | None = "UTC"
RESTATEMENT_DAYS = 28
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS: tuple[str, ...] = ()
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
# Accounts of others whose public numbers stand beside the brand's: handles or DIDs.
OPTIONS: Mapping[str, object] = {"tracked": ()}

_LEVELS: Mapping[str, Literal["VARCHAR", "BIGINT"]] = {
    "day": "VARCHAR",
    "actor": "VARCHAR",
    "did": "VARCHAR",
    "handle": "VARCHAR",
    "followersCount": "BIGINT",
    "followsCount": "BIGINT",
    "postsCount": "BIGINT",
}
STREAMS = (
    # The account as it is when the night is read: `day` is the night.
    Stream(name="account", columns=_LEVELS, key=("day",), day="TRY_CAST(day AS DATE)", optional=True),
    Stream(
        name="posts",
        columns={
            "uri": "VARCHAR",
            "published": "VARCHAR",
            "createdAt": "VARCHAR",
            "indexedAt": "VARCHAR",
            "text": "VARCHAR",
            "langs": "JSON",
            "links": "JSON",
            "embed": "VARCHAR",
            "likeCount": "BIGINT",
            "repostCount": "BIGINT",
            "replyCount": "BIGINT",
            "quoteCount": "BIGINT",
            "bookmarkCount": "BIGINT",
        },
        key=("uri",),
        # `published` is ours: createdAt where indexedAt confirms it.
        day="CAST(TRY_CAST(published AS TIMESTAMPTZ) AS DATE)",
        absence_means_deleted=True,
    ),
    # What stands below the posts of the window: `post_day` is the post's, so that absence is exact.
    Stream(
        name="comments",
        columns={
            "key": "VARCHAR",
            "post": "VARCHAR",
            "post_day": "VARCHAR",
            "parent": "VARCHAR",
            "published": "VARCHAR",
            "person": "VARCHAR",
            "own": "BOOLEAN",
        },
        key=("key",),
        day="TRY_CAST(post_day AS DATE)",
        absence_means_deleted=True,
    ),
    Stream(name="tracked", columns=_LEVELS, key=("day", "actor"), day="TRY_CAST(day AS DATE)", optional=True),
)

A_PAGE = 100
RATES = Rates(read=bluesky_headers)
ACTORS_A_CALL = 25


class _Feed(msgspec.Struct):
    feed: list[msgspec.Raw]
    cursor: str | None = None


class _Profiles(msgspec.Struct):
    profiles: list[msgspec.Raw]


class _Actor(msgspec.Struct):
    did: str
    handle: str = ""
    followers: object = msgspec.field(name="followersCount", default="an unknown number of")


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session without credentials."""
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        limits=limits,
        rates=RATES,
        state=account.state,
        # The limit is the address's of this machine: all accounts spend it, however the base is written.
        spender=urlsplit(account.base).netloc.lower(),
    )


def check(account: Account, http: Session) -> str:
    """One call: whether the network knows the account."""
    actor = decode(_profile(account, http), _Actor, "the profile")
    return f"@{actor.handle} ({actor.did}), {actor.followers} followers"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The account now, its posts of the window, what stands below them, the accounts of others."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    told = _profile(account, http)
    did = decode(told, _Actor, "the profile").did
    late, night = too_late(unit, http), unit.night.isoformat()
    yield Absent("account", late) if late else Page("account", [profile(told, _LEVELS, day=night, actor=account.id)])
    answered: list[Shown] = []
    for found in _posts(did, unit, http):
        inside = [post for post in found if unit.window.since <= post.day <= unit.window.until]
        # A counter that is not there may hide answers; only a 0 says that there are none.
        answered += [post for post in inside if post.replies != 0]
        yield Page("posts", [picked(post) for post in inside])
    for post in answered:
        try:
            yield Page("comments", thread(account, http, did, post, unit.window.until))
        except Gone:
            yield Note("post_gone", f"the post {post.uri} was deleted while its answers were read")
    yield Page("comments", [])
    yield from _tracked(account, unit, http, late)


def _profile(account: Account, http: Session) -> msgspec.Raw:
    return msgspec.Raw(http.get("/xrpc/app.bsky.actor.getProfile", (("actor", account.id),), judge=judge).body)


def _posts(did: str, unit: Unit, http: Session) -> Iterator[list[Shown]]:
    """Pages of the account's own posts, newest first, each once, until a page lies wholly before the window."""
    seen: set[str] = set()

    def ask(cursor: str | None) -> tuple[list[Shown], str | None]:
        params: list[tuple[str, str | int]] = [("actor", did), ("limit", A_PAGE)]
        params += [("filter", "posts_and_author_threads"), ("includePins", "false")]
        # The cursor is the moment of the last post of a page: a window of long ago begins at its own end.
        start = cursor or (None if unit.window.until >= unit.night else f"{unit.window.until}T23:59:59.999Z")
        params += [("cursor", start)] if start else []
        answer = http.get("/xrpc/app.bsky.feed.getAuthorFeed", params, judge=judge)
        page = decode(answer, _Feed, "the feed")
        found = [post for post in (shown(item, did) for item in page.feed) if post and post.uri not in seen]
        seen.update(post.uri for post in found)
        past = bool(found) and all(post.day < unit.window.since for post in found)
        # The end is where there is no cursor, or nothing at all; a short page is none.
        return found, None if past or not page.feed else page.cursor or None

    yield from by_cursor(ask)


def _tracked(account: Account, unit: Unit, http: Session, late: str | None) -> Iterator[Yield]:
    """Public numbers of others, 25 accounts a call; whom the network does not know is left out and told."""
    option = account.options.get("tracked")
    tracked = [str(name) for name in option] if isinstance(option, (list, tuple)) else []
    if not tracked:
        return
    if late:
        yield Absent("tracked", late)
        return
    for start in range(0, len(tracked), ACTORS_A_CALL):
        asked = tracked[start : start + ACTORS_A_CALL]
        answer = http.get("/xrpc/app.bsky.actor.getProfiles", [("actors", name) for name in asked], judge=judge)
        found = {}
        for told in decode(answer, _Profiles, "the profiles").profiles:
            actor = decode(told, _Actor, "a profile")
            name = next((name for name in asked if name.lower() in {actor.did.lower(), actor.handle.lower()}), None)
            if name is None:
                raise SourceChanged(f"a profile came that was not asked for: {actor.did}")
            found[name] = profile(told, _LEVELS, day=unit.night.isoformat(), actor=name)
        yield Page("tracked", list(found.values()))
        for name in asked:
            if name not in found:
                yield Note("tracked_gone", f"the network does not know {name}: correct tracked in the settings")
