"""TikTok: an account in euros and one in dollars, far to the west of where it is read."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.advertising import Advertiser, Campaign

MAIN, AMERICAN = "7350000000000010101", "7350000000000010102"
# What the links of this campaign carry is written as a macro, which the platform fills in.
TEMPLATED: Final = "1790000000000103"
# The links of this one have their parameters in the address itself.
WRITTEN_OUT: Final = "1790000000000102"
OUTAGES: tuple[tuple[str, int], ...] = ((AMERICAN, 14),)

ADVERTISERS: Final = (
    Advertiser(
        MAIN,
        "Atelier Marin",
        "EUR",
        ZoneInfo("Europe/Paris"),
        (
            Campaign("1790000000000101", "Sea wool", "sea-wool", 18.0, {"tiktok": 1.0}, 80, 0),
            Campaign(WRITTEN_OUT, "Makers [video]", "makers-2026", 9.5, {"tiktok": 1.0}, 40, 2),
            Campaign(TEMPLATED, "lantern-night", "lantern-night", 6.0, {"tiktok": 1.0}, 33, 5, rest=0),
            Campaign("1790000000000104", "Awareness", None, 1.1, {"tiktok": 1.0}, 150, 0),
        ),
    ),
    Advertiser(
        AMERICAN,
        "Atelier Marin USA",
        "USD",
        ZoneInfo("America/Los_Angeles"),
        (Campaign("1790000000000201", "Sea wool USA", "sea-wool-usa", 22.0, {"tiktok": 1.0}, 60, 0),),
    ),
)
