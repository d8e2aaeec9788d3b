"""The brand's advertising accounts on X, and the four keys with which an app reads both for a user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.simulator.brand import BrandAccount
from pipeline.simulator.world.advertisers.x_ads import ADVERTISERS

KEYS: Final[Mapping[str, str]] = {
    "consumer_key": "sim-x-ads-consumer-key",
    "consumer_secret": "sim-x-ads-consumer-secret+/with-signs",
    "token": "51a000-sim-x-ads-user-token",
    "token_secret": "sim-x-ads-user-token-secret",
}
ACCOUNTS: Final = tuple(BrandAccount("x_ads", each.id, each.name, each.zone.key) for each in ADVERTISERS)
ENVIRONMENT: Final[Mapping[str, str]] = {f"VIGIE_SIM_X_ADS_{name.upper()}": value for name, value in KEYS.items()}


def settings(account: BrandAccount, base: str) -> list[str]:
    """The settings of an account beside its id, name and zone."""
    del account
    return [f'base = "{base}/x_ads"', *(f'{name} = "env:VIGIE_SIM_X_ADS_{name.upper()}"' for name in KEYS)]
