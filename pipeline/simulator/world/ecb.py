"""Exchange rates: each currency wanders a little from day to day around a level of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from math import sin
from typing import Final

from pipeline.simulator.world.calendar import EPOCH
from pipeline.simulator.world.draw import Draw

# Units for one euro, and how many places the bank writes.
LEVELS: Final[Mapping[str, tuple[float, int]]] = {
    "USD": (1.1640, 4),
    "JPY": (178.20, 2),
    "CZK": (24.310, 3),
    "GBP": (0.87550, 5),
    "HUF": (388.45, 2),
    "PLN": (4.2510, 4),
    "SEK": (10.9840, 4),
    "CHF": (0.9312, 4),
    "IDR": (19356.27, 2),
}
_SATURDAY: Final = 5
# Days on which the payment system of the banks rests, beside weekends.
_HOLIDAYS: Final = frozenset({(1, 1), (5, 1), (12, 25), (12, 26)})


class Ecb:
    """Rates of every working day; they are never changed afterwards."""

    account = "reference-rates"

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def rates(self, day: date) -> Mapping[str, Decimal] | None:
        """Units of each currency for one euro, None on a day that has no rates."""
        if day.weekday() >= _SATURDAY or (day.month, day.day) in _HOLIDAYS:
            return None
        return {currency: self._rate(currency, day) for currency in LEVELS}

    def days(self, first: date, last: date) -> tuple[date, ...]:
        """The days with rates from the first to the last, newest first."""
        every = (last - timedelta(days=n) for n in range((last - first).days + 1))
        return tuple(day for day in every if self.rates(day) is not None)

    def _rate(self, currency: str, day: date) -> Decimal:
        level, places = LEVELS[currency]
        slow = sin((day - EPOCH).days / (40 + len(currency) + self._draw.unit("rate", currency) * 60))
        moved = level * (1 + 0.02 * slow + 0.003 * self._draw.normal("rate", currency, day))
        return Decimal(moved).quantize(Decimal(1).scaleb(-places))
