"""Reading a query as the server reads it: what it does not know, it refuses in its own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pipeline.simulator.platforms.plausible.account import TIME_ZONE
from pipeline.simulator.world.calendar import days
from pipeline.simulator.world.plausible import GOALS

KEYS: Final = frozenset(
    {"site_id", "metrics", "date_range", "dimensions", "filters", "order_by", "include", "pagination"}
)
SESSION_METRICS: Final = ("bounce_rate", "visit_duration")
METRICS: Final = ("visitors", "visits", "pageviews", *SESSION_METRICS, "events", "total_revenue")
DIMENSIONS: Final = ("time:day", "visit:channel", "visit:source", "visit:utm_campaign", "event:goal")
_INCLUDES: Final = frozenset({"imports", "time_labels", "total_rows"})
_MOST_ROWS: Final = 10_000


class QueryError(ValueError):
    """What the server says is wrong with a query."""


@dataclass(frozen=True)
class Read:
    """A query that the server understood."""

    metrics: tuple[str, ...]
    dimensions: tuple[str, ...]
    filters: tuple[Sequence[Any], ...]
    days: tuple[date, ...]
    order: tuple[tuple[str, str], ...]
    include: Mapping[str, bool]
    limit: int
    offset: int

    @property
    def echo(self) -> list[str]:
        """The range as the answer repeats it: its first and its last second, in the site's zone."""
        zone = ZoneInfo(TIME_ZONE)
        ends = (
            datetime.combine(self.days[0], time(), zone),
            datetime.combine(self.days[-1], time(23, 59, 59), zone),
        )
        return [moment.isoformat() for moment in ends]


def parsed(body: Mapping[str, Any], night: date) -> Read:
    """The query. Raises QueryError."""
    for key in sorted(set(body) - KEYS):
        raise QueryError(f'#/{key}: Schema does not allow additional properties: "{key}"')
    metrics, dimensions = tuple(body.get("metrics", ())), tuple(body.get("dimensions", ()))
    if not metrics:
        raise QueryError("#/metrics: Expected a minimum of 1 items but got 0.")
    for number, metric in enumerate(metrics):
        if metric not in METRICS:
            raise QueryError(f'#/metrics/{number}: Invalid metric "{metric}"')
    for number, dimension in enumerate(dimensions):
        if dimension not in DIMENSIONS:
            raise QueryError(f'#/dimensions/{number}: Invalid dimension "{dimension}"')
    mixed = [metric for metric in metrics if metric in SESSION_METRICS]
    if mixed and "event:goal" in dimensions:
        raise QueryError(f"Session metric(s) `{', '.join(mixed)}` cannot be queried along with event dimensions.")
    include = dict(body.get("include", {}))
    if strange := sorted(set(include) - _INCLUDES):
        raise QueryError(f'#/include/{strange[0]}: Schema does not allow additional properties: "{strange[0]}"')
    if include.get("time_labels") and "time:day" not in dimensions:
        raise QueryError("Invalid include.time_labels: requires a time dimension.")
    pagination = {"limit": _MOST_ROWS, "offset": 0, **body.get("pagination", {})}
    return Read(
        metrics=metrics,
        dimensions=dimensions,
        filters=tuple(_filter(one) for one in body.get("filters", ())),
        days=_days(body.get("date_range"), night),
        order=_order(body.get("order_by"), metrics, dimensions),
        include=include,
        limit=min(int(pagination["limit"]), _MOST_ROWS),
        offset=int(pagination["offset"]),
    )


def _filter(told: Any) -> Sequence[Any]:
    if not isinstance(told, list) or len(told) != 3 or told[0] not in ("is", "is_not") or told[1] not in DIMENSIONS[1:]:
        raise QueryError(f"Invalid filter '{told}'.")
    if told[1] == "event:goal":
        for goal in told[2]:
            if goal not in GOALS:
                raise QueryError(
                    f"The goal `{goal}` is not configured for this site. Find out how to configure goals here:"
                    " https://plausible.io/docs/stats-api#filtering-by-goals"
                )
    return told


def _days(told: Any, night: date) -> tuple[date, ...]:
    """The server's today is after the night."""
    if told == "7d":
        return tuple(days(night - timedelta(days=5), night + timedelta(days=1)))
    try:
        first, last = (date.fromisoformat(text) for text in told)
    except (TypeError, ValueError):
        raise QueryError(f"Invalid date_range '{told}'.") from None
    return tuple(days(first, last))


def _order(told: Any, metrics: tuple[str, ...], dimensions: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    if told is None:
        return (("time:day", "asc"),) if "time:day" in dimensions else ((metrics[0], "desc"),)
    for entry in told:
        if entry[0] not in {*metrics, *dimensions} or entry[1] not in ("asc", "desc"):
            raise QueryError(f"Invalid order_by entry '{entry}'. Entry is not a queried metric or dimension.")
    return tuple((name, way) for name, way in told)
