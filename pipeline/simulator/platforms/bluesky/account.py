"""The brand's two accounts, one known by its handle and one by its DID, and whom it compares itself with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.world.networks.bluesky import DIDS, MAIN, SMALL

ACCOUNTS: Final = (
    BrandAccount("bluesky", MAIN, "Atelier Marin", "UTC", receives_visits=True),
    BrandAccount("bluesky", DIDS[SMALL], "Atelier Marin – Saint-Malo", "UTC"),
)
ENVIRONMENT: Final[Mapping[str, str]] = {}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    lines = [f'base = "{base}/bluesky"']
    return [*lines, 'tracked = ["voilerie.example", "phare.example"]'] if account.id == MAIN else lines
