"""Two small shops abroad, each on a site of its own: orders, what became of them, and the visits before them.

Nothing of them depends on the shop at home. Their orders have the same numbers, on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.world.calendar import EPOCH, Calendar, days, local, observed_at
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.orders import CENT

Key = tuple[object, ...]

# How long a shop works out the visits before an order; that is no modification of the order.
JOURNEY_AFTER: Final = timedelta(hours=26)
# Cents in the shop's currency.
PRICES: Final = (1490, 2600, 5900, 9950, 16500)


@dataclass(frozen=True)
class Shop:
    """A shop: its name at the platform, its zone, its currency, and how many orders a day it has."""

    name: str
    zone: ZoneInfo
    currency: str
    a_day: float


UK: Final = Shop("atelier-marin-uk", ZoneInfo("Europe/London"), "GBP", 5.0)
AU: Final = Shop("atelier-marin-au", ZoneInfo("Australia/Sydney"), "AUD", 3.0)
SHOPS: Final = {shop.name: shop for shop in (UK, AU)}


@dataclass(frozen=True)
class Visit:
    """One visit of the shop before an order. ``utm``: source, medium, campaign and content of its address."""

    at: datetime
    source: str
    source_type: str | None
    referrer: str | None
    utm: tuple[str, str, str, str | None] | None


@dataclass(frozen=True)
class ShopifyOrder:
    """An order as it stands at one night. Times are UTC, money is in the shop's currency.

    ``status`` is the platform's (PENDING, AUTHORIZED, PAID, PARTIALLY_REFUNDED, REFUNDED, VOIDED).
    ``visits`` has the first and the last one, twice the same where there was one; None where nobody noted any.
    """

    id: int
    currency: str
    created: datetime
    updated: datetime
    processed: datetime
    cancelled: datetime | None
    is_test: bool
    status: str
    total: Decimal
    refunded: Decimal
    visits: tuple[Visit, Visit] | None
    is_ready: bool = False


class ShopOrders:
    """The orders of one shop."""

    def __init__(self, shop: Shop, draw: Draw, calendar: Calendar) -> None:
        self.shop, self._draw, self._calendar = shop, draw, calendar
        self._placed = lru_cache(maxsize=None)(self._placed_on)
        self._standing = lru_cache(maxsize=8)(self._standing_at)

    def standing(self, night: date) -> tuple[ShopifyOrder, ...]:
        """All orders that exist when that night is read, by id, as they stand then."""
        return self._standing(night)

    def _standing_at(self, night: date) -> tuple[ShopifyOrder, ...]:
        at = observed_at(night)
        # In the east the next day has begun when a night is read.
        last = night + timedelta(days=1)
        stories = (story for day in days(self._calendar.opened, last) for story in self._placed(day))
        return tuple(_at(story, at) for story in stories if story[0].created <= at)

    def _placed_on(self, day: date) -> tuple[tuple[ShopifyOrder, ...], ...]:
        count = self._draw.count(self.shop.a_day, "shopify", self.shop.name, day)
        return tuple(self._story(day, n) for n in range(count))

    def _story(self, day: date, n: int) -> tuple[ShopifyOrder, ...]:
        """All states of an order, in order of time."""
        draw, key = self._draw, ("shopify", self.shop.name, day, n)
        created = self._awake(day, *key, "placed")
        fate = draw.unit(*key, "fate")
        # An order that was taken on paper is written down days later.
        processed = self._awake(day - timedelta(days=9), *key, "paper") if 0.04 <= fate < 0.07 else created
        total = CENT * draw.choose(PRICES, *key, "price") * draw.whole(1, 3, *key, "pieces")
        order = ShopifyOrder(
            id=(day - EPOCH).days * 10_000 + 1 + n,
            currency=self.shop.currency,
            created=created,
            updated=created,
            processed=processed,
            cancelled=None,
            is_test=fate < 0.04,
            status="PAID",
            total=total,
            refunded=Decimal("0.00"),
            visits=self._visits(created, key),
        )
        return self._states(order, fate, day, key)

    def _states(self, order: ShopifyOrder, fate: float, day: date, key: Key) -> tuple[ShopifyOrder, ...]:
        draw = self._draw
        later = self._awake(day + timedelta(days=draw.whole(1, 2, *key, "later")), *key, "later")
        if 0.07 <= fate < 0.10:
            placed = replace(order, status="AUTHORIZED")
            return placed, replace(placed, status="VOIDED", updated=later, cancelled=later)
        if 0.10 <= fate < 0.14:
            placed = replace(order, status="AUTHORIZED")
            order = replace(placed, status="PAID", updated=later)
            return placed, order, *self._given_back(order, day, key)
        if 0.14 <= fate < 0.17:
            return (replace(order, status="PENDING"),)
        return order, *self._given_back(order, day, key)

    def _given_back(self, order: ShopifyOrder, day: date, key: Key) -> tuple[ShopifyOrder, ...]:
        """Nothing, a part of it, or all of it, with or without the order being cancelled."""
        draw = self._draw
        fate = draw.unit(*key, "refund")
        if fate > 0.16 or order.is_test:
            return ()
        at = self._awake(day + timedelta(days=draw.whole(3, 15, *key, "back")), *key, "back")
        if fate < 0.07:
            cancelled = at if fate < 0.03 else None
            return (replace(order, status="REFUNDED", updated=at, refunded=order.total, cancelled=cancelled),)
        part = (order.total * draw.whole(10, 60, *key, "part") / 100).quantize(CENT)
        return (replace(order, status="PARTIALLY_REFUNDED", updated=at, refunded=part),)

    def _visits(self, created: datetime, key: Key) -> tuple[Visit, Visit] | None:
        draw = self._draw
        if draw.happens(0.1, *key, "unknown"):
            return None
        last = self._visit(created - timedelta(minutes=draw.whole(2, 50, *key, "looked")), (*key, "last"))
        if draw.happens(0.4, *key, "at once"):
            return last, last
        earlier = timedelta(hours=draw.whole(2, 400, *key, "earlier"))
        return self._visit(created - earlier, (*key, "first")), last

    def _visit(self, at: datetime, key: Key) -> Visit:
        fate = self._draw.unit(*key, "from")
        if fate < 0.3:
            return Visit(at, "direct", None, None, None)
        if fate < 0.5:
            return Visit(at, "Google", "SEO", "https://www.google.com/", None)
        if fate < 0.65:
            return Visit(at, "Facebook", "SOCIAL", "https://l.facebook.com/l.php?u=x&fbclid=IwAR0sim", None)
        if fate < 0.85:
            utm = ("facebook", "social", "Autumn-2026" if fate < 0.7 else "autumn-2026", "carousel-1")
            return Visit(at, "Facebook", "SOCIAL", "https://l.facebook.com/", utm)
        return Visit(at, "newsletter", "NEWSLETTER", None, ("newsletter", "email", "letter-41", None))

    def _awake(self, day: date, *key: object) -> datetime:
        """An instant of that day between 06:00 and 21:50 where the shop is."""
        return local(day, 6 * 3600 + int(self._draw.unit(*key, "at") * (15 * 3600 + 50 * 60)), self.shop.zone)


def _at(story: tuple[ShopifyOrder, ...], instant: datetime) -> ShopifyOrder:
    state = [each for each in story if each.updated <= instant][-1]
    return replace(state, is_ready=instant - state.created >= JOURNEY_AFTER)


@lru_cache(maxsize=16)
def shop_orders(name: str, seed: int, calendar: Calendar) -> ShopOrders:
    """The shop of that name in the world of that seed. KeyError where there is none."""
    return ShopOrders(SHOPS[name], Draw(seed), calendar)
