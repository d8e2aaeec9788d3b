"""What the simulated accounts did, day by day, out of the world itself; and the sites of their worlds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pipeline.simulator import World
from pipeline.simulator.world.community import Community
from pipeline.simulator.world.networks import NETWORKS

Floats = NDArray[np.float64]
DAYS = 400


@dataclass(frozen=True)
class Played:
    """One account: its followers at each day's end, and what each day brought it."""

    name: str
    first: date
    followers: Floats
    reach: Floats
    engagements: Floats


def accounts(wanted: int = 50) -> Iterator[Played]:
    """The brand's own accounts in worlds of other seeds, until there are enough."""
    found = 0
    for seed in range(1, 20):
        world = World(seed=seed, nights=DAYS)
        first = world.calendar.opened + timedelta(days=20)
        days = [first + timedelta(days=n) for n in range(DAYS)]
        for network, account in ((name, account) for name in NETWORKS for account in _own(world, name)):
            if found == wanted:
                return
            found += 1
            community = world.network(network, Community)
            totals = [community.day_total(account, day) for day in days]
            yield Played(
                f"{seed}/{network}/{account}",
                first,
                np.array([community.level(account, day) for day in days], dtype=float),
                np.array([total["reach"] for total in totals], dtype=float),
                np.array([sum(total[part] for part in ("reactions", "shares", "clicks", "saves")) for total in totals])
                * 1.0,
            )


def _own(world: World, network: str) -> tuple[str, ...]:
    try:
        return world.network(network, Community).own
    except TypeError:
        return ()


def visits(seed: int) -> tuple[date, Floats]:
    """The first day, and the visits of each day to the main site of a world."""
    world = World(seed=seed, nights=DAYS)
    first, night = world.calendar.opened + timedelta(days=20), world.nights[-1]
    counted = [world.matomo.day(first + timedelta(days=n), night) for n in range(DAYS)]
    return first, np.array([np.nan if day is None else day.visits for day in counted], dtype=float)
