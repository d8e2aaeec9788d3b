"""LinkedIn: an account in euros that lost a campaign, and one in dollars. Days are UTC whatever the account."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.advertising import Advertiser, Campaign

MAIN, AMERICAN = "507101001", "507101002"
OUTAGES: tuple[tuple[str, int], ...] = ((MAIN, 11),)

ADVERTISERS: Final = (
    Advertiser(
        MAIN,
        "Atelier Marin",
        "EUR",
        ZoneInfo("UTC"),
        (
            Campaign("610200101", "Outfitting crews", None, 27.0, {"linkedin": 1.0}, 75, 0, rest=6),
            Campaign("610200102", "yard-managers", None, 14.5, {"linkedin": 1.0}, 30, 4),
            Campaign("610200103", "Careers", None, 2.0, {"linkedin": 1.0}, 140, 0),
        ),
    ),
    Advertiser(
        AMERICAN,
        "Atelier Marin USA",
        "USD",
        ZoneInfo("UTC"),
        (Campaign("610200201", "Outfitting crews USA", None, 33.0, {"linkedin": 1.0}, 50, 1),),
    ),
)
