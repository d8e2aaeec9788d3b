"""What the shop's analytics counted of the visits, day by day, as it stands at a night."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from pipeline.simulator.world.calendar import Calendar
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.footfall import Footfall, Stream
from pipeline.simulator.world.orders import Order
from pipeline.simulator.world.visits import Told, Visit, Visits
from pipeline.simulator.world.woocommerce import Woocommerce

TYPES: Mapping[str, str] = {
    "direct": "Direct Entry",
    "search": "Search Engines",
    "website": "Websites",
    "social": "Social Networks",
    "campaign": "Campaigns",
}
# Share of the visits that are processed 0 and 1 days after their own day.
PROCESSED = {0: 0.96, 1: 0.99}


@dataclass(frozen=True)
class Goal:
    """Conversions of one goal. ``visits_converted`` ≤ ``conversions``; ``revenue`` of these goals is 0."""

    conversions: int
    visits_converted: int
    revenue: Decimal = Decimal(0)


@dataclass(frozen=True)
class Referrer:
    """One row of a referrer report. ``kind`` as in ``TYPES``; ``goals`` only those with conversions."""

    kind: str
    label: str
    visits: int
    visitors: int
    actions: int
    max_actions: int
    visit_seconds: int
    bounces: int
    visits_converted: int
    goals: Mapping[int, Goal]


@dataclass(frozen=True)
class Ecommerce:
    orders: int
    visits_converted: int
    revenue: Decimal
    revenue_subtotal: Decimal
    revenue_tax: Decimal
    revenue_shipping: Decimal
    revenue_discount: Decimal
    items: int


@dataclass(frozen=True)
class SiteDay:
    """A day of the site. ``types`` has one row per referrer type, whose visits sum up to ``visits``;
    ``socials`` and ``campaigns`` are the labels behind two of these types and sum up to them.
    ``goals`` has every goal of the site, also those without conversions; ``goals[g].conversions`` is
    the sum over ``types``. ``visitors`` is not additive.
    """

    day: date
    visits: int
    visitors: int
    actions: int
    max_actions: int
    visit_seconds: int
    bounces: int
    visits_converted: int
    types: tuple[Referrer, ...]
    socials: tuple[Referrer, ...]
    campaigns: tuple[Referrer, ...]
    goals: Mapping[int, Goal]
    ecommerce: Ecommerce


class Matomo:
    """The site with idSite 1 (zone Europe/Paris). Goals: 1 quote, 2 newsletter, 3 ad click, 4 unmapped."""

    account = "1"
    goals: Mapping[int, str] = {
        1: "Quote request",
        2: "Newsletter sign-up",
        3: "Click on a partner's banner",
        4: "Opening hours looked up",
    }

    def __init__(
        self,
        draw: Draw,
        calendar: Calendar,
        changes: Changes,
        footfall: Footfall,
        shop: Woocommerce,
        visits_per_day: float = 150,
    ) -> None:
        self._draw = draw
        self._calendar = calendar
        self._changes = changes
        self._footfall = footfall
        self._shop = shop
        # Each report of a day is asked for by itself.
        self.day = lru_cache(maxsize=2048)(self._day)
        self._log = Visits(draw, footfall, shop, visits_per_day / 150)
        self.visits = lru_cache(maxsize=64)(self._visits)

    def _visits(self, day: date, night: date) -> tuple[Visit, ...]:
        """The single visits behind the day's report as of that night, the one that ended last first.

        Their number, goals and orders are those of the report, label by label; so are the visitors of a
        label once all its visits are processed. Visits that were deleted on purpose are still counted there.
        """
        done = self._done(day, night)
        if done is None:
            return ()
        streams = self._footfall.day(day)
        rows = [self._row(day, stream, done) for stream in streams]
        told = [_told(row) for row in rows]
        whole = [self._row(day, stream, 1.0) for stream in streams]
        orders = [order if self._sees(order) else None for order in self._shop.created_on(day)]
        found = self._log.of(day, told, [row.visitors if row else 0 for row in whole], orders)
        gone = {int(c.target) for c in self._changes.all if c.kind == "delete_visit" and c.night <= night}
        return tuple(sorted((v for v in found if v.id not in gone), key=lambda v: (v.ended, v.id), reverse=True))

    def _done(self, day: date, night: date) -> float | None:
        """Which share of the day is reported at that night; None when nothing was recorded, or processed yet."""
        calendar = self._calendar
        unprocessed = day == calendar.late_archive and night == day
        if day > night or day < calendar.opened or day in calendar.untracked_days or unprocessed:
            return None
        done = PROCESSED.get((night - day).days, 1.0)
        return done * self._changes.factor("matomo", self.account, day, night)

    def _day(self, day: date, night: date) -> SiteDay | None:
        """The day as reported at that night; None when nothing was recorded (or not processed yet)."""
        done = self._done(day, night)
        if done is None:
            return None
        rows = [row for stream in self._footfall.day(day) if (row := self._row(day, stream, done))]
        if not rows:
            return None
        types = tuple(
            self._merged(day, kind, name, [row for row in rows if row.kind == kind])
            for kind, name in TYPES.items()
            if any(row.kind == kind for row in rows)
        )
        site = self._merged(day, "site", "", rows)
        return SiteDay(
            day=day,
            visits=site.visits,
            visitors=site.visitors,
            actions=site.actions,
            max_actions=site.max_actions,
            visit_seconds=site.visit_seconds,
            bounces=site.bounces,
            visits_converted=site.visits_converted,
            types=types,
            socials=_labels(rows, "social"),
            campaigns=_labels(rows, "campaign"),
            goals={goal: site.goals.get(goal, Goal(0, 0)) for goal in self.goals},
            ecommerce=self._ecommerce(day),
        )

    def _row(self, day: date, stream: Stream, done: float) -> Referrer | None:
        """What was processed of one stream of visits; None when that is not a single visit."""
        draw, key = self._draw, (day, stream.kind, stream.label)
        visits = int(stream.visits * done + 0.5)
        if visits == 0:
            return None
        goals = {}
        for goal, n in stream.goals.items():
            counted = min(visits, int(n * done + 0.5))
            if counted:
                goals[goal] = Goal(counted, max(1, counted - draw.among(counted, 0.1, "twice", goal, *key)))
        converted = sum(goal.visits_converted for goal in goals.values())
        return Referrer(
            kind=stream.kind,
            label=stream.label,
            visits=visits,
            visitors=max(1, visits - draw.among(visits, 0.12, "again", *key)),
            actions=visits + int(visits * 2.6 * draw.around(1, 0.15, "actions", *key)),
            max_actions=draw.whole(3, 28, "most", *key),
            visit_seconds=int(visits * 118 * draw.around(1, 0.2, "seconds", *key)),
            bounces=draw.among(visits, 0.42, "bounces", *key),
            visits_converted=min(visits, converted),
            goals=goals,
        )

    def _merged(self, day: date, kind: str, label: str, rows: list[Referrer]) -> Referrer:
        """Rows as one: counts add up, except that somebody may come from two places."""
        together = sum(row.visitors for row in rows)
        twice = self._draw.among(together, 0.03, "two ways", day, kind) if len(rows) > 1 else 0
        goals: dict[int, Goal] = {}
        for row in rows:
            for number, goal in row.goals.items():
                had = goals.get(number, Goal(0, 0))
                goals[number] = Goal(had.conversions + goal.conversions, had.visits_converted + goal.visits_converted)
        return Referrer(
            kind=kind,
            label=label,
            visits=sum(row.visits for row in rows),
            visitors=max(together - twice, *(row.visitors for row in rows), 1),
            actions=sum(row.actions for row in rows),
            max_actions=max(row.max_actions for row in rows),
            visit_seconds=sum(row.visit_seconds for row in rows),
            bounces=sum(row.bounces for row in rows),
            visits_converted=sum(row.visits_converted for row in rows),
            goals=goals,
        )

    def _ecommerce(self, day: date) -> Ecommerce:
        """The orders of the day that the script saw: nine in ten, none that was left in the basket."""
        seen = [order for order in self._shop.created_on(day) if self._sees(order)]
        goods = sum((line.total for order in seen for line in order.lines), Decimal(0))
        return Ecommerce(
            orders=len(seen),
            visits_converted=len(seen),
            revenue=sum((order.total for order in seen), Decimal(0)),
            revenue_subtotal=goods,
            revenue_tax=sum((order.total_tax for order in seen), Decimal(0)),
            revenue_shipping=sum((order.shipping_total for order in seen), Decimal(0)),
            revenue_discount=sum((order.discount_total for order in seen), Decimal(0)),
            items=sum(line.quantity for order in seen for line in order.lines),
        )

    def _sees(self, order: Order) -> bool:
        return order.status != "checkout-draft" and self._draw.happens(0.92, "seen", order.id)


def _labels(rows: Iterable[Referrer], kind: str) -> tuple[Referrer, ...]:
    return tuple(sorted((row for row in rows if row.kind == kind), key=lambda row: (-row.visits, row.label)))


def _told(row: Referrer | None) -> Told | None:
    """What the log must agree with."""
    if row is None:
        return None
    return Told(row.visits, {number: (goal.conversions, goal.visits_converted) for number, goal in row.goals.items()})
