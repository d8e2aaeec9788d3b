"""The face of the Data API: reports of one property, whose every value is a text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.ga4.account import CURRENCY, PROPERTY, ZONE
from pipeline.simulator.platforms.ga4.errors import RefusedError, authorised, error
from pipeline.simulator.platforms.ga4.faults import DISTORTIONS, REFUSALS
from pipeline.simulator.platforms.ga4.rows import DIMENSIONS, TYPES, Known, Row, known, rows
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.ga4 import offers

PREFIX: Final = "/ga4"
_PATH: Final = re.compile(rf"{PREFIX}/v1beta/properties/(\d+):runReport")
_FIELDS: Final = frozenset(
    {"dateRanges", "dimensions", "metrics", "metricFilter", "orderBys", "limit", "offset", "returnPropertyQuota"}
)
_MOST_ROWS: Final = 250_000
_MOST_DIMENSIONS, _MOST_METRICS = 9, 10
_SCHEMA: Final = (
    "For a list of valid dimensions and metrics, see"
    " https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema "
)
_QUOTAS: Final[Mapping[str, int]] = {
    "tokensPerDay": 200_000,
    "tokensPerHour": 40_000,
    "concurrentRequests": 10,
    "serverErrorsPerProjectPerHour": 10,
    "potentiallyThresholdedRequestsPerHour": 120,
    "tokensPerProjectPerHour": 14_000,
}


def account_of(request: Request) -> str | None:
    found = _PATH.fullmatch(request.path)
    return found[1] if found and found[1] == PROPERTY else None


def answer(request: Request, world: World, night: date) -> Reply:
    """One page of a report as of that night."""
    try:
        authorised(request, night)
        if request.method != "POST" or not _PATH.fullmatch(request.path):
            return error("Requested entity was not found.", 404)
        if request.query:
            raise _strange(request.query[0][0])
        if account_of(request) is None:
            message = "User does not have sufficient permissions for this property."
            return error(f"{message} To learn more about Property ID, see https://developers.google.com/analytics", 403)
        return Reply(_report(_asked(request), world, night))
    except RefusedError as refused:
        return refused.reply


def _strange(name: str) -> RefusedError:
    return RefusedError(error(f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'))


def _asked(request: Request) -> Mapping[str, Any]:
    try:
        asked = json.loads(request.body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise RefusedError(error("Invalid JSON payload received. Expected an object."))
    if strange := sorted(set(asked) - _FIELDS):
        raise _strange(strange[0])
    return asked


def _report(asked: Mapping[str, Any], world: World, night: date) -> dict[str, Any]:
    dimensions = _names(asked, "dimensions", DIMENSIONS, _MOST_DIMENSIONS)
    metrics = _names(asked, "metrics", frozenset(TYPES), _MOST_METRICS)
    first, last = _range(asked)
    told = known(offers(world.seed, world.calendar), first, last, night)
    try:
        whole = rows(told, dimensions, metrics)
    except ValueError as problem:
        raise RefusedError(
            error(
                f"Please remove {problem} to make the request compatible. The request's dimensions & metrics are"
                " incompatible."
            )
        ) from None
    kept = _filtered(asked, metrics, whole)
    begin, size = _place(asked)
    table: dict[str, Any] = {
        "dimensionHeaders": [{"name": name} for name in dimensions],
        "metricHeaders": [{"name": name, "type": TYPES[name]} for name in metrics],
    }
    # Nothing to say is said by leaving the rows and their number out.
    if kept[begin : begin + size]:
        table["rows"] = [_written(row) for row in kept[begin : begin + size]]
    if kept:
        table["rowCount"] = len(kept)
    table["metadata"] = _metadata(told, dimensions)
    if asked.get("returnPropertyQuota"):
        table["propertyQuota"] = {name: {"consumed": 4, "remaining": limit - 4} for name, limit in _QUOTAS.items()}
    return {**table, "kind": "analyticsData#runReport"}


def _names(asked: Mapping[str, Any], field: str, valid: frozenset[str], most: int) -> list[str]:
    told = asked.get(field)
    if not isinstance(told, list) or not 0 < len(told) <= most:
        raise RefusedError(error(f"Requests are limited to {most} {field}, and need one."))
    names = [str(one.get("name")) if isinstance(one, dict) else str(one) for one in told]
    for name in names:
        if name not in valid:
            message = f"Field {name} is not a valid {field.removesuffix('s')}. {_SCHEMA}"
            raise RefusedError(error(message))
    return names


def _range(asked: Mapping[str, Any]) -> tuple[date, date]:
    ranges = asked.get("dateRanges")
    try:
        (one,) = ranges if isinstance(ranges, list) else []
        first, last = date.fromisoformat(one["startDate"]), date.fromisoformat(one["endDate"])
    except (KeyError, TypeError, ValueError):
        raise RefusedError(error("A dateRange is required, with startDate and endDate as YYYY-MM-DD.")) from None
    if last < first:
        raise RefusedError(error("The dateRange's startDate must not be after its endDate."))
    return first, last


def _filtered(asked: Mapping[str, Any], metrics: Sequence[str], whole: list[Row]) -> list[Row]:
    """Only one kind of filter is known here: a metric above a number."""
    if "metricFilter" not in asked:
        return whole
    try:
        one = asked["metricFilter"]["filter"]
        place, over = metrics.index(one["fieldName"]), one["numericFilter"]
        least = {"GREATER_THAN": float(over["value"]["doubleValue"])}[over["operation"]]
    except (KeyError, TypeError, ValueError):
        raise RefusedError(error("The metricFilter is not valid.")) from None
    return [row for row in whole if row[1][place] > least]


def _place(asked: Mapping[str, Any]) -> tuple[int, int]:
    """Both are 64-bit numbers, which the API takes and writes as texts."""
    told = [str(asked.get(name, default)) for name, default in (("offset", 0), ("limit", 10_000))]
    if not all(text.isdecimal() for text in told) or not 0 < int(told[1]) <= _MOST_ROWS:
        raise RefusedError(error(f"The limit must be positive and at most {_MOST_ROWS}, the offset not negative."))
    return int(told[0]), int(told[1])


def _written(row: Row) -> dict[str, Any]:
    return {
        "dimensionValues": [{"value": text} for text in row[0]],
        "metricValues": [{"value": str(number)} for number in row[1]],
    }


def _metadata(told: Known, dimensions: Sequence[str]) -> dict[str, Any]:
    metadata: dict[str, Any] = {"currencyCode": CURRENCY, "timeZone": ZONE}
    if len(dimensions) > 1 and any(day.has_other for day in told):
        metadata["dataLossFromOtherRow"] = True
    return metadata


FACE: Final = Face(
    name="ga4",
    platform="ga4",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
)
