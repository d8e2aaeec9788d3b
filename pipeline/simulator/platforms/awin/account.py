"""The brand as a publisher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import SITE, TIME_ZONE, BrandAccount

TOKEN: Final = "51a00000-0000-4000-8000-000000000001"

ACCOUNTS: Final = (BrandAccount("awin", "204069", "Links of the journal", TIME_ZONE, SITE),)
ENVIRONMENT: Final[Mapping[str, str]] = {"VIGIE_SIM_AWIN_TOKEN": TOKEN}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a publisher beside its id, name and zone."""
    del account
    return [f'base = "{base}/awin"', 'token = "env:VIGIE_SIM_AWIN_TOKEN"']
