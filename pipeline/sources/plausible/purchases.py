"""The goal that is a sale: how often it was reached and what it brought, by what sent the visit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from pipeline.http import Session
from pipeline.settings import Account
from pipeline.sources.plausible.query import GoalUnknownError, RevenueRefusedError, all_days, rows
from pipeline.streams import Absent, Note, Page, Window, Yield

_METRICS: Final = ("events", "total_revenue")
_DIMENSIONS: Final = ("visit:source", "visit:utm_campaign")


def purchases(account: Account, window: Window, http: Session, visited: set[str]) -> Iterator[Yield]:
    """Sales by day, source and campaign.

    A day that was visited and has no row is one without sales: that is a 0, and stands in a record without a
    source. Of a day that nobody was counted on nothing is known.
    """
    goal = str(account.options["purchase_goal"] or "")
    if not goal:
        yield Absent("purchases", "no goal of the site is called a sale: see purchase_goal")
        return
    try:
        yield from _told(account, window, http, goal, visited, _METRICS)
    except GoalUnknownError as fault:
        yield Absent("purchases", str(fault))
    except RevenueRefusedError as fault:
        yield Note("revenue_unknown", f"what was sold is counted, but not what it brought: {fault}")
        yield from _told(account, window, http, goal, visited, _METRICS[:1])


def _told(
    account: Account, window: Window, http: Session, goal: str, visited: set[str], metrics: tuple[str, ...]
) -> Iterator[Yield]:
    found: list[dict[str, object]] = []
    sold: set[str] = set()
    reasons: set[str] = set()
    for row, meta in rows(account, http, window, metrics, _DIMENSIONS, [["is", "event:goal", [goal]]]):
        day, source, campaign = (label or "" for label in row.dimensions)
        told = dict(zip(metrics, row.metrics, strict=True))
        found.append({"day": day, "goal": goal, "source": source, "utm_campaign": campaign, **told})
        sold.add(day)
        reasons |= {warning.code for metric, warning in meta.metric_warnings.items() if metric in metrics}
    found += [
        {"day": day, "goal": goal, "source": "", "utm_campaign": "", "events": 0}
        for day in all_days(window)
        if day in visited and day not in sold
    ]
    if reasons:
        yield Note(
            "revenue_unknown", f"what was sold is counted, but not what it brought: {', '.join(sorted(reasons))}"
        )
    yield Page("purchases", [msgspec.json.encode(record) for record in found])
