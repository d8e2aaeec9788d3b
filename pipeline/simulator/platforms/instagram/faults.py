"""How Instagram fails: mostly as the rest of the Graph API does, with a quota of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipeline.simulator.distortions import restated
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.platforms.facebook.errors import error
from pipeline.simulator.platforms.facebook.faults import DISTORTIONS as GRAPH
from pipeline.simulator.platforms.facebook.faults import REFUSALS as GRAPH_REFUSALS
from pipeline.simulator.wire import Reply, Request

COUNTERS = frozenset({"value", "followers_count", "media_count", "like_count", "comments_count"})


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """``args``: ``minutes`` until access is regained (5), ``code`` (80002; 4, 17, 32, 613)."""
    code, minutes = int(args.get("code", 80002)), int(args.get("minutes", 5))
    node = next((part for part in request.path.split("/") if part.isdecimal()), "17841400000000101")
    use = {"type": "instagram", "call_count": 100, "total_cputime": 25, "total_time": 25}
    told = {node: [{**use, "estimated_time_to_regain_access": minutes}]}
    message = f"({code}) There have been too many calls to this Instagram account. Wait a bit and try again."
    headers = (("X-Business-Use-Case-Usage", json.dumps(told, separators=(",", ":"))),)
    return error(code, message, transient=True, headers=headers)


def _no_batches(request: Request, args: Args) -> Reply | None:
    """Several objects in one call are not taken."""
    del args
    return error(2500, "Unknown path components: /") if "ids" in request.params else None


def _no_permission(request: Request, args: Args) -> Reply | None:
    """``args``: ``permission`` that is missing (instagram_manage_comments)."""
    del request
    name = args.get("permission", "instagram_manage_comments")
    return error(10, f"(#10) Application does not have permission for this action: {name}", status=403)


def _short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Half as many objects as were asked for, with a ``next``: nothing is lost."""
    del args
    limit = request.params.get("limit", "")
    if reply.status != 200 or not limit.isdecimal():
        return reply
    return again(request.having(limit=max(1, int(limit) // 2)))


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _rate_limit,
    "expired_token": GRAPH_REFUSALS["expired_token"],
    "retired_metric": GRAPH_REFUSALS["retired_metric"],
    "heavy_page": GRAPH_REFUSALS["heavy_page"],
    "deleted_post": GRAPH_REFUSALS["deleted_post"],
    "no_batches": _no_batches,
    "no_permission": _no_permission,
    "unavailable": GRAPH_REFUSALS["unavailable"],
    "html_page": GRAPH_REFUSALS["html_page"],
}
_SHARED = ("deleted_post", "late_data", "missing_day", "string_numbers", "empty_page", "missing_next", "cursor_loop")
DISTORTIONS: Mapping[str, Distortion] = {
    **{kind: GRAPH[kind] for kind in _SHARED},
    "negative_counts": GRAPH["negative_counts"],
    "restated": restated(COUNTERS),
    "short_page": _short_page,
}
