"""The brand's shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import SITE, TIME_ZONE, BrandAccount

# Consumer key and secret.
CREDENTIALS: Final = (
    "ck_sim0000000000000000000000000000000000001",
    "cs_sim0000000000000000000000000000000000002",
)

ACCOUNTS: Final = (BrandAccount("woocommerce", "boutique", "Boutique", TIME_ZONE, SITE),)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_WOOCOMMERCE_KEY": CREDENTIALS[0],
    "VIGIE_SIM_WOOCOMMERCE_SECRET": CREDENTIALS[1],
}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a shop beside its id, name and zone."""
    del account
    return [
        f'base = "{base}/woocommerce"',
        'key = "env:VIGIE_SIM_WOOCOMMERCE_KEY"',
        'secret = "env:VIGIE_SIM_WOOCOMMERCE_SECRET"',
    ]
