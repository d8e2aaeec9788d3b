"""The words with which orders are searched: ``updated_at:>='…' created_at:<'…'``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Final

from pipeline.simulator.world.shopify import ShopifyOrder

_WORD: Final = re.compile(r"(\w+):(>=|<=|>|<)'([^']+)'")
_COMPARED: Final[dict[str, Callable[[datetime, datetime], bool]]] = {">=": ge, "<=": le, ">": gt, "<": lt}
_TIMES: Final[dict[str, Callable[[ShopifyOrder], datetime]]] = {
    "created_at": lambda order: order.created,
    "updated_at": lambda order: order.updated,
    "processed_at": lambda order: order.processed,
}


def found(orders: Iterable[ShopifyOrder], words: str) -> list[ShopifyOrder]:
    """The orders that fit, by modification. ValueError for a word that nobody knows."""
    if _WORD.sub("", words).strip():
        raise ValueError(f"the search {words!r} cannot be read")
    tests = [(_TIMES.get(name), _COMPARED[sign], datetime.fromisoformat(at)) for name, sign, at in _WORD.findall(words)]
    if any(value is None for value, _, _ in tests):
        raise ValueError(f"the search {words!r} has a field that does not exist")
    fitting = [order for order in orders if all(value and compare(value(order), at) for value, compare, at in tests)]
    return sorted(fitting, key=lambda order: (order.updated, order.id))
