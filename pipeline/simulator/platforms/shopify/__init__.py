"""Shopify: two shops, and the host on which bulk operations leave their files."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.shopify.account import ACCOUNTS, ENVIRONMENT, settings
from pipeline.simulator.platforms.shopify.face import FACE
from pipeline.simulator.platforms.shopify.results import FACE as RESULTS

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]

FACES: Final[tuple[Face, ...]] = (FACE, RESULTS)
