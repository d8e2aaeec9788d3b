"""What the shops said: orders and their refunds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import Facts, Order
from pipeline.simulator.truth.observations import Log, Seen, Unit, naive
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import Order as ShopOrder
from pipeline.simulator.world import World

KIND: Final = "shop"
RESTATEMENT_DAYS: Final = 3
DAILY: Final[frozenset[str]] = frozenset()


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """Everything that the nights tell of the orders of one shop: those that changed in the window."""
    del terms
    zone = ZoneInfo(account.time_zone)
    orders: Log[int, ShopOrder] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "orders", "refunds")
            continue
        changed = {
            order.id: order
            for order in world.woocommerce.orders(unit.night)
            if unit.covers(order.modified.astimezone(zone).date())
        }
        orders.observe(unit, changed)
        facts.deliver(unit, "orders", [_record_day(order) for order in changed.values()])
        facts.deliver(unit, "refunds", [_record_day(o) for o in changed.values() for _ in o.refunds])
    facts.orders += [_order(account, seen) for _, seen in orders.live()]


def _record_day(order: ShopOrder) -> date:
    """The earliest day that an order's creation can be in the shop's zone, wherever the shop is."""
    return date.fromordinal(order.created.astimezone(UTC).date().toordinal() - 1)


def _order(account: AccountTerms, seen: Seen[ShopOrder]) -> Order:
    order = seen.value
    utm = {name.removeprefix("utm_"): text for name, text in order.attribution.items() if "utm_" in name}
    return Order(
        site=account.site or "",
        source=account.platform,
        account=account.account,
        order_id=str(order.id),
        status=order.status,
        currency=order.currency,
        created_at=naive(order.created),
        paid_at=None if order.paid is None else naive(order.paid),
        total=order.total,
        refunded=sum((refund.amount for refund in order.refunds), Decimal(0)),
        utm=utm,
        observed_at=seen.at,
    )
