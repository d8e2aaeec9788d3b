"""What the visits by the links of each post brought, cost and left."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final

from pipeline.simulator.truth.costs import Costs
from pipeline.simulator.truth.facts import Facts, Origin
from pipeline.simulator.truth.journeys import Journeys, post_platforms
from pipeline.simulator.truth.table import PLACES, Shape, Table, all_money, money, newest, ratio, total
from pipeline.simulator.truth.terms import Terms

MARGIN_POST: Final = Shape(
    "conversion.margin_post",
    ("platform", "post_id"),
    "platform VARCHAR, post_id VARCHAR, published_day DATE, visits BIGINT, conversions BIGINT, "
    "conversion_rate DOUBLE, revenue DECIMAL(18,4), average_basket DOUBLE, acquisition_cost DECIMAL(18,4), "
    "gross_margin DECIMAL(18,4), observed_at TIMESTAMP",
)


def margin_post(facts: Facts, terms: Terms, events: Table) -> Table:
    """One row per post that a visit or a confirmed conversion names."""
    visits: dict[str, Counter[Origin]] = {}
    seen: dict[str, list[datetime]] = {}
    for visit, touch in Journeys(facts, terms).of_posts():
        post = touch.post_id or ""
        visits.setdefault(post, Counter())[visit["day"], touch.platform, touch.campaign] += 1
        seen.setdefault(post, []).append(visit["observed_at"])
    sold: dict[str, list[dict[str, Any]]] = {}
    for event in events.where(status="confirmed"):
        if event["post_id"] is not None and event["action"] != "social_boost":
            sold.setdefault(event["post_id"], []).append(event)
            seen.setdefault(event["post_id"], []).append(event["observed_at"])
    published = _published(facts)
    costs = _CostOfVisits(facts, terms)
    platforms = post_platforms(facts)
    return MARGIN_POST.table(
        _row(platforms[post], post, published[post], visits.get(post), sold.get(post, []), costs)
        | {"observed_at": newest(moments)}
        for post, moments in seen.items()
        if post in published
    )


def _published(facts: Facts) -> dict[str, date]:
    return {post.post_id: post.published_day for known in facts.posts.values() for post in known.values()}


class _CostOfVisits:
    """What visits of an origin cost: its cost, shared by all of its visits."""

    def __init__(self, facts: Facts, terms: Terms) -> None:
        self._costs = Costs(facts, terms)
        self._visits: Counter[Origin] = Counter()
        for row in facts.visits:
            self._visits[row.day, row.platform, row.campaign] += row.visits

    def of(self, visits: Counter[Origin]) -> Decimal | None:
        together = Fraction(0)
        for origin, count in visits.items():
            cost = self._costs.of(origin)
            if cost is None:
                return None
            if self._visits[origin]:
                together += Fraction(cost) * count / self._visits[origin]
        return (Decimal(together.numerator) / together.denominator).quantize(PLACES, ROUND_HALF_UP)


def _row(
    platform: str,
    post: str,
    day: date,
    visits: Counter[Origin] | None,
    sold: list[dict[str, Any]],
    costs: _CostOfVisits,
) -> dict[str, Any]:
    conversions = total(event["count"] for event in sold)
    revenue = all_money(event["value_reporting"] for event in sold)
    if visits and not sold:
        conversions, revenue = 0, money(0)
    count = visits.total() if visits else None
    cost = costs.of(visits) if visits else None
    return {
        "platform": platform,
        "post_id": post,
        "published_day": day,
        "visits": count,
        "conversions": conversions,
        "conversion_rate": ratio(conversions, count),
        "revenue": revenue,
        "average_basket": ratio(revenue, conversions),
        "acquisition_cost": cost,
        "gross_margin": None if revenue is None or cost is None else revenue - cost,
    }
