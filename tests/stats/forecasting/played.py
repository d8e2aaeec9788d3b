"""What the simulated accounts did, day by day, out of the world itself; and the sites of their worlds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import nan

import numpy as np
from numpy.typing import NDArray

from pipeline.simulator import World
from pipeline.simulator.world.community import Community
from pipeline.simulator.world.matomo import SiteDay
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


@dataclass(frozen=True)
class Arrived:
    """What a site, or one network there, brought each day; NaN where the site was not read."""

    name: str
    first: date
    visits: Floats
    conversions: Floats


def arrivals(wanted: int = 50) -> Iterator[Arrived]:
    """The main site of worlds of other seeds, and what Facebook and Instagram sent it, until there are enough."""
    for place in range(wanted):
        seed, network = 1 + place // 3, (None, "Facebook", "Instagram")[place % 3]
        first, days = _site(seed)
        told = [(nan, nan) if day is None else _brought(day, network) for day in days]
        visits, conversions = np.array(told, dtype=float).T
        yield Arrived(f"{seed}/{network or 'site'}", first, visits, conversions)


@lru_cache(maxsize=1)
def _site(seed: int) -> tuple[date, list[SiteDay | None]]:
    world = World(seed=seed, nights=DAYS)
    first, night = world.calendar.opened + timedelta(days=20), world.nights[-1]
    return first, [world.matomo.day(first + timedelta(days=n), night) for n in range(DAYS)]


def _brought(day: SiteDay, network: str | None) -> tuple[int, int]:
    """(visits, goals reached and orders); of a network the goals alone."""
    if network is None:
        return day.visits, sum(goal.conversions for goal in day.goals.values()) + day.ecommerce.orders
    rows = [row for row in day.socials if row.label == network]
    return sum(row.visits for row in rows), sum(goal.conversions for row in rows for goal in row.goals.values())
