"""Channels, playlist items, videos and comments as the Data API writes them: numbers are texts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Final

from pipeline.simulator.brand import BRAND
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.youtube import MAIN, SMALL, Youtube, comment_id, video_id

Row = dict[str, object]
TITLES: Final = {MAIN: BRAND, SMALL: f"{BRAND} – Saint-Malo"}
# Replies that come with their thread; the others are asked for by the thread.
REPLIES_SHOWN: Final = 5


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def etag(*words: object) -> str:
    return blake2b("|".join(map(str, words)).encode(), digest_size=14).hexdigest()


def uploads_of(channel: str) -> str:
    return f"UU{channel[2:]}"


def _only(row: Row, parts: Collection[str]) -> Row:
    """The row with the parts that were asked for."""
    return {name: value for name, value in row.items() if name in {"kind", "etag", "id", *parts}}


def channel_row(network: Youtube, channel: str, night: date, parts: Collection[str]) -> Row:
    subscribers = network.subscribers(channel, night)
    statistics: Row = {"viewCount": str(network.level(channel, night) * 140)}
    if subscribers is not None:
        statistics["subscriberCount"] = str(subscribers)
    statistics |= {
        "hiddenSubscriberCount": subscribers is None,
        "videoCount": str(len(network.stories(channel, night))),
    }
    title = TITLES.get(channel, channel)
    row: Row = {
        "kind": "youtube#channel",
        "etag": etag(channel, night),
        "id": channel,
        "snippet": {"title": title, "description": "", "publishedAt": "2014-05-02T09:00:00Z", "country": "FR"},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": uploads_of(channel)}},
        "statistics": statistics,
    }
    return _only(row, parts)


def item_row(network: Youtube, story: Story, night: date, parts: Collection[str]) -> Row:
    """One line of the playlist; a private video has no date of publication and a title that says so."""
    private = not network.visible(story, night) and network.is_private(story)
    content: Row = {"videoId": video_id(story)}
    if not private:
        content["videoPublishedAt"] = written(story.created)
    snippet = {
        "publishedAt": written(story.created),
        "channelId": story.account,
        "title": "Private video" if private else story.text.partition("\n")[0],
        "playlistId": uploads_of(story.account),
        "resourceId": {"kind": "youtube#video", "videoId": video_id(story)},
    }
    row: Row = {
        "kind": "youtube#playlistItem",
        "etag": etag(story.serial, private),
        "id": etag("item", story.serial),
        "snippet": snippet,
        "contentDetails": content,
        "status": {"privacyStatus": "private" if private else "public"},
    }
    return _only(row, parts)


def video_row(network: Youtube, story: Story, night: date, parts: Collection[str]) -> Row:
    """A video. Hidden likes and switched off comments have no counter."""
    counters = network.counters(story, night)
    statistics: Row = {"viewCount": str(counters["views"])}
    if not network.hides_likes(story):
        statistics["likeCount"] = str(counters["reactions"])
    statistics["favoriteCount"] = "0"
    if not network.takes_no_comments(story):
        statistics["commentCount"] = str(counters["comments"])
    title, _, more = story.text.partition("\n")
    row: Row = {
        "kind": "youtube#video",
        "etag": etag(story.serial, night),
        "id": video_id(story),
        "snippet": {
            "publishedAt": written(story.created),
            "channelId": story.account,
            "title": title,
            "description": more,
            "channelTitle": TITLES.get(story.account, story.account),
            "categoryId": "26",
            "liveBroadcastContent": "none",
        },
        "contentDetails": {"duration": "PT41S" if story.kind == "short" else "PT7M13S", "definition": "hd"},
        "status": {"uploadStatus": "processed", "privacyStatus": "public", "madeForKids": False},
        "statistics": statistics,
    }
    return _only(row, parts)


def comment_row(network: Youtube, response: Response) -> Row:
    """A comment with everything that the platform shows of who wrote it."""
    channel = response.post.account if response.is_own else f"UC{etag('person', response.person)[:22]}"
    name = "the channel" if response.is_own else f"person {response.person}"
    snippet: Row = {
        "channelId": response.post.account,
        "videoId": video_id(response.post),
        "textDisplay": response.text,
        "textOriginal": response.text,
        "authorDisplayName": name,
        "authorProfileImageUrl": f"https://pictures.atelier-marin.example/{response.person}.jpg",
        "authorChannelUrl": f"http://www.youtube.com/channel/{channel}",
        "authorChannelId": {"value": channel},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": response.likes,
        "publishedAt": written(response.created),
        "updatedAt": written(response.created),
    }
    number = comment_id(network, response)
    if response.parent is not None:
        snippet["parentId"] = number.partition(".")[0]
    return {"kind": "youtube#comment", "etag": etag(number), "id": number, "snippet": snippet}


def thread_row(network: Youtube, top: Response, replies: Sequence[Response], parts: Collection[str]) -> Row:
    """A thread with its newest replies; ``totalReplyCount`` counts all of them."""
    number = comment_id(network, top)
    row: Row = {
        "kind": "youtube#commentThread",
        "etag": etag("thread", number, len(replies)),
        "id": number,
        "snippet": {
            "channelId": top.post.account,
            "videoId": video_id(top.post),
            "topLevelComment": comment_row(network, top),
            "canReply": True,
            "totalReplyCount": len(replies),
            "isPublic": True,
        },
    }
    if replies:
        shown = list(replies)[-REPLIES_SHOWN:][::-1]
        row["replies"] = {"comments": [comment_row(network, reply) for reply in shown]}
    return _only(row, parts)
