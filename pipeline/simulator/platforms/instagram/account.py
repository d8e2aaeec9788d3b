"""The brand's two accounts: the main one by Facebook's login, the small one by Instagram's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BRAND, BrandAccount
from pipeline.simulator.world.networks.instagram import MAIN, OTHER, SMALL

PAGE_TOKEN: Final = "sim-instagram-page-token-not-a-secret"
# The token of Instagram's login as it was put into the settings; renewed ones carry the night of their making.
USER_TOKEN: Final = "sim-instagram-user-token-not-a-secret"
RENEWED: Final = "sim-instagram-renewed-{}-not-a-secret"
LIFE_DAYS: Final = 60

ACCOUNTS: Final = (
    BrandAccount("instagram", MAIN, BRAND, "America/Los_Angeles", receives_visits=True),
    BrandAccount("instagram", SMALL, f"{BRAND} – Saint-Malo", "America/Los_Angeles"),
)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_INSTAGRAM_TOKEN": PAGE_TOKEN,
    "VIGIE_SIM_INSTAGRAM_SMALL_TOKEN": USER_TOKEN,
}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    if account.id == SMALL:
        return [
            f'base = "{base}/instagram_login/v26.0"',
            'login = "instagram"',
            'token = "env:VIGIE_SIM_INSTAGRAM_SMALL_TOKEN"',
        ]
    return [
        f'base = "{base}/instagram/v26.0"',
        'token = "env:VIGIE_SIM_INSTAGRAM_TOKEN"',
        f'tracked = ["{OTHER}"]',
    ]
