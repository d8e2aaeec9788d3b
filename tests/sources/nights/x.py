"""A night of an account."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS = {"tracked": ("voilerie_ouest", "gone_away")}


def answer(asked: Asked) -> Reply:
    if asked.path.endswith("/tweets") and "users" in asked.path:
        return Reply(fixture(f"x/tweets_{2 if 'pagination_token' in asked.query else 1}"))
    names = {
        "mentions": "mentions",
        "recent": "search",
        "analytics": "analytics",
        "by": "tracked",
    }
    return Reply(fixture(f"x/{names.get(asked.path.rsplit('/', 1)[-1], 'user')}"))
