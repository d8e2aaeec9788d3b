"""What LinkedIn's advertising accounts said: what each campaign cost and brought, by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from pipeline.simulator.truth.facts import Facts, Spend
from pipeline.simulator.truth.observations import Log, Seen, Unit
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.advertising import AdDay

KIND: Final = "ads"
RESTATEMENT_DAYS: Final = 28
DAILY: Final[frozenset[str]] = frozenset()

_Key = tuple[date, str, str]


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """Everything that the nights tell of one account. A row of the window that is not told any more is gone."""
    del terms
    rows: Log[_Key, AdDay] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, "costs")
            continue
        told = world.advertising.days(unit.platform, unit.account, unit.since, unit.night, unit.night)
        answer = {(row.day, row.campaign.id, row.network): row for row in told}
        rows.observe(unit, answer, inside=lambda key, _, unit=unit: unit.covers(key[0]))  # type: ignore[misc]
        facts.deliver(unit, "costs", [day for day, _, _ in answer])
    found = world.advertising.account(account.platform, account.account)
    currency = found.currency if found else ""
    facts.spends += [_spend(account, currency, seen) for _, seen in rows.live()]


def _spend(account: AccountTerms, currency: str, seen: Seen[AdDay]) -> Spend:
    row = seen.value
    return Spend(
        platform=account.platform,
        account=account.account,
        day=row.day,
        campaign_id=row.campaign.id,
        name=row.campaign.name,
        network=row.network,
        utm=row.campaign.utm,
        spend=row.spend,
        currency=currency,
        impressions=row.impressions,
        # Whom a day reached is not told.
        reach=None,
        clicks=row.clicks,
        observed_at=seen.at,
    )
