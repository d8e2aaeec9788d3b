"""How YouTube fails: what it says instead of answering, and how its answers can be bent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pipeline.simulator.distortions import on_success, string_numbers, walked
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.platforms.youtube.analytics import unknown_metric
from pipeline.simulator.platforms.youtube.data import comments_disabled
from pipeline.simulator.platforms.youtube.errors import error, unauthenticated
from pipeline.simulator.platforms.youtube.pages import token_of
from pipeline.simulator.refusals import html_page, retry_after, unavailable
from pipeline.simulator.wire import Reply, Request

COUNTERS: Final = frozenset({"viewCount", "likeCount", "commentCount", "subscriberCount", "videoCount"})


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """``args``: ``reason`` (rateLimitExceeded; userRateLimitExceeded), ``status`` (403; 429), ``retry_after``."""
    del request
    reason = str(args.get("reason", "rateLimitExceeded"))
    message = "The request cannot be completed because you have exceeded your rate limit. Retry later."
    reply = error(reason, message, int(args.get("status", 403)), "usageLimits")
    return replace(reply, headers=(*reply.headers, *retry_after(args)))


def _quota_exceeded(request: Request, args: Args) -> Reply | None:
    """The units of the day are spent. With ``after`` units it strikes in the middle of a night."""
    del request, args
    message = (
        'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">'
        "quota</a>."
    )
    return error("quotaExceeded", message, 403, "youtube.quota")


def _expired_token(request: Request, args: Args) -> Reply | None:
    """The hour is over: only requests with a token are concerned, a key has no life."""
    del args
    return unauthenticated() if "authorization" in request.headers else None


def _comments_disabled(request: Request, args: Args) -> Reply | None:
    del args
    return comments_disabled() if request.path.endswith("/commentThreads") else None


def _retired_metric(request: Request, args: Args) -> Reply | None:
    """Any report that asks for ``metric`` is refused as a whole, and the metric is named."""
    metric = str(args["metric"])
    return unknown_metric(metric) if metric in request.params.get("metrics", "").split(",") else None


def _dead_refresh_token(request: Request, args: Args) -> Reply | None:
    """Seven days are over, or somebody revoked it; ``args``: ``error`` (invalid_grant; invalid_client)."""
    del request
    name = str(args.get("error", "invalid_grant"))
    told = {"invalid_grant": "Token has been expired or revoked.", "invalid_client": "The OAuth client was not found."}
    status = 401 if name == "invalid_client" else 400
    return Reply({"error": name, "error_description": told.get(name, "Bad Request")}, status=status)


def _is_list(reply: Reply) -> bool:
    return reply.status == 200 and isinstance(reply.document, dict) and "items" in reply.document


def _empty_page(document: Any, args: Args) -> Any:
    """No items or rows, although there are some."""
    del args
    if not isinstance(document, dict):
        return document
    kept = {name: value for name, value in document.items() if name not in {"rows", "nextPageToken"}}
    return {**kept, "items": []} if "items" in kept else kept


def _short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Half as many items as were asked for, with a token that leads on: nothing is lost."""
    del args
    size = request.params.get("maxResults", "5")
    if not _is_list(reply) or not size.isdecimal() or "/videos" in request.path:
        return reply
    return again(request.having(maxResults=max(1, int(size) // 2)))


def _missing_next(document: Any, args: Args) -> Any:
    """A page that is not the last one, without the token that leads on."""
    del args
    return {name: value for name, value in document.items() if name != "nextPageToken"}


def _cursor_loop(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """From the second page on, the token leads to the page itself."""
    del args, again
    token = request.params.get("pageToken")
    if token is None or not _is_list(reply) or not isinstance(reply.document, dict):
        return reply
    return replace(reply, document={**reply.document, "nextPageToken": token})


def _page_drift(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Something came in front while the list was read: every later page begins ``rows`` (1) rows earlier."""
    token = request.params.get("pageToken")
    size = int(request.params.get("maxResults", "5"))
    if token is None or not _is_list(reply):
        return reply
    places = {token_of(n): n for n in range(size, 100 * size, size)}
    moved = again(request.having(pageToken=token_of(max(0, places.get(token, 0) - int(args.get("rows", 1))))))
    return replace(moved, document={**moved.document, **_next_of(reply)}) if isinstance(moved.document, dict) else moved


def _next_of(reply: Reply) -> dict[str, object]:
    document = reply.document
    token = document.get("nextPageToken") if isinstance(document, dict) else None
    return {"nextPageToken": token} if token else {}


def _deleted_post(document: Any, args: Args) -> Any:
    """The video ``post`` is not in any answer about videos."""
    rows = document.get("items")
    if not isinstance(rows, list):
        return document
    return {**document, "items": [row for row in rows if row.get("id") != args["post"]]}


def _plain_numbers(document: Any, args: Args) -> Any:
    """Counters as numbers, where the contract has texts."""
    del args
    return walked(document, lambda name, value: int(value) if name in COUNTERS and str(value).isdecimal() else value)


def _rows_of(document: Any) -> list[list[Any]]:
    rows = document.get("rows") if isinstance(document, dict) else None
    return rows if isinstance(rows, list) else []


def _late_data(document: Any, args: Args) -> Any:
    """The newest ``days`` (2) rows have not come yet."""
    rows = _rows_of(document)
    return {**document, "rows": rows[: -int(args.get("days", 2))]} if rows else document


def _missing_day(document: Any, args: Args) -> Any:
    """The day ``day`` is left out; without one, the newest."""
    rows = _rows_of(document)
    gone = args.get("day", rows[-1][0] if rows else None)
    return {**document, "rows": [row for row in rows if row[0] != gone]} if rows else document


def _counted(document: Any, factor: float) -> Any:
    rows = [[row[0], *(int(value * factor) for value in row[1:])] for row in _rows_of(document)]
    return {**document, "rows": rows} if rows else document


AWAY: Final = error("backendError", "Backend Error", 503)
COMMON: Final[Mapping[str, Refusal]] = {
    "rate_limit": _rate_limit,
    "quota_exceeded": _quota_exceeded,
    "expired_token": _expired_token,
    "unavailable": unavailable(AWAY),
    "html_page": html_page,
}
DATA_REFUSALS: Final[Mapping[str, Refusal]] = {**COMMON, "comments_disabled": _comments_disabled}
DATA_DISTORTIONS: Final[Mapping[str, Distortion]] = {
    "string_numbers": string_numbers(),
    "plain_numbers": on_success(_plain_numbers),
    "empty_page": on_success(_empty_page),
    "short_page": _short_page,
    "missing_next": on_success(_missing_next),
    "cursor_loop": _cursor_loop,
    "page_drift": _page_drift,
    "deleted_post": on_success(_deleted_post),
}
REPORT_REFUSALS: Final[Mapping[str, Refusal]] = {**COMMON, "retired_metric": _retired_metric}
REPORT_DISTORTIONS: Final[Mapping[str, Distortion]] = {
    "string_numbers": string_numbers(),
    "empty_page": on_success(_empty_page),
    "late_data": on_success(_late_data),
    "missing_day": on_success(_missing_day),
    "restated": on_success(lambda document, args: _counted(document, float(args.get("factor", 1.1)))),
    "negative_counts": on_success(lambda document, _: _counted(document, -1)),
}
TOKEN_REFUSALS: Final[Mapping[str, Refusal]] = {**COMMON, "expired_token": _dead_refresh_token}
TOKEN_DISTORTIONS: Final[Mapping[str, Distortion]] = {
    "string_numbers": string_numbers(),
    "empty_page": on_success(lambda document, _: dict.fromkeys(document or ())),
}
