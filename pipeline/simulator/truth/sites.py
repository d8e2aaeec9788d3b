"""The sites: visits of a day, and by which network they came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from pipeline.simulator.truth.facts import Facts, SiteDay, VisitRow
from pipeline.simulator.truth.posts import last_final_day
from pipeline.simulator.truth.table import Shape, Table, difference, ratio
from pipeline.simulator.truth.terms import UNATTRIBUTED, Terms

SITE_DAILY: Final = Shape(
    "kpi.site_daily",
    ("site", "day"),
    "site VARCHAR, day DATE, day_timezone VARCHAR, visits BIGINT, visitors BIGINT, page_views BIGINT, "
    "bounces BIGINT, bounce_rate DOUBLE, engaged_visits BIGINT, visit_seconds BIGINT, "
    "seconds_per_visit DOUBLE, visits_from_networks BIGINT, network_share DOUBLE, "
    "site_growth_index DOUBLE, is_final BOOLEAN, observed_at TIMESTAMP",
)
SITE_NETWORK_DAILY: Final = Shape(
    "kpi.site_network_daily",
    ("site", "platform", "day"),
    "site VARCHAR, platform VARCHAR, day DATE, visits BIGINT, site_visits BIGINT, share DOUBLE, is_final BOOLEAN",
)


def index(value: int | None, base: int | None) -> float | None:
    """100 at the base."""
    return None if value is None else ratio(100 * value, base)


def _base(days: Mapping[date, SiteDay], growth_base: date | None) -> tuple[date, int | None] | None:
    """The day to which the others are compared, and its visits."""
    if growth_base is not None:
        at = days.get(growth_base)
        return growth_base, at.visits if at else None
    first = min((day for day, facts in days.items() if facts.visits), default=None)
    return None if first is None else (first, days[first].visits)


def by_day(rows: Iterable[VisitRow]) -> dict[tuple[str, date], list[VisitRow]]:
    """Visit rows by site and day."""
    found: dict[tuple[str, date], list[VisitRow]] = {}
    for row in rows:
        found.setdefault((row.site, row.day), []).append(row)
    return found


def site_daily(facts: Facts, terms: Terms) -> Table:
    """Visits of each site, one row per site and day that the analytics answered."""
    visits = by_day(facts.visits)
    rows = []
    for site, days in facts.site_days.items():
        base = _base(days, terms.growth_base)
        final = last_final_day(facts, terms.analytics(site)) or date.min
        for day, at in days.items():
            row = _site_row(at, visits.get((site, day), []))
            known = base is not None and day >= base[0]
            row["site_growth_index"] = index(at.visits, base[1]) if base and known else None
            zone = terms.site_zones[site]
            rows.append(row | {"site": site, "day": day, "day_timezone": zone, "is_final": day <= final})
    return SITE_DAILY.table(rows)


def _site_row(day: SiteDay, referrers: list[VisitRow]) -> dict[str, Any]:
    social = sum(row.visits for row in referrers if row.platform != UNATTRIBUTED)
    networks = None if day.visits is None else social
    return {
        "visits": day.visits,
        "visitors": day.visitors,
        "page_views": day.actions,
        "bounces": day.bounces,
        "bounce_rate": ratio(day.bounces, day.visits),
        "engaged_visits": difference(day.visits, day.bounces),
        "visit_seconds": day.seconds,
        "seconds_per_visit": ratio(day.seconds, day.visits),
        "visits_from_networks": networks,
        "network_share": ratio(networks, day.visits),
        "observed_at": max([day.observed_at, *(row.observed_at for row in referrers)]),
    }


def site_network_daily(facts: Facts, terms: Terms) -> Table:
    """How many visits each network sent; the rows of a day add up to the visits of the site."""
    rows = []
    for (site, day), referrers in by_day(facts.visits).items():
        at = facts.site_days.get(site, {}).get(day)
        whole = at.visits if at else None
        final = last_final_day(facts, terms.analytics(site)) or date.min
        for platform in {row.platform for row in referrers}:
            sent = sum(row.visits for row in referrers if row.platform == platform)
            row = {"site": site, "platform": platform, "day": day, "visits": sent}
            rows.append(row | {"site_visits": whole, "share": ratio(sent, whole), "is_final": day <= final})
    return SITE_NETWORK_DAILY.table(rows)


def tracked_days(facts: Facts) -> frozenset[date]:
    """The days on which at least one site counted its visits."""
    return frozenset(day for days in facts.site_days.values() for day, at in days.items() if at.visits is not None)


def final_day_of_sites(facts: Facts, terms: Terms) -> date | None:
    """The last day that neither analytics nor shops restate; None while one of them was never read."""
    return _earliest(last_final_day(facts, account) for account in terms.site_accounts)


def final_day_of_network(facts: Facts, terms: Terms, platform: str) -> date | None:
    """The last day that no account of the network restates; None while one of them was never read."""
    return _earliest(last_final_day(facts, a) for a in terms.network_accounts if a.platform == platform)


def _earliest(days: Iterable[date | None]) -> date | None:
    known = list(days)
    certain = [day for day in known if day is not None]
    return min(certain) if certain and len(certain) == len(known) else None
