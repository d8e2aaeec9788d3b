"""TikTok: the Accounts API and the Display API, each with its own host."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.tiktok.account import ACCOUNTS, ENVIRONMENT, settings
from pipeline.simulator.platforms.tiktok.display import FACE as DISPLAY
from pipeline.simulator.platforms.tiktok.face import FACE

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]

FACES: Final[tuple[Face, ...]] = (
    FACE,
    DISPLAY,
)
