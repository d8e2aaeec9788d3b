"""The brand's two pages, and one member who administers both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BrandAccount

TOKEN: Final = "sim-linkedin-token-not-a-secret"
REFRESH_TOKEN: Final = "sim-linkedin-refresh-not-a-secret"
CLIENT_ID, CLIENT_SECRET = "sim-linkedin-client", "sim-linkedin-client-not-a-secret"
VERSION: Final = "202608"

ACCOUNTS: Final = (
    BrandAccount("linkedin", "2414183", "Atelier Marin", "UTC", receives_visits=True),
    BrandAccount("linkedin", "90362860", "Atelier Marin – Voilerie", "UTC"),
)
NAMES: Final[Mapping[str, str]] = {account.id: account.name for account in ACCOUNTS}
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_LINKEDIN_TOKEN": TOKEN,
    "VIGIE_SIM_LINKEDIN_REFRESH_TOKEN": REFRESH_TOKEN,
    "VIGIE_SIM_LINKEDIN_CLIENT_ID": CLIENT_ID,
    "VIGIE_SIM_LINKEDIN_CLIENT_SECRET": CLIENT_SECRET,
}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a page beside its id, name and zone. The small one renews its token."""
    lines = [f'base = "{base}/linkedin/rest"', 'token = "env:VIGIE_SIM_LINKEDIN_TOKEN"', f'version = "{VERSION}"']
    if account.id == ACCOUNTS[0].id:
        return lines
    return [
        *lines,
        'refresh_token = "env:VIGIE_SIM_LINKEDIN_REFRESH_TOKEN"',
        'client_id = "env:VIGIE_SIM_LINKEDIN_CLIENT_ID"',
        'client_secret = "env:VIGIE_SIM_LINKEDIN_CLIENT_SECRET"',
        f'token_base = "{base}/linkedin/oauth/v2"',
    ]
