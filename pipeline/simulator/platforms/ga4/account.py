"""The analytics of the brand's second site, which shows one page for each offer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pipeline.simulator.brand import OFFERS_SITE, BrandAccount

PROPERTY: Final = "318170001"
ZONE: Final = "Europe/London"
CURRENCY: Final = "GBP"
CLIENT_ID: Final = "318318318-sim.apps.googleusercontent.com"
CLIENT_SECRET: Final = "sim-ga4-client-secret-not-a-secret"
REFRESH_TOKEN: Final = "sim-ga4-refresh-token-not-a-secret"

ACCOUNTS: Final = (BrandAccount("ga4", PROPERTY, "Offers", ZONE, OFFERS_SITE),)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_GA4_REFRESH_TOKEN": REFRESH_TOKEN,
    "VIGIE_SIM_GA4_CLIENT_SECRET": CLIENT_SECRET,
}


def access_token(night: date) -> str:
    """The access token of that night's fetch: it lives for an hour, so every night has its own."""
    return f"sim-ga4-access-{night:%Y%m%d}-not-a-secret"


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a property beside its id, name and zone."""
    del account
    return [
        f'base = "{base}/ga4/v1beta"',
        f'token_base = "{base}/ga4-oauth"',
        f'client_id = "{CLIENT_ID}"',
        'client_secret = "env:VIGIE_SIM_GA4_CLIENT_SECRET"',
        'refresh_token = "env:VIGIE_SIM_GA4_REFRESH_TOKEN"',
    ]
