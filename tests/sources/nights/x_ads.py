"""A night of an advertising account: campaigns in two pages, and what one of them cost on two placements."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture


def answer(asked: Asked) -> Reply:
    if asked.path.endswith("/campaigns"):
        return Reply(fixture(f"x_ads/campaigns_{asked.query.get('cursor', '')}"))
    if "/stats/" in asked.path:
        return Reply(fixture(f"x_ads/{asked.query['placement']}"))
    return Reply(fixture("x_ads/advertiser"))
