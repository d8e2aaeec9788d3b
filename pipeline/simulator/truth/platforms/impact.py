"""What the second affiliate network said: actions by the day on which they changed last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Final

from pipeline.simulator.truth.commissions import Network, read_commissions
from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.awin import changed
from pipeline.simulator.world.impact import CURRENCY, number, payout, standing

KIND: Final = "affiliate"
RESTATEMENT_DAYS: Final = 43
DAILY: Final[frozenset[str]] = frozenset()


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """What changed in the window of each night; its newest day is told by the day before its date in UTC."""
    del terms
    network = Network(
        stream="actions",
        currency=CURRENCY,
        standing=lambda night: standing(world.seed, world.calendar, night),
        moments=lambda action: (changed(action),),
        day=lambda action, _: action.sold.astimezone(UTC).date() - timedelta(days=1),
        number=number,
        worth=payout,
    )
    read_commissions(facts, units, account, network)
