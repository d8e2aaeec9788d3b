"""The analytics of the brand's shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import SITE, TIME_ZONE, BrandAccount

TOKEN: Final = "51a0000000000000000000000000051a"

ACCOUNTS: Final = (BrandAccount("matomo", "1", "Boutique", TIME_ZONE, SITE),)
ENVIRONMENT: Final[Mapping[str, str]] = {"VIGIE_SIM_MATOMO_TOKEN": TOKEN}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a site beside its id, name and zone."""
    del account
    return [f'base = "{base}/matomo"', 'token = "env:VIGIE_SIM_MATOMO_TOKEN"', "visit_log = true"]
