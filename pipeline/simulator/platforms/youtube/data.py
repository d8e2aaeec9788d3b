"""The Data API v3: channels, playlist items, videos, comment threads, comments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from pipeline.simulator.platforms.youtube import rows
from pipeline.simulator.platforms.youtube.errors import GoogleError, authorised, error, known, refuse
from pipeline.simulator.platforms.youtube.fields import picked
from pipeline.simulator.platforms.youtube.pages import paged
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.youtube import MANNERS, Youtube, comment_id, video_id

PREFIX: Final = "/youtube"
MOST_IDS: Final = 50
Thread = tuple[Response, tuple[Response, ...]]


def network_of(world: World) -> Youtube:
    return world.network("youtube", Youtube)


def answer(request: Request, world: World, night: date) -> Reply:
    """What the Data API answers as of that night."""
    path = request.path.removeprefix(f"{PREFIX}/v3/").rstrip("/")
    if request.method != "GET" or path not in METHODS:
        return error("notFound", "Method not found.", 404)
    try:
        reader = authorised(request, night, keys=True)
        return Reply(picked(METHODS[path](request, network_of(world), night, reader), request.params.get("fields")))
    except GoogleError as refused:
        return refused.reply


def _parts(request: Request, allowed: frozenset[str]) -> list[str]:
    parts = [part.strip() for part in request.params.get("part", "").split(",") if part.strip()]
    if not parts:
        raise refuse("missingRequiredParameter", "No parts specified: part.", domain="youtube.part")
    for part in parts:
        if part not in allowed:
            raise refuse("unknownPart", f"'{part}'", domain="youtube.part")
    return parts


def _one_of(request: Request, *names: str) -> str:
    """The one filter of the request."""
    given = [name for name in names if name in request.params]
    if len(given) != 1:
        raise refuse("missingRequiredParameter", f"No filter selected. Expected one of: {', '.join(names)}")
    return given[0]


def _ids(request: Request) -> list[str]:
    ids = [each for each in request.params["id"].split(",") if each]
    if len(ids) > MOST_IDS:
        raise refuse("invalidFilters", "The request specifies an invalid filter parameter: too many ids.")
    return ids


def _channels(request: Request, network: Youtube, night: date, reader: str) -> rows.Row:
    known(request, frozenset({"part", "id", "mine", "maxResults", "pageToken"}))
    parts = _parts(request, frozenset({"id", "snippet", "statistics", "contentDetails"}))
    mine = _one_of(request, "id", "mine") == "mine"
    found = [channel for channel in ([reader] if mine else _ids(request)) if channel in MANNERS.accounts]
    return paged(request, "channel", found, lambda channel: rows.channel_row(network, channel, night, parts))


def _items(request: Request, network: Youtube, night: date, reader: str) -> rows.Row:
    del reader
    known(request, frozenset({"part", "playlistId", "maxResults", "pageToken"}))
    parts = _parts(request, frozenset({"id", "snippet", "contentDetails", "status"}))
    _one_of(request, "playlistId")
    channels = {rows.uploads_of(channel): channel for channel in network.own}
    playlist = request.params["playlistId"]
    if playlist not in channels:
        message = "The playlist identified with the request's playlistId parameter cannot be found."
        raise refuse("playlistNotFound", message, 404, "youtube.playlistItem")
    listed = network.listed(channels[playlist], night)
    return paged(request, "playlistItem", listed, lambda story: rows.item_row(network, story, night, parts))


def _videos(request: Request, network: Youtube, night: date, reader: str) -> rows.Row:
    """Videos by their ids; one that was deleted or is private is left out without a word."""
    del reader
    known(request, frozenset({"part", "id"}))
    parts = _parts(request, frozenset({"id", "snippet", "statistics", "contentDetails", "status"}))
    _one_of(request, "id")
    ids = _ids(request)
    there = {video_id(story): story for story in _published(network, night)}
    found = [there[video] for video in ids if video in there]
    answer: rows.Row = {"kind": "youtube#videoListResponse", "etag": rows.etag(ids, night)}
    answer["items"] = [rows.video_row(network, story, night, parts) for story in found]
    return {**answer, "pageInfo": {"totalResults": len(found), "resultsPerPage": len(found)}}


@lru_cache(maxsize=4)
def _published(network: Youtube, night: date) -> tuple[Story, ...]:
    return tuple(story for channel in network.own for story in network.stories(channel, night))


@lru_cache(maxsize=8)
def _threads(network: Youtube, channel: str, night: date) -> tuple[Thread, ...]:
    """The threads of all videos of a channel, newest first, each with its replies, oldest first."""
    found: dict[int, list[Response]] = {}
    for story in network.stories(channel, night):
        for response in network.live_responses(story, night):
            found.setdefault(network.thread_of(response), []).append(response)
    # Sorted by time, so that the comment that began the thread is the first.
    threads = [(told[0], tuple(told[1:])) for told in found.values()]
    return tuple(sorted(threads, key=lambda thread: (thread[0].created, thread[0].serial), reverse=True))


def _comment_threads(request: Request, network: Youtube, night: date, reader: str) -> rows.Row:
    del reader
    filters = ("allThreadsRelatedToChannelId", "videoId", "id")
    known(request, frozenset({"part", *filters, "order", "maxResults", "pageToken", "textFormat"}))
    parts = _parts(request, frozenset({"id", "snippet", "replies"}))
    by = _one_of(request, *filters)
    if request.params.get("order", "time") not in {"time", "relevance"}:
        raise refuse("invalidParameter", "Invalid value of order.")
    threads = _asked(network, night, by, request.params[by])
    return paged(
        request, "commentThread", threads, lambda t: rows.thread_row(network, t[0], t[1], parts), default=20, most=100
    )


def _asked(network: Youtube, night: date, by: str, wanted: str) -> Sequence[Thread]:
    every = [thread for channel in network.own for thread in _threads(network, channel, night)]
    if by == "id":
        return [thread for thread in every if comment_id(network, thread[0]) in wanted.split(",")]
    if by == "videoId":
        story = next((story for story in _published(network, night) if video_id(story) == wanted), None)
        if story is None:
            message = "The video identified by the videoId parameter could not be found."
            raise refuse("videoNotFound", message, 404, "youtube.commentThread")
        if network.takes_no_comments(story):
            raise GoogleError(comments_disabled())
        return [thread for thread in every if thread[0].post.serial == story.serial and thread[0].post == story]
    if wanted not in network.own:
        message = "The channel identified by the allThreadsRelatedToChannelId parameter could not be found."
        raise refuse("channelNotFound", message, 404, "youtube.commentThread")
    return _threads(network, wanted, night)


def comments_disabled() -> Reply:
    return error(
        "commentsDisabled",
        'The video identified by the <code><a href="/youtube/v3/docs/commentThreads/list#videoId">videoId</a></code>'
        " parameter has disabled comments.",
        403,
        "youtube.commentThread",
    )


def _comments(request: Request, network: Youtube, night: date, reader: str) -> rows.Row:
    """The replies of one thread, newest first."""
    del reader
    known(request, frozenset({"part", "parentId", "maxResults", "pageToken", "textFormat"}))
    _parts(request, frozenset({"id", "snippet"}))
    _one_of(request, "parentId")
    wanted = request.params["parentId"]
    every = (thread for channel in network.own for thread in _threads(network, channel, night))
    found = next((thread for thread in every if comment_id(network, thread[0]) == wanted), None)
    if found is None:
        message = "The comment identified by the parentId parameter could not be found."
        raise refuse("commentNotFound", message, 404, "youtube.comment")
    return paged(
        request, "comment", found[1][::-1], lambda reply: rows.comment_row(network, reply), default=20, most=100
    )


METHODS: Mapping[str, Callable[[Request, Youtube, date, str], rows.Row]] = {
    "channels": _channels,
    "playlistItems": _items,
    "videos": _videos,
    "commentThreads": _comment_threads,
    "comments": _comments,
}
