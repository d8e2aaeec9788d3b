"""What the bank said: rates of the days that were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.observations import Log, Unit, days_of
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World

KIND: Final = "rates"
RESTATEMENT_DAYS: Final = 7
DAILY: Final[frozenset[str]] = frozenset()


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """The rates of every working day that a night looked at."""
    del account, terms
    rates: Log[date, Mapping[str, Decimal]] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "rates")
            continue
        told = {day: found for day in days_of(unit) if (found := world.ecb.rates(day)) is not None}
        rates.observe(unit, told)
        facts.deliver(unit, "rates", [day for day, found in told.items() for _ in found])
    facts.rates = {day: seen.value for day, seen in rates.live()}
