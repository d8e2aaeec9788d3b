"""The brand's advertising accounts on TikTok, and the long-lived token that reads both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.world.advertisers.tiktok_ads import ADVERTISERS

TOKEN: Final = "sim-tiktok-ads-token-not-a-secret"

ACCOUNTS: Final = tuple(BrandAccount("tiktok_ads", each.id, each.name, each.zone.key) for each in ADVERTISERS)
ENVIRONMENT: Final[Mapping[str, str]] = {"VIGIE_SIM_TIKTOK_ADS_TOKEN": TOKEN}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    del account
    return [f'base = "{base}/tiktok_ads"', 'token = "env:VIGIE_SIM_TIKTOK_ADS_TOKEN"']
