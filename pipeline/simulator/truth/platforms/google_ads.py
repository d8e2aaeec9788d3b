"""What Google's advertising accounts said: what each campaign cost and brought, by day and network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.simulator.truth.advertising import read_spends
from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.advertising import AdDay

KIND: Final = "ads"
RESTATEMENT_DAYS: Final = 30
DAILY: Final[frozenset[str]] = frozenset()


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """Everything that the nights tell of one account."""
    del terms
    read_spends(facts, world, units, account, "costs", _shown)


def _shown(row: AdDay) -> tuple[int | None, int | None]:
    # People are not counted by campaign and network.
    return None, row.clicks
