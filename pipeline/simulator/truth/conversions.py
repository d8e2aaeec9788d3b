"""Conversions beside the visits and costs that brought them, and what they left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from pipeline.simulator.truth.costs import Costs
from pipeline.simulator.truth.facts import Facts, Origin, VisitRow
from pipeline.simulator.truth.sites import final_day_of_network, final_day_of_sites
from pipeline.simulator.truth.table import Shape, Table, all_known, all_money, money, newest, ratio
from pipeline.simulator.truth.terms import Terms

DAILY: Final = Shape(
    "conversion.daily",
    ("day", "platform", "campaign", "action"),
    "day DATE, platform VARCHAR, campaign VARCHAR, action VARCHAR, visits BIGINT, visitors BIGINT, "
    "conversions BIGINT, conversion_rate DOUBLE, revenue DECIMAL(18,4), average_basket DOUBLE, "
    "acquisition_cost DECIMAL(18,4), cost_per_visit DOUBLE, cost_per_action DOUBLE, "
    "return_on_ad_spend DOUBLE, is_final BOOLEAN, observed_at TIMESTAMP",
)
MARGIN_DAILY: Final = Shape(
    "conversion.margin_daily",
    ("day", "platform", "campaign"),
    "day DATE, platform VARCHAR, campaign VARCHAR, visits BIGINT, conversions BIGINT, "
    "conversion_rate DOUBLE, revenue DECIMAL(18,4), average_basket DOUBLE, "
    "acquisition_cost DECIMAL(18,4), gross_margin DECIMAL(18,4), cost_of_goods DECIMAL(18,4), "
    "contribution_margin DECIMAL(18,4), is_final BOOLEAN, observed_at TIMESTAMP",
)


@dataclass
class _Cell:
    """What came from one origin, and what happened of one action there."""

    visits: list[VisitRow] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def confirmed(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["status"] == "confirmed"]

    @property
    def observed_at(self) -> datetime | None:
        seen: list[datetime] = [row.observed_at for row in self.visits]
        return newest(seen + [event["observed_at"] for event in self.events])


def daily(facts: Facts, terms: Terms, events: Table) -> Table:
    """One row per day, platform, campaign and action."""
    visits: dict[Origin, list[VisitRow]] = {}
    for visit in facts.visits:
        visits.setdefault((visit.day, visit.platform, visit.campaign), []).append(visit)
    costs = Costs(facts, terms)
    _spend_without_visits(visits, facts, costs)
    # Without a shop nobody expects sales, except on days on which the analytics tell of them.
    known = {day: bool(terms.shops) or sales_are_known(day, facts, terms) for day in {origin[0] for origin in visits}}
    possible = {day: terms.actions - (set() if sells else {"sale"}) for day, sells in known.items()}
    cells = {(origin, action): _Cell(rows) for origin, rows in visits.items() for action in possible[origin[0]]}
    for event in events.dicts():
        origin = (event["occurred_day"], event["platform"], event["campaign"])
        arrived = [] if event["action"] == "social_boost" else visits.get(origin, [])
        cells.setdefault((origin, event["action"]), _Cell(arrived)).events.append(event)
    sites = final_day_of_sites(facts, terms) or date.min
    networks = {a.platform for a in terms.network_accounts}
    boosts = {name: final_day_of_network(facts, terms, name) or date.min for name in networks}
    read = {day: sales_are_known(day, facts, terms) for day in {origin[0] for origin, _ in cells}}
    rows = []
    for (origin, action), cell in cells.items():
        final = boosts[origin[1]] if action == "social_boost" else sites
        row = _daily_row(origin, action, cell, costs)
        if action == "sale" and not read[origin[0]]:
            row |= dict.fromkeys(("conversions", "conversion_rate", "revenue", "average_basket"))
            row |= dict.fromkeys(("cost_per_action", "return_on_ad_spend"))
        rows.append(row | {"is_final": origin[0] <= final})
    return DAILY.table(rows)


def sales_are_known(day: date, facts: Facts, terms: Terms) -> bool:
    """Whether each shop of which anything had been asked by that day was read for it, and there was one.

    Without any shop it is the analytics that know of sales, be it that there were none.
    """
    if not terms.shops:
        return any(sales.day == day for sales in facts.counted_sales)
    shops = [facts.landed((a.platform, a.account)) for a in terms.shops]
    there = [units for units in shops if units and min(unit.since for unit in units) <= day]
    return bool(there) and all(any(unit.covers(day) for unit in units) for units in there)


def _spend_without_visits(visits: dict[Origin, list[VisitRow]], facts: Facts, costs: Costs) -> None:
    """A day on which a campaign cost something and brought nobody is a row: money spent is never lost.

    Its visits are 0 where the sites counted that day, and unknown where they did not.
    """
    counted = {row.day: row for row in sorted(facts.visits, key=lambda row: row.observed_at)}
    for origin in costs.spent(min(counted, default=None), max(counted, default=None)):
        if origin not in visits:
            seen = counted.get(origin[0])
            nobody = VisitRow("", *origin, "", "", 0, 0, {}, seen.observed_at) if seen else None
            visits[origin] = [nobody] if nobody else []


def _daily_row(origin: Origin, action: str, cell: _Cell, costs: Costs) -> dict[str, Any]:
    visits = sum(row.visits for row in cell.visits) if cell.visits else None
    conversions = sum(event["count"] for event in cell.confirmed)
    revenue = all_money(event["value_reporting"] for event in cell.confirmed)
    cost = None if action == "social_boost" else costs.of(origin)
    return {
        "day": origin[0],
        "platform": origin[1],
        "campaign": origin[2],
        "action": action,
        "visits": visits,
        "visitors": cell.visits[0].visitors if len(cell.visits) == 1 else None,
        "conversions": conversions,
        "conversion_rate": ratio(conversions, visits),
        "revenue": revenue,
        "average_basket": ratio(revenue, conversions),
        "acquisition_cost": cost,
        "cost_per_visit": ratio(cost, visits),
        "cost_per_action": ratio(cost, conversions),
        "return_on_ad_spend": ratio(revenue, cost),
        "observed_at": newest([cell.observed_at, None if action == "social_boost" else costs.seen(origin)]),
    }


def _revenue(rows: Iterable[dict[str, Any]], visits: int | None) -> Decimal | None:
    """The revenue of the paying actions. Nothing sold to counted visits is a zero; an unknown part is not."""
    every = list(rows)
    if any(row["conversions"] is None for row in every):
        return None
    paid = [row["revenue"] for row in every if row["conversions"]]
    if paid:
        return all_money(paid)
    return None if visits is None else money(0)


def margin_daily(daily_table: Table, terms: Terms) -> Table:
    """Gross margin = revenue − acquisition cost, one row per day, platform and campaign."""
    origins: dict[Origin, list[dict[str, Any]]] = {}
    for row in daily_table.dicts():
        if row["action"] in terms.paying:
            origins.setdefault((row["day"], row["platform"], row["campaign"]), []).append(row)
    return MARGIN_DAILY.table(_margin_row(origin, rows) for origin, rows in origins.items())


def _margin_row(origin: Origin, rows: list[dict[str, Any]]) -> dict[str, Any]:
    visits, cost = rows[0]["visits"], rows[0]["acquisition_cost"]
    conversions = all_known(row["conversions"] for row in rows)
    revenue = _revenue(rows, visits)
    return {
        "day": origin[0],
        "platform": origin[1],
        "campaign": origin[2],
        "visits": visits,
        "conversions": conversions,
        "conversion_rate": ratio(conversions, visits),
        "revenue": revenue,
        "average_basket": ratio(revenue, conversions),
        "acquisition_cost": cost,
        "gross_margin": None if revenue is None or cost is None else revenue - cost,
        "cost_of_goods": None,
        "contribution_margin": None,
        "is_final": rows[0]["is_final"],
        "observed_at": newest(row["observed_at"] for row in rows),
    }
