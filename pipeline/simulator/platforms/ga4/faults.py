"""How the Data API fails: quotas that only words tell apart, and reports that are not the whole truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from pipeline.simulator.distortions import on_success, string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.platforms.ga4.errors import error, unauthenticated
from pipeline.simulator.refusals import html_page, retry_after, unavailable
from pipeline.simulator.wire import Reply, Request

Table = dict[str, Any]

_EXHAUSTED: Final[Mapping[str, str]] = {
    "concurrent": "Exhausted concurrent requests quota. Please wait until previous requests finish.",
    "hour": "Exhausted property tokens per hour. These quota tokens will return in under an hour.",
    "project": "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour.",
    "day": "Exhausted property tokens per day. These quota tokens will return in under a day.",
}


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """``args``: ``quota`` (concurrent; hour, project, day), ``retry_after``."""
    del request
    reply = error(_EXHAUSTED[str(args.get("quota", "concurrent"))], 429)
    return replace(reply, headers=retry_after(args))


def _quota_exceeded(request: Request, args: Args) -> Reply | None:
    return _rate_limit(request, {"quota": "day", **args})


def _expired_token(request: Request, args: Args) -> Reply | None:
    del request, args
    return unauthenticated()


def _no_permission(request: Request, args: Args) -> Reply | None:
    del request, args
    return error("User does not have sufficient permissions for this property.", 403)


def _table(change: Callable[[Table, Args], Table]) -> Distortion:
    """A change of reports."""

    def bend(document: Any, args: Args) -> Any:
        return change(document, args) if isinstance(document, dict) and "metricHeaders" in document else document

    return on_success(bend)


def _rows(change: Callable[[list[Table]], list[Table]]) -> Distortion:
    """Other rows, of which there are said to be as many as before."""
    return _table(lambda table, _: {**table, "rows": change(table["rows"])} if "rows" in table else table)


def _short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Half of the rows that are left, and never all of them: nothing is lost to whoever asks for the rest."""
    del args, again
    table = reply.document
    if reply.status != 200 or not isinstance(table, dict) or len(table.get("rows", [])) < 2:
        return reply
    del request
    return replace(reply, document={**table, "rows": table["rows"][: len(table["rows"]) // 2]})


def _page_drift(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Something came in front while the report was read: every later page begins a row earlier."""
    del args
    asked = json.loads(request.body or b"{}") if reply.status == 200 else {}
    offset = int(asked.get("offset", 0)) if isinstance(asked, dict) else 0
    if not offset:
        return reply
    return again(replace(request, body=json.dumps({**asked, "offset": str(offset - 1)}).encode()))


def _flagged(**flags: object) -> Distortion:
    return _table(lambda table, _: {**table, "metadata": {**table["metadata"], **flags}})


def _valued(change: Callable[[str], str]) -> Distortion:
    """Other values under the metrics."""

    def bent(rows: list[Table]) -> list[Table]:
        return [
            {**row, "metricValues": [{"value": change(one["value"])} for one in row["metricValues"]]} for row in rows
        ]

    return _rows(bent)


def _missing_total(table: Table, args: Args) -> Table:
    """The number of rows is not told."""
    del args
    return {name: value for name, value in table.items() if name != "rowCount"}


def _late_data(table: Table, args: Args) -> Table:
    """The newest ``days`` (1) days have no rows yet."""
    days = sorted({row["dimensionValues"][0]["value"] for row in table.get("rows", [])})
    kept = set(days[: -int(args.get("days", 1))])
    rows = [row for row in table.get("rows", []) if row["dimensionValues"][0]["value"] in kept]
    return {**table, "rows": rows, "rowCount": len(rows)}


REFUSALS: Final[Mapping[str, Refusal]] = {
    "rate_limit": _rate_limit,
    "quota_exceeded": _quota_exceeded,
    "expired_token": _expired_token,
    "no_permission": _no_permission,
    "unavailable": unavailable(error("The service is currently unavailable.", 503)),
    "html_page": html_page,
}
DISTORTIONS: Final[Mapping[str, Distortion]] = {
    "string_numbers": string_numbers(),
    "empty_page": _rows(lambda _: []),
    "short_page": _short_page,
    "missing_next": _table(_missing_total),
    "page_drift": _page_drift,
    "late_data": _table(_late_data),
    "negative_counts": _valued(lambda told: f"-{told}" if told not in ("0", "") else told),
    "thresholded": _flagged(subjectToThresholding=True),
    "sampled": _flagged(samplingMetadatas=[{"samplesReadCount": "500000", "samplingSpaceSize": "2000000"}]),
    "revenue_hidden": _flagged(
        schemaRestrictionResponse={
            "activeMetricRestrictions": [{"metricName": "purchaseRevenue", "restrictedMetricTypes": ["REVENUE_DATA"]}]
        }
    ),
}
