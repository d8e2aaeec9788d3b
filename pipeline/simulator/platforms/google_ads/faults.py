"""How the Google Ads API fails: in its list of batches, mostly, and by leaving rows or numbers out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.simulator.distortions import on_success, string_numbers
from pipeline.simulator.face import Args, Distortion, Refusal
from pipeline.simulator.platforms.google_ads.errors import failure, plain
from pipeline.simulator.platforms.youtube.faults import TOKEN_DISTORTIONS, TOKEN_REFUSALS
from pipeline.simulator.refusals import html_page, retry_after, unavailable
from pipeline.simulator.wire import Reply, Request

# What the face of the tokens takes from here.
__all__ = ["DISTORTIONS", "REFUSALS", "TOKEN_DISTORTIONS", "TOKEN_REFUSALS"]

Row = dict[str, Any]


def _rate_limit(request: Request, args: Args) -> Reply | None:
    """``args``: ``retry_after`` (12) seconds, ``code`` (RESOURCE_TEMPORARILY_EXHAUSTED)."""
    del request
    wait, code = str(args.get("retry_after", 12)), str(args.get("code", "RESOURCE_TEMPORARILY_EXHAUSTED"))
    told = {"rateScope": "DEVELOPER", "rateName": "Number of operations for basic access", "retryDelay": f"{wait}s"}
    reply = failure(429, "quotaError", code, f"Too many requests. Retry in {wait} seconds.", quotaErrorDetails=told)
    return replace(reply, headers=retry_after(args))


def _expired_token(request: Request, args: Args) -> Reply | None:
    del request, args
    return failure(401, "authenticationError", "OAUTH_TOKEN_EXPIRED", "The OAuth token has expired.")


def _closed_account(request: Request, args: Args) -> Reply | None:
    del request, args
    said = "The customer account can't be accessed because it is not yet enabled or has been deactivated."
    return failure(403, "authorizationError", "CUSTOMER_NOT_ENABLED", said)


def _retired_version(request: Request, args: Args) -> Reply | None:
    del request, args
    return failure(400, "requestError", "UNSUPPORTED_VERSION", "Version v26 is deprecated.")


def _batches(change: Callable[[list[Row], Args], list[Row]]) -> Distortion:
    """The list of batches of rows of costs, changed."""

    def bend(document: Any, args: Args) -> Any:
        return change(document, args) if isinstance(document, list) and "metrics" in str(document[:1]) else document

    return on_success(bend)


def _broken_off(batches: list[Row], args: Args) -> list[Row]:
    """After the first batch something broke: the rest of the list is an error."""
    del args
    told: Any = plain(503).document
    return [*batches[:1], *told]


def _rows(change: Callable[[Row], Row | None]) -> Distortion:
    """Every row of costs, changed; None leaves it out."""

    def changed(batches: list[Row], args: Args) -> list[Row]:
        del args
        return [
            {**batch, "results": [new for row in batch["results"] if (new := change(row)) is not None]}
            for batch in batches
        ]

    return _batches(changed)


def _metrics(change: Callable[[str, Any], Any]) -> Distortion:
    def changed(row: Row) -> Row:
        return {**row, "metrics": {name: change(name, value) for name, value in row.get("metrics", {}).items()}}

    return _rows(changed)


def _cost(change: Callable[[str], str]) -> Distortion:
    return _metrics(lambda name, value: change(value) if name == "costMicros" else value)


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _rate_limit,
    "expired_token": _expired_token,
    "closed_account": _closed_account,
    "retired_version": _retired_version,
    "unavailable": unavailable(plain(503)),
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": string_numbers(),
    "broken_off": _batches(_broken_off),
    "empty_page": _batches(lambda batches, _: [{**batch, "results": []} for batch in batches[:1]]),
    "changed_type": _metrics(lambda name, value: {"amount": value} if name == "costMicros" else value),
    "number_metrics": _metrics(lambda _, value: int(value) if isinstance(value, str) else value),
    "missing_metrics": _metrics(lambda name, value: None if name == "clicks" else value),
    "negative_spend": _cost(lambda told: f"-{told}"),
    "absurd_spend": _cost(lambda _: "9000000000000000"),
}
