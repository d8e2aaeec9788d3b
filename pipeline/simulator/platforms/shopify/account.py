"""The brand's two shops abroad: one read with the token of a custom app, one by an app of the dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.world.shopify import AU, UK

SITES: Final[Mapping[str, str]] = {
    UK.name: "uk.atelier-marin.example",
    AU.name: "au.atelier-marin.example",
}
TOKEN: Final = "shpat_sim00000000000000000000000000001"
CLIENT_ID, CLIENT_SECRET = "sim0shopify0app0id", "shpss_sim00000000000000000000000000002"
DAY: Final = 86_400

ACCOUNTS: Final = tuple(
    BrandAccount("shopify", shop.name, f"Atelier Marin {shop.name[-2:].upper()}", str(shop.zone), SITES[shop.name])
    for shop in (UK, AU)
)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_SHOPIFY_TOKEN": TOKEN,
    "VIGIE_SIM_SHOPIFY_CLIENT_ID": CLIENT_ID,
    "VIGIE_SIM_SHOPIFY_CLIENT_SECRET": CLIENT_SECRET,
}


def granted(night: date) -> str:
    """The token that the app gets for its secret on the morning after that night."""
    return f"shpca_sim0000000000000000000000{night:%Y%m%d}"


def is_good(shop: str, token: str, night: date) -> bool:
    """A custom app has a token of its own in each shop; a granted one lives for a day."""
    return token == (TOKEN if shop == UK.name else granted(night))


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a shop beside its id, name and zone. The one in Australia always uses bulk operations."""
    lines = [f'base = "{base}/shopify/{_shop(account)}"', f'results_base = "{base}"']
    if _shop(account) == UK.name:
        return [*lines, 'token = "env:VIGIE_SIM_SHOPIFY_TOKEN"']
    return [
        *lines,
        'client_id = "env:VIGIE_SIM_SHOPIFY_CLIENT_ID"',
        'client_secret = "env:VIGIE_SIM_SHOPIFY_CLIENT_SECRET"',
        "bulk_above = 0",
    ]


def _shop(account: BrandAccount) -> str:
    return UK.name if account.id.startswith(UK.name) else AU.name
