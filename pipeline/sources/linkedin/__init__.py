"""LinkedIn: the page of an organization through the versioned REST API (no advertising).

The quota is one of calls a day, differs by application, and is nowhere announced; it begins again at midnight
UTC. A night costs eight calls, one for each post under which something was written, and one for each comment
that was answered.
Documentation: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/

Quirks that shape this module:

* ``id`` in the settings is the number of the organization. Days are UTC, times are milliseconds.
* A version is a month, lives a year, and then every call is refused: ``version`` sets it, ``warnings`` says
  when it ages.
* Statistics reach back 12 months and are complete after two days: later days are not asked for.
* Posts without statistics are left out of an answer, which is no zero; counters may be negative.
* A short page is no end. The list of posts knows no dates, so it is read until the window is behind.
* Daily reach does not add up, and counters are organic only.
* An organization shows its numbers to its administrators alone: nobody else is tracked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Literal

import msgspec

from pipeline.errors import ConfigError
from pipeline.http import Limits, Rates, Session
from pipeline.http.tokens import Grant, Token, judge_grant, standard_grant
from pipeline.settings import Account, Secret
from pipeline.sources._answers import decode, guarded, whole
from pipeline.sources.linkedin.days import by_days, demographics, followers
from pipeline.sources.linkedin.posts import POST_FIELDS, posts
from pipeline.sources.linkedin.rest import Rest, quoted
from pipeline.streams import Note, Stream, Unit, Yield

PLATFORM = "linkedin"
KIND: Literal["network"] = "network"
ORIGIN: Literal["api"] = "api"
BASE = "https://api.linkedin.com/rest"
API_VERSION = "202608"
TIME_ZONE: str | None = "UTC"
RESTATEMENT_DAYS = 28
# Statistics are kept for twelve months.
HISTORY_DAYS: int | None = 365
POOL_SLOTS = 2
CREDENTIALS = ("token",)
# What renews a token that has expired: all three or none.
OPTIONAL_CREDENTIALS = ("refresh_token", "client_id", "client_secret")
OPTIONS: Mapping[str, object] = {
    "version": API_VERSION,
    "token_base": "https://www.linkedin.com/oauth/v2",
}

_DAY = "TRY_CAST(day AS DATE)"
_POST_DAY = "TRY_CAST(post_day AS DATE)"
STREAMS = (
    # The followers as they are when the night is read: `day` is the night.
    Stream(
        name="followers",
        columns={"day": "VARCHAR", "firstDegreeSize": "BIGINT"},
        key=("day",),
        day=_DAY,
    ),
    Stream(
        name="follower_gains",
        columns={
            "day": "VARCHAR",
            "timeRange": "JSON",
            "followerGains": "JSON",
            "organizationalEntity": "VARCHAR",
        },
        key=("day",),
        day=_DAY,
        optional=True,
    ),
    Stream(
        name="share_stats",
        columns={
            "day": "VARCHAR",
            "timeRange": "JSON",
            "totalShareStatistics": "JSON",
            "organizationalEntity": "VARCHAR",
        },
        key=("day",),
        day=_DAY,
        optional=True,
    ),
    Stream(
        name="page_stats",
        columns={
            "day": "VARCHAR",
            "timeRange": "JSON",
            "totalPageStatistics": "JSON",
            "organization": "VARCHAR",
        },
        key=("day",),
        day=_DAY,
        optional=True,
    ),
    # Who follows, as it is when the night is read: one record per part of each facet.
    Stream(
        name="demographics",
        columns={"day": "VARCHAR", "facet": "VARCHAR", "segment": "VARCHAR", "followerCounts": "JSON"},
        key=("day", "facet", "segment"),
        day=_DAY,
        optional=True,
    ),
    Stream(
        name="posts",
        columns=POST_FIELDS,
        key=("id",),
        day='CAST(TRY(epoch_ms(coalesce("publishedAt", "createdAt"))) AS DATE)',
        absence_means_deleted=True,
    ),
    # Lifetime counters of the posts of the window, as far as the platform has counted: `post_day` is the post's.
    Stream(
        name="post_stats",
        columns={
            "post": "VARCHAR",
            "post_day": "VARCHAR",
            "share": "VARCHAR",
            "ugcPost": "VARCHAR",
            "totalShareStatistics": "JSON",
            "organizationalEntity": "VARCHAR",
        },
        key=("post",),
        day=_POST_DAY,
    ),
    # What stands under the posts of the window: with the post's day, absence is exact.
    Stream(
        name="comments",
        columns={
            "id": "VARCHAR",
            "post": "VARCHAR",
            "post_day": "VARCHAR",
            "parent": "VARCHAR",
            "time": "BIGINT",
            "person": "VARCHAR",
            "own": "BOOLEAN",
        },
        key=("id",),
        day=_POST_DAY,
        absence_means_deleted=True,
    ),
)

# No answer tells of a limit. One that is spent, of a resource and an application, is not asked again by any account.
RATES = Rates(bucket=lambda path: path.strip("/").partition("/")[0])
_WARNED_FROM_MONTH = 10
_VERSION = re.compile(r"(20\d\d)(0[1-9]|1[0-2])")


class _Organization(msgspec.Struct):
    localizedName: str = ""  # noqa: N815 - the platform's own name


class _Size(msgspec.Struct):
    firstDegreeSize: msgspec.Raw = msgspec.Raw(b"null")  # noqa: N815 - the platform's own name


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the token, the version and the protocol in its headers. ConfigError for a bad version,
    or a refresh token that nobody could use."""
    year, month = _month(account)
    refresh = account.secrets.get("refresh_token")
    missing = [name for name in ("client_id", "client_secret") if name not in account.secrets]
    if refresh and missing:
        raise ConfigError(f"linkedin {account.id}: refresh_token needs {' and '.join(missing)} beside it")
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        headers={"Linkedin-Version": f"{year}{month:02}", "X-Restli-Protocol-Version": "2.0.0"},
        limits=limits,
        rates=RATES,
        state=account.state,
        spender=account.secrets.get("client_id") or account.secrets["token"],
        token=Token(
            account,
            access=account.secrets["token"],
            refresh=refresh,
            renew=partial(_renewed, account) if refresh else None,
        ),
    )


def _renewed(account: Account, http: Session, refresh: Secret) -> Grant:
    """A new access token of 60 days. The refresh token stays the same, and ends when it always would."""
    form: Mapping[str, str | int | Secret] = {
        "grant_type": "refresh_token",
        "refresh_token": refresh,
        "client_id": account.secrets["client_id"],
        "client_secret": account.secrets["client_secret"],
    }
    with http.beside(str(account.options["token_base"])) as other:
        return standard_grant(other.post("/accessToken", form, judge=judge_grant))


def check(account: Account, http: Session) -> str:
    """Two calls: the page's name, and its followers."""
    rest = Rest(account, http)
    path, permission = f"/organizations/{quoted(account.id)}", "r_organization_admin"
    name = decode(rest.get(path, "", permission=permission), _Organization, "the page").localizedName
    path = f"/networkSizes/{quoted(rest.organization)}"
    answer = rest.get(path, "edgeType=COMPANY_FOLLOWED_BY_MEMBER", permission=permission)
    number = whole(decode(answer, _Size, "the number of followers").firstDegreeSize)
    return f"page {name}, {'an unknown number of' if number is None else f'{number:,}'} followers"


def warnings(account: Account, day: date) -> Iterator[str]:
    """What a person should do soon, as seen on that day: a version ages, and then nothing answers any more."""
    year, month = _month(account)
    age = (day.year - year) * 12 + day.month - month + 1
    if age >= _WARNED_FROM_MONTH:
        yield (
            f"the API version {year}{month:02} is in month {age} of about 12: "
            f"set version to a newer one before {year + 1}-{month:02}-15"
        )


def version_ends(account: Account) -> tuple[str, date] | None:
    """The version in use and its last day: the 15th, a year after its month."""
    year, month = _month(account)
    return f"{year}{month:02}", date(year + 1, month, 15)


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """Followers, statistics by day, posts with their counters, and what was written under them."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    rest = Rest(account, http)
    yield from (Note("version_ages", warning) for warning in warnings(account, unit.night))
    yield from followers(rest, unit)
    yield from by_days(rest, unit)
    yield from demographics(rest, unit)
    yield from posts(rest, unit)


def _month(account: Account) -> tuple[int, int]:
    text = str(account.options.get("version") or API_VERSION)
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ConfigError(f"linkedin {account.id}: version must be a month such as {API_VERSION}")
    return int(found[1]), int(found[2])
