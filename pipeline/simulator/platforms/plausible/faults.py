"""How Plausible fails: an error in one sentence, with the status that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from pipeline.simulator.distortions import on_success, string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.refusals import html_page, maintenance, unavailable
from pipeline.simulator.wire import Reply, Request

UNKNOWN_KEY: Final = (
    "Invalid API key or site ID. Please make sure you're using a valid API key with access to the site you've"
    " requested."
)
TOO_MANY: Final = (
    "Too many API requests. Your API key is limited to 600 requests per hour. Please contact us to request more"
    " capacity."
)
NO_PLAN: Final = (
    "The account that owns this API key does not have access to Stats API. Please make sure you're using the API key of"
    " a subscriber account and that the subscription plan includes Stats API"
)
NO_REVENUE: Final = "The owner of this site does not have access to the revenue metrics feature."


def refused(message: str, status: int) -> Reply:
    """An error as the server gives it."""
    return Reply({"error": message}, status=status)


def too_many() -> Reply:
    return refused(TOO_MANY, 429)


def _always(reply: Reply) -> Refusal:
    def refuse(request: Request, args: Args) -> Reply | None:
        del request, args
        return reply

    return refuse


def _no_revenue(request: Request, args: Args) -> Reply | None:
    """The plan of the owner has no revenue: only the queries that ask for it are refused."""
    del args
    return refused(NO_REVENUE, 400) if b"total_revenue" in request.body else None


def _bent(change: Callable[[dict[str, Any], Args], dict[str, Any]]) -> Distortion:
    return on_success(lambda document, args: change(document, args) if "results" in document else document)


def _empty(document: dict[str, Any], args: Args) -> dict[str, Any]:
    """No row at all, and none announced."""
    del args
    return {**document, "results": [], "meta": {**document["meta"], "total_rows": 0}}


def _missing_day(document: dict[str, Any], args: Args) -> dict[str, Any]:
    """The first day that was asked for is not covered."""
    del args
    meta = document["meta"]
    return {**document, "meta": {**meta, "time_labels": meta.get("time_labels", [])[1:]}}


def _short(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """A page ends after ``rows`` (10) rows, though there are more."""
    del request, again
    document = reply.document
    if reply.status != 200 or not isinstance(document, dict):
        return reply
    return replace(reply, document={**document, "results": document["results"][: int(args.get("rows", 10))]})


def _counters(document: dict[str, Any], change: Callable[[int], int]) -> dict[str, Any]:
    rows = [
        {**row, "metrics": [change(value) if isinstance(value, int) else value for value in row["metrics"]]}
        for row in document["results"]
    ]
    return {**document, "results": rows}


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _always(too_many()),
    "expired_token": _always(refused(UNKNOWN_KEY, 401)),
    "no_plan": _always(refused(NO_PLAN, 402)),
    "no_revenue": _no_revenue,
    "unavailable": unavailable(maintenance("Plausible is being upgraded")),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "empty_page": _bent(_empty),
    "missing_day": _bent(_missing_day),
    "short_page": _short,
    "string_numbers": string_numbers(),
    "negative_counts": _bent(lambda document, _: _counters(document, lambda value: -abs(value))),
    "restated": _bent(lambda document, args: _counters(document, lambda value: int(value * args.get("factor", 1.1)))),
}
