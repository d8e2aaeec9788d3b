"""The host on which a shop leaves the files of bulk operations: signed addresses, no token, XML for errors."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Any, Final

from pipeline.simulator.face import Again, Args, Distortion, Face, Refusal
from pipeline.simulator.platforms.shopify.language import Field, read
from pipeline.simulator.platforms.shopify.rows import order_row
from pipeline.simulator.platforms.shopify.schema import picked
from pipeline.simulator.platforms.shopify.search import found
from pipeline.simulator.refusals import html_page, retry_after
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.shopify import SHOPS, ShopOrders, shop_orders

PREFIX: Final = "/shopify-results"
_RANGE: Final = re.compile(r"bytes=(\d+)-(\d+)")
_KIND: Final = "application/x-ndjson"


def lines(orders: ShopOrders, night: date, query: str) -> list[str]:
    """What the operation of that query writes: an order a line."""
    (asked,) = read(query, {}).selected
    node = _node(asked)
    rows = found(orders.standing(night), str(asked.arguments.get("query", "")))
    return [json.dumps(picked(node.selected, order_row(o, orders.shop)), separators=(",", ":")) + "\n" for o in rows]


def _node(asked: Field) -> Field:
    (edges,) = [each for each in asked.selected if each.name == "edges"]
    (node,) = [each for each in edges.selected if each.name == "node"]
    return node


def address(base: str, shop: str, packed: str, night: date) -> str:
    """Where the file lies, for whoever knows the signature."""
    return f"{base}{PREFIX}/{shop}/{packed}.jsonl?Expires={night:%Y%m%d}&Signature={_signature(packed, night)}"


def _signature(packed: str, night: date) -> str:
    return blake2b(f"{packed} {night}".encode(), digest_size=12).hexdigest()


def account_of(request: Request) -> str | None:
    name = request.path.removeprefix(f"{PREFIX}/").partition("/")[0]
    return name if name in SHOPS else None


def answer(request: Request, world: World, night: date) -> Reply:
    """The file, or the part of it that is asked for."""
    shop = account_of(request)
    packed, dot, kind = request.path.removeprefix(f"{PREFIX}/{shop}/").partition(".")
    if shop is None or "/" in packed or f"{dot}{kind}" != ".jsonl":
        return _xml("NoSuchKey", "The specified key does not exist.", 404)
    if request.method != "GET":
        return _xml("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    if request.params != {"Expires": f"{night:%Y%m%d}", "Signature": _signature(packed, night)}:
        return _xml("SignatureDoesNotMatch", "The request signature does not match; check the key.", 403)
    query = b64decode(packed + "=" * (-len(packed) % 4), b"-_").decode()
    body = "".join(lines(shop_orders(shop, world.seed, world.calendar), night, query))
    return _part(body.encode(), request.headers.get("range", ""))


def _part(body: bytes, span: str) -> Reply:
    """A file is plain ASCII, as JSON is written here, so that its bytes are its characters."""
    asked = _RANGE.fullmatch(span)
    if asked is None:
        return Reply(text=body.decode("ascii"), content_type=_KIND)
    begin, end = int(asked[1]), min(int(asked[2]), len(body) - 1)
    if begin > end:
        return _xml("InvalidRange", "The requested range cannot be satisfied.", 416)
    told = (("Content-Range", f"bytes {begin}-{end}/{len(body)}"),)
    return Reply(text=body[begin : end + 1].decode("ascii"), status=206, headers=told, content_type=_KIND)


def _xml(code: str, message: str, status: int) -> Reply:
    text = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Reply(text=text, status=status, content_type="application/xml; charset=UTF-8")


def _slow_down(request: Request, args: Args) -> Reply | None:
    del request
    reply = _xml("SlowDown", "Reduce your request rate.", 429)
    return Reply(text=reply.text, status=429, headers=retry_after(args), content_type=reply.content_type)


def _expired(request: Request, args: Args) -> Reply | None:
    del request, args
    return _xml("ExpiredToken", "Invalid argument: the signed key has expired.", 400)


def _away(request: Request, args: Args) -> Reply | None:
    del request
    return Reply(
        text=_xml("ServiceUnavailable", "Service unavailable. Please retry.", 503).text,
        status=int(args.get("status", 503)),
        headers=retry_after(args),
        content_type="application/xml; charset=UTF-8",
    )


def _written(reply: Reply, change: Any) -> Reply:
    if reply.status not in {200, 206} or reply.text is None:
        return reply
    return Reply(text=change(reply.text), status=reply.status, headers=reply.headers, content_type=reply.content_type)


def _nothing(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    del request, args, again
    return _written(reply, lambda _: "")


def _numbers(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """There is no whole number in an order: its ids and its money are texts already."""
    del request, args, again
    return reply


def _shorter(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """The last line is missing, and the file is as much smaller."""
    del request, args, again
    return _written(reply, lambda text: "\n".join(text.split("\n")[:-2]) + "\n")


def _line_lost(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """A line became blank: as many bytes as announced, but an order less."""
    del request, args, again

    def blank(text: str) -> str:
        first, end, rest = text.partition("\n")
        return " " * len(first) + end + rest

    return _written(reply, blank)


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _slow_down,
    "expired_token": _expired,
    "unavailable": _away,
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {
    "string_numbers": _numbers,
    "empty_page": _nothing,
    "short_page": _shorter,
    "line_lost": _line_lost,
}
FACE: Final = Face(
    name="shopify-results",
    platform="shopify",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
)
