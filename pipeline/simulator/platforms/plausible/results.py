"""The rows of a query: what happened, put together by what was asked for. What did not happen has no row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from pipeline.simulator.platforms.plausible.query import Read
from pipeline.simulator.world.plausible import CURRENCY, GOALS, SALE, Arrivals, Walks, grouped, reached, told

Place = tuple[str, ...]


def results(read: Read, page: Walks, night: date) -> list[dict[str, Any]]:
    """Every row, in the order that was asked for."""
    goals = _goals(read)
    found: dict[Place, list[Arrivals]] = {}
    for day in read.days:
        arrivals = [one for one in page.day(day, night) if _passes(read, one)]
        for place, some in grouped(arrivals, lambda one, day=day: _place(read, day, one)).items():  # type: ignore[misc]
            found.setdefault(place, []).extend(some)
    rows = [row for place, some in found.items() for row in _rows(read, place, some, goals)]
    if not read.dimensions and not rows:
        rows = [{"metrics": [0 for _ in read.metrics], "dimensions": []}]
    for name, way in reversed(read.order):
        rows.sort(key=lambda row: _value(read, row, name), reverse=way == "desc")
    return rows


def _value(read: Read, row: dict[str, Any], name: str) -> Any:
    if name in read.dimensions:
        return row["dimensions"][read.dimensions.index(name)]
    return row["metrics"][read.metrics.index(name)]


def _goals(read: Read) -> tuple[str, ...] | None:
    """The goals that are asked for; None where none is."""
    named = [clauses for _, dimension, clauses in read.filters if dimension == "event:goal"]
    return tuple(named[0]) if named else tuple(GOALS) if "event:goal" in read.dimensions else None


def _of(one: Arrivals, dimension: str) -> str:
    return {
        "visit:channel": one.origin.channel,
        "visit:source": one.origin.source,
        "visit:utm_campaign": one.origin.campaign,
    }[dimension]


def _passes(read: Read, one: Arrivals) -> bool:
    return all(
        (_of(one, dimension) in clauses) == (operator == "is")
        for operator, dimension, clauses in read.filters
        if dimension != "event:goal"
    )


def _place(read: Read, day: date, one: Arrivals) -> Place:
    return tuple(
        day.isoformat() if name == "time:day" else _of(one, name) for name in read.dimensions if name != "event:goal"
    )


def _rows(read: Read, place: Place, some: list[Arrivals], goals: tuple[str, ...] | None) -> Iterator[dict[str, Any]]:
    if goals is None:
        yield {"metrics": [_metric(name, some) for name in read.metrics], "dimensions": list(place)}
        return
    counts = reached(some)
    if "event:goal" not in read.dimensions:
        # One row for all goals together.
        events = sum(counts.get(goal, 0) for goal in goals)
        if events:
            yield {"metrics": [_goal(name, events, some, goals) for name in read.metrics], "dimensions": list(place)}
        return
    at = read.dimensions.index("event:goal")
    for goal in goals:
        if counts.get(goal):
            dimensions = [*place[:at], goal, *place[at:]]
            metrics = [_goal(name, counts[goal], some, (goal,)) for name in read.metrics]
            yield {"metrics": metrics, "dimensions": dimensions}


def _metric(name: str, some: list[Arrivals]) -> object:
    if name == "events":
        return sum(one.pageviews + sum(one.goals.values()) for one in some)
    return getattr(told(some), name, None)


def _goal(name: str, events: int, some: list[Arrivals], goals: tuple[str, ...]) -> object:
    """A metric of those who reached a goal."""
    if name == "total_revenue":
        whole = sum((one.revenue for one in some), Decimal(0))
        return revenue(whole) if SALE in goals else None
    return events if name == "events" else min(events, told(some).visitors)


def revenue(amount: Decimal) -> dict[str, object]:
    """Money as the server writes it: a number, and two texts for people."""
    return {
        "value": float(amount),
        "currency": CURRENCY,
        "short": f"€{amount:.1f}",
        "long": f"€{amount:,.2f}",
    }
