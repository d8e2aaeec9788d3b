"""The shop's orders: visits that end in a purchase, each as far as it has come at a night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from pipeline.simulator.world.calendar import EPOCH, Calendar, days, observed_at
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.footfall import Footfall, Stream
from pipeline.simulator.world.orders import CENT, Key, Order, OrderLine, OrderStory, awake, told
from pipeline.simulator.world.posts import PostStories

PRODUCTS = (
    (11, "Oilskin coat", "OIL-1", 18900),
    (12, "Canvas bag", "BAG-2", 6450),
    (13, "Wool cap", "CAP-1", 2990),
    (14, "Copper lantern", "LAN-7", 11500),
    (15, "Mending kit", "KIT-3", 1675),
)


class Woocommerce:
    """The shop ``boutique`` (zone Europe/Paris). Nothing happens to an order between 00:00 and 06:00."""

    account = "boutique"

    def __init__(
        self,
        draw: Draw,
        calendar: Calendar,
        footfall: Footfall,
        posts: PostStories,
        currencies: tuple[str, ...],
    ) -> None:
        self._draw = draw
        self._calendar = calendar
        self._footfall = footfall
        self._posts = posts
        self._currencies = currencies
        self._placed = lru_cache(maxsize=None)(self._placed_on)
        self._standing = lru_cache(maxsize=8)(self._standing_at)

    def orders(self, night: date) -> tuple[Order, ...]:
        """All orders that exist at that night, by id (which is also by day of creation)."""
        return self._standing(night)

    def _standing_at(self, night: date) -> tuple[Order, ...]:
        at = observed_at(night)
        return tuple(story.at(at) for day in days(self._calendar.opened, night) for story in self._placed(day))

    def order(self, order_id: int, night: date) -> Order | None:
        """One order as it stands at that night, None when there is no such order (yet)."""
        day = EPOCH + timedelta(days=min(max(order_id, 0), 10**9) // 10_000)
        if not self._calendar.opened <= day <= night:
            return None
        found = (story for story in self._placed(day) if story.states[0].id == order_id)
        return next((story.at(observed_at(night)) for story in found), None)

    def created_on(self, day: date) -> tuple[Order, ...]:
        """The orders placed on that day as they stood at its end (drafts that were left are among them)."""
        return tuple(story.at(observed_at(day)) for story in self._placed(day))

    def _placed_on(self, day: date) -> tuple[OrderStory, ...]:
        origins = [origin for origin in self._footfall.day(day) for _ in range(origin.orders)]
        return tuple(self._story(day, n, origin) for n, origin in enumerate(origins))

    def _story(self, day: date, n: int, origin: Stream) -> OrderStory:
        draw, key = self._draw, ("order", day, n)
        created = awake(draw, day, *key)
        lines = self._lines(key)
        goods = sum((line.total for line in lines), Decimal(0))
        discount = (goods / 10).quantize(CENT) if draw.happens(0.15, *key, "discount") else Decimal("0.00")
        shipping = Decimal("0.00") if goods > 100 else Decimal("6.90")
        total = goods - discount + shipping
        order = Order(
            id=(day - EPOCH).days * 10_000 + 1 + n,
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
        return told(draw, order, day, key)

    def _lines(self, key: Key) -> tuple[OrderLine, ...]:
        draw, lines = self._draw, []
        for i in range(draw.whole(1, 2, *key, "lines")):
            number, name, sku, cents = draw.choose(PRODUCTS, *key, "product", i)
            quantity = 1 + draw.count(0.3, *key, "quantity", i)
            lines.append(OrderLine(number, name, sku, quantity, CENT * cents * quantity))
        return tuple(lines)

    def _attribution(self, day: date, key: Key, origin: Stream) -> Mapping[str, str]:
        """What the shop noted of the way that the customer came; nothing for a third of the direct ones."""
        match origin.kind, origin.label:
            case "direct", _:
                noted = self._draw.happens(0.67, *key, "noted")
                return {"source_type": "typein", "utm_source": "(direct)"} if noted else {}
            case "search", _:
                return {"source_type": "organic", "utm_source": "google", "utm_medium": "organic"}
            case "campaign", "autumn-2026" | "Autumn-2026":
                return {"source_type": "utm", **campaign_link(origin.label), "utm_content": self.content(day, key)}
            case "campaign", label:
                return {"source_type": "utm", **campaign_link(label)}
            case _, label:
                host = label if "." in label else f"{label.lower()}.com"
                return {"source_type": "referral", "utm_source": host, "referrer": f"https://{host}/"}

    def content(self, day: date, key: Key) -> str:
        """``utm_content`` of the network's campaign: the id of a recent post, or the name of a picture."""
        recent = [
            story.id
            for published in days(day - timedelta(days=5), day)
            for story in self._posts.of_day("104001", published)
            if story.campaign
        ]
        if recent and self._draw.happens(0.7, *key, "content"):
            return self._draw.choose(recent, *key, "which")
        return self._draw.choose(("carousel-1", "carousel-2", "story"), *key, "picture")


def campaign_link(label: str) -> Mapping[str, str]:
    """What the links of a campaign carry, whichever of them was followed."""
    if label.lower() == "autumn-2026":
        return {"utm_source": "facebook", "utm_medium": "social", "utm_campaign": label}
    source = "journal" if label == "journal-stories" else "partner-mag"
    return {"utm_source": source, "utm_medium": "link", "utm_campaign": label}
