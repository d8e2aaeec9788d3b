"""Plausible."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.plausible.account import ACCOUNTS, ENVIRONMENT, settings
from pipeline.simulator.platforms.plausible.face import FACE

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]

FACES: Final[tuple[Face, ...]] = (FACE,)
