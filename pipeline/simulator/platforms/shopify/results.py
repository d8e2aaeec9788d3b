"""Where a shop leaves the files of bulk operations: signed addresses, no token, XML for errors.

In truth another host; here a folder below the shop that refuses whoever shows a token.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import date
from hashlib import blake2b
from typing import Final

from pipeline.simulator.face import Again, Args
from pipeline.simulator.platforms.shopify.language import Field, read
from pipeline.simulator.platforms.shopify.rows import order_row
from pipeline.simulator.platforms.shopify.schema import picked
from pipeline.simulator.platforms.shopify.search import found
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.shopify import ShopOrders, shop_orders

FOLDER: Final = "bulk-results/"
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
    signature = f"Expires={night:%Y%m%d}&Signature={_signature(packed, night)}"
    return f"{base}/shopify/{shop}/{FOLDER}{packed}.jsonl?{signature}"


def _signature(packed: str, night: date) -> str:
    return blake2b(f"{packed} {night}".encode(), digest_size=12).hexdigest()


def answer(request: Request, world: World, night: date, shop: str) -> Reply:
    """The file, or the part of it that is asked for."""
    packed, dot, kind = request.path.partition(FOLDER)[2].partition(".")
    if "/" in packed or f"{dot}{kind}" != ".jsonl":
        return _xml("NoSuchKey", "The specified key does not exist.", 404)
    if request.method != "GET":
        return _xml("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
    if {"authorization", "x-shopify-access-token"} & set(request.headers):
        return _xml("InvalidArgument", "Only one auth mechanism is allowed: the signature is the key.", 400)
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


def line_lost(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """A line of the file became blank: as many bytes as announced, but an order less."""
    del request, args, again
    if reply.content_type != _KIND or reply.text is None:
        return reply
    first, end, rest = reply.text.partition("\n")
    return replace(reply, text=" " * len(first) + end + rest)
