"""X: an account in euros and one in dollars. Their links tell nothing, and one campaign was deleted since."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.advertising import Advertiser, Campaign

MAIN, AMERICAN = "18ce5sim0a1", "18ce5sim0b2"
DELETED: Final = "sim0c"
OUTAGES: tuple[tuple[str, int], ...] = ((AMERICAN, 11),)

ADVERTISERS: Final = (
    Advertiser(
        MAIN,
        "Atelier Marin",
        "EUR",
        ZoneInfo("Europe/Paris"),
        (
            Campaign("sim0a", "Lighthouses", None, 14.0, {"x": 0.8, "x_audience_platform": 0.2}, 75, 0),
            Campaign("sim0b", "Followers", None, 5.5, {"x": 1.0}, 40, 4, rest=2),
            Campaign(DELETED, "Autumn letter", None, 3.0, {"x": 1.0}, 60, 16),
        ),
    ),
    Advertiser(
        AMERICAN,
        "Atelier Marin USA",
        "USD",
        ZoneInfo("America/Los_Angeles"),
        (Campaign("sim0d", "Lighthouses USA", None, 19.0, {"x": 1.0}, 50, 0),),
    ),
)
