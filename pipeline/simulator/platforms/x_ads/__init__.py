"""X Ads."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.x_ads.account import ACCOUNTS, ENVIRONMENT, settings
from pipeline.simulator.platforms.x_ads.face import FACE

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]

FACES: Final[tuple[Face, ...]] = (FACE,)
