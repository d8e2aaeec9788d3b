"""YouTube: the Data API, the Analytics API, and Google's endpoint for tokens."""

from __future__ import annotations

from pipeline.simulator.platforms.youtube.account import ACCOUNTS, ENVIRONMENT, settings
from pipeline.simulator.platforms.youtube.face import FACES

__all__ = ["ACCOUNTS", "ENVIRONMENT", "FACES", "settings"]
