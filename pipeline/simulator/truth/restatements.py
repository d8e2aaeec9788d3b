"""What platforms said of each day, first and last: found by reading the world again after every single night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pipeline.simulator.truth.facts import PARTS, Facts
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.platforms import platform
from pipeline.simulator.truth.posts import last_final_day
from pipeline.simulator.truth.table import Shape, Table
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World

RESTATEMENT: Final = Shape(
    "kpi.restatement",
    ("platform", "account", "metric", "day"),
    "platform VARCHAR, account VARCHAR, metric VARCHAR, day DATE, first_value BIGINT, last_value BIGINT, "
    "changes BIGINT, first_observed_at TIMESTAMP, last_changed_at TIMESTAMP, days_until_final BIGINT, "
    "is_final BOOLEAN",
)
METRICS: Final = (
    *("followers", "followers_gained", "followers_lost", "reach_1d", "reach_7d", "reach_28d", "impressions"),
    *(part for part in PARTS if part != "comments"),
)
# Comments of a day are counted, on most platforms, from the comments themselves: nobody tells their number.
METRICS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "x": (*METRICS, "comments"),
    "youtube": (*METRICS, "comments"),
    "linkedin": (*METRICS, "profile_views"),
}
TOLD_ROWS: Final = " or ".join(
    [f"metric in {METRICS}", *(f"(platform = '{name}' and metric in {told})" for name, told in METRICS_OF.items())]
)


@dataclass
class History:
    """One metric of one day: its first value, what was said last and in which night, and how often it changed."""

    first: int
    first_at: datetime
    last: int
    settled: date
    changes: int = 0
    changed_at: datetime | None = None


def restatement(facts: Facts, world: World, terms: Terms) -> Table:
    """One row per platform, account, metric and day that was ever told."""
    rows: list[dict[str, Any]] = []
    for account in terms.network_accounts:
        final = last_final_day(facts, account) or date.min
        units = facts.units[account.platform, account.account]
        for (metric, day), history in _histories(world, units, account, terms).items():
            rows.append(
                {
                    "platform": account.platform,
                    "account": account.account,
                    "metric": metric,
                    "day": day,
                    "first_value": history.first,
                    "last_value": history.last,
                    "changes": history.changes,
                    "first_observed_at": history.first_at,
                    "last_changed_at": history.changed_at,
                    "days_until_final": (history.settled - day).days if day <= final else None,
                    "is_final": day <= final,
                }
            )
    return RESTATEMENT.table(rows)


def _histories(
    world: World, units: list[Unit], account: AccountTerms, terms: Terms
) -> Mapping[tuple[str, date], History]:
    found: dict[tuple[str, date], History] = {}
    for unit, told in _after_each(world, units, account, terms):
        for key, value in told.items():
            known = found.get(key)
            if known is None:
                found[key] = History(value, unit.moment, value, unit.night)
            elif known.last != value:
                known.last, known.settled = value, unit.night
                known.changes, known.changed_at = known.changes + 1, unit.moment
    return found


def _after_each(
    world: World, units: list[Unit], account: AccountTerms, terms: Terms
) -> Iterator[tuple[Unit, dict[tuple[str, date], int]]]:
    """After each night that landed, the value of every metric and day as far as it was known then."""
    for nth, unit in enumerate(units, start=1):
        if not unit.landed:
            continue
        facts = Facts()
        facts.units[account.platform, account.account] = units[:nth]
        platform(account.platform).read(facts, world, units[:nth], account, terms)
        days = facts.account_days.get((account.platform, account.account), {})
        yield (
            unit,
            {
                (metric, day): value
                for day, known in days.items()
                for metric, value in known.metrics.items()
                if metric in METRICS_OF.get(account.platform, METRICS)
            },
        )
