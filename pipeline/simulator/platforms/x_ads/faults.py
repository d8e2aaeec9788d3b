"""How X's Ads API fails: a list of errors with their codes, and limits in headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from pipeline.simulator.distortions import is_count, on_success, walked
from pipeline.simulator.face import Args, Distortion, Refusal
from pipeline.simulator.refusals import html_page, retry_after
from pipeline.simulator.wire import Pairs, Reply, Request

MONEY: Final = "billed_charge_local_micro"


def error(code: str, message: str, status: int, parameter: str = "") -> Reply:
    """An error as the platform gives it."""
    told: dict[str, Any] = {"code": code, "message": message}
    if parameter:
        told["parameter"] = parameter
    return Reply({"errors": [told], "request": {"params": {}}}, status=status)


UNSIGNED: Final = error("UNAUTHORIZED_ACCESS", "This request is not properly authenticated", 401)


class RefusedError(Exception):
    """A request that the platform refuses."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply


def invalid(parameter: str, message: str) -> RefusedError:
    return RefusedError(error("INVALID_PARAMETER", message, 400, parameter))


def limits(limit: int, left: int, reset: int) -> Pairs:
    """What each answer tells of the account's limit."""
    prefix = "x-account-rate-limit"
    return ((f"{prefix}-limit", str(limit)), (f"{prefix}-remaining", str(left)), (f"{prefix}-reset", str(reset)))


def too_many(limit: int, reset: int) -> Reply:
    refusal = error("TOO_MANY_REQUESTS", "Request rate limit exceeded", 429)
    return replace(refusal, headers=limits(limit, 0, reset))


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """``args``: ``reset`` (unix seconds), ``retry_after``."""
    del request
    refusal = error("TOO_MANY_REQUESTS", "Request rate limit exceeded", 429)
    told = limits(250, 0, int(args["reset"])) if "reset" in args else ()
    return replace(refusal, headers=(*told, *retry_after(args)))


def _unavailable(request: Request, args: Args) -> Reply | None:
    """``args``: ``retry_after``, ``status`` (another 5xx)."""
    del request
    away = error("SERVICE_UNAVAILABLE", "Service unavailable due to request overload", int(args.get("status", 503)))
    return replace(away, headers=retry_after(args))


def _expired(request: Request, args: Args) -> Reply | None:
    del request, args
    return UNSIGNED


def _no_app(request: Request, args: Args) -> Reply | None:
    """The app was never let in to the Ads API."""
    del request, args
    message = "The client application making this request does not have access to X Ads API"
    return error("UNAUTHORIZED_CLIENT_APPLICATION", message, 403)


def _data(change: Callable[[Any], Any]) -> Distortion:
    """Lists of campaigns and statistics, changed."""

    def bend(document: Any, args: Args) -> Any:
        del args
        listed = isinstance(document, dict) and isinstance(document.get("data"), list)
        return {**document, "data": change(document["data"])} if listed else document

    return on_success(bend)


def _money(change: Callable[[int], int]) -> Distortion:
    return _data(lambda data: walked(data, lambda name, v: change(v) if name == MONEY and is_count(v) else v))


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _rate_limit,
    "expired_token": _expired,
    "no_app": _no_app,
    "unavailable": _unavailable,
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": _data(lambda data: walked(data, lambda _, v: str(v) if is_count(v) else v)),
    "empty_page": _data(lambda _: []),
    "short_page": _data(lambda data: data[:-1]),
    "missing_next": on_success(lambda document, _: {k: v for k, v in document.items() if k != "next_cursor"}),
    "negative_spend": _money(lambda told: -told),
    "absurd_spend": _money(lambda _: 10**18),
}
