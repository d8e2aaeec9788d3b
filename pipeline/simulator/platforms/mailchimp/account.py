"""The brand's newsletter, in an invented data centre."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import TIME_ZONE, BrandAccount
from pipeline.simulator.world.mailchimp import LIST, SITE

KEY: Final = "51a00000000000000000000000000000-us51"

ACCOUNTS: Final = (BrandAccount("mailchimp", LIST, "Letter of the ateliers", TIME_ZONE, SITE),)
ENVIRONMENT: Final[Mapping[str, str]] = {"VIGIE_SIM_MAILCHIMP_KEY": KEY}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an audience beside its id, name and zone: small pages, so that there are some."""
    del account
    return [f'base = "{base}/mailchimp/3.0"', 'key = "env:VIGIE_SIM_MAILCHIMP_KEY"', "page_size = 30"]
