"""How Matomo fails: mostly politely, with HTTP 200 and an error in the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.simulator.distortions import negative_counts, on_success, restated, string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.refusals import html_page, maintenance, retry_after, unavailable
from pipeline.simulator.wire import Reply, Request

COUNTERS = frozenset(
    {
        "nb_visits",
        "nb_uniq_visitors",
        "nb_actions",
        "bounce_count",
        "sum_visit_length",
        "nb_conversions",
        "items",
    }
)
LOG = "Live.getLastVisitsDetails"
NO_LOG = (
    "Visits log is deactivated in website settings. A user with at least admin access can enable this feature in the"
    " settings for this website (idSite: 1)."
)
UNAUTHENTICATED = (
    "Unable to authenticate with the provided token. It is either invalid, expired or is required to be sent as a"
    " POST parameter."
)


def error(message: str) -> Reply:
    """An error as the Reporting API gives it: with status 200."""
    return Reply({"result": "error", "message": message})


def _error_in_200(request: Request, args: Args) -> Reply | None:
    """``args``: ``message``."""
    del request
    lost = "SQLSTATE[HY000] [2006] MySQL server has gone away"
    return error(str(args.get("message", lost)))


def _expired_token(request: Request, args: Args) -> Reply | None:
    del request, args
    return error(UNAUTHENTICATED)


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """The vendor's cloud answers 429; ``args``: ``retry_after`` (30)."""
    del request
    body = {"result": "error", "message": "Too many requests"}
    return Reply(body, status=429, headers=retry_after({"retry_after": 30, **args}))


def _by_day(change: Callable[[dict[str, Any], Args], dict[str, Any]]) -> Distortion:
    """A change of answers that are keyed by day; of several answers in one: of each, or of the one called ``part``."""

    def bent(document: Any, args: Args) -> Any:
        keyed = isinstance(document, dict) and document and all(key[:2] == "20" for key in document)
        return change(document, args) if keyed else document

    def bend(document: Any, args: Args) -> Any:
        if isinstance(document, list):
            return [bent(part, args) if args.get("part", n) == n else part for n, part in enumerate(document)]
        return bent(document, args)

    return on_success(bend)


def _error_in_part(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Of several answers in one those to the method ``method`` are errors (``message``); so is one alone."""
    del again
    method, said = str(args.get("method", LOG)), error(str(args.get("message", NO_LOG)))
    if request.form.get("method") == method:
        return said
    if not isinstance(reply.document, list):
        return reply
    parts = enumerate(reply.document)
    asked = [f"method={method}&" in request.form.get(f"urls[{n}]", "") + "&" for n in range(len(reply.document))]
    return replace(reply, document=[said.document if asked[n] else part for n, part in parts])


def _anonymised_log(document: Any, args: Args) -> Any:
    """Nobody can tell any more whose visits they were."""
    del args
    if isinstance(document, list):
        return [_anonymised_log(each, {}) for each in document]
    if isinstance(document, dict) and "idVisit" in document:
        return {**document, "visitorId": None, "userId": None, "visitIp": "0.0.0.0"}  # noqa: S104 - an address as told
    return document


def _missing_day(document: dict[str, Any], args: Args) -> dict[str, Any]:
    """The day ``day`` (the first) is not in the answer at all."""
    gone = args.get("day", min(document))
    return {day: value for day, value in document.items() if day != gone}


def _late_data(document: dict[str, Any], args: Args) -> dict[str, Any]:
    """The newest ``days`` (2) days are not processed yet: ``[]``."""
    late = sorted(document)[-int(args.get("days", 2)) :]
    return {day: [] if day in late else value for day, value in document.items()}


def _empty_page(document: dict[str, Any], args: Args) -> dict[str, Any]:
    """Every day is ``[]``."""
    del args
    return {day: [] for day in document}


def _short_page(document: dict[str, Any], args: Args) -> dict[str, Any]:
    """Tables end after ``rows`` (1) rows, as if the limit of rows had been forgotten."""
    keep = int(args.get("rows", 1))
    return {day: value[:keep] if isinstance(value, list) else value for day, value in document.items()}


REFUSALS: Mapping[str, Refusal] = {
    "error_in_200": _error_in_200,
    "expired_token": _expired_token,
    "rate_limit": _rate_limit,
    "unavailable": unavailable(maintenance("Matomo is in maintenance mode")),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "missing_day": _by_day(_missing_day),
    "late_data": _by_day(_late_data),
    "empty_page": _by_day(_empty_page),
    "short_page": _by_day(_short_page),
    "error_in_part": _error_in_part,
    "anonymised_log": on_success(_anonymised_log),
    "restated": restated(COUNTERS),
    "string_numbers": string_numbers(),
    "negative_counts": negative_counts(COUNTERS),
}
