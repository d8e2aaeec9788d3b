"""Google Analytics 4: the Data API, and Google's endpoint for tokens."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.ga4.account import ACCOUNTS, ENVIRONMENT, settings
from pipeline.simulator.platforms.ga4.face import FACE
from pipeline.simulator.platforms.ga4.tokens import TOKENS

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]

FACES: Final[tuple[Face, ...]] = (FACE, TOKENS)
