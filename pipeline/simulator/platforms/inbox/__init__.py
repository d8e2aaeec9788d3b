"""The inbox is the brand's own, so nothing plays it: what is played is the form that sends to it."""

from __future__ import annotations

from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.inbox.account import ACCOUNTS, ENVIRONMENT, settings

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]

FACES: Final[tuple[Face, ...]] = ()
