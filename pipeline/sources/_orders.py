"""An order reduced to what is counted: nothing that tells who bought leaves this module.

The fields are asked for by name, but a plugin may ignore that and send the whole order; so what
was not asked for is dropped here, before anything is written to disk.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from pipeline.sources._answers import decode, is_object

_ATTRIBUTION = b'"_wc_order_attribution_'
# The browser of the buyer is about the buyer, not about the campaign.
_ABOUT_PEOPLE = b'"_wc_order_attribution_user_agent"'
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
        origins = [meta for meta in _list(kept["meta_data"], _Meta) if _is_origin(bytes(meta.key))]
        kept["meta_data"] = msgspec.Raw(msgspec.json.encode(origins))
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


def _is_origin(key: bytes) -> bool:
    return key.startswith(_ATTRIBUTION) and key != _ABOUT_PEOPLE


def _says_twice(order: bytes) -> bool:
    """Whether a field comes twice. msgspec would silently take the last."""
    names = json.loads(
        order, object_pairs_hook=lambda pairs: [name for name, _ in pairs], parse_int=str, parse_float=str
    )
    return len(names) != len(set(names))
