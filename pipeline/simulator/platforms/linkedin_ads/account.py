"""The brand's advertising accounts on LinkedIn, read by the member who administers its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.platforms.linkedin.account import TOKEN, VERSION
from pipeline.simulator.world.advertisers.linkedin_ads import ADVERTISERS

ACCOUNTS: Final = tuple(BrandAccount("linkedin_ads", each.id, each.name, each.zone.key) for each in ADVERTISERS)
ENVIRONMENT: Final[Mapping[str, str]] = {"VIGIE_SIM_LINKEDIN_ADS_TOKEN": TOKEN}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    del account
    return [
        f'base = "{base}/linkedin_ads/rest"',
        'token = "env:VIGIE_SIM_LINKEDIN_ADS_TOKEN"',
        f'version = "{VERSION}"',
    ]
