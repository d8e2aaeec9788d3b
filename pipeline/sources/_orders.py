"""An order reduced to what is counted: nothing that tells who bought leaves this module.

The fields are asked for by name, but a plugin may ignore that and send the whole order; so what
was not asked for is dropped here, before anything is written to disk.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from pipeline.sources._answers import decode, is_object

_ATTRIBUTION: Final = "_wc_order_attribution_"
_CAMPAIGN: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
# By what a network knows its own click again, in the address that it leads to.
_CLICKS: Final = ("gclid", "gbraid", "wbraid", "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id")
# Pages: of their addresses only what tells of a campaign is kept; a query may hold a name or a search.
_PAGES: Final = frozenset({f"{_ATTRIBUTION}referrer", f"{_ATTRIBUTION}session_entry"})
# What else the shop notes, such as the browser, is about the buyer, not about the campaign. A click is
# noted by plugins under its own name, hidden (with a line in front) or not.
_ORIGINS: Final = (
    frozenset(f"{_ATTRIBUTION}{name}" for name in (*_CAMPAIGN, "source_type", "session_start_time", "device_type"))
    | _PAGES
    | frozenset(f"{line}{name}" for name in _CLICKS for line in ("", "_"))
)
_NOTHING = msgspec.Raw(b"null")

T = TypeVar("T")


class _Meta(msgspec.Struct):
    key: msgspec.Raw = _NOTHING
    value: msgspec.Raw = _NOTHING


class _Refund(msgspec.Struct):
    """Without ``reason``, which is free text and may name anybody."""

    id: msgspec.Raw = _NOTHING
    total: msgspec.Raw = _NOTHING


@dataclass(frozen=True)
class Order:
    """``record`` is what is kept. ``id`` and ``created`` (in Greenwich) are JSON as the shop wrote it."""

    record: bytes
    id: msgspec.Raw
    created: msgspec.Raw
    refunded: bool


def without_people(order: bytes, fields: Sequence[str]) -> Order:
    """The order with ``fields`` only; of its meta data only where the buyer came from."""
    told = decode(msgspec.Raw(order), dict[str, msgspec.Raw], "an order")
    kept = {name: told[name] for name in fields if name in told}
    refunds = _list(kept.get("refunds"), _Refund)
    if refunds:
        kept["refunds"] = msgspec.Raw(msgspec.json.encode(refunds))
    if "meta_data" in kept:
        origins = [_origin(meta) for meta in _list(kept["meta_data"], _Meta)]
        kept["meta_data"] = msgspec.Raw(msgspec.json.encode([origin for origin in origins if origin]))
    number = told.get("id", _NOTHING)
    record = msgspec.json.encode(kept)
    if _says_twice(order):
        # Which of the two is meant? Nobody knows: a record that the load sets aside.
        record = b'{"id":%b,"id":%b}' % (bytes(number), bytes(number))
    return Order(record, number, told.get("date_created_gmt", _NOTHING), bool(refunds))


def _list(value: msgspec.Raw | None, kind: type[T]) -> list[T]:
    if value is None or not bytes(value).lstrip().startswith(b"["):
        return []
    parts = decode(value, list[msgspec.Raw], "a list of an order")
    return [decode(part, kind, "a part of an order") for part in parts if is_object(part)]


def _origin(meta: _Meta) -> _Meta | None:
    """The entry where it tells how the buyer came, an address without what it tells of the buyer; else None."""
    key = _text(meta.key)
    if key not in _ORIGINS:
        return None
    if key in _PAGES:
        page = _page(_text(meta.value) or "")
        return _Meta(meta.key, msgspec.Raw(msgspec.json.encode(page))) if page else None
    return meta


def _text(value: msgspec.Raw) -> str | None:
    told = decode(value, object, "meta data of an order")
    return told if isinstance(told, str) else None


def _page(address: str) -> str | None:
    """The address with the parameters of a campaign and of clicks alone; None where it is none."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    known = [(name, value) for name, value in parse_qsl(parts.query) if name in (*_CAMPAIGN, *_CLICKS)]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(known), ""))


def _says_twice(order: bytes) -> bool:
    """Whether a field comes twice. msgspec would silently take the last."""
    names = json.loads(
        order, object_pairs_hook=lambda pairs: [name for name, _ in pairs], parse_int=str, parse_float=str
    )
    return len(names) != len(set(names))
