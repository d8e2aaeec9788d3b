"""What an account's readers may ask in an hour, told as percentages of the business use case."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from pipeline.simulator.allowance import Allowance, Count
from pipeline.simulator.platforms.facebook.allowance import by_account, percent
from pipeline.simulator.platforms.instagram.faults import REFUSALS
from pipeline.simulator.wire import Pairs, Reply, Request


def allowance(account_of: Callable[[Request], str | None], usage: Callable[[str, int], Pairs]) -> Allowance:
    """``usage`` writes the header from an account and its percentage."""

    def told(_request: Request, counts: Sequence[Count]) -> Pairs:
        return tuple(pair for count in counts for pair in usage(count.bucket.name.partition(" ")[0], percent(count)))

    def refused(request: Request, count: Count) -> Reply:
        minutes = math.ceil(count.seconds / 60)
        return REFUSALS["rate_limit"](request, {"minutes": minutes}) or Reply(status=400)

    return Allowance(by_account(account_of), refused, told)
