"""The brand's advertising accounts at Google, read by one person through one manager account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.platforms.youtube.tokens import App
from pipeline.simulator.world.advertisers.google_ads import ADVERTISERS, MANAGER

DEVELOPER_TOKEN: Final = "sim-google-ads-developer-token-not-a-secret"
CLIENT_ID: Final = "107107107-sim.apps.googleusercontent.com"
CLIENT_SECRET: Final = "sim-google-ads-client-secret-not-a-secret"
REFRESH_TOKEN: Final = "sim-google-ads-refresh-token-not-a-secret"
APP: Final = App(
    "/google-ads-oauth", CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, "https://www.googleapis.com/auth/adwords"
)

ACCOUNTS: Final = tuple(BrandAccount("google_ads", each.id, each.name, each.zone.key) for each in ADVERTISERS)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_GOOGLE_ADS_DEVELOPER_TOKEN": DEVELOPER_TOKEN,
    "VIGIE_SIM_GOOGLE_ADS_CLIENT_SECRET": CLIENT_SECRET,
    "VIGIE_SIM_GOOGLE_ADS_REFRESH_TOKEN": REFRESH_TOKEN,
}


def access_token(night: date) -> str:
    """The access token of that night's fetch: it lives for an hour, so every night has its own."""
    return f"sim-google-ads-access-{night:%Y%m%d}-not-a-secret"


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    del account
    return [
        f'base = "{base}/google_ads"',
        f'token_base = "{base}{APP.prefix}"',
        f'client_id = "{CLIENT_ID}"',
        f'login_customer_id = "{MANAGER}"',
        'developer_token = "env:VIGIE_SIM_GOOGLE_ADS_DEVELOPER_TOKEN"',
        'client_secret = "env:VIGIE_SIM_GOOGLE_ADS_CLIENT_SECRET"',
        'refresh_token = "env:VIGIE_SIM_GOOGLE_ADS_REFRESH_TOKEN"',
    ]
