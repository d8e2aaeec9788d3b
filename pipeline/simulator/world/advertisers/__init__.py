"""The brand's advertising accounts, one module for each platform that sells it, found by listing this folder.

A module gives ``ADVERTISERS``, its accounts and their campaigns, and ``OUTAGES``: (account, nights before
the last one) that answer 503 during a whole night.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, Protocol, cast

from pipeline.simulator.world.advertising import Advertiser


class Seller(Protocol):
    """What the module of an advertising platform gives."""

    ADVERTISERS: tuple[Advertiser, ...]
    OUTAGES: tuple[tuple[str, int], ...]


SELLERS: Final[Mapping[str, Seller]] = {
    found.name: cast("Seller", import_module(f"{__name__}.{found.name}")) for found in iter_modules(__path__)
}
