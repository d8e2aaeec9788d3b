"""The brand's pages: the main one, and a small one that gets no insights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BRAND, BrandAccount

MAIN, SMALL = "104001", "104002"
# Token → the page it was made for.
TOKENS: Final[Mapping[str, str]] = {
    "sim-page-token-104001-not-a-secret": MAIN,
    "sim-page-token-104002-not-a-secret": SMALL,
}
APP_SECRET: Final = "sim-app-secret-not-a-secret"

ACCOUNTS: Final = (
    BrandAccount("facebook", MAIN, BRAND, "America/Los_Angeles", receives_visits=True),
    BrandAccount("facebook", SMALL, f"{BRAND} – Saint-Malo", "America/Los_Angeles"),
)
_MAIN_TOKEN, _SMALL_TOKEN = TOKENS
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_FACEBOOK_TOKEN": _MAIN_TOKEN,
    "VIGIE_SIM_FACEBOOK_SMALL_TOKEN": _SMALL_TOKEN,
    "VIGIE_SIM_FACEBOOK_APP_SECRET": APP_SECRET,
}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a page beside its id, name and zone."""
    small = "SMALL_" if account.id == SMALL else ""
    return [f'base = "{base}/facebook/v26.0"', f'token = "env:VIGIE_SIM_FACEBOOK_{small}TOKEN"']
