"""Faults that answer instead of a platform and look alike on all of them."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from pipeline.simulator.face import Args, Refusal
from pipeline.simulator.wire import Pairs, Reply, Request, page

LOGIN = (
    "<!DOCTYPE html><html><head><title>Log in</title></head><body><h1>Log in</h1>"
    '<form method="post" action="/login"><input name="user"><input name="password" type="password">'
    "</form></body></html>"
)


def html_page(request: Request, args: Args) -> Reply | None:
    """A login page with status 200, as a portal or an expired single sign-on gives it."""
    del request
    return page(str(args.get("text", LOGIN)), int(args.get("status", 200)))


def retry_after(args: Args) -> Pairs:
    """``Retry-After`` when the fault has ``retry_after`` (seconds, a date, or nonsense: sent as given)."""
    return (("Retry-After", str(args["retry_after"])),) if "retry_after" in args else ()


def maintenance(title: str) -> Reply:
    text = f"<!DOCTYPE html><html><head><title>{escape(title)}</title></head><body><p>{escape(title)}</p></body></html>"
    return page(text, 503)


def unavailable(reply: Reply) -> Refusal:
    """The platform is away, in its own words; ``args``: ``retry_after``, ``status`` (another 5xx)."""

    def away(request: Request, args: Args) -> Reply | None:
        del request
        return replace(
            reply, status=int(args.get("status", reply.status)), headers=(*reply.headers, *retry_after(args))
        )

    return away
