"""Google: an account in euros on search, video and display, and one in dollars below the same manager.

One campaign carries its own number through a template, one a word of its own, one nothing; in the account in
dollars the account itself says what all links carry.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.advertising import Advertiser, Campaign

MANAGER: Final = "1070000001"
MAIN, AMERICAN = "1070000101", "1070000102"
# What the links of these campaigns carry is written as a template, which the platform fills in.
NUMBERED: Final = "20500000102"
WORDED: Final = "20500000103"
OUTAGES: tuple[tuple[str, int], ...] = ((MAIN, 10),)

ADVERTISERS: Final = (
    Advertiser(
        MAIN,
        "Atelier Marin",
        "EUR",
        ZoneInfo("Europe/Paris"),
        (
            Campaign(
                "20500000101",
                "Brand | Search",
                "brand-search",
                11.0,
                {"google": 0.85, "google_search_partners": 0.15},
                90,
                0,
            ),
            Campaign(NUMBERED, "Lanterns | Shopping", NUMBERED, 8.5, {"google": 1.0}, 50, 2),
            Campaign(WORDED, "Makers video", "makers-2026", 6.0, {"youtube": 1.0}, 40, 3),
            Campaign(
                "20500000104", "Remarketing", None, 2.0, {"google_display": 0.7, "google_gmail": 0.3}, 160, 0, rest=6
            ),
        ),
    ),
    Advertiser(
        AMERICAN,
        "Atelier Marin USA",
        "USD",
        ZoneInfo("America/New_York"),
        (Campaign("20500000201", "Oilskins USA", "20500000201", 19.0, {"google": 1.0}, 60, 0),),
    ),
)
