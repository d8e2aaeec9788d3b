"""What networks of affiliates told in the nights: actions, and what became of their commissions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import Facts, Order
from pipeline.simulator.truth.observations import Log, Seen, Unit, naive
from pipeline.simulator.truth.terms import AccountTerms
from pipeline.simulator.world.awin import Commission

# In the words of the shop at home, which the tables know.
_STATUS: Final[Mapping[str, str]] = {
    "pending": "pending",
    "approved": "completed",
    "declined": "cancelled",
    "deleted": "cancelled",
}


@dataclass(frozen=True)
class Network:
    """How a network tells of its actions. ``moments`` are those by whose day one is asked for."""

    stream: str
    currency: str
    standing: Callable[[date], Iterable[Commission]]
    moments: Callable[[Commission], Iterable[datetime | None]]
    day: Callable[[Commission, ZoneInfo], date]
    number: Callable[[Commission], str]
    worth: Callable[[Commission], Decimal]


def read_commissions(facts: Facts, units: Sequence[Unit], account: AccountTerms, network: Network) -> None:
    """What the window of each night told, and the last that was told of each action."""
    zone = ZoneInfo(account.time_zone)
    log: Log[str, Commission] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, network.stream)
            continue
        told = {
            network.number(sale): sale
            for sale in network.standing(unit.night)
            if any(at and unit.covers(at.astimezone(zone).date()) for at in network.moments(sale))
        }
        log.observe(unit, told)
        facts.deliver(unit, network.stream, [network.day(sale, zone) for sale in told.values()])
    facts.orders += [_order(account, network, name, seen) for name, seen in log.live()]


def _order(account: AccountTerms, network: Network, name: str, seen: Seen[Commission]) -> Order:
    sale, worth = seen.value, network.worth(seen.value)
    return Order(
        site=account.site or "",
        source=account.platform,
        account=account.account,
        order_id=name,
        status=_STATUS[sale.status],
        currency=network.currency,
        created_at=naive(sale.sold),
        paid_at=None,
        total=worth,
        refunded=worth - worth,
        utm={} if sale.reference is None else {"content": sale.reference},
        observed_at=seen.at,
        action="affiliate_sale",
        click=sale.reference,
    )
