"""Insights of the account: series with the midnight that ends each day, totals of a window, and the audience."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pipeline.simulator.platforms.facebook.errors import GraphError, invalid
from pipeline.simulator.platforms.facebook.paging import graph_time
from pipeline.simulator.platforms.instagram.asking import known, metrics_of, moment, token_of
from pipeline.simulator.wire import Request
from pipeline.simulator.world.calendar import PACIFIC, days, midnight
from pipeline.simulator.world.networks.instagram import SERIES, TOTALS, Instagram

LONGEST = 30
FOLLOWERS, REACHED = "follower_demographics", "reached_audience_demographics"
DEMOGRAPHICS = frozenset({FOLLOWERS, REACHED})
DIMENSIONS = ("age", "city", "country", "gender")
TIMEFRAMES = ("last_14_days", "last_30_days", "last_90_days", "prev_month", "this_month", "this_week")
TOGETHER = ({"age", "gender"},)


def answered(network: Instagram, request: Request, account: str, night: date) -> dict[str, Any]:
    """The document of ``/{account}/insights``. Raises GraphError for anything that the platform would refuse."""
    known(request, "metric", "period", "metric_type", "since", "until", "breakdown", "timeframe")
    asked = request.params
    accepted = network.metrics(account, night) | DEMOGRAPHICS
    names = metrics_of(asked.get("metric"), accepted)
    if asked.get("metric_type", "time_series") not in {"time_series", "total_value", "default"}:
        raise GraphError(invalid("metric_type must be one of the following values: default, time_series, total_value"))
    total = asked.get("metric_type") == "total_value"
    if not DEMOGRAPHICS.isdisjoint(names):
        return {"data": _audience(network, request, account, night, names)}
    if asked.get("period") != "day":
        raise GraphError(invalid("The following metrics support only the period day"))
    wrong = [name for name in names if name not in (TOTALS if total else SERIES)]
    if wrong and not total:
        listed = ", ".join(wrong)
        raise GraphError(
            invalid(f"The following metrics ({listed}) should be specified with parameter metric_type=total_value")
        )
    if wrong:
        raise GraphError(invalid(f"Incompatible metrics ({', '.join(wrong)}) with metric type (total_value)"))
    if "breakdown" in asked and not total:
        raise GraphError(invalid("The breakdown parameter is only supported with metric_type=total_value"))
    first, last = _window(request, night)
    rows = [(_total if total else _series)(network, account, name, first, last, night) for name in names]
    return {"data": [row for row in rows if row], "paging": _neighbours(request, first, last)}


def _window(request: Request, night: date) -> tuple[date, date]:
    """First and last Pacific day: ``since`` is inclusive, ``until`` exclusive."""
    since, until = moment(request, "since"), moment(request, "until")
    end = until.astimezone(PACIFIC).date() if until else night
    start = since.astimezone(PACIFIC).date() if since else end - timedelta(days=1)
    if start > end:
        raise GraphError(invalid("since param is larger than until param"))
    if (end - start).days > LONGEST:
        raise GraphError(invalid("There cannot be more than 30 days (2592000 s) between since and until"))
    return start, end - timedelta(days=1)


def _row(account: str, name: str, period: str, **value: object) -> dict[str, Any]:
    title = name.replace("_", " ").capitalize()
    told = {"name": name, "period": period, **value, "title": title, "description": f"{title} of the account"}
    return {**told, "id": f"{account}/insights/{name}/{period}"}


def _series(network: Instagram, account: str, name: str, first: date, last: date, night: date) -> dict[str, Any] | None:
    told = [(day, network.day_value(account, name, day, night)) for day in days(first, last)]
    values = [
        {"value": value, "end_time": graph_time(midnight(day + timedelta(days=1), PACIFIC))}
        for day, value in told
        if value is not None
    ]
    return _row(account, name, "day", values=values) if values else None


def _total(network: Instagram, account: str, name: str, first: date, last: date, night: date) -> dict[str, Any] | None:
    """One number for the whole window. Nothing is told of days that are not known yet."""
    told = [network.day_value(account, name, day, night) for day in days(first, last)]
    values = [value for value in told if value is not None]
    return _row(account, name, "day", total_value={"value": sum(values)}) if values else None


def _audience(
    network: Instagram, request: Request, account: str, night: date, metrics: Sequence[str]
) -> list[dict[str, Any]]:
    asked, metric = request.params, next(name for name in metrics if name in DEMOGRAPHICS)
    if len(metrics) > 1 or (asked.get("period"), asked.get("metric_type")) != ("lifetime", "total_value"):
        raise GraphError(invalid(f"({metric}) needs period=lifetime and metric_type=total_value"))
    if asked.get("timeframe") not in TIMEFRAMES:
        raise GraphError(invalid(f"timeframe must be one of the following values: {', '.join(TIMEFRAMES)}"))
    keys = tuple(asked.get("breakdown", "").split(","))
    if not set(keys) <= set(DIMENSIONS) or (len(keys) > 1 and set(keys) not in TOGETHER):
        raise GraphError(invalid(f"breakdown must be one of the following values: {', '.join(DIMENSIONS)}"))
    begins = {"this_month": night.replace(day=1), "this_week": night - timedelta(days=night.weekday())}
    if metric == FOLLOWERS:
        told = network.audience(account, keys, night)
    elif asked["timeframe"] in begins:
        told = network.reached(account, keys, begins[asked["timeframe"]], night)
    else:
        raise GraphError(invalid(f"timeframe must be one of the following values: {', '.join(begins)}"))
    results = [{"dimension_values": list(names), "value": value} for names, value in told]
    if not results:
        return []
    breakdowns = [{"dimension_keys": list(keys), "results": results}]
    return [_row(account, metric, "lifetime", total_value={"breakdowns": breakdowns})]


def _neighbours(request: Request, first: date, last: date) -> dict[str, str]:
    """The links of insights lead to the windows before and after, for ever."""
    step, begin = timedelta(days=(last - first).days + 1), midnight(first, PACIFIC)
    end = midnight(last + timedelta(days=1), PACIFIC)
    windows = {"previous": (begin - step, begin), "next": (end, end + step)}
    return {
        name: request.url(access_token=token_of(request), since=int(a.timestamp()), until=int(b.timestamp()))
        for name, (a, b) in windows.items()
    }
