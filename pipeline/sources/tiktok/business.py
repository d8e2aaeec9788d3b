"""The Accounts API: the account with its days and audience, its videos, what stands below them.

Documentation: https://business-api.tiktok.com/portal/docs?id=1762228399168514 (business/get) and
https://business-api.tiktok.com/portal/docs?id=1762228421622786 (business/video/list)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.paging import by_cursor
from pipeline.settings import Account
from pipeline.sources._answers import decode, one_line, too_late, whole
from pipeline.sources._tiktok_business import (
    ParametersRefused,
    Params,
    judge_business,
    listed,
    text_of,
    without_dashes,
)
from pipeline.sources.tiktok.records import Video, beginning, comments_of, videos
from pipeline.streams import Absent, Note, Page, Unit, Window, Yield

_GET, _VIDEOS, _COMMENTS = ENDPOINTS = (
    "/open_api/v1.3/business/get/",
    "/open_api/v1.3/business/video/list/",
    "/open_api/v1.3/business/comment/list/",
)
# The longest window of one call, first and last day included.
_DAYS_A_CALL = 60
_VIDEOS_A_PAGE = 20
_FOLLOWERS_NEEDED = 100

_NOW = ("followers_count", "videos_count", "total_likes")
_DAILY = (
    "video_views",
    "unique_video_views",
    "profile_views",
    "likes",
    "comments",
    "shares",
    "engaged_audience",
    "bio_link_clicks",
    "daily_new_followers",
    "daily_lost_followers",
    "daily_total_followers",
)
_VIDEO = (
    "item_id",
    "caption",
    "create_time",
    "share_url",
    "video_views",
    "likes",
    "comments",
    "shares",
    "favorites",
    "reach",
    "total_time_watched",
    "average_time_watched",
    "full_video_watched_rate",
    "new_followers",
)

Fields = dict[str, msgspec.Raw]


class _Answer(msgspec.Struct):
    data: Fields


class _Page(msgspec.Struct):
    """A page of a list. ``has_more`` decides whether there is another one, never the length of this one."""

    has_more: bool | int
    cursor: msgspec.Raw = msgspec.Raw(b"null")
    videos: list[msgspec.Raw] | None = None
    comments: list[msgspec.Raw] | None = None


class _List(msgspec.Struct):
    data: _Page


def account_now(account: Account, http: Session) -> str:
    """The account in one sentence, by one call."""
    told = _account(account, http, _NOW, None)
    followers, count = (whole(told.get(name, msgspec.Raw(b"null"))) for name in ("followers_count", "videos_count"))
    known = "an unknown number of" if followers is None else f"{followers:,}"
    return f"account {account.id}, {known} followers, {'?' if count is None else f'{count:,}'} videos"


def account_records(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The days of the window, then the account and its audience as they are now."""
    audience = _names(account.options.get("audience"))
    newest, *older = _newest_first(unit.window)
    # What is only known for now is asked for once, with the newest days.
    told = _account(account, http, (*_NOW, *audience, *_DAILY), newest)
    yield Page("days", _days(told))
    for part in older:
        try:
            yield Page("days", _days(_account(account, http, _DAILY, part)))
        except ParametersRefused as fault:
            # The documentation speaks of 60 days, and may mean how far back they lie.
            yield Note("history_ended", f"the platform gives no days up to {part.until}: {fault}")
            break
    late = too_late(unit, http)
    if late:
        yield Absent("account", late)
        yield Absent("audience", late)
        return
    level = {name: told[name] for name in _NOW if name in told}
    yield Page("account", [without_dashes(msgspec.json.encode({"day": unit.night, **level}))])
    segments = [record for name in audience for record in _segments(told, name, unit)]
    yield Page("audience", segments) if segments else Absent("audience", _why_nobody(told))


def business_videos(account: Account, unit: Unit, http: Session) -> Iterator[list[Video]]:
    """The videos of the window, page by page."""

    def ask(cursor: str | None) -> tuple[list[msgspec.Raw], str | None]:
        params: Params = [("business_id", account.id), ("fields", listed(_VIDEO))]
        params += [("cursor", cursor or 0), ("max_count", _VIDEOS_A_PAGE)]
        answer = http.get(_VIDEOS, params, judge=judge_business)
        page = decode(answer, _List, "the list of videos").data
        return page.videos or [], _following(page)

    yield from videos(ask, unit.window, beginning(unit, http))


def comments(account: Account, unit: Unit, http: Session, found: Sequence[Video]) -> Iterator[Yield]:
    """What stands below the videos: one list for each whose counter is not 0. No call gives several."""
    for video in found:
        if video.comments == 0:
            continue
        seen: dict[str, bytes] = {}
        for raws in by_cursor(_Below(account, http, video).page):
            page = dict(comments_of(account, video, raws, unit.window.until))
            yield Page("comments", [record for number, record in page.items() if number not in seen])
            seen |= page
    yield Page("comments", [])


def _newest_first(window: Window) -> Iterator[Window]:
    """The window in parts that one call may ask for."""
    until = window.until
    while until >= window.since:
        since = max(window.since, until - timedelta(days=_DAYS_A_CALL - 1))
        yield Window(since, until)
        until = since - timedelta(days=1)


class _Below:
    """Asks for the comments of one video."""

    def __init__(self, account: Account, http: Session, video: Video) -> None:
        self._http = http
        self._params: Params = [("business_id", account.id), ("video_id", video.id)]
        self._last: Params = [("max_count", str(account.options["comments_a_page"]))]
        self._last += [("include_replies", "true")] if account.options["include_replies"] else []

    def page(self, cursor: str | None) -> tuple[list[msgspec.Raw], str | None]:
        params = [*self._params, ("cursor", cursor or 0), *self._last]
        answer = self._http.get(_COMMENTS, params, judge=judge_business)
        page = decode(answer, _List, "the comments of a video").data
        return page.comments or [], _following(page)


def _account(account: Account, http: Session, fields: Sequence[str], window: Window | None) -> Fields:
    params: Params = [("business_id", account.id)]
    if window:
        params += [("start_date", window.since.isoformat()), ("end_date", window.until.isoformat())]
    answer = http.get(_GET, [*params, ("fields", listed(fields))], judge=judge_business)
    return decode(answer, _Answer, "the account").data


def _days(told: Fields) -> list[bytes]:
    """The days of which anything is said: one that is not worked out yet may come with nothing but its date."""
    days = decode(told.get("metrics", msgspec.Raw(b"null")), list[msgspec.Raw] | None, "the days")  # type: ignore[arg-type]
    records = [without_dashes(one_line(day)) for day in days or []]
    return [record for record in records if _says_something(record)]


def _says_something(record: bytes) -> bool:
    told = decode(msgspec.Raw(record), Fields, "a day")
    return any(name != "date" and bytes(value) != b"null" for name, value in told.items())


def _segments(told: Fields, name: str, unit: Unit) -> Iterator[bytes]:
    """One record per segment: ``{"country": "FR", "percentage": 0.42}``, whatever the first word is."""
    shares = decode(told.get(name, msgspec.Raw(b"null")), list[Fields] | None, name)  # type: ignore[arg-type]
    level = whole(told.get("followers_count", msgspec.Raw(b"null")))
    for share in shares or []:
        segment = next((text_of(value) for key, value in share.items() if key != "percentage"), None)
        yield without_dashes(
            msgspec.json.encode(
                {
                    "day": unit.night,
                    "dimension": name.removeprefix("audience_"),
                    "segment": segment,
                    "percentage": share.get("percentage"),
                    "followers_count": level,
                }
            )
        )


def _why_nobody(told: Fields) -> str:
    followers = whole(told.get("followers_count", msgspec.Raw(b"null")))
    if followers is not None and followers < _FOLLOWERS_NEEDED:
        return f"fewer than {_FOLLOWERS_NEEDED} followers: the platform gives no audience"
    return "the platform gives no audience of this account"


def _following(page: _Page) -> str | None:
    if not page.has_more:
        return None
    cursor = text_of(page.cursor)
    if cursor is None:
        raise SourceChanged("a list says that there is more, and not where")
    return cursor


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else ()
