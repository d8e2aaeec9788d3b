"""WordPress and the statistics of WordPress.com."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.wordpress.account import ACCOUNTS, ENVIRONMENT, settings
from pipeline.simulator.platforms.wordpress.face import FACE
from pipeline.simulator.platforms.wordpress.statistics import FACE as STATISTICS

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]

FACES: Final[tuple[Face, ...]] = (
    FACE,
    STATISTICS,
)
