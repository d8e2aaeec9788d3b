"""The shop's orders: each is a story of dated events; a night shows how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from pipeline.simulator.world.calendar import Calendar, days, local, observed_at
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.footfall import Footfall, Stream
from pipeline.simulator.world.posts import PostStories

PRODUCTS = (
    (11, "Oilskin coat", "OIL-1", 18900),
    (12, "Canvas bag", "BAG-2", 6450),
    (13, "Wool cap", "CAP-1", 2990),
    (14, "Copper lantern", "LAN-7", 11500),
    (15, "Mending kit", "KIT-3", 1675),
)
CENT = Decimal("0.01")
PAID = frozenset({"processing", "completed", "refunded"})


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
    ``attribution`` holds the ``_wc_order_attribution_…`` values without that prefix.
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
class _Event:
    at: datetime
    status: str | None = None
    refund: Refund | None = None


@dataclass(frozen=True)
class _Story:
    order: Order
    events: tuple[_Event, ...]

    def at(self, instant: datetime) -> Order:
        order = self.order
        for event in self.events:
            if event.at > instant:
                break
            order = replace(order, modified=event.at, status=event.status or order.status)
            if event.status in PAID and order.paid is None:
                order = replace(order, paid=event.at)
            if event.status == "completed":
                order = replace(order, completed=event.at)
            if event.refund:
                order = replace(order, refunds=(event.refund, *order.refunds))
        return order


class Woocommerce:
    """The shop ``boutique`` (zone Europe/Paris). Nothing happens to an order between 00:00 and 06:00."""

    account = "boutique"

    def __init__(
        self, draw: Draw, calendar: Calendar, footfall: Footfall, posts: PostStories, currencies: tuple[str, ...]
    ) -> None:
        self._draw = draw
        self._calendar = calendar
        self._footfall = footfall
        self._posts = posts
        self._currencies = currencies
        self.stories = lru_cache(maxsize=None)(self._stories)
        self.orders = lru_cache(maxsize=8)(self._orders)

    def _orders(self, night: date) -> tuple[Order, ...]:
        """All orders that exist at that night, by id (which is also by day of creation)."""
        at = observed_at(night)
        return tuple(story.at(at) for day in days(self._calendar.opened, night) for story in self.stories(day))

    def order(self, order_id: int, night: date) -> Order | None:
        """One order as it stands at that night, None when there is no such order (yet)."""
        day = _day_of(order_id)
        if not self._calendar.opened <= day <= night:
            return None
        found = (story for story in self.stories(day) if story.order.id == order_id)
        return next((story.at(observed_at(night)) for story in found), None)

    def created_on(self, day: date) -> tuple[Order, ...]:
        """The orders placed on that day as they stood at its end (drafts that were left are among them)."""
        end = observed_at(day)
        return tuple(story.at(end) for story in self.stories(day))

    def _stories(self, day: date) -> tuple[_Story, ...]:
        origins = [s for s in self._footfall.day(day) for _ in range(s.orders)]
        return tuple(self._story(day, n, origin) for n, origin in enumerate(origins))

    def _story(self, day: date, n: int, origin: Stream) -> _Story:
        draw, key = self._draw, ("order", day, n)
        created = _awake(day, draw.unit(*key, "at"))
        lines = self._lines(key)
        goods = sum((line.total for line in lines), Decimal(0))
        discount = (goods / 10).quantize(CENT) if draw.happens(0.15, *key, "discount") else Decimal("0.00")
        shipping = Decimal("0.00") if goods > 100 else Decimal("6.90")
        total = goods - discount + shipping
        order = Order(
            id=_first_id(day) + n,
            status="pending",
            currency=draw.choose(self._currencies, *key, "currency"),
            created=created,
            modified=created,
            paid=None,
            completed=None,
            total=total,
            total_tax=(total / 6).quantize(CENT),
            discount_total=discount,
            shipping_total=shipping,
            lines=lines,
            refunds=(),
            attribution=self._attribution(day, key, origin),
        )
        return self._told(order, day, key)

    def _told(self, order: Order, day: date, key: tuple[object, ...]) -> _Story:
        """The order with its events: how it is paid, sent, cancelled, given back."""
        draw, created = self._draw, order.created

        def later(low: int, high: int, word: str) -> tuple[date, datetime]:
            on = day + timedelta(days=draw.whole(low, high, *key, word))
            return on, _awake(on, draw.unit(*key, word, "at"))

        fate = draw.unit(*key, "fate")
        if fate < 0.03:
            return _Story(replace(order, status="checkout-draft"), ())
        if fate < 0.06:
            return _Story(order, (_Event(created + timedelta(seconds=75), "failed"),))
        if fate < 0.10:
            return _Story(order, (_Event(later(1, 2, "cancelled")[1], "cancelled"),))
        if fate < 0.12:
            return _Story(order, ())
        if fate < 0.22:
            order = replace(order, status="on-hold")
            paid_on, paid = later(1, 3, "transfer")
        else:
            paid_on, paid = day, created + timedelta(seconds=draw.whole(30, 240, *key, "paid"))
        sent_on = paid_on + timedelta(days=draw.whole(1, 4, *key, "sent"))
        events = [_Event(paid, "processing"), _Event(_awake(sent_on, draw.unit(*key, "sent at")), "completed")]
        return _Story(order, tuple(events + self._refunds(order, sent_on, key)))

    def _refunds(self, order: Order, sent_on: date, key: tuple[object, ...]) -> list[_Event]:
        draw, fate = self._draw, self._draw.unit(*key, "refund")
        if fate > 0.14:
            return []
        first_on = sent_on + timedelta(days=draw.whole(1, 12, *key, "back"))
        first_at = _awake(first_on, draw.unit(*key, "back at"))
        number = order.id * 10 + 9_000_000_000
        if fate < 0.05:
            return [_Event(first_at, "refunded", Refund(number, first_at, order.total, "Changed their mind"))]
        part = (order.total * draw.whole(10, 40, *key, "part") / 100).quantize(CENT)
        events = [_Event(first_at, None, Refund(number, first_at, part, "A seam came loose"))]
        if fate < 0.07:
            again = _awake(first_on + timedelta(days=2), draw.unit(*key, "again"))
            events.append(_Event(again, None, Refund(number + 1, again, Decimal("5.00"), "")))
        return events

    def _lines(self, key: tuple[object, ...]) -> tuple[OrderLine, ...]:
        draw, lines = self._draw, []
        for i in range(draw.whole(1, 2, *key, "lines")):
            number, name, sku, cents = draw.choose(PRODUCTS, *key, "product", i)
            quantity = 1 + draw.count(0.3, *key, "quantity", i)
            lines.append(OrderLine(number, name, sku, quantity, Decimal(cents * quantity) / 100))
        return tuple(lines)

    def _attribution(self, day: date, key: tuple[object, ...], origin: Stream) -> Mapping[str, str]:
        match origin.kind, origin.label:
            case "direct", _:
                return {"source_type": "typein", "utm_source": "(direct)"} if len(str(key)) % 3 else {}
            case "search", _:
                return {"source_type": "organic", "utm_source": "google", "utm_medium": "organic"}
            case "campaign", "autumn-2026" | "Autumn-2026":
                utm = {"utm_source": "facebook", "utm_medium": "social", "utm_campaign": origin.label}
                return {"source_type": "utm", **utm, "utm_content": self._content(day, key)}
            case "campaign", label:
                source = "journal" if label == "journal-stories" else "partner-mag"
                return {"source_type": "utm", "utm_source": source, "utm_medium": "link", "utm_campaign": label}
            case _, label:
                host = label if "." in label else f"{label.lower()}.com"
                return {"source_type": "referral", "utm_source": host, "referrer": f"https://{host}/"}

    def _content(self, day: date, key: tuple[object, ...]) -> str:
        """``utm_content`` of a campaign order: the id of a recent post, or the name of a picture."""
        recent = [
            story.id
            for published in days(day - timedelta(days=5), day)
            for story in self._posts.of_day("104001", published)
            if story.campaign
        ]
        if recent and self._draw.happens(0.7, *key, "content"):
            return self._draw.choose(recent, *key, "which")
        return self._draw.choose(("carousel-1", "carousel-2", "story"), *key, "picture")


def _awake(day: date, unit: float) -> datetime:
    """An instant of that day between 06:00 and 23:50 in Paris."""
    return local(day, 6 * 3600 + int(unit * (17 * 3600 + 50 * 60)))


def _first_id(day: date) -> int:
    return (day - date(2020, 1, 1)).days * 10_000 + 1


def _day_of(order_id: int) -> date:
    return date(2020, 1, 1) + timedelta(days=order_id // 10_000)
