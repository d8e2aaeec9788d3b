"""What the nights told of an advertising account: the parts that all of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from pipeline.simulator.truth.facts import Facts, Spend
from pipeline.simulator.truth.observations import Log, Seen, Unit
from pipeline.simulator.truth.terms import AccountTerms
from pipeline.simulator.world import World
from pipeline.simulator.world.advertising import AdDay

# Reach and clicks of a row, as the platform tells them.
Shown = Callable[[AdDay], tuple[int | None, int | None]]

_Key = tuple[date, str, str]


def read_spends(
    facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, stream: str, shown: Shown
) -> None:
    """Everything that the nights tell of one account. A row of the window that is not told any more is gone."""
    rows: Log[_Key, AdDay] = Log()
    for unit in units:
        if not unit.landed:
            facts.fail(unit, stream)
            continue
        told = world.advertising.days(unit.platform, unit.account, unit.since, unit.night, unit.night)
        answer = {(row.day, row.campaign.id, row.network): row for row in told}
        rows.observe(unit, answer, inside=lambda key, _, unit=unit: unit.covers(key[0]))  # type: ignore[misc]
        facts.deliver(unit, stream, [day for day, _, _ in answer])
    found = world.advertising.account(account.platform, account.account)
    currency = found.currency if found else ""
    facts.spends += [_spend(account, currency, seen, *shown(seen.value)) for _, seen in rows.live()]


def _spend(account: AccountTerms, currency: str, seen: Seen[AdDay], reach: int | None, clicks: int | None) -> Spend:
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
        reach=reach,
        clicks=clicks,
        observed_at=seen.at,
    )
