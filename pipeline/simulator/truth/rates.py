"""What an amount is worth in the reporting currency, by the rates that were known for its day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from pipeline.simulator.truth.facts import Facts
from pipeline.simulator.truth.table import PLACES
from pipeline.simulator.truth.terms import Terms

# A rate that is older stands for nothing.
LONGEST_CARRIED: Final = 7
_RATE_PLACES: Final = Decimal("0.00000001")


def reported(facts: Facts, terms: Terms, amount: Decimal, currency: str, day: date) -> Decimal | None:
    """The amount in the reporting currency; None where no rate is known."""
    if currency == terms.reporting_currency:
        return amount.quantize(PLACES, ROUND_HALF_UP)
    ours, theirs = _per_euro(facts, terms.reporting_currency, day), _per_euro(facts, currency, day)
    if ours is None or theirs is None:
        return None
    rate = Decimal(float(ours) / float(theirs)).quantize(_RATE_PLACES, ROUND_HALF_UP)
    return (amount * rate).quantize(PLACES, ROUND_HALF_UP)


def _per_euro(facts: Facts, currency: str, day: date) -> Decimal | None:
    """Units of the currency for one euro on that day, or on the last one before it that has a rate."""
    for back in range(LONGEST_CARRIED + 1):
        at = day - timedelta(days=back)
        if currency == "EUR" and at in facts.rates:
            return Decimal(1)
        if found := facts.rates.get(at, {}).get(currency):
            return found
    return None
