"""What the affiliate network said: sales on other sites, and what became of their commissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import Facts, Order
from pipeline.simulator.truth.observations import Log, Seen, Unit, naive
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.awin import Commission, commissions

KIND: Final = "affiliate"
RESTATEMENT_DAYS: Final = 30
DAILY: Final[frozenset[str]] = frozenset()

# In the words of the shop at home, which the tables know.
_STATUS: Final = {"pending": "pending", "approved": "completed", "declined": "cancelled", "deleted": "cancelled"}


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """What was sold, amended or validated in the window of each night."""
    del terms
    zone = ZoneInfo(account.time_zone)
    log: Log[int, Commission] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "transactions")
            continue
        told = {
            sale.id: sale
            for sale in commissions(world.seed, world.calendar).standing(unit.night)
            if any(at and unit.covers(at.astimezone(zone).date()) for at in (sale.sold, sale.amended, sale.validated))
        }
        log.observe(unit, told)
        facts.deliver(unit, "transactions", [sale.sold.astimezone(zone).date() for sale in told.values()])
    facts.orders += [_order(account, seen) for _, seen in log.live()]


def _order(account: AccountTerms, seen: Seen[Commission]) -> Order:
    sale = seen.value
    return Order(
        site=account.site or "",
        source=account.platform,
        account=account.account,
        order_id=str(sale.id),
        status=_STATUS[sale.status],
        currency="EUR",
        created_at=naive(sale.sold),
        paid_at=None,
        total=sale.commission,
        refunded=sale.commission - sale.commission,
        utm={} if sale.reference is None else {"content": sale.reference},
        observed_at=seen.at,
        action="affiliate_sale",
        click=sale.reference,
    )
