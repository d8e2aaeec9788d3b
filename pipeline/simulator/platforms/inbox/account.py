"""The form of the ateliers' site, and the secret that it shares with the brand's inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import TIME_ZONE, BrandAccount
from pipeline.simulator.world.inbox import SITE

SECRET: Final = "sim-secret-of-the-inbox-51a000"

ACCOUNTS: Final = (BrandAccount("inbox", "ateliers", "Forms of the ateliers", TIME_ZONE, SITE),)
ENVIRONMENT: Final[Mapping[str, str]] = {"VIGIE_SIM_INBOX_SECRET": SECRET}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an inbox beside its id, name and zone: it is the brand's own, and nobody plays it."""
    del account, base
    return ['secret = "env:VIGIE_SIM_INBOX_SECRET"']
