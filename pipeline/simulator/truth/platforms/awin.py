"""What the affiliate network said: sales on other sites, and what became of their commissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.simulator.truth.commissions import Network, read_commissions
from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.awin import commissions

KIND: Final = "affiliate"
RESTATEMENT_DAYS: Final = 30
DAILY: Final[frozenset[str]] = frozenset()


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """What was sold, amended or validated in the window of each night."""
    del terms
    network = Network(
        stream="transactions",
        currency="EUR",
        standing=commissions(world.seed, world.calendar).standing,
        moments=lambda sale: (sale.sold, sale.amended, sale.validated),
        day=lambda sale, zone: sale.sold.astimezone(zone).date(),
        number=lambda sale: str(sale.id),
        worth=lambda sale: sale.commission,
    )
    read_commissions(facts, units, account, network)
