"""Actions on the sites of brands that another network of affiliates pays for: fewer of them, and in dollars."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from pipeline.simulator.world.awin import Commission, Trade, commissions
from pipeline.simulator.world.calendar import Calendar

IMPACT: Final = Trade("impact", 1.2, (1000, 2204))
CURRENCY: Final = "USD"


def standing(seed: int, calendar: Calendar, night: date) -> tuple[Commission, ...]:
    """Every action that exists when that night is read, as it stands then."""
    return commissions(seed, calendar, IMPACT).standing(night)


def number(action: Commission) -> str:
    """The id of an action: the programme, the tracker of its kind, and its own number."""
    return f"{action.programme}.4636.{action.id}"


def is_reversed(action: Commission) -> bool:
    return action.status in {"declined", "deleted"}


def payout(action: Commission) -> Decimal:
    """What is left of the commission: nothing where the action was reversed."""
    return action.commission - action.commission if is_reversed(action) else action.commission
