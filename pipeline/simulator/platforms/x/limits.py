"""The limits that count: one for each endpoint and token in a quarter of an hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline.simulator.allowance import Allowance, Bucket, Count, by_credential
from pipeline.simulator.platforms.x.faults import REFUSALS
from pipeline.simulator.platforms.x.problems import QUARTER, limits
from pipeline.simulator.wire import Pairs, Reply, Request

Found = tuple[str, bool, int]
"""The endpoint, whether a user's token asks, and how much that may."""


def allowance(found: Callable[[Request], Found | None]) -> Allowance:
    """``found`` says what a request is charged to, None where that is nothing."""

    def buckets(request: Request) -> Iterable[Bucket]:
        told = found(request)
        if told is None:
            return ()
        endpoint, user, most = told
        # Copies of the app's account are asked with the one token of the app.
        who = f"user {by_credential(request)}".rstrip() if user else "the app"
        return (Bucket(f"{endpoint} of {who}", most, QUARTER.total_seconds()),)

    return Allowance(buckets, _refused, _told)


def _told(_request: Request, counts: Sequence[Count]) -> Pairs:
    return tuple(pair for count in counts for pair in limits(count.bucket.limit, count.left, count.now))


def _refused(request: Request, count: Count) -> Reply:
    args = {"now": count.now.timestamp(), "limit": count.bucket.limit}
    return REFUSALS["rate_limit"](request, args) or Reply(status=429)
