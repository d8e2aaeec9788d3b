"""What the shops abroad said: orders, and how their buyers came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import Facts, Order, ToldTouch
from pipeline.simulator.truth.observations import Log, Seen, Unit, naive
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.shopify import ShopifyOrder, Visit, shop_orders

KIND: Final = "shop"
RESTATEMENT_DAYS: Final = 3
DAILY: Final[frozenset[str]] = frozenset()

# The platform's words for money, in those of the shop at home, which the tables know.
_STATUS: Final = {
    "PAID": "completed",
    "PARTIALLY_REFUNDED": "completed",
    "REFUNDED": "refunded",
    "VOIDED": "cancelled",
    "PENDING": "pending",
    "AUTHORIZED": "pending",
}


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """Everything that the nights tell of one shop: the orders that were modified since the window began."""
    del terms
    zone = ZoneInfo(account.time_zone)
    shop = shop_orders(account.account, world.seed, world.calendar)
    log: Log[int, ShopifyOrder] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "orders")
            continue
        told = {
            order.id: order
            for order in shop.standing(unit.night)
            if order.updated.astimezone(zone).date() >= unit.since
            and order.created.astimezone(zone).date() <= unit.night
        }
        log.observe(unit, told)
        facts.deliver(unit, "orders", [_record_day(order) for order in told.values()])
    facts.orders += [_order(account, seen) for _, seen in log.live()]
    for _, seen in log.live():
        key = (account.platform, account.account, str(seen.value.id))
        facts.told_journeys[key] = [_touch(visit) for visit in _told(seen.value)]


def _record_day(order: ShopifyOrder) -> date:
    """The earliest day that the sale can be of, wherever the shop is."""
    return naive(order.processed).date() - timedelta(days=1)


def _order(account: AccountTerms, seen: Seen[ShopifyOrder]) -> Order:
    order = seen.value
    status = "cancelled" if order.cancelled and order.status != "REFUNDED" else _STATUS[order.status]
    return Order(
        site=account.site or "",
        source=account.platform,
        account=account.account,
        order_id=str(order.id),
        # What nobody paid for is no sale, like a basket that was left.
        status="checkout-draft" if order.is_test else status,
        currency=order.currency,
        created_at=naive(order.processed),
        paid_at=None,
        total=order.total,
        refunded=order.refunded,
        utm=_utm(order),
        observed_at=seen.at,
    )


def _told(order: ShopifyOrder) -> Sequence[Visit]:
    """The first and the last visit, one where they are the same, none before the shop has worked them out."""
    if not order.is_ready or order.visits is None:
        return ()
    first, last = order.visits
    return (last,) if first.at == last.at else (first, last)


def _touch(visit: Visit) -> ToldTouch:
    source, campaign = (visit.utm[0], visit.utm[2]) if visit.utm else (visit.source, "")
    return ToldTouch(naive(visit.at), source, campaign, source.lower() == "direct")


def _utm(order: ShopifyOrder) -> Mapping[str, str]:
    """The campaign of the last visit; without one, what the shop calls the place the buyer came from."""
    if not order.is_ready or order.visits is None:
        return {}
    last = order.visits[1]
    if last.utm is None:
        return {"source": last.source}
    names = ("source", "medium", "campaign", "content")
    return {name: text for name, text in zip(names, last.utm, strict=True) if text}
