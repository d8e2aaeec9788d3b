"""How impact.com fails, and its thousand requests an hour: the reset is told as the seconds that are left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pipeline.simulator.allowance import Allowance, Bucket, Count, by_credential
from pipeline.simulator.distortions import on_success, string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.refusals import html_page, retry_after, unavailable
from pipeline.simulator.wire import Pairs, Reply, Request


def error(message: str, status: int) -> Reply:
    return Reply({"Status": "ERROR", "Message": message}, status=status)


def _too_many(request: Request, args: Args) -> Reply | None:
    """``args``: ``reset`` (seconds that are left), ``retry_after``."""
    del request
    left = (("X-RateLimit-Reset", str(args["reset"])),) if "reset" in args else ()
    return replace(error("Rate limit exceeded", 429), headers=(*left, *retry_after(args)))


def _expired(request: Request, args: Args) -> Reply | None:
    del request, args
    return error("Authentication failed. Please check your credentials.", 401)


def _no_scope(request: Request, args: Args) -> Reply | None:
    del request, args
    return error("The token does not have access to this endpoint", 403)


def _short_page(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Pages of ten actions, whatever was asked for: nothing is lost to whoever follows them."""
    del args
    return again(request.having(PageSize=10)) if reply.status == 200 and "PageSize" in request.params else reply


def _missing_next(document: Any, args: Args) -> Any:
    """A page that is not the last one, without the address of the next; the total is told as it is."""
    del args
    if not isinstance(document, dict) or document.get("@numpages") in (None, "1"):
        return document
    return {**document, "@nextpageuri": ""}


def _empty_page(document: Any, args: Args) -> Any:
    """No actions, of as many as before."""
    del args
    return {**document, "Actions": []} if isinstance(document, dict) and "Actions" in document else document


def _buckets(request: Request) -> Iterable[Bucket]:
    return (Bucket(f"the token {by_credential(request)}".rstrip(), 1_000, 3_600.0),)


def _told(_request: Request, counts: Sequence[Count]) -> Pairs:
    (count,) = counts
    return (
        ("X-RateLimit-Limit", str(count.bucket.limit)),
        ("X-RateLimit-Remaining", str(count.left)),
        ("X-RateLimit-Reset", str(max(1, round(count.seconds)))),
    )


def _refused(request: Request, count: Count) -> Reply:
    return replace(error("Rate limit exceeded", 429), headers=_told(request, (count,)))


REFUSALS: Final[Mapping[str, Refusal]] = {
    "rate_limit": _too_many,
    "expired_token": _expired,
    "no_scope": _no_scope,
    "unavailable": unavailable(error("Service is temporarily unavailable", 503)),
    "html_page": html_page,
}
DISTORTIONS: Final[Mapping[str, Distortion]] = {
    "string_numbers": string_numbers(),
    "empty_page": on_success(_empty_page),
    "short_page": _short_page,
    "missing_next": on_success(_missing_next),
}
ALLOWANCE: Final = Allowance(_buckets, _refused, _told)
