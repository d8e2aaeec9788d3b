"""How Mailchimp says no: problem documents, and pages of the machines in front of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from pipeline.simulator.face import Again, Args, Distortion, Refusal
from pipeline.simulator.refusals import html_page, retry_after
from pipeline.simulator.wire import Reply, Request, page

_TYPE: Final = "https://mailchimp.com/developer/marketing/docs/errors/"


def problem(title: str, detail: str, status: int) -> Reply:
    instance = blake2b(f"{title}{detail}".encode(), digest_size=16).hexdigest()
    told = {"type": _TYPE, "title": title, "status": status, "detail": detail, "instance": instance}
    return Reply(told, status=status, content_type="application/problem+json; charset=utf-8")


def key_invalid() -> Reply:
    said = "Your API key may be invalid, or you've attempted to access the wrong datacenter."
    return problem("API Key Invalid", said, 401)


def not_found() -> Reply:
    return problem("Resource Not Found", "The requested resource could not be found.", 404)


def _too_many(request: Request, args: Args) -> Reply | None:
    """Ten connections at once; some of these answers are pages."""
    del request
    if args.get("html"):
        return page("<html><body><h1>403 Forbidden</h1></body></html>", 403)
    reply = problem("Too Many Requests", "You have exceeded the limit of 10 simultaneous connections.", 429)
    return replace(reply, headers=retry_after(args))


def _away(request: Request, args: Args) -> Reply | None:
    del request
    reply = problem("Internal Server Error", "An unexpected internal error has occurred.", int(args.get("status", 503)))
    return replace(reply, headers=retry_after(args))


def _expired(request: Request, args: Args) -> Reply | None:
    del request, args
    return key_invalid()


def _rows(reply: Reply) -> str | None:
    """The name of the list that an answer holds."""
    document = reply.document if reply.status == 200 and reply.text is None else None
    return next((name for name in ("members", "reports") if isinstance(document, dict) and name in document), None)


def _bent(change: str) -> Distortion:
    """A list whose rows are not what its total says."""

    def bend(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
        del request, args, again
        name, document = _rows(reply), reply.document
        if name is None or not isinstance(document, dict):
            return reply
        if change == "no total":
            return replace(reply, document={key: value for key, value in document.items() if key != "total_items"})
        return replace(reply, document={**document, name: [] if change == "empty" else document[name][:-1]})

    return bend


def _drift(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """Somebody in front changed and moved to the end: everything behind moved up by ``rows`` (1)."""
    offset = int(request.params.get("offset", 0)) if _rows(reply) else 0
    return again(request.having(offset=offset + int(args.get("rows", 1)))) if offset else reply


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _too_many,
    "expired_token": _expired,
    "unavailable": _away,
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "empty_page": _bent("empty"),
    "short_page": _bent("short"),
    "missing_next": _bent("no total"),
    "page_drift": _drift,
}
