"""Posts, comments and statistics as LinkedIn writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from pipeline.simulator.platforms.linkedin.restli import Row, milliseconds, time_range
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.linkedin import Linkedin

# What has a meaning in the platform's own text format, and is written behind a backslash where it has none.
MEANT = re.compile(r"([\\|{}@\[\]()<>#*_~])")
HASHTAG = re.compile(r"(?<!\S)#(\w+)")


def organization(account: str) -> str:
    return f"urn:li:organization:{account}"


def little(text: str) -> str:
    """A text as posts hold it: hashtags are templates, signs of the format are escaped."""
    parts, at = [], 0
    for tag in HASHTAG.finditer(text):
        parts += [_escaped(text[at : tag.start()]), r"{hashtag|\#|", _escaped(tag[1]), "}"]
        at = tag.end()
    return "".join([*parts, _escaped(text[at:])])


def _escaped(text: str) -> str:
    return MEANT.sub(r"\\\1", text)


def post_row(network: Linkedin, story: Story, changed: int) -> Row:
    created = milliseconds(story.created)
    return {
        "id": network.post_urn(story),
        "author": organization(story.account),
        "commentary": little(story.text),
        "createdAt": created - 400,
        "publishedAt": created,
        "lastModifiedAt": changed,
        "lifecycleState": "PUBLISHED",
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "thirdPartyDistributionChannels": []},
        "isReshareDisabledByAuthor": False,
        "lifecycleStateInfo": {"isEditedByAuthor": changed != created},
        **_content(story),
    }


def _content(story: Story) -> Row:
    if story.kind in {"image", "video", "document"}:
        return {"content": {"media": {"id": f"urn:li:{story.kind}:D4E{story.serial}", "altText": "The loft"}}}
    if story.kind == "article":
        return {"content": {"article": {"source": "https://journal.atelier-marin.example/", "title": "From the loft"}}}
    return {}


def comment_row(network: Linkedin, response: Response, below: int) -> Row:
    """``below``: how many stand under it."""
    urn, created = network.comment_urn(response), milliseconds(response.created)
    actor = organization(response.post.account) if response.is_own else f"urn:li:person:Reader{response.person}"
    root = network.root(response)
    above = {"parentComment": network.comment_urn(root)} if root is not response else {}
    return {
        "actor": actor,
        "commentUrn": urn,
        "id": urn.rstrip(")").rpartition(",")[2],
        "created": {"actor": actor, "time": created},
        "lastModified": {"actor": actor, "time": created},
        "message": {"attributes": [], "text": response.text},
        "object": f"urn:li:activity:{network.number(response.post)}",
        "likesSummary": {"selectedLikes": [], "aggregatedTotalLikes": response.likes, "totalLikes": response.likes},
        "commentsSummary": {
            "selectedComments": [],
            "totalFirstLevelComments": below,
            "aggregatedTotalComments": below,
        },
        **above,
    }


def share_statistics(counts: Mapping[str, int]) -> Row:
    """Counters under the platform's names, with the one that it works out itself."""
    engaged = sum(counts[name] for name in ("clicks", "reactions", "comments", "shares"))
    return {
        "uniqueImpressionsCount": counts["reach"],
        "shareCount": counts["shares"],
        "engagement": engaged / counts["views"] if counts["views"] else 0.0,
        "clickCount": counts["clicks"],
        "likeCount": counts["reactions"],
        "impressionCount": counts["views"],
        "commentCount": counts["comments"],
    }


def post_statistics(network: Linkedin, story: Story, counts: Mapping[str, int]) -> Row:
    """The lifetime of a post: named by one of two fields, without a range of time."""
    name = "ugcPost" if story.is_video else "share"
    mentions = {"shareMentionsCount": 0, "commentMentionsCount": 0}
    return {
        "organizationalEntity": organization(story.account),
        name: network.post_urn(story),
        "totalShareStatistics": {**share_statistics(counts), **mentions},
    }


def share_day(account: str, day: date, counts: Mapping[str, int]) -> Row:
    return {
        "organizationalEntity": organization(account),
        "timeRange": time_range(day),
        "totalShareStatistics": share_statistics(counts),
    }


def gains_day(account: str, day: date, gains: tuple[int, int]) -> Row:
    return {
        "timeRange": time_range(day),
        "followerGains": {"organicFollowerGain": gains[0], "paidFollowerGain": gains[1]},
        "organizationalEntity": organization(account),
    }


def views_day(account: str, day: date, views: tuple[int, int]) -> Row:
    every = {"pageViews": views[0], "uniquePageViews": views[1]}
    about = {"pageViews": views[0] // 5, "uniquePageViews": views[1] // 5}
    return {
        "organization": organization(account),
        "timeRange": time_range(day),
        "totalPageStatistics": {"clicks": {}, "views": {"allPageViews": every, "aboutPageViews": about}},
    }


def traits_row(account: str, traits: Mapping[str, Mapping[str, int]]) -> Row:
    """Followers by trait. What a part is called depends on the trait."""
    row: Row = {"organizationalEntity": organization(account)}
    for trait, parts in traits.items():
        name = "geo" if trait == "GeoCountry" else trait[0].lower() + trait[1:]
        row[f"followerCountsBy{trait}"] = [
            {name: part, "followerCounts": {"organicFollowerCount": count, "paidFollowerCount": 0}}
            for part, count in parts.items()
        ]
    return row
