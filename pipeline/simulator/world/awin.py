"""Sales on other sites that links of the brand brought: what each earns, and what becomes of that for weeks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from pipeline.simulator.world.calendar import EPOCH, Calendar, days, local, observed_at
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.orders import CENT

_REFERENCES: Final = (None, "journal-links", "bio", "newsletter-41")


@dataclass(frozen=True)
class Trade:
    """A network of affiliates: how many sales it tells of in a day, and of which programmes."""

    name: str
    a_day: float
    programmes: tuple[int, ...]


AWIN: Final = Trade("awin", 3.0, (7052, 15_120))


@dataclass(frozen=True)
class Commission:
    """A sale on another site as it stands at one night. Times are UTC. ``status`` is the platform's word."""

    id: int
    programme: int
    sold: datetime
    clicked: datetime
    sale: Decimal
    commission: Decimal
    status: str
    reference: str | None
    validated: datetime | None = None
    amended: datetime | None = None
    old_commission: Decimal | None = None


class Commissions:
    """All sales of the brand's links in one network. Nothing happens to them between midnight and 06:00."""

    def __init__(self, draw: Draw, calendar: Calendar, trade: Trade) -> None:
        self._draw, self._calendar, self._trade = draw, calendar, trade
        self._sold = lru_cache(maxsize=None)(self._sold_on)

    def standing(self, night: date) -> tuple[Commission, ...]:
        """Every sale that exists when that night is read, as it stands then."""
        at = observed_at(night)
        stories = (story for day in days(self._calendar.opened, night) for story in self._sold(day))
        return tuple(_at(story, at) for story in stories)

    def _sold_on(self, day: date) -> tuple[tuple[Commission, ...], ...]:
        return tuple(self._story(day, n) for n in range(self._draw.count(self._trade.a_day, self._trade.name, day)))

    def _story(self, day: date, n: int) -> tuple[Commission, ...]:
        draw, key = self._draw, (self._trade.name, day, n)
        sold = self._awake(day, *key, "sold")
        sale = CENT * draw.whole(900, 24_000, *key, "sale")
        made = Commission(
            id=(day - EPOCH).days * 1000 + n,
            programme=draw.choose(self._trade.programmes, *key, "programme"),
            sold=sold,
            clicked=sold - timedelta(minutes=draw.whole(3, 9000, *key, "clicked")),
            sale=sale,
            commission=(sale * 8 / 100).quantize(CENT),
            status="pending",
            reference=draw.choose(_REFERENCES, *key, "reference"),
        )
        states = [made]
        if draw.happens(0.1, *key, "amended"):
            at = self._awake(day + timedelta(days=draw.whole(1, 4, *key, "amended on")), *key, "amended at")
            less = (made.commission / 2).quantize(CENT)
            states.append(replace(made, amended=at, commission=less, old_commission=made.commission))
        fate = draw.unit(*key, "fate")
        if fate < 0.85:
            at = self._awake(day + timedelta(days=draw.whole(6, 40, *key, "validated on")), *key, "validated at")
            status = "approved" if fate < 0.62 else "declined" if fate < 0.8 else "deleted"
            states.append(replace(states[-1], validated=at, status=status))
        return tuple(states)

    def _awake(self, day: date, *key: object) -> datetime:
        return local(day, 6 * 3600 + int(self._draw.unit(*key) * (17 * 3600 + 50 * 60)))


def changed(sale: Commission) -> datetime:
    """When its state began."""
    return max(moment for moment in (sale.sold, sale.amended, sale.validated) if moment)


def _at(story: tuple[Commission, ...], instant: datetime) -> Commission:
    return [state for state in story if changed(state) <= instant][-1]


@lru_cache(maxsize=16)
def commissions(seed: int, calendar: Calendar, trade: Trade = AWIN) -> Commissions:
    """The sales of a network in the world of that seed."""
    return Commissions(Draw(seed), calendar, trade)
