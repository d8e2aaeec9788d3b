"""Three thousand requests in five minutes, by address; the reset in unix seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from pipeline.simulator.allowance import Allowance, Bucket, Count
from pipeline.simulator.wire import Pairs, Reply, Request

_ADDRESS: Final = Bucket("requests of an address", 3000, 300.0)


def _told(_request: Request, counts: Sequence[Count]) -> Pairs:
    (count,) = counts
    return (
        ("RateLimit-Limit", str(count.bucket.limit)),
        ("RateLimit-Remaining", str(count.left)),
        ("RateLimit-Reset", str(int(count.resets_at.timestamp()))),
        ("RateLimit-Policy", f"{count.bucket.limit};w={count.bucket.window:.0f}"),
    )


def _refused(request: Request, count: Count) -> Reply:
    headers = (*_told(request, (count,)), ("Retry-After", str(math.ceil(count.seconds))))
    return Reply({"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, status=429, headers=headers)


ALLOWANCE: Final = Allowance(lambda _: (_ADDRESS,), _refused, _told)
