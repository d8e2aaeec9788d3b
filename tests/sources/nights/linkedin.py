"""A night of a company page."""

from __future__ import annotations

from typing import Final

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

RESOURCES: Final = {
    "/networkSizes/urn%3Ali%3Aorganization%3A90362861": "network_size",
    "/organizationPageStatistics": "page_stats",
    "/socialMetadata": "metadata",
    "/socialActions/urn%3Ali%3AugcPost%3A7300000000000000002/comments": "comments",
    "/socialActions/urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A7300000000000000009%2C7300000000000000010%29"
    "/comments": "replies",
}


def document(asked: Asked) -> str:
    """Which document of the fixtures answers."""
    by_day = "timeIntervals" in asked.query
    if asked.path == "/organizationalEntityFollowerStatistics":
        return "follower_gains" if by_day else "demographics"
    if asked.path == "/organizationalEntityShareStatistics":
        return "share_stats" if by_day else "post_stats"
    if asked.path == "/posts":
        return "posts_2" if asked.query["start"] == "100" else "posts_1"
    return RESOURCES[asked.path]


def answer(asked: Asked) -> Reply:
    return Reply(fixture(f"linkedin/{document(asked)}"))
