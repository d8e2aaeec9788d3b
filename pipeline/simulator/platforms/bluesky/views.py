"""Profiles, posts and threads as the public view writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from re import finditer
from typing import Any

from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.bluesky import (
    DIDS,
    Bluesky,
    Repost,
    person_did,
    uri_of,
)

Row = dict[str, Any]
# An address in a post's words is shown shortened; the whole one stands in a facet.
SHOWN = 28


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def profile(network: Bluesky, account: str, night: date) -> Row:
    """A profile with its counters at that night."""
    return {
        **basic(account),
        "description": "Oilskins and bags.",
        "followersCount": network.level(account, night),
        "followsCount": 120,
        "postsCount": 400 + len(network.stories(account, night)),
        "indexedAt": "2024-02-06T12:00:00.000Z",
        "labels": [],
    }


def basic(account: str) -> Row:
    return {
        "did": DIDS[account],
        "handle": account,
        "displayName": account.partition(".")[0].title(),
        "createdAt": "2024-02-06T12:00:00.000Z",
    }


def post_view(network: Bluesky, story: Story, night: date) -> Row:
    """A post of the brand with its counters at that night."""
    counted = network.counters(story, night)
    quotes = counted["shares"] // 5
    counters = {
        "bookmarkCount": counted["saves"],
        "replyCount": counted["comments"],
        "repostCount": counted["shares"] - quotes,
        "likeCount": counted["reactions"],
        "quoteCount": quotes,
    }
    unknown = network.unknown_counters(story)
    view = {
        "uri": uri_of(story),
        "cid": _cid(story.serial),
        "author": basic(story.account),
        "record": _record(story.text, network.claimed(story)),
        **{name: count for name, count in counters.items() if name not in unknown},
        "indexedAt": written(story.created + timedelta(milliseconds=740)),
        "labels": [],
    }
    if story.kind == "images":
        picture = {"thumb": "https://cdn.example/1.jpg", "fullsize": "https://cdn.example/2.jpg", "alt": "A coat"}
        view["embed"] = {"$type": "app.bsky.embed.images#view", "images": [picture]}
    elif story.kind == "video":
        playing = {"cid": _cid(story.serial + 1), "playlist": "https://video.example/1.m3u8"}
        view["embed"] = {"$type": "app.bsky.embed.video#view", **playing}
    elif story.kind == "external":
        card = {"uri": "https://journal.atelier-marin.example/", "title": "Journal", "description": "How we sew."}
        view["embed"] = {"$type": "app.bsky.embed.external#view", "external": card}
    return view


def reply_view(response: Response) -> Row:
    """What somebody answered."""
    mine = response.is_own
    person = person_did(response.person)
    author = basic(response.post.account) if mine else {"did": person, "handle": f"person{response.person}.example"}
    root = {"uri": uri_of(response.post), "cid": _cid(response.post.serial)}
    return {
        "uri": uri_of(response),
        "cid": _cid(response.serial),
        "author": author,
        "record": {**_record(response.text, response.created), "reply": {"root": root, "parent": root}},
        "replyCount": 0,
        "repostCount": 0,
        "likeCount": response.likes,
        "quoteCount": 0,
        "indexedAt": written(response.created + timedelta(milliseconds=300)),
        "labels": [],
    }


def repost_item(repost: Repost, account: str) -> Row:
    """An item of the feed that is somebody else's post."""
    theirs = {
        "uri": repost.uri,
        "cid": _cid(9),
        "author": {"did": person_did(7), "handle": "person7.example"},
        "record": _record("Beautiful evening.", repost.created - timedelta(hours=5)),
        "likeCount": 900,
        "indexedAt": written(repost.created - timedelta(hours=5)),
        "labels": [],
    }
    by = {"$type": "app.bsky.feed.defs#reasonRepost", "by": basic(account), "indexedAt": written(repost.created)}
    return {"post": theirs, "reason": by}


def thread_view(network: Bluesky, story: Story, night: date) -> Row:
    """A post with everything that stands below it."""
    root: Row = {"$type": "app.bsky.feed.defs#threadViewPost", "post": post_view(network, story, night), "replies": []}
    nodes = {story.serial: root}
    for response in network.live_responses(story, night):
        node = {"$type": "app.bsky.feed.defs#threadViewPost", "post": reply_view(response), "replies": []}
        nodes[response.serial] = node
        # What answers something that was removed hangs below nothing, and is shown below the post.
        nodes.get(response.parent or story.serial, root)["replies"].append(node)
    return root


def _record(text: str, created: datetime) -> Row:
    """The record: words with shortened addresses, facets that know where they lead."""
    shown, facets, at = "", [], 0
    for found in finditer(r"https://\S+", text):
        shown += text[at : found.start()]
        short = found[0].removeprefix("https://")
        short = short if len(short) <= SHOWN else short[: SHOWN - 3] + "..."
        begin = len(shown.encode())
        shown += short
        link = {"$type": "app.bsky.richtext.facet#link", "uri": found[0]}
        facets.append({"index": {"byteStart": begin, "byteEnd": len(shown.encode())}, "features": [link]})
        at = found.end()
    record: Row = {"$type": "app.bsky.feed.post", "text": shown + text[at:], "createdAt": written(created)}
    return {**record, "langs": ["fr"], **({"facets": facets} if facets else {})}


def _cid(serial: int) -> str:
    return f"bafyreib{serial:051d}"
