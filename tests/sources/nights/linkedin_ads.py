"""A night of an advertising account: its campaigns in two pages, and their statistics."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture


def answer(asked: Asked) -> Reply:
    if asked.path == "/adAnalytics":
        return Reply(fixture("linkedin_ads/statistics"))
    if asked.path.endswith("/adCampaigns"):
        return Reply(fixture(f"linkedin_ads/campaigns_{2 if 'pageToken' in asked.query else 1}"))
    return Reply(fixture("linkedin_ads/ad_account"))
