"""What a page's readers may ask in an hour, told as percentages; the time to regain access in minutes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from pipeline.simulator.allowance import Allowance, Bucket, Count, by_credential
from pipeline.simulator.platforms.facebook.errors import too_many_calls, usage
from pipeline.simulator.wire import Pairs, Reply, Request

# The platform counts 4800 calls a day for each person who engaged with the page.
_CALLS_AN_HOUR: Final = 600.0


def _page(count: Count) -> str:
    return count.bucket.name.partition(" ")[0]


def percent(count: Count) -> int:
    return math.floor(100 * count.used / count.bucket.limit)


def by_account(account_of: Callable[[Request], str | None]) -> Callable[[Request], Iterable[Bucket]]:
    """One bucket for each account that is asked for."""

    def buckets(request: Request) -> Iterable[Bucket]:
        account = account_of(request)
        name = f"{account} {by_credential(request)}".rstrip()
        return (Bucket(name, int(_CALLS_AN_HOUR), 3600.0),) if account else ()

    return buckets


def _told(_request: Request, counts: Sequence[Count]) -> Pairs:
    return tuple(pair for count in counts for pair in usage(_page(count), percent(count)))


def _refused(_request: Request, count: Count) -> Reply:
    return too_many_calls(_page(count), math.ceil(count.seconds / 60), 80001)


def allowance(account_of: Callable[[Request], str | None]) -> Allowance:
    return Allowance(by_account(account_of), _refused, _told)
