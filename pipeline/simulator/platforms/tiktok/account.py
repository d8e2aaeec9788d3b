"""The brand's three accounts, and the app that was given access to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BRAND, BrandAccount
from pipeline.simulator.platforms.tiktok.grants import refresh_token
from pipeline.simulator.world.networks.tiktok import BACKSTAGE, MAIN, SMALL

CLIENT_ID, CLIENT_SECRET = "sim-app-7104", "sim-tiktok-app-secret-not-a-secret"
_NAMES: Final[Mapping[str, str]] = {MAIN: "", SMALL: "SMALL_", BACKSTAGE: "BACKSTAGE_"}

ACCOUNTS: Final = (
    BrandAccount("tiktok", MAIN, BRAND, "UTC", receives_visits=True),
    BrandAccount("tiktok", SMALL, f"{BRAND} – Saint-Malo", "UTC"),
    BrandAccount("tiktok", BACKSTAGE, f"{BRAND} – Coulisses", "UTC"),
)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_TIKTOK_CLIENT_ID": CLIENT_ID,
    "VIGIE_SIM_TIKTOK_CLIENT_SECRET": CLIENT_SECRET,
    **{f"VIGIE_SIM_TIKTOK_{name}REFRESH_TOKEN": refresh_token(account, 0) for account, name in _NAMES.items()},
}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    lines = [
        f'base = "{base}/tiktok"',
        f'refresh_token = "env:VIGIE_SIM_TIKTOK_{_NAMES[account.id]}REFRESH_TOKEN"',
        'client_id = "env:VIGIE_SIM_TIKTOK_CLIENT_ID"',
        'client_secret = "env:VIGIE_SIM_TIKTOK_CLIENT_SECRET"',
    ]
    if account.id == BACKSTAGE:
        lines += ['api = "display"', f'display_base = "{base}/tiktok_display"']
    return lines
