"""The analytics of the page on which a walk is sold. Its days are not those of Paris."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import WALKS_SITE, BrandAccount
from pipeline.simulator.world.plausible import SALE

TOKEN: Final = "sim-plausible-key-51a0000000000000"
TIME_ZONE: Final = "Europe/Lisbon"

ACCOUNTS: Final = (BrandAccount("plausible", WALKS_SITE, "Guided walks", TIME_ZONE, WALKS_SITE),)
ENVIRONMENT: Final[Mapping[str, str]] = {"VIGIE_SIM_PLAUSIBLE_TOKEN": TOKEN}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a site beside its id, name and zone."""
    del account
    return [
        f'base = "{base}/plausible"',
        'token = "env:VIGIE_SIM_PLAUSIBLE_TOKEN"',
        f'purchase_goal = "{SALE}"',
    ]
