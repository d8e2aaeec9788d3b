"""The brand's advertising accounts on Meta, and the token of the system user that may read both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.world.advertisers.meta_ads import ADVERTISERS

TOKEN: Final = "sim-meta-ads-token-not-a-secret"
APP_SECRET: Final = "sim-meta-ads-app-secret-not-a-secret"

ACCOUNTS: Final = tuple(BrandAccount("meta_ads", each.id, each.name, each.zone.key) for each in ADVERTISERS)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_META_ADS_TOKEN": TOKEN,
    "VIGIE_SIM_META_ADS_APP_SECRET": APP_SECRET,
}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    del account
    return [
        f'base = "{base}/meta_ads/v26.0"',
        'token = "env:VIGIE_SIM_META_ADS_TOKEN"',
        'app_secret = "env:VIGIE_SIM_META_ADS_APP_SECRET"',
    ]
