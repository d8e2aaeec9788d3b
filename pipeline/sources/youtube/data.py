"""The YouTube Data API v3: the channel, its uploads, its videos, and what anybody sees of other channels.

Every call made here costs one unit of the day's quota. ``search`` costs a hundred, so it is never asked:
the uploads of a channel are a playlist, which gives 50 videos a page.
Documentation: https://developers.google.com/youtube/v3/docs
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.paging import by_cursor
from pipeline.sources._answers import decode, one_line, whole
from pipeline.sources._pacific import day_of
from pipeline.sources.youtube.errors import Gone, judge
from pipeline.streams import Note, Page, Window, Yield

Params = tuple[tuple[str, str | int], ...]

# Ids of one call, and items of one page.
_A_CALL = 50
_VIDEO = (
    "items(id,snippet(publishedAt,title,description,liveBroadcastContent),statistics,"
    "contentDetails/duration,status/privacyStatus)"
)
# A private video is listed to its owner alone: for everybody else it is gone.
_PRIVATE = b'"private"'


class Channel(msgspec.Struct):
    """What is known of a channel: its own numbers stay as they were written."""

    id: str
    statistics: msgspec.Raw = msgspec.Raw(b"null")
    content_details: msgspec.Raw = msgspec.field(name="contentDetails", default=msgspec.Raw(b"{}"))


class _Playlists(msgspec.Struct):
    uploads: str | None = None


class _Content(msgspec.Struct):
    related: _Playlists = msgspec.field(name="relatedPlaylists", default_factory=_Playlists)


class _Channels(msgspec.Struct):
    items: list[Channel] = []


class _Listed(msgspec.Struct, rename="camel"):
    video_id: str
    video_published_at: str | None = None


class _Item(msgspec.Struct):
    listed: _Listed = msgspec.field(name="contentDetails")


class _Uploads(msgspec.Struct):
    items: list[_Item] = []
    cursor: str | None = msgspec.field(name="nextPageToken", default=None)


class _Snippet(msgspec.Struct, rename="camel"):
    published_at: str
    title: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    description: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    live_broadcast_content: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Details(msgspec.Struct):
    duration: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Status(msgspec.Struct, rename="camel"):
    privacy_status: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Video(msgspec.Struct, rename="camel"):
    """A video as it is kept: no thumbnails, no etag, which changes with everything."""

    id: str
    snippet: _Snippet
    statistics: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    content_details: _Details | msgspec.UnsetType = msgspec.UNSET
    status: _Status | msgspec.UnsetType = msgspec.UNSET


class _Videos(msgspec.Struct):
    items: list[_Video] = []


def channels(http: Session, ids: Sequence[str]) -> dict[str, Channel]:
    """The public statistics of these channels by id, 50 a call; one that does not exist is not there."""
    found: dict[str, Channel] = {}
    for some in _portions(ids):
        params: Params = (
            ("part", "statistics,contentDetails"),
            ("id", ",".join(some)),
            ("maxResults", _A_CALL),
            ("fields", "items(id,statistics,contentDetails/relatedPlaylists/uploads)"),
        )
        told = decode(http.get("/channels", params, judge=judge), _Channels, "the channels")
        found |= {channel.id: channel for channel in told.items}
    return found


class _Numbers(msgspec.Struct, rename="camel"):
    subscriber_count: msgspec.Raw = msgspec.Raw(b"null")
    hidden_subscriber_count: bool = False


def subscribers(channel: Channel) -> str:
    """How many subscribe, in words: rounded down to three figures, or hidden."""
    told = decode(channel.statistics, _Numbers, "the statistics of the channel")
    known = whole(told.subscriber_count)
    hidden = told.hidden_subscriber_count or known is None
    return "which hides its subscribers" if hidden else f"about {known:,} subscribers"


def uploads_of(channel: Channel) -> str:
    """The playlist of everything that the channel uploaded."""
    content = decode(channel.content_details, _Content, "the playlists of the channel")
    if not content.related.uploads:
        raise SourceChanged("the channel does not say which playlist has its uploads")
    return content.related.uploads


def videos(http: Session, playlist: str, window: Window, published: dict[str, str]) -> Iterator[Yield]:
    """The videos published on the Pacific days of the window; ``published`` learns the moment of each by its id.

    A video that the playlist has and the platform does not show any more was deleted or made private.
    """
    listed = list(dict.fromkeys(_uploads(http, playlist, window)))
    for some in _portions(listed):
        found = [video for video in _shown(http, some) if _inside(video.snippet.published_at, window)]
        published.update({video.id: video.snippet.published_at for video in found})
        yield Page("posts", [one_line(msgspec.json.encode(video)) for video in found])
    if not listed:
        yield Page("posts", [])
    if missing := [video for video in listed if video not in published]:
        message = f"in the playlist and not shown (deleted or private): {len(missing)}, such as {missing[0]}"
        yield Note("videos_missing", message)


def _uploads(http: Session, playlist: str, window: Window) -> Iterator[str]:
    """Ids of the playlist, newest first, until a whole page is older than the window.

    The order is that of uploading: a video that waited for its premiere stands a little further down.
    Without a moment of publication a video is private or was never published.
    """

    def ask(cursor: str | None) -> tuple[list[_Listed], str | None]:
        params: Params = (
            ("part", "contentDetails"),
            ("playlistId", playlist),
            ("maxResults", _A_CALL),
            ("fields", "nextPageToken,items/contentDetails(videoId,videoPublishedAt)"),
            *((("pageToken", cursor),) if cursor else ()),
        )
        try:
            told = decode(http.get("/playlistItems", params, judge=judge), _Uploads, "the uploads")
        except Gone:
            # The playlist of a channel that never uploaded anything does not exist.
            return [], None
        found = [item.listed for item in told.items]
        days = [pacific_day(video.video_published_at) for video in found if video.video_published_at]
        return found, None if days and max(days) < window.since else told.cursor

    for page in by_cursor(ask):
        for video in page:
            if video.video_published_at and _inside(video.video_published_at, window):
                yield video.video_id


def _shown(http: Session, ids: Sequence[str]) -> list[_Video]:
    params: Params = (
        ("part", "snippet,statistics,contentDetails,status"),
        ("id", ",".join(ids)),
        ("fields", _VIDEO),
    )
    told = decode(http.get("/videos", params, judge=judge), _Videos, "the videos")
    return [video for video in told.items if not _is_private(video)]


def _is_private(video: _Video) -> bool:
    status = video.status
    return isinstance(status, _Status) and status.privacy_status == msgspec.Raw(_PRIVATE)


def _inside(moment: str, window: Window) -> bool:
    return window.since <= pacific_day(moment) <= window.until


def pacific_day(moment: str) -> date:
    """The Pacific day of a moment that the platform wrote (``2026-11-02T18:00:00Z``)."""
    return day_of(_moment(moment))


def _moment(text: str) -> datetime:
    return decode(msgspec.Raw(msgspec.json.encode(text)), datetime, "a moment")


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _A_CALL):
        yield ids[start : start + _A_CALL]
