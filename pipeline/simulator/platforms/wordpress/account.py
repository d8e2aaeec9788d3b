"""The brand's journal, and its statistics at WordPress.com."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import TIME_ZONE, BrandAccount

USER, PASSWORD = "vigie", "simu late dpas swor dnot real"
STATISTICS_TOKEN: Final = "sim-stats-token-not-a-secret"

ACCOUNTS: Final = (BrandAccount("wordpress", "journal", "Journal", TIME_ZONE),)
ENVIRONMENT: Final[Mapping[str, str]] = {
    "VIGIE_SIM_WORDPRESS_PASSWORD": PASSWORD,
    "VIGIE_SIM_WORDPRESS_STATS_TOKEN": STATISTICS_TOKEN,
}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of a journal beside its id, name and zone."""
    return [
        f'base = "{base}/wordpress"',
        'rest = "plain"',
        f'user = "{USER}"',
        'password = "env:VIGIE_SIM_WORDPRESS_PASSWORD"',
        'stats_token = "env:VIGIE_SIM_WORDPRESS_STATS_TOKEN"',
        f'stats_site = "{account.id}.atelier-marin.example"',
        f'stats_base = "{base}/wpcom"',
    ]
