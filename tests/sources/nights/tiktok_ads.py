"""A night of an advertising account: a report of two pages, and where its advertisements lead."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture


def answer(asked: Asked) -> Reply:
    if asked.path.endswith("/advertiser/info/"):
        return Reply(fixture("tiktok_ads/advertiser"))
    if asked.path.endswith("/ad/get/"):
        return Reply(fixture("tiktok_ads/ads"))
    return Reply(fixture(f"tiktok_ads/report_{asked.query['page']}"))
