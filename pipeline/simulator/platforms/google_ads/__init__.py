"""Google Ads: the API, and where its tokens come from."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.google_ads.account import ACCOUNTS, ENVIRONMENT, settings
from pipeline.simulator.platforms.google_ads.face import FACE, TOKENS

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]

FACES: Final[tuple[Face, ...]] = (FACE, TOKENS)
