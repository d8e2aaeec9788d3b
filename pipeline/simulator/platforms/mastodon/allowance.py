"""Three hundred requests in five minutes, by address; the reset as a moment in ISO format, to the microsecond."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.simulator.allowance import Allowance, Bucket, Count
from pipeline.simulator.wire import Pairs, Reply, Request

_ADDRESS: Final = Bucket("requests of an address", 300, 300.0)


def _told(_request: Request, counts: Sequence[Count]) -> Pairs:
    (count,) = counts
    return (
        ("X-RateLimit-Limit", str(count.bucket.limit)),
        ("X-RateLimit-Remaining", str(count.left)),
        ("X-RateLimit-Reset", count.resets_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")),
    )


def _refused(request: Request, count: Count) -> Reply:
    return Reply({"error": "Too many requests"}, status=429, headers=_told(request, (count,)))


ALLOWANCE: Final = Allowance(lambda _: (_ADDRESS,), _refused, _told)
