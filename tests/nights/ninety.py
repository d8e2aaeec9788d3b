"""The ninety nights of the demonstration: which of them are read.

Every night of the last six weeks, in which everything lies that the world does at a certain time (the purge
of followers is 36 nights before the last one, the restated month 29, outages 39 and less). Before that the
first night, which reads what was before it, the one after it, the one on which the shop is away (52) with its
neighbours, and gaps of one and two weeks, which the night that ends them reads. A night between would repeat
what the later ones show.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.simulator import World

AGO: Final = (89, 88, 75, 61, 53, 52, 51, *range(40, -1, -1))


def nights_of(world: World) -> tuple[date, ...]:
    """The nights that are read of the world's ninety, in their order."""
    return tuple(world.calendar.ago(ago) for ago in AGO)
