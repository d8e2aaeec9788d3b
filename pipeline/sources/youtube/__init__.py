"""YouTube: the videos of a channel and what is said below them (Data API v3), its days (Analytics API v2).

Quota: 10,000 units a day until midnight on the Pacific coast; a night costs four to ten. No header says
what is left, so the units are counted here.
Documentation: https://developers.google.com/youtube/v3/docs and
https://developers.google.com/youtube/analytics/reference

Quirks that shape this module:

* Numbers of the Data API are texts (``"17"``); a counter that is hidden or switched off is not there.
* The number of subscribers is rounded down to three figures, for the channel's own eyes too.
* A deleted or private video stays in the playlist for a while and is missing from the answer about it.
* The days of Analytics are Pacific and come two or three days late; a day without figures is left out.
* An API key (``key``) shows what is public and no Analytics; ``refresh_token`` with ``client_id`` and
  ``client_secret`` shows all. Where Google's consent screen stands at "Testing", a refresh token dies
  after seven days.
* Threads are listed by when they began: a reply to a thread that is older than the window is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from pipeline.errors import SourceRefused
from pipeline.http import Limits, Session
from pipeline.settings import Account
from pipeline.sources._answers import guarded, too_late
from pipeline.sources.youtube.access import KEY_ONLY, reports_session, signed_session
from pipeline.sources.youtube.analytics import DAYS, VIDEOS, Reports
from pipeline.sources.youtube.comments import comments
from pipeline.sources.youtube.data import Channel, channels, subscribers, uploads_of, videos
from pipeline.streams import Absent, Note, Page, Stream, Unit, Window, Yield

PLATFORM = "youtube"
KIND: Literal["network"] = "network"
ORIGIN: Literal["api"] = "api"
BASE = "https://www.googleapis.com/youtube/v3"
API_VERSION = "v3, analytics v2"
TIME_ZONE: str | None = "America/Los_Angeles"
RESTATEMENT_DAYS = 28
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS: tuple[str, ...] = ()
# Either a refresh token of the channel's owner and the secret of the app, or a key for what is public.
OPTIONAL_CREDENTIALS = ("refresh_token", "client_secret", "key")
# Channels of others whose public numbers stand beside the brand's: their ids (UC...).
OPTIONS: Mapping[str, object] = {
    "client_id": "",
    "tracked": (),
    "analytics_base": "https://youtubeanalytics.googleapis.com/v2",
    "token_base": "https://oauth2.googleapis.com",
}

_PACIFIC_DAY = "CAST(TRY_CAST({} AS TIMESTAMPTZ) AT TIME ZONE 'America/Los_Angeles' AS DATE)"
STREAMS = (
    # The channel as it is when the night is read: `day` is the night, put in front by us.
    Stream(
        name="channel",
        columns={"day": "VARCHAR", "id": "VARCHAR", "statistics": "JSON"},
        key=("day",),
        day="TRY_CAST(day AS DATE)",
    ),
    Stream(
        name="posts",
        columns={
            "id": "VARCHAR",
            "snippet": "JSON",
            "statistics": "JSON",
            "contentDetails": "JSON",
            "status": "JSON",
        },
        key=("id",),
        # Exact, because a video that is missing from the Pacific days that were asked was deleted.
        day=_PACIFIC_DAY.format("json_extract_string(snippet, '$.publishedAt')"),
        absence_means_deleted=True,
    ),
    # Comments and their replies, each with the moment at which its thread began: by that its absence is exact.
    Stream(
        name="comment_threads",
        columns={
            "id": "VARCHAR",
            "video_id": "VARCHAR",
            "parent_id": "VARCHAR",
            "published_at": "VARCHAR",
            "thread_published_at": "VARCHAR",
            "person": "VARCHAR",
            "is_own": "BOOLEAN",
        },
        key=("id",),
        day=_PACIFIC_DAY.format("thread_published_at"),
        absence_means_deleted=True,
    ),
    # One record per day, made from a table with columns that have the platform's names.
    Stream(
        name="channel_days",
        columns={
            "day": "VARCHAR",
            "views": "BIGINT",
            "engagedViews": "BIGINT",
            "estimatedMinutesWatched": "BIGINT",
            "likes": "BIGINT",
            "comments": "BIGINT",
            "shares": "BIGINT",
            "subscribersGained": "BIGINT",
            "subscribersLost": "BIGINT",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
    ),
    # What each video of the window gathered so far, as far as Analytics has come.
    Stream(
        name="video_totals",
        columns={
            "id": "VARCHAR",
            "published_at": "VARCHAR",
            "views": "BIGINT",
            "engagedViews": "BIGINT",
            "estimatedMinutesWatched": "BIGINT",
            "averageViewDuration": "BIGINT",
            "averageViewPercentage": "DOUBLE",
            "shares": "BIGINT",
            "subscribersGained": "BIGINT",
        },
        key=("id",),
        day=_PACIFIC_DAY.format("published_at"),
    ),
    Stream(
        name="tracked",
        columns={"day": "VARCHAR", "id": "VARCHAR", "statistics": "JSON"},
        key=("day", "id"),
        day="TRY_CAST(day AS DATE)",
        optional=True,
    ),
)


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the owner's token, or with the key alone. ConfigError where there is neither."""
    return signed_session(account, PLATFORM, night, limits)


def check(account: Account, http: Session) -> str:
    """One call for the channel, and with a token one for its figures, which need a scope of their own."""
    told = f"channel {account.id}, {subscribers(_own(account, channels(http, [account.id])))}"
    second = reports_session(account, http)
    if second is None:
        return f"{told}; no Analytics: a key shows only what is public"
    today = date.fromisoformat((http.first_date or "2026-01-01")[:10])
    with second:
        list(Reports(account, second, Window(today - timedelta(days=7), today)).days())
    return f"{told}, with Analytics"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The channel now, its videos of the window, the comments, the days, and the channels of others."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    tracked = [name for name in _names(account.options.get("tracked")) if name != account.id]
    found = channels(http, [account.id, *tracked])
    own, late = _own(account, found), too_late(unit, http)
    yield Absent("channel", late) if late else Page("channel", [_level(unit, own)])
    if tracked:
        others = [_level(unit, found[name]) for name in tracked if name in found]
        yield Absent("tracked", late) if late else Page("tracked", others)
    for name in tracked:
        if name not in found:
            yield Note("tracked_missing", f"there is no channel {name}: check tracked")
    published: dict[str, str] = {}
    yield from videos(http, uploads_of(own), unit.window, published)
    yield from comments(account, http, unit.window)
    yield from _analytics(account, unit, http, published)


def _analytics(account: Account, unit: Unit, http: Session, published: Mapping[str, str]) -> Iterator[Yield]:
    """What the owner alone may see; with a key it is absent, and says why."""
    second = reports_session(account, http)
    if second is None:
        yield from (Absent(stream, KEY_ONLY) for stream in (DAYS, VIDEOS))
        return
    with second:
        reports = Reports(account, second, unit.window)
        try:
            yield from reports.days()
            yield from reports.videos(published)
            yield from reports.notes()
        finally:
            http.requests += second.requests


def _own(account: Account, found: Mapping[str, Channel]) -> Channel:
    if account.id not in found:
        raise SourceRefused(f"check the id: there is no channel {account.id} (it begins with UC)")
    return found[account.id]


def _level(unit: Unit, channel: Channel) -> bytes:
    return msgspec.json.encode({"day": unit.night, "id": channel.id, "statistics": channel.statistics})


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else ()
