"""The brand as a partner of other brands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import SITE, TIME_ZONE, BrandAccount

SID: Final = "IRsim51a000041"
TOKEN: Final = "sim-impact-token-not-a-secret"

ACCOUNTS: Final = (BrandAccount("impact", SID, "Links abroad", TIME_ZONE, SITE),)
ENVIRONMENT: Final[Mapping[str, str]] = {"VIGIE_SIM_IMPACT_TOKEN": TOKEN}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a partner beside its id, name and zone."""
    del account
    return [f'base = "{base}/impact"', 'token = "env:VIGIE_SIM_IMPACT_TOKEN"']
