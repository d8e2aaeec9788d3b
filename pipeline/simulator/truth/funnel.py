"""How people come from seeing a post or an advertisement to doing something on the site, and what campaigns left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from pipeline.simulator.truth.costs import Costs
from pipeline.simulator.truth.facts import Facts, Origin, Spend
from pipeline.simulator.truth.table import Shape, Table, all_known, difference, money_total, newest, ratio, total
from pipeline.simulator.truth.terms import Terms

Row = dict[str, Any]

FUNNEL_DAILY: Final = Shape(
    "conversion.funnel_daily",
    ("day", "platform", "campaign", "step"),
    "day DATE, platform VARCHAR, campaign VARCHAR, step VARCHAR, position BIGINT, step_count BIGINT, "
    "previous_count BIGINT, step_rate DOUBLE, is_final BOOLEAN, observed_at TIMESTAMP",
)
MARGIN_CAMPAIGN: Final = Shape(
    "conversion.margin_campaign",
    ("platform", "campaign"),
    "platform VARCHAR, campaign VARCHAR, first_day DATE, last_day DATE, days BIGINT, days_with_margin BIGINT, "
    "visits BIGINT, conversions BIGINT, conversions_with_visits BIGINT, visits_with_conversions BIGINT, "
    "conversion_rate DOUBLE, revenue DECIMAL(18,4), conversions_with_revenue BIGINT, average_basket DOUBLE, "
    "acquisition_cost DECIMAL(18,4), revenue_with_margin DECIMAL(18,4), cost_with_margin DECIMAL(18,4), "
    "gross_margin DECIMAL(18,4), margin_per_cost DOUBLE, is_final BOOLEAN, observed_at TIMESTAMP",
)


def funnel_daily(facts: Facts, terms: Terms, daily: Table, account_daily: Table) -> Table:
    """One row per day, platform, campaign and step."""
    origins: dict[Origin, list[Row]] = {}
    for row in daily.dicts():
        if row["action"] != "social_boost":
            origins.setdefault((row["day"], row["platform"], row["campaign"]), []).append(row)
    shown = dict(_shown(facts, terms, account_daily))
    engaged: dict[Origin, list[int | None]] = {}
    for visit in facts.visits:
        origin = (visit.day, visit.platform, visit.campaign)
        engaged.setdefault(origin, []).append(difference(visit.visits, visit.bounces))
    rows: list[Row] = []
    for origin, actions in origins.items():
        stayed = 0 if actions[0]["visits"] == 0 else all_known(engaged.get(origin, []))
        rows += _steps(origin, actions, *shown.get(origin, (None, None)), stayed)
    return FUNNEL_DAILY.table(rows)


def _shown(facts: Facts, terms: Terms, account_daily: Table) -> Iterator[tuple[Origin, tuple[int | None, int | None]]]:
    """Reach and clicks of what networks and advertising showed. Reach of two is the reach of nobody knows how many."""
    pages: dict[Origin, list[Row]] = {}
    for row in account_daily.dicts():
        pages.setdefault((row["day"], row["platform"], ""), []).append(row)
    for origin, rows in pages.items():
        yield origin, (_alone(row["reach_1d"] for row in rows), all_known(row["clicks"] for row in rows))
    ads: dict[Origin, list[Spend]] = {}
    costs = Costs(facts, terms)
    for spend in facts.spends:
        ads.setdefault((spend.day, *costs.campaign_of(spend)), []).append(spend)
    for origin, spends in ads.items():
        yield origin, (_alone(spend.reach for spend in spends), all_known(spend.clicks for spend in spends))


def _alone(values: Iterable[int | None]) -> int | None:
    every = list(values)
    return every[0] if len(every) == 1 else None


def _steps(
    origin: Origin, actions: list[Row], reach: int | None, clicks: int | None, engaged: int | None
) -> Iterator[Row]:
    ways = [("reach", reach), ("clicks", clicks), ("visits", actions[0]["visits"]), ("engaged_visits", engaged)]
    every = [(name, position, count) for position, (name, count) in enumerate(ways, 1)]
    every += [(row["action"], 5, row["conversions"]) for row in actions]
    for name, position, count in every:
        before = ways[position - 2][1] if position > 1 else None
        yield {
            "day": origin[0],
            "platform": origin[1],
            "campaign": origin[2],
            "step": name,
            "position": position,
            "step_count": count,
            "previous_count": before,
            "step_rate": ratio(count, before),
            "is_final": all(row["is_final"] for row in actions),
            "observed_at": newest(row["observed_at"] for row in actions),
        }


def margin_campaign(margin_daily: Table) -> Table:
    """One row per platform and campaign."""
    campaigns: dict[tuple[str, str], list[Row]] = {}
    for row in margin_daily.dicts():
        if row["campaign"]:
            campaigns.setdefault((row["platform"], row["campaign"]), []).append(row)
    return MARGIN_CAMPAIGN.table(
        {"platform": platform, "campaign": campaign, **_campaign(days)}
        for (platform, campaign), days in campaigns.items()
    )


def _campaign(days: list[Row]) -> Row:
    def sums(name: str, *known: str) -> int | None:
        return total(row[name] for row in days if all(row[other] is not None for other in known))

    def amounts(name: str, *known: str) -> Decimal | None:
        return money_total(row[name] for row in days if all(row[other] is not None for other in known))

    found: Row = {
        "first_day": min(row["day"] for row in days),
        "last_day": max(row["day"] for row in days),
        "days": len(days),
        "days_with_margin": sum(row["gross_margin"] is not None for row in days),
        "visits": sums("visits"),
        "conversions": sums("conversions"),
        "conversions_with_visits": sums("conversions", "visits"),
        "visits_with_conversions": sums("visits", "conversions"),
        "revenue": amounts("revenue"),
        "conversions_with_revenue": sums("conversions", "revenue"),
        "acquisition_cost": amounts("acquisition_cost"),
        "revenue_with_margin": amounts("revenue", "gross_margin"),
        "cost_with_margin": amounts("acquisition_cost", "gross_margin"),
        "gross_margin": amounts("gross_margin"),
        "is_final": all(row["is_final"] for row in days),
        "observed_at": newest(row["observed_at"] for row in days),
    }
    by: Callable[[str, str], float | None] = lambda above, below: ratio(found[above], found[below])  # noqa: E731
    return found | {
        "conversion_rate": by("conversions_with_visits", "visits_with_conversions"),
        "average_basket": by("revenue", "conversions_with_revenue"),
        "margin_per_cost": by("gross_margin", "cost_with_margin"),
    }
