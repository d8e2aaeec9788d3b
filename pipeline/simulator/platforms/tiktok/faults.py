"""How TikTok fails: what it says instead of answering, and how its answers can be bent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from pipeline.simulator.distortions import negative_counts, on_success, restated, string_numbers, walked
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.platforms.tiktok.envelope import error
from pipeline.simulator.refusals import html_page, retry_after, unavailable
from pipeline.simulator.wire import Reply, Request

COUNTERS: Final = frozenset(
    {
        "video_views", "unique_video_views", "profile_views", "likes", "comments", "shares", "favorites", "reach",
        "followers_count", "daily_new_followers", "daily_lost_followers", "daily_total_followers",
    }
)  # fmt: skip
LISTS: Final = ("videos", "comments")


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """``args``: ``restricted`` (the whole app is left out for a time), ``retry_after``."""
    del request
    restricted = "Requests from this app are temporarily restricted. Please try again later."
    message = restricted if args.get("restricted") else "Too many requests. Please retry in some time."
    return replace(error(40100, message), headers=retry_after(args))


def _expired_token(request: Request, args: Args) -> Reply | None:
    del args
    if "/oauth2/" in request.path:
        return None
    return error(40105, "Access token is incorrect or has been revoked.")


def _revoked(request: Request, args: Args) -> Reply | None:
    """The refresh token is not accepted any more: somebody took the app's access away."""
    del args
    return error(40105, "refresh_token is invalid or was used already") if "/oauth2/" in request.path else None


def _history_ends(request: Request, args: Args) -> Reply | None:
    """Days before ``first`` (an ISO day) are not to be asked for."""
    if request.params.get("start_date", "9999") >= str(args.get("first", "2026-09-04")):
        return None
    return error(40002, "start_date: the maximum supported look-back period is 60 days")


def _code(request: Request, args: Args) -> Reply | None:
    """Any code of the table, with HTTP 200. ``args``: ``code`` (50002), ``message``."""
    del request
    return error(int(args.get("code", 50002)), str(args.get("message", "Service error. Please retry.")))


def _data(reply: Reply) -> Mapping[str, Any] | None:
    """The ``data`` of a list that succeeded."""
    document = reply.document
    data = document.get("data") if isinstance(document, dict) and reply.status == 200 else None
    return data if isinstance(data, dict) and any(name in data for name in LISTS) else None


def _with(reply: Reply, data: Mapping[str, Any]) -> Reply:
    return replace(reply, document={**reply.document, "data": data})  # type: ignore[dict-item]


def deleted_post(name: str) -> Distortion:
    """The video ``post`` is not listed. ``name``: what its id is called."""

    def bend(document: Any, args: Args) -> Any:
        videos = document.get("data", {}).get("videos")
        if not isinstance(videos, list):
            return document
        kept = [row for row in videos if row.get(name) != str(args["post"])]
        return {**document, "data": {**document["data"], "videos": kept}}

    return on_success(bend)


def empty_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """A page without anything on it; what comes after it still comes."""
    del request, args, again
    data = _data(reply)
    return reply if data is None else _with(reply, {**data, **{name: [] for name in LISTS if name in data}})


def missing_next(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """A page that says that there is more, without the cursor that leads there."""
    del request, args, again
    data = _data(reply)
    if data is None or not data["has_more"]:
        return reply
    return _with(reply, {key: value for key, value in data.items() if key != "cursor"})


def _short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Half as many as were asked for, with ``has_more``: nothing is lost."""
    del args
    most = request.params.get("max_count", "20")
    if _data(reply) is None or not most.isdecimal():
        return reply
    return again(request.having(max_count=max(1, int(most) // 2)))


def _cursor_loop(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """From the second page on, the cursor leads to the page itself."""
    del args, again
    data, cursor = _data(reply), request.params.get("cursor", "0")
    return reply if data is None or cursor == "0" else _with(reply, {**data, "cursor": int(cursor), "has_more": True})


def _page_drift(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Pages after the first begin with the first row of the list again."""
    del args
    data = _data(reply)
    if data is None or request.params.get("cursor", "0") == "0":
        return reply
    first = _data(again(request.having(cursor=0)))
    return _with(reply, {**data, **{name: [*first[name][:1], *data[name]] for name in LISTS if name in data and first}})


def _pinned(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """The oldest video stands before all others on the first page (``count``: the three oldest)."""
    data = _data(reply)
    if data is None or "videos" not in data or request.params.get("cursor", "0") != "0":
        return reply
    page = data
    while page["has_more"]:
        page = _data(again(request.having(cursor=page["cursor"]))) or {"has_more": False, "videos": []}
    return _with(reply, {**data, "videos": [*page["videos"][-int(args.get("count", 1)) :], *data["videos"]]})


def _days(keep: Callable[[list[Any], Args], list[Any]]) -> Distortion:
    """An account with fewer days."""

    def bend(document: Any, args: Args) -> Any:
        days = document.get("data", {}).get("metrics")
        if not isinstance(days, list):
            return document
        return {**document, "data": {**document["data"], "metrics": keep(days, args)}}

    return on_success(bend)


def _blank_days(days: list[Any], args: Args) -> list[Any]:
    """The newest ``days`` (2) are there, with nothing but dashes."""
    late = int(args.get("days", 2))
    return [*days[:-late], *({key: v if key == "date" else "-" for key, v in day.items()} for day in days[-late:])]


def _other_words(document: Any, args: Args) -> Any:
    """Counters that are words instead of numbers."""
    return walked(document, lambda name, value: "many" if name in COUNTERS else value) if args is not None else document


AWAY = error(50000, "System error. Please try again later.", status=503)
REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _rate_limit,
    "expired_token": _expired_token,
    "revoked": _revoked,
    "history_ends": _history_ends,
    "error_in_200": _code,
    "unavailable": unavailable(AWAY),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": string_numbers(),
    "negative_counts": negative_counts(COUNTERS),
    "changed_type": on_success(_other_words),
    "restated": restated(COUNTERS),
    "deleted_post": deleted_post("item_id"),
    "missing_day": _days(lambda days, args: [day for day in days if day["date"] != args.get("day", days[0]["date"])]),
    "late_data": _days(lambda days, args: days[: -int(args.get("days", 2))]),
    "blank_days": _days(_blank_days),
    "empty_page": empty_page,
    "short_page": _short_page,
    "missing_next": missing_next,
    "cursor_loop": _cursor_loop,
    "page_drift": _page_drift,
    "pinned": _pinned,
}
