"""What the newsletter said: sign-ups as they stand, how many subscribe, letters that were sent."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.simulator.settings import environment
from pipeline.simulator.truth.facts import Facts, Order
from pipeline.simulator.truth.observations import Log, Seen, Unit, naive
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.mailchimp import Member, newsletter

KIND: Final = "newsletter"
RESTATEMENT_DAYS: Final = 28
DAILY: Final[frozenset[str]] = frozenset()

# Who leaves later has been a subscriber.
SETTLED: Final = timedelta(days=90)
# In the words of the shop at home, which the tables know.
_STATUS: Final = {
    "subscribed": "completed",
    "pending": "pending",
    "unsubscribed": "cancelled",
    "cleaned": "cancelled",
}


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """Who changed in the window of each night, and is not settled yet."""
    del terms
    zone = ZoneInfo(account.time_zone)
    known = newsletter(world.seed, world.calendar)
    log: Log[str, Member] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "members", "reports", optional=("audience",))
            continue
        facts.deliver(unit, "audience", [unit.night])
        told = {
            member.address: member
            for member in known.standing(unit.night)
            if unit.covers(_day(member.changed, zone))
            and member.since is not None
            and member.changed - member.since <= SETTLED
        }
        log.observe(unit, told)
        facts.deliver(unit, "members", [_day(each.signed_up or each.since, ZoneInfo("UTC")) for each in told.values()])
        sent = [_day(letter.sent, zone) for letter in known.letters(unit.night)]
        facts.deliver(unit, "reports", [day for day in sent if unit.covers(day)])
    facts.orders += [_order(account, seen) for _, seen in log.live()]


def _day(at: datetime | None, zone: ZoneInfo) -> date:
    return (at or datetime.max.replace(tzinfo=UTC)).astimezone(zone).date()


def _name(account: AccountTerms, member: Member) -> str:
    """The keyed hash by which a member is known: 96 bits of HMAC-SHA256 of platform, audience and id."""
    key = environment()["VIGIE_SIM_PERSON_KEY"].encode()
    whole = f"{account.platform}:{account.account}:{member.id}".encode()
    return hmac.new(key, whole, hashlib.sha256).hexdigest()[:24]


def _order(account: AccountTerms, seen: Seen[Member]) -> Order:
    member = seen.value
    if member.since is None:
        raise ValueError(f"{member.address} never signed up")
    return Order(
        site=account.site or "",
        source=account.platform,
        account=account.account,
        order_id=_name(account, member),
        status=_STATUS[member.status],
        currency=None,
        created_at=naive(member.since),
        paid_at=None,
        total=None,
        refunded=None,
        utm={},
        observed_at=seen.at,
        action="newsletter_signup",
    )
