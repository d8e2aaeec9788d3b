"""How the Marketing API fails: reports that never come, too much data, quotas of its own; and bent answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.simulator.distortions import on_success, string_numbers
from pipeline.simulator.face import Args, Distortion, Refusal
from pipeline.simulator.platforms.facebook.errors import GraphError, error, missing
from pipeline.simulator.platforms.facebook.faults import DISTORTIONS as GRAPH
from pipeline.simulator.platforms.facebook.faults import REFUSALS as GRAPH_REFUSALS
from pipeline.simulator.platforms.instagram.faults import DISTORTIONS as LISTS
from pipeline.simulator.platforms.meta_ads.allowance import too_many_calls
from pipeline.simulator.platforms.meta_ads.orders import Order, numbered, order_of
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world.calendar import EPOCH

REPORT = re.compile(r"/meta_ads/v\d+\.\d+/(\d+)(/insights)?/?")
ORDERED = re.compile(r"/meta_ads/v\d+\.\d+/act_(\d+)/insights/?")


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """``args``: ``minutes`` until access is regained (5), ``code`` (80000; 4, 17, 613, 80004)."""
    found = ORDERED.fullmatch(request.path)
    account = found[1] if found else "2340017001001"
    return too_many_calls(account, int(args.get("minutes", 5)), int(args.get("code", 80000)))


def _fresh_id(request: Request, args: Args) -> Reply | None:
    """The state of a report that nobody knows yet."""
    del args
    found = REPORT.fullmatch(request.path)
    return missing(found[1]) if found and not found[2] else None


def _state(status: str, percent: int) -> Refusal:
    """A report in that state, where it is about more than ``args`` allow: ``days`` (0), all ``campaigns`` (0)."""

    def told(request: Request, args: Args) -> Reply | None:
        found = REPORT.fullmatch(request.path)
        order = numbered(found[1]) if found and not found[2] else None
        if found is None or order is None or not _is_too_much(order, args):
            return None
        if "error_code" in request.params.get("fields", ""):
            why = {"error_code": 2, "error_message": "An unknown error occurred", "id": found[1]}
            return Reply(why)
        return Reply({"id": found[1], "async_status": status, "async_percent_completion": percent})

    return told


def _too_much_data(request: Request, args: Args) -> Reply | None:
    """Orders that are about more than ``args`` allow: ``days`` (7), ``campaigns``."""
    found = ORDERED.fullmatch(request.path)
    if found is None or request.method != "POST":
        return None
    try:
        order = order_of(found[1], request.form, EPOCH)
    except (GraphError, StopIteration):
        return None
    words = "Please reduce the amount of data you're asking for, then retry your request"
    return error(100, words, subcode=1487534) if _is_too_much(order, {"days": 7, **args}) else None


def _is_too_much(order: Order, args: Args) -> bool:
    if order.days > int(args.get("days", 0)):
        return True
    return "campaigns" in args and not order.is_of_some


def _heavy_page(request: Request, args: Args) -> Reply | None:
    """Lists that ask for more than ``limit`` (100) rows at a time are too much."""
    limit = request.params.get("limit", "25")
    if not limit.isdecimal() or int(limit) <= int(args.get("limit", 100)):
        return None
    return error(1, "Please reduce the amount of data you're asking for, then retry your request", status=500)


def _no_permission(request: Request, args: Args) -> Reply | None:
    """The owner of the account did not grant what reading needs."""
    del request, args
    words = "(#200) Ad account owner has NOT grant ads_management or ads_read permission"
    return error(200, words, status=403)


def _spending(change: Callable[[str], str]) -> Distortion:
    """The money of every row, changed."""

    def bend(document: Any, args: Args) -> Any:
        del args
        if not isinstance(document, dict) or not isinstance(document.get("data"), list):
            return document
        rows = [{**row, "spend": change(row["spend"])} if "spend" in row else row for row in document["data"]]
        return {**document, "data": rows}

    return on_success(bend)


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _rate_limit,
    "expired_token": GRAPH_REFUSALS["expired_token"],
    "unavailable": GRAPH_REFUSALS["unavailable"],
    "html_page": GRAPH_REFUSALS["html_page"],
    "fresh_id": _fresh_id,
    "failed_report": _state("Job Failed", 0),
    "skipped_report": _state("Job Skipped", 0),
    "slow_report": _state("Job Running", 40),
    "too_much_data": _too_much_data,
    "heavy_page": _heavy_page,
    "no_permission": _no_permission,
}
DISTORTIONS: Mapping[str, Distortion] = {
    **{kind: GRAPH[kind] for kind in ("empty_page", "missing_next", "cursor_loop")},
    "short_page": LISTS["short_page"],
    "string_numbers": string_numbers(),
    "negative_spend": _spending(lambda told: f"-{told}"),
    "absurd_spend": _spending(lambda _: "99999999999999"),
}
