"""X: an account's posts with their metrics, daily analytics, mentions and replies, through the API v2.

Limits hold per endpoint and quarter of an hour and stand in every answer. Every post and profile that is
read costs money: the night has a budget in resources and in US dollars, and no request is sent that might
pass it.
Documentation: https://docs.x.com/x-api/introduction

Quirks that shape this module:

* ``id`` in the settings is the account's number. An app's own token (``context = "app"``) sees neither
  private metrics nor analytics.
* The API has been described twice: with tweets, and since 2026-08-07 with posts. ``dialect`` says which is
  tried first.
* Private metrics end when a post is thirty days old. A night reads 28 days back, so that every post of an
  ordinary night still has them.
* HTTP 200 may carry ``errors`` beside the data; without results there is no ``data`` at all.
* Reposts of others are not own posts. Own answers to others are answers: their words are not kept.
* The search for replies reaches seven days back, and what it finds is paid for every night anew:
  ``responses_days`` are three, so that two missed nights leave no gap.
* Followers are only known for now, so a night that is read late has none.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.http import Grant, Limits, Rates, Session, Token, judge_grant, standard_grant, x_headers
from pipeline.settings import Account, Secret
from pipeline.sources._answers import guarded, too_late
from pipeline.sources.x.api import Api
from pipeline.sources.x.posts import Own, analytics, own_posts
from pipeline.sources.x.profiles import account_now, introduced, tracked_now
from pipeline.sources.x.purse import Purse, PurseEmpty
from pipeline.sources.x.responses import mentions, replies
from pipeline.streams import Absent, Note, Page, Stream, Unit, Yield

PLATFORM = "x"
KIND: Literal["network"] = "network"
ORIGIN: Literal["api"] = "api"
BASE = "https://api.x.com"
API_VERSION = "2"
TIME_ZONE: str | None = "UTC"
RESTATEMENT_DAYS = 28
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
# A user's access token, or the app's own. A user's lives for two hours: `refresh_token` renews it.
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS = ("refresh_token", "client_secret")
OPTIONS: Mapping[str, object] = {
    "context": "user",
    "dialect": "tweet",
    "client_id": "",
    "tracked": (),
    "responses_days": 3,
    "reads_per_night": 10_000,
    "money_per_night": Decimal("10.00"),
    "price_post_read": Decimal("0.005"),
    "price_user_read": Decimal("0.010"),
    "price_owned_read": Decimal("0.001"),
    # False where the app belongs to somebody else than the account: its own posts then cost like all others.
    "owned_reads": True,
}

_CREATED = "CAST(TRY_CAST(created_at AS TIMESTAMPTZ) AS DATE)"
_RESPONSE: Mapping[str, Literal["VARCHAR", "BOOLEAN"]] = {
    "id": "VARCHAR",
    "created_at": "VARCHAR",
    "conversation_id": "VARCHAR",
    "answered": "VARCHAR",
    "person": "VARCHAR",
    "own": "BOOLEAN",
}
_PROFILE: Mapping[str, Literal["VARCHAR", "JSON"]] = {
    "day": "VARCHAR",
    "id": "VARCHAR",
    "username": "VARCHAR",
    "public_metrics": "JSON",
}
STREAMS = (
    # The account as it is when the night is read: `day` is the night, put in front by us.
    Stream(name="account", columns=_PROFILE, key=("day",), day="TRY_CAST(day AS DATE)", optional=True),
    # `answers` is ours: self in a thread, other in an answer to somebody, nothing for a post of its own.
    Stream(
        name="posts",
        columns={
            "id": "VARCHAR",
            "created_at": "VARCHAR",
            "text": "VARCHAR",
            "note_tweet": "JSON",
            "note_post": "JSON",
            "conversation_id": "VARCHAR",
            "answers": "VARCHAR",
            "entities": "JSON",
            "attachments": "JSON",
            "referenced_tweets": "JSON",
            "referenced_posts": "JSON",
            "public_metrics": "JSON",
            "non_public_metrics": "JSON",
            "organic_metrics": "JSON",
        },
        key=("id",),
        day=_CREATED,
        absence_means_deleted=True,
    ),
    # What a post gathered within a UTC day.
    Stream(
        name="analytics",
        columns={"id": "VARCHAR", "timestamp": "VARCHAR", "metrics": "JSON"},
        key=("id", "timestamp"),
        day='CAST(TRY_CAST("timestamp" AS TIMESTAMPTZ) AS DATE)',
        optional=True,
    ),
    Stream(name="mentions", columns=_RESPONSE, key=("id",), day=_CREATED, optional=True),
    Stream(name="replies", columns=_RESPONSE, key=("id",), day=_CREATED, optional=True),
    # Accounts of others, by the names in `tracked`.
    Stream(name="tracked", columns=_PROFILE, key=("day", "username"), day="TRY_CAST(day AS DATE)", optional=True),
)

_USERNAME = re.compile(r"[A-Za-z0-9_]{1,15}")
RATES = Rates(read=x_headers, bucket=lambda path: re.sub(r"/users/\d+", "/users/:id", path))


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the token, which is renewed where there is a refresh token. ConfigError for a bad setting."""
    _check_settings(account)
    access, refresh = account.secrets["token"], account.secrets.get("refresh_token")
    is_app = account.options.get("context") == "app"
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        limits=limits,
        rates=RATES,
        state=account.state,
        # An app's limits are spent by all accounts that it reads.
        spender=access if is_app else None,
        token=Token(account, access=access, refresh=refresh, renew=_renewal(account) if refresh else None),
    )


def _check_settings(account: Account) -> None:
    if not account.id.isdecimal():
        raise ConfigError(f"id: {account.id!r} is not the number of an account of X")
    for name, known in (("context", ("user", "app")), ("dialect", ("tweet", "post"))):
        if account.options.get(name) not in known:
            raise ConfigError(f"{name}: must be {' or '.join(map(repr, known))}")
    for name in _names(account.options.get("tracked")):
        if not _USERNAME.fullmatch(name):
            raise ConfigError(f"tracked: {name!r} is not the name of an account of X")
    if "refresh_token" in account.secrets and not account.options.get("client_id"):
        raise ConfigError("client_id: is missing: a refresh token is renewed for the app that it was given to")


def _renewal(account: Account) -> Callable[[Session, Secret], Grant]:
    """The refresh token rotates: the answer holds the one that must be used next."""
    client, secret = str(account.options.get("client_id") or ""), account.secrets.get("client_secret")
    headers: dict[str, str | Secret] = {}
    if secret:
        pair = b64encode(f"{client}:{secret.reveal()}".encode()).decode("ascii")
        headers["Authorization"] = Secret(secret.reference, f"Basic {pair}")

    def renew(http: Session, refresh: Secret) -> Grant:
        form: dict[str, str | int | Secret] = {"grant_type": "refresh_token", "refresh_token": refresh}
        with http.beside(http.base, headers) as asking:
            return standard_grant(asking.post("/2/oauth2/token", {**form, "client_id": client}, judge=judge_grant))

    return renew


def check(account: Account, http: Session) -> str:
    """One call for the account. It buys one profile."""
    return introduced(account, http)


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The account now, its posts, others, analytics, mentions, replies: what is cheap and matters most comes first."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    api, own, seen = Api(account, http, Purse(account)), Own(), set[str]()
    tracked = _names(account.options.get("tracked"))
    api.purse.open(api.now.date())
    yield from _paid("account", account_now(api, unit))
    # An old window comes but once; a night's window is read again tomorrow.
    old = too_late(unit, http) is not None
    yield from _paid("posts", own_posts(api, unit.window, own), for_good=old)
    if tracked:
        yield from _paid("tracked", tracked_now(api, unit, tracked))
    yield from _paid("analytics", analytics(api, unit.window, own), for_good=old)
    yield from _paid("mentions", mentions(api, unit.window, seen))
    yield from _paid("replies", replies(api, unit.window, own, seen))
    yield from api.notes
    yield Note("reads_bought", api.purse.told())


def _paid(stream: str, items: Iterator[Yield], *, for_good: bool = False) -> Iterator[Yield]:
    """The items as far as the purse reaches. What was read is kept, and what is missing is said.

    ``for_good``: the next night would not read it again, so the unit is left for a day with a full purse.
    """
    told = 0
    try:
        for item in items:
            told += len(item.records) if isinstance(item, Page) else 0
            yield item
    except PurseEmpty as empty:
        if for_good:
            raise
        if told:
            yield Note("read_budget", f"only {told} records of {stream} were read: {empty}")
        else:
            yield Note("read_budget", f"no {stream}: {empty}")
            yield Absent(stream, str(empty))


def _names(value: object) -> tuple[str, ...]:
    names = map(str, value) if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return tuple(name.removeprefix("@") for name in names)
