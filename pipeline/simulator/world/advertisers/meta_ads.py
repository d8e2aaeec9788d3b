"""Meta: an account of the brand in euros, and one in dollars whose day ends when the night was read already.

One campaign is called otherwise than its links, one carries its own name through a template, one carries
nothing and is in nobody's settings, and one ended long ago.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.advertising import Advertiser, Campaign

MAIN, AMERICAN = "2340017001001", "2340017001002"
# What the links of this campaign carry is written as a template, which the platform fills in.
TEMPLATED: Final = "120210000000010020"
OUTAGES: tuple[tuple[str, int], ...] = ((MAIN, 7),)

ADVERTISERS: Final = (
    Advertiser(
        MAIN,
        "Atelier Marin",
        "EUR",
        ZoneInfo("Europe/Paris"),
        (
            Campaign(
                "120210000000010010",
                "Winter coats | Prospecting",
                "winter-coats",
                24.0,
                {"facebook": 0.6, "instagram": 0.4},
                70,
                0,
            ),
            Campaign(TEMPLATED, "reels-2026", "reels-2026", 12.5, {"instagram": 1.0}, 45, 3),
            Campaign(
                "120210000000010030",
                "Retargeting",
                None,
                8.0,
                {"facebook": 0.5, "instagram": 0.3, "audience_network": 0.12, "messenger": 0.08},
                160,
                0,
                rest=6,
            ),
            Campaign("120210000000010040", "Lighthouse film", "lighthouse-film", 31.0, {"facebook": 1.0}, 130, 60),
        ),
    ),
    Advertiser(
        AMERICAN,
        "Atelier Marin USA",
        "USD",
        ZoneInfo("America/New_York"),
        (
            Campaign(
                "120210000000020010",
                "Winter coats USA",
                "winter-coats-usa",
                30.0,
                {"facebook": 0.55, "instagram": 0.45},
                90,
                0,
            ),
            Campaign("120210000000020020", "Gift guide", "gift-guide", 17.5, {"instagram": 1.0}, 20, 1),
        ),
    ),
)
