"""The brand's channels: the main one is read as its owner, the small one with a key for what is public."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pipeline.simulator.brand import BRAND, BrandAccount
from pipeline.simulator.world.networks.youtube import MAIN, SMALL, TRACKED

CLIENT_ID: Final = "104104104-sim.apps.googleusercontent.com"
CLIENT_SECRET: Final = "sim-youtube-client-secret-not-a-secret"
REFRESH_TOKEN: Final = "sim-youtube-refresh-token-not-a-secret"
KEY: Final = "sim-youtube-key-not-a-secret"

ACCOUNTS: Final = (
    BrandAccount("youtube", MAIN, BRAND, "America/Los_Angeles", receives_visits=True),
    BrandAccount("youtube", SMALL, f"{BRAND} – Saint-Malo", "America/Los_Angeles"),
)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_YOUTUBE_REFRESH_TOKEN": REFRESH_TOKEN,
    "VIGIE_SIM_YOUTUBE_CLIENT_SECRET": CLIENT_SECRET,
    "VIGIE_SIM_YOUTUBE_KEY": KEY,
}


def access_token(night: date) -> str:
    """The owner's access token of that night's fetch: it lives for an hour, so every night has its own."""
    return f"sim-youtube-access-{night:%Y%m%d}-not-a-secret"


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a channel beside its id, name and zone."""
    lines = [f'base = "{base}/youtube/v3"']
    if account.id == SMALL:
        return [*lines, 'key = "env:VIGIE_SIM_YOUTUBE_KEY"']
    watched = ", ".join(f'"{channel}"' for channel in TRACKED)
    return [
        *lines,
        f'analytics_base = "{base}/youtube-analytics/v2"',
        f'token_base = "{base}/youtube-oauth"',
        f'client_id = "{CLIENT_ID}"',
        'client_secret = "env:VIGIE_SIM_YOUTUBE_CLIENT_SECRET"',
        'refresh_token = "env:VIGIE_SIM_YOUTUBE_REFRESH_TOKEN"',
        f"tracked = [{watched}]",
    ]
