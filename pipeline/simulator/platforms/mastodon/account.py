"""The brand's two accounts on one instance, and whom it compares itself with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BrandAccount

TOKEN: Final = "sim-mastodon-token-not-a-secret"

ACCOUNTS: Final = (
    BrandAccount("mastodon", "atelier", "Atelier Marin", "UTC", receives_visits=True),
    BrandAccount("mastodon", "saint_malo", "Atelier Marin – Saint-Malo", "UTC"),
)
ENVIRONMENT: Final[Mapping[str, str]] = {"VIGIE_SIM_MASTODON_TOKEN": TOKEN}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    lines = [f'base = "{base}/mastodon"', 'token = "env:VIGIE_SIM_MASTODON_TOKEN"']
    return [*lines, 'tracked = ["voilerie@autre.example"]'] if account.id == "atelier" else lines
