"""The Display API: what any creator may grant. Followers for now, videos with four counters, nothing by day."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.sources._answers import decode, in_front, too_late, whole
from pipeline.sources._tiktok_business import text_of
from pipeline.sources.tiktok.errors import judge_display
from pipeline.sources.tiktok.records import Video, beginning, videos
from pipeline.streams import Absent, Page, Unit, Yield

_VIDEOS_A_PAGE = 20
_NOW = "follower_count,following_count,likes_count,video_count"
_VIDEO = "id,create_time,title,share_url,view_count,like_count,comment_count,share_count"


class _User(msgspec.Struct):
    user: msgspec.Raw


class _Answer(msgspec.Struct):
    data: _User


class _Level(msgspec.Struct):
    follower_count: msgspec.Raw = msgspec.Raw(b"null")
    video_count: msgspec.Raw = msgspec.Raw(b"null")


class _Page(msgspec.Struct):
    has_more: bool | int
    cursor: msgspec.Raw = msgspec.Raw(b"null")
    videos: list[msgspec.Raw] | None = None


class _List(msgspec.Struct):
    data: _Page


def display_now(http: Session) -> str:
    """The account in one sentence, by one call."""
    level = decode(_user(http), _Level, "the account")
    followers, count = whole(level.follower_count), whole(level.video_count)
    known = "an unknown number of" if followers is None else f"{followers:,}"
    return f"account with {known} followers, {'?' if count is None else f'{count:,}'} videos (Display API)"


def display_account(unit: Unit, http: Session) -> Iterator[Yield]:
    """The account as it is now; what this API does not know is said to be absent."""
    user = _user(http)
    late = too_late(unit, http)
    yield Absent("account", late) if late else Page("account", [in_front(user, day=unit.night.isoformat())])
    for stream in ("days", "audience", "comments"):
        yield Absent(stream, f"the Display API gives no {stream}")


def display_videos(unit: Unit, http: Session) -> Iterator[list[Video]]:
    """The videos of the window, page by page."""

    def ask(cursor: str | None) -> tuple[list[msgspec.Raw], str | None]:
        body: dict[str, int] = {"max_count": _VIDEOS_A_PAGE}
        if cursor:
            body["cursor"] = _milliseconds(cursor)
        answer = http.post("/v2/video/list/", json=body, params=(("fields", _VIDEO),), judge=judge_display)
        page = decode(answer, _List, "the list of videos").data
        if not page.has_more:
            return page.videos or [], None
        following = text_of(page.cursor)
        if following is None:
            raise SourceChanged("the list of videos says that there is more, and not where")
        return page.videos or [], following

    yield from videos(ask, unit.window, beginning(unit, http))


def _user(http: Session) -> msgspec.Raw:
    answer = http.get("/v2/user/info/", (("fields", _NOW),), judge=judge_display)
    return decode(answer, _Answer, "the account").data.user


def _milliseconds(cursor: str) -> int:
    if not cursor.isdecimal():
        raise SourceChanged("the cursor of the list of videos is no number of milliseconds")
    return int(cursor)
