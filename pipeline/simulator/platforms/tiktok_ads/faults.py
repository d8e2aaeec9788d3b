"""How the Marketing API of TikTok fails: as the Accounts API does, and with lists of its own to bend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.simulator.distortions import on_success, string_numbers
from pipeline.simulator.face import Args, Distortion, Refusal
from pipeline.simulator.platforms.tiktok.envelope import error
from pipeline.simulator.platforms.tiktok.faults import REFUSALS as ACCOUNTS
from pipeline.simulator.wire import Reply, Request

Rows = list[dict[str, Any]]


def _history_ends(request: Request, args: Args) -> Reply | None:
    """Days before ``first`` (an ISO day) are not to be asked for."""
    if request.params.get("start_date", "9999") >= str(args.get("first", "2026-09-04")):
        return None
    return error(40002, "start_date: the date must be within the last 365 days")


def _no_links(request: Request, args: Args) -> Reply | None:
    """The fields that tell where advertisements lead are not known to this app."""
    del args
    return error(40002, "fields: utm_params is not one of the allowed values") if "/ad/get/" in request.path else None


def _no_permission(request: Request, args: Args) -> Reply | None:
    del request, args
    return error(40001, "No permission to operate advertiser")


def _lists(change: Callable[[Rows], Rows]) -> Distortion:
    """The rows of reports and lists of advertisements, changed; what is said of their number is not."""

    def bend(document: Any, args: Args) -> Any:
        del args
        data = document.get("data") if isinstance(document, dict) else None
        if not isinstance(data, dict) or "page_info" not in data:
            return document
        return {**document, "data": {**data, "list": change(data["list"])}}

    return on_success(bend)


def _missing_next(document: Any, args: Args) -> Any:
    """A page that does not say how many there are."""
    del args
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, dict) or "page_info" not in data:
        return document
    return {**document, "data": {**data, "page_info": {"page": 1}}}


def _spending(change: Callable[[str], str]) -> Distortion:
    def spent(row: dict[str, Any]) -> dict[str, Any]:
        metrics = row.get("metrics", {})
        return {**row, "metrics": {**metrics, "spend": change(metrics["spend"])}} if "spend" in metrics else row

    return _lists(lambda rows: [spent(row) for row in rows])


REFUSALS: Mapping[str, Refusal] = {
    **{name: ACCOUNTS[name] for name in ("rate_limit", "expired_token", "error_in_200", "unavailable", "html_page")},
    "history_ends": _history_ends,
    "no_links": _no_links,
    "no_permission": _no_permission,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": string_numbers(),
    "empty_page": _lists(lambda _: []),
    "short_page": _lists(lambda rows: rows[:-1]),
    "missing_next": on_success(_missing_next),
    "negative_spend": _spending(lambda told: f"-{told}"),
    "absurd_spend": _spending(lambda _: "99999999999999"),
}
