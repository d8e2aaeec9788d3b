"""The networks beside Facebook and the journal, one module each, found by listing this folder.

A module gives ``build``, which makes its network from the world's chance, calendar and changes, and
``OUTAGES``: (account, nights before the last one) that answer 503 during a whole night.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, Protocol, cast

from pipeline.simulator.world.calendar import Calendar
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.draw import Draw


class Network(Protocol):
    """What the module of a network gives."""

    OUTAGES: tuple[tuple[str, int], ...]

    @staticmethod
    def build(draw: Draw, calendar: Calendar, changes: Changes) -> object: ...


NETWORKS: Final[Mapping[str, Network]] = {
    found.name: cast("Network", import_module(f"{__name__}.{found.name}")) for found in iter_modules(__path__)
}
