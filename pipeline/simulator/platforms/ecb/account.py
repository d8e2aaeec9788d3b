"""The bank's one file of rates, which is an account like others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BrandAccount

ACCOUNTS: Final = (BrandAccount("ecb", "reference-rates", "Reference rates", "Europe/Berlin"),)
ENVIRONMENT: Final[Mapping[str, str]] = {}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings beside its id, name and zone."""
    del account
    return [f'base = "{base}/stats/eurofxref"']
