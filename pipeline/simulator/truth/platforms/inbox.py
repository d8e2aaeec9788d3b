"""What the forms sent: requests and sign-ups, each as its last word said."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import Facts, Order
from pipeline.simulator.truth.observations import Log, Seen, Unit, naive
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.inbox import Message, forms

KIND: Final = "inbox"
RESTATEMENT_DAYS: Final = 3
DAILY: Final[frozenset[str]] = frozenset()


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """What came on the days of each night's window; of two words on one request the later one."""
    del terms
    if ZoneInfo(account.time_zone) != ZoneInfo("Europe/Paris"):
        raise ValueError("the world counts the days of its forms in Paris")
    log: Log[str, Message] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "messages")
            continue
        told = {word.id: word for word in forms(world.seed, world.calendar).sent(unit.since, unit.night)}
        log.observe(unit, told)
        facts.deliver(unit, "messages", [naive(word.happened).date() for word in told.values()])
    facts.orders += [_order(account, seen) for _, seen in log.live()]


def _order(account: AccountTerms, seen: Seen[Message]) -> Order:
    word = seen.value
    return Order(
        site=account.site or "",
        source=account.platform,
        account=account.account,
        order_id=word.id,
        status="completed",
        currency=None if word.value is None else "EUR",
        created_at=naive(word.happened),
        paid_at=None,
        total=word.value,
        refunded=None if word.value is None else Decimal(0),
        utm={name.removeprefix("utm_"): value for name, value in word.origin},
        observed_at=seen.at,
        action=word.action,
        click=word.click,
    )
