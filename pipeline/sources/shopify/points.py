"""The points that queries cost: a bucket that fills by so many a second, as every answer tells it.

Documentation: https://shopify.dev/docs/api/usage/limits#the-leaky-bucket-algorithm
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from pipeline.http import Allowance, Answer, Rates
from pipeline.http.reading import http_date


class _Throttle(msgspec.Struct, rename="camel"):
    maximum_available: float
    currently_available: float
    restore_rate: float


class Cost(msgspec.Struct, rename="camel"):
    """What one query cost, and what is left."""

    throttle_status: _Throttle
    requested_query_cost: float | None = None

    @property
    def until_full(self) -> float:
        """Seconds until nothing is spent any more."""
        status = self.throttle_status
        return max(0.0, status.maximum_available - status.currently_available) / status.restore_rate


class _Extensions(msgspec.Struct):
    cost: Cost


class _Told(msgspec.Struct):
    extensions: _Extensions


def cost_of(answer: Answer) -> Cost | None:
    """What an answer says of its cost; None where it says nothing that could be reckoned with."""
    try:
        cost = msgspec.json.decode(answer.body, type=_Told, strict=False).extensions.cost
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    status = cost.throttle_status
    return cost if status.restore_rate > 0 and 0 <= status.currently_available <= status.maximum_available else None


class Points:
    """The limits of one session. The next query is expected to cost as much as the dearest one so far."""

    def __init__(self) -> None:
        self._dearest = 1.0

    def rates(self) -> Rates:
        return Rates(read=self._read, bucket=lambda _: "points", cost=lambda _: self._dearest)

    def _read(self, _path: str, answer: Answer) -> Iterator[Allowance]:
        cost, now = cost_of(answer), http_date(answer.headers.get("Date", ""))
        if cost is None or now is None:
            return
        self._dearest = max(self._dearest, cost.requested_query_cost or 0.0)
        status = cost.throttle_status
        yield Allowance(
            "points",
            status.maximum_available,
            status.currently_available,
            now + timedelta(seconds=cost.until_full) if cost.until_full else None,
        )
