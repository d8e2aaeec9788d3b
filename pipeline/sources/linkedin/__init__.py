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

from collections.abc import Iterator
from datetime import date
from typing import Literal

import msgspec

from pipeline.http import Limits, Session
from pipeline.settings import Account
from pipeline.sources._answers import decode, guarded, whole
from pipeline.sources._linkedin_rest import Rest, quoted
from pipeline.sources._linkedin_session import (
    API_VERSION,
    OPTIONS,
    RENEWING,
    opened,
    version_ends,
    warnings,
)
from pipeline.sources.linkedin.days import by_days, demographics, followers
from pipeline.sources.linkedin.posts import POST_FIELDS, posts
from pipeline.streams import Note, Stream, Unit, Yield

# What the pipeline asks of this module and all of LinkedIn has in common.
__all__ = ["API_VERSION", "OPTIONS", "version_ends", "warnings"]

PLATFORM = "linkedin"
KIND: Literal["network"] = "network"
ORIGIN: Literal["api"] = "api"
BASE = "https://api.linkedin.com/rest"
TIME_ZONE: str | None = "UTC"
RESTATEMENT_DAYS = 28
# Statistics are kept for twelve months.
HISTORY_DAYS: int | None = 365
POOL_SLOTS = 2
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS = RENEWING

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


class _Organization(msgspec.Struct):
    localizedName: str = ""  # noqa: N815 - the platform's own name


class _Size(msgspec.Struct):
    firstDegreeSize: msgspec.Raw = msgspec.Raw(b"null")  # noqa: N815 - the platform's own name


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the token, the version and the protocol in its headers. ConfigError for a bad version,
    or a refresh token that nobody could use."""
    return opened(account, night, limits)


def check(account: Account, http: Session) -> str:
    """Two calls: the page's name, and its followers."""
    rest = Rest(account, http)
    path, permission = f"/organizations/{quoted(account.id)}", "r_organization_admin"
    name = decode(rest.get(path, "", permission=permission), _Organization, "the page").localizedName
    path = f"/networkSizes/{quoted(rest.organization)}"
    answer = rest.get(path, "edgeType=COMPANY_FOLLOWED_BY_MEMBER", permission=permission)
    number = whole(decode(answer, _Size, "the number of followers").firstDegreeSize)
    return f"page {name}, {'an unknown number of' if number is None else f'{number:,}'} followers"


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
