"""Instagram, by Facebook's login and by its own."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.instagram.account import ACCOUNTS, ENVIRONMENT, settings
from pipeline.simulator.platforms.instagram.face import BY_FACEBOOK, BY_INSTAGRAM

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]

FACES: Final[tuple[Face, ...]] = (BY_FACEBOOK, BY_INSTAGRAM)
