"""How the Graph API fails: what it says instead of answering, and how its answers can be bent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pipeline.simulator.distortions import negative_counts, on_success, restated, string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.platforms.facebook.errors import bad_metric, bad_token, error, missing, too_many_calls
from pipeline.simulator.platforms.facebook.paging import graph_time, place_of
from pipeline.simulator.refusals import html_page, unavailable
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world.calendar import PACIFIC, midnight

COUNTERS = frozenset({"value", "total_count", "count", "fan_count", "followers_count", "like", "love"})


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """``args``: ``minutes`` until access is regained (5), ``code`` (80001; 4, 17, 32, 613)."""
    account = request.path.removeprefix("/facebook/").split("/")
    page = next((part for part in account if part[:1].isdecimal()), "104001")
    return too_many_calls(page.partition("_")[0], int(args.get("minutes", 5)), int(args.get("code", 80001)))


def _expired_token(request: Request, args: Args) -> Reply | None:
    """``args``: ``subcode`` (463 expired; 460 password changed, 467 invalidated, 458 app removed)."""
    del request
    subcode = int(args.get("subcode", 463))
    why = {
        458: "The user has not authorized application 1040.",
        460: "The session has been invalidated because the user changed their password or Facebook has changed"
        " the session for security reasons.",
        463: "Session has expired on Sunday, 01-Nov-26 21:00:00 PST.",
    }
    return bad_token(f"Error validating access token: {why.get(subcode, 'The session is invalid.')}", subcode)


def _retired_metric(request: Request, args: Args) -> Reply | None:
    """Any call that asks for ``metric`` is refused as a whole."""
    asked = f"{request.params.get('metric', '')},{request.params.get('fields', '')}"
    words = asked.replace("(", ",").replace(")", ",").split(",")
    return bad_metric() if args["metric"] in words else None


def _heavy_page(request: Request, args: Args) -> Reply | None:
    """Lists that ask for more than ``limit`` (25) objects at a time are too much."""
    limit = request.params.get("limit", "25")
    if not limit.isdecimal() or int(limit) <= int(args.get("limit", 25)):
        return None
    return error(1, "Please reduce the amount of data you're asking for, then retry your request", status=500)


def _no_user_content(request: Request, args: Args) -> Reply | None:
    """The token may count comments, and read none."""
    del args
    fields = request.params.get("fields", "")
    if not request.path.endswith("/comments") and not re.search(r"\bcomments(\.\w+\([^)]*\))*\{", fields):
        return None
    words = "(#10) This endpoint requires the 'pages_read_user_content' permission."
    return error(10, words, status=403)


def _deleted_by_id(request: Request, args: Args) -> Reply | None:
    post = str(args["post"])
    return missing(post) if f"/{post}" in request.path else None


def _deleted_in_list(document: Any, args: Args) -> Any:
    """The post named ``post`` is not in the list."""
    if not isinstance(document.get("data"), list):
        return document
    return {**document, "data": [row for row in document["data"] if row.get("id") != args["post"]]}


def _without_days(gone: Callable[[list[str], Args], set[str]]) -> Distortion:
    """Insights without the values of some days; series that have none left are not given."""

    def bend(document: Any, args: Args) -> Any:
        series = [row for row in document.get("data", ()) if "values" in row and "period" in row]
        ends = sorted({value["end_time"] for row in series for value in row["values"] if "end_time" in value})
        if not ends:
            return document
        missing_ends = gone(ends, args)
        kept = [
            {**row, "values": [value for value in row["values"] if value["end_time"] not in missing_ends]}
            for row in series
        ]
        return {**document, "data": [row for row in kept if row["values"]]}

    return on_success(bend)


def _named_day(ends: list[str], args: Args) -> set[str]:
    """The measured day ``day``; without one, the newest."""
    if "day" not in args:
        return {ends[-1]}
    return {graph_time(midnight(date.fromisoformat(args["day"]) + timedelta(days=1), PACIFIC))}


def _newest_days(ends: list[str], args: Args) -> set[str]:
    """The newest ``days`` (2) days."""
    return set(ends[-int(args.get("days", 2)) :])


def _is_list(reply: Reply) -> bool:
    return reply.status == 200 and isinstance(reply.document, dict) and "data" in reply.document


def _empty_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    del request, args, again
    return replace(reply, document={"data": []}) if _is_list(reply) else reply


def _short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Half as many objects as were asked for, with a ``next``: nothing is lost."""
    del args
    limit = request.params.get("limit", "25")
    if not _is_list(reply) or "published_posts" not in request.path or not limit.isdecimal():
        return reply
    return again(request.having(limit=max(1, int(limit) // 2)))


def _short_threads(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """No more than ``limit`` (2) comments at a time, wherever they are listed: nothing is lost."""
    most = int(args.get("limit", 2))
    fields = request.params.get("fields", "")
    if not _is_list(reply) or not re.search(r"comments\b", f"{request.path} {fields}"):
        return reply
    if request.path.endswith("/comments"):
        return again(request.having(limit=most))
    return again(
        request.having(fields=re.sub(r"(\bcomments(?:\.\w+\([^)]*\))*?\.limit\()\d+", rf"\g<1>{most}", fields))
    )


def _hidden_people(document: Any, args: Args) -> Any:
    """Comments are shown, and of people not who wrote them; the page itself is named."""
    if isinstance(document, list):
        return [_hidden_people(each, args) for each in document]
    if not isinstance(document, dict):
        return document
    page = str(document.get("id", "")).partition("_")[0]
    return {
        name: _without_people(value, page) if name == "comments" else _hidden_people(value, args)
        for name, value in document.items()
    }


def _without_people(edge: Any, page: str) -> Any:
    shown = [
        {name: value for name, value in comment.items() if name != "from" or value["id"] == page}
        for comment in edge.get("data", ())
    ]
    return {**edge, "data": shown}


def _paging_of(reply: Reply) -> Mapping[str, Any]:
    document = reply.document
    return document.get("paging", {}) if isinstance(document, dict) and reply.status == 200 else {}


def _missing_next(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """A page that is not the last one, without the link that leads on."""
    del request, args, again
    paging = {key: value for key, value in _paging_of(reply).items() if key != "next"}
    if "cursors" not in paging or not isinstance(reply.document, dict):
        return reply
    return replace(reply, document={**reply.document, "paging": paging})


def _cursor_loop(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """From the second page on, ``next`` leads to the page itself."""
    del args, again
    paging, cursor = dict(_paging_of(reply)), request.params.get("after")
    if "cursors" not in paging or cursor is None or not isinstance(reply.document, dict):
        return reply
    link = urlsplit(str(paging.get("next") or request.url()))
    query = {**dict(parse_qsl(link.query)), "after": cursor}
    paging["next"] = link._replace(query=urlencode(query)).geturl()
    return replace(reply, document={**reply.document, "paging": paging})


def _page_drift(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Pages after the first begin with the last object of the page before."""
    del args
    cursor = request.params.get("after")
    if cursor is None or not _is_list(reply) or not isinstance(reply.document, dict):
        return reply
    version = request.path.split("/")[2]
    there = replace(request, path=f"/facebook/{version}/{place_of(cursor)[1]}")
    one = again(replace(there, query=tuple(p for p in request.query if p[0] in {"fields", "access_token"})))
    if one.status != 200:
        return reply
    return replace(reply, document={**reply.document, "data": [one.document, *reply.document["data"]]})


AWAY = error(2, "(#2) Service temporarily unavailable", status=503, transient=True)
REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _rate_limit,
    "expired_token": _expired_token,
    "retired_metric": _retired_metric,
    "heavy_page": _heavy_page,
    "deleted_post": _deleted_by_id,
    "no_user_content": _no_user_content,
    "unavailable": unavailable(AWAY),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "deleted_post": on_success(_deleted_in_list),
    "missing_day": _without_days(_named_day),
    "late_data": _without_days(_newest_days),
    "restated": restated(COUNTERS),
    "string_numbers": string_numbers(),
    "negative_counts": negative_counts(COUNTERS),
    "empty_page": _empty_page,
    "short_page": _short_page,
    "short_threads": _short_threads,
    "hidden_people": on_success(_hidden_people),
    "missing_next": _missing_next,
    "cursor_loop": _cursor_loop,
    "page_drift": _page_drift,
}
