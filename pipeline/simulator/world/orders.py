"""An order's life: how it is paid, sent, cancelled and given back, as dated states."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from pipeline.simulator.world.calendar import local
from pipeline.simulator.world.draw import Draw

CENT = Decimal("0.01")
PAID = frozenset({"processing", "completed", "refunded"})
Key = tuple[object, ...]


@dataclass(frozen=True)
class OrderLine:
    product_id: int
    name: str
    sku: str
    quantity: int
    total: Decimal


@dataclass(frozen=True)
class Refund:
    """Money given back. ``amount`` is positive."""

    id: int
    created: datetime
    amount: Decimal
    reason: str


@dataclass(frozen=True)
class Order:
    """An order as it stands at one night. Times are UTC, money is in ``currency``.

    ``total`` is what the customer ordered for (refunds do not change it). ``status`` is the platform's:
    pending, processing, on-hold, completed, cancelled, refunded, failed or checkout-draft.
    ``refunds`` are newest first. ``attribution`` holds the ``_wc_order_attribution_…`` values without
    that prefix; it may be empty.
    """

    id: int
    status: str
    currency: str
    created: datetime
    modified: datetime
    paid: datetime | None
    completed: datetime | None
    total: Decimal
    total_tax: Decimal
    discount_total: Decimal
    shipping_total: Decimal
    lines: tuple[OrderLine, ...]
    refunds: tuple[Refund, ...]
    attribution: Mapping[str, str]
    created_via: str = "checkout"

    @property
    def number(self) -> str:
        return str(self.id)


@dataclass(frozen=True)
class Event:
    """What happens to an order at an instant: a new status, a refund, or both."""

    at: datetime
    status: str | None = None
    refund: Refund | None = None


class OrderStory:
    """All states of one order, in order of time."""

    def __init__(self, placed: Order, events: list[Event]) -> None:
        self.states = [placed]
        for event in events:
            self.states.append(_after(self.states[-1], event))
        self._since = [state.modified for state in self.states]

    def at(self, instant: datetime) -> Order:
        """The order at that instant (as placed, for any instant before that)."""
        return self.states[max(0, bisect_right(self._since, instant) - 1)]


def _after(order: Order, event: Event) -> Order:
    status = event.status or order.status
    return replace(
        order,
        modified=event.at,
        status=status,
        paid=order.paid or (event.at if event.status in PAID else None),
        completed=event.at if event.status == "completed" else order.completed,
        refunds=(event.refund, *order.refunds) if event.refund else order.refunds,
    )


def told(draw: Draw, order: Order, day: date, key: Key) -> OrderStory:
    """The story of an order that was placed on that day."""
    placed = order.created

    def later(first: int, last: int, word: str) -> date:
        return day + timedelta(days=draw.whole(first, last, *key, word))

    fate = draw.unit(*key, "fate")
    if fate < 0.03:
        return OrderStory(replace(order, status="checkout-draft"), [])
    if fate < 0.06:
        return OrderStory(order, [Event(placed + timedelta(seconds=75), "failed")])
    if fate < 0.10:
        return OrderStory(order, [Event(awake(draw, later(1, 2, "cancelled"), *key, "cancelled"), "cancelled")])
    if fate < 0.12:
        return OrderStory(order, [])
    if fate < 0.22:
        order = replace(order, status="on-hold")
        paid_on = later(1, 3, "transfer")
        paid = awake(draw, paid_on, *key, "transfer")
    else:
        paid_on, paid = day, placed + timedelta(seconds=draw.whole(30, 240, *key, "paid"))
    sent_on = paid_on + timedelta(days=draw.whole(1, 4, *key, "sent"))
    sent = Event(awake(draw, sent_on, *key, "sent"), "completed")
    return OrderStory(order, [Event(paid, "processing"), sent, *_refunds(draw, order, sent_on, key)])


def _refunds(draw: Draw, order: Order, sent_on: date, key: Key) -> list[Event]:
    """Nothing, all of it (which changes the status), or one or two parts (which do not)."""
    fate = draw.unit(*key, "refund")
    if fate > 0.14:
        return []
    first_on = sent_on + timedelta(days=draw.whole(1, 12, *key, "back"))
    first, number = awake(draw, first_on, *key, "back"), order.id + 9_000_000_000
    if fate < 0.05:
        return [Event(first, "refunded", Refund(number, first, order.total, "Changed their mind"))]
    part = (order.total * draw.whole(10, 40, *key, "part") / 100).quantize(CENT)
    events = [Event(first, None, Refund(number, first, part, "A seam came loose"))]
    if fate < 0.07:
        again = awake(draw, first_on + timedelta(days=2), *key, "again")
        events.append(Event(again, None, Refund(number + 1_000_000_000, again, Decimal("5.00"), "")))
    return events


def awake(draw: Draw, day: date, *key: object) -> datetime:
    """An instant of that day between 06:00 and 23:50 in Paris."""
    return local(day, 6 * 3600 + int(draw.unit(*key, "at") * (17 * 3600 + 50 * 60)))
