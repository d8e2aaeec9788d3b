"""What may go wrong at LinkedIn, in its own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pipeline.simulator.distortions import negative_counts, on_success, restated, string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.platforms.linkedin import tokens
from pipeline.simulator.platforms.linkedin.account import TOKEN
from pipeline.simulator.platforms.linkedin.restli import error, inactive
from pipeline.simulator.refusals import html_page, retry_after, unavailable
from pipeline.simulator.wire import Reply, Request

COUNTERS = frozenset(
    {"uniqueImpressionsCount", "shareCount", "clickCount", "likeCount", "impressionCount", "commentCount"}
)


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """Neither Retry-After nor anything else says when it ends: it is the quota of a day."""
    del request
    message = "Resource level throttle limit for calls to this resource is reached."
    body = {"message": message, "status": 429, "serviceErrorCode": 101}
    return Reply(body, status=429, headers=retry_after(args))


def _expired_token(request: Request, args: Args) -> Reply | None:
    """The token of the settings; with ``all`` also those that are granted."""
    concerned = args.get("all") or tokens.bearer(request) == TOKEN
    return tokens.expired() if concerned and "/oauth/" not in request.path else None


def _revoked_token(request: Request, args: Args) -> Reply | None:
    del args
    return None if "/oauth/" in request.path else tokens.revoked()


def _access_denied(request: Request, args: Args) -> Reply | None:
    del args
    resource = request.path.removeprefix("/linkedin/rest/").partition("/")[0]
    return error(403, "ACCESS_DENIED", f"Not enough permissions to access: {resource}.FINDER", 100)


def _expired_version(request: Request, args: Args) -> Reply | None:
    del args
    return inactive(request.headers.get("linkedin-version", ""))


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _rate_limit,
    "expired_token": _expired_token,
    "revoked_token": _revoked_token,
    "access_denied": _access_denied,
    "expired_version": _expired_version,
    "unavailable": unavailable(error(503, "SERVICE_UNAVAILABLE", "Service Unavailable")),
    "html_page": html_page,
}


def _rows(keep: Callable[[list[Any], Args], list[Any]]) -> Distortion:
    """A list with other rows."""

    def bend(document: Any, args: Args) -> Any:
        if not isinstance(document, dict) or not isinstance(document.get("elements"), list):
            return document
        return {**document, "elements": keep(document["elements"], args)}

    return on_success(bend)


def _day(row: Any) -> str | None:
    if "timeRange" not in row:
        return None
    return datetime.fromtimestamp(row["timeRange"]["start"] / 1000, UTC).date().isoformat()


def _missing_day(rows: list[Any], args: Args) -> list[Any]:
    """Without ``day`` the first one of the answer."""
    dated = [day for day in map(_day, rows) if day]
    return [row for row in rows if _day(row) is None or _day(row) != args.get("day", min(dated))]


def _late_data(rows: list[Any], args: Args) -> list[Any]:
    """The last ``days`` (2) of the days that were asked for are not there yet."""
    dated = [row for row in rows if _day(row)]
    return [row for row in rows if row not in dated[-int(args.get("days", 2)) :]]


def _omitted_posts(rows: list[Any], args: Args) -> list[Any]:
    """Posts without statistics: ``every`` (2) second one of the list."""
    every = int(args.get("every", 2))
    kept = [row for row in rows if "share" not in row and "ugcPost" not in row]
    return kept + [row for n, row in enumerate(row for row in rows if row not in kept) if n % every]


def _deleted_post(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """The post with the name ``post`` is gone: neither listed, nor counted, nor commented."""
    del again
    post = str(args["post"])
    if reply.status == 200 and f"/socialActions/{post}/" in request.path:
        return error(404, "RESOURCE_NOT_FOUND", "Could not find entity")
    if reply.status != 200 or not isinstance(reply.document, dict) or "elements" not in reply.document:
        return reply
    rows = [
        row for row in reply.document["elements"] if post not in (row.get("id"), row.get("share"), row.get("ugcPost"))
    ]
    return replace(reply, document={**reply.document, "elements": rows})


def _missing_next(document: Any, args: Args) -> Any:
    """No link to the next page; with ``total`` false no total either."""
    if not isinstance(document, dict) or "paging" not in document:
        return document
    kept = {name: value for name, value in document["paging"].items() if name != "total" or args.get("total", True)}
    return {**document, "paging": {**kept, "links": []}}


DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": string_numbers(),
    "negative_counts": negative_counts(COUNTERS),
    "restated": restated(COUNTERS),
    "missing_day": _rows(_missing_day),
    "late_data": _rows(_late_data),
    "omitted_posts": _rows(_omitted_posts),
    "deleted_post": _deleted_post,
    "short_page": _rows(lambda rows, _: rows[:-1]),
    "empty_page": _rows(lambda *_: []),
    "missing_next": on_success(_missing_next),
}
