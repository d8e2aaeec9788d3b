"""A night of one account: two pages of a feed with a pin, a repost and a post that its client dates wrongly."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS = {"tracked": ("voilerie.example",)}
NAMES = {"getProfile": "profile", "getProfiles": "profiles", "getPostThread": "thread"}


def answer(asked: Asked) -> Reply:
    query = asked.path.rpartition(".")[2]
    if query == "getAuthorFeed":
        return Reply(fixture("bluesky/feed_2" if "cursor" in asked.query else "bluesky/feed_1"))
    return Reply(fixture(f"bluesky/{NAMES[query]}"))
