"""A quota of calls for each resource, until midnight UTC, of which no answer tells anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.simulator.allowance import Allowance, Bucket, Count
from pipeline.simulator.platforms.linkedin.faults import REFUSALS
from pipeline.simulator.wire import Reply, Request

# It differs by application and is announced nowhere: a number that one application might have.
_CALLS_A_DAY: Final = 5000


def _buckets(request: Request) -> Iterable[Bucket]:
    if "/oauth/" in request.path:
        return ()
    resource = request.path.removeprefix("/linkedin/rest/").partition("/")[0]
    return (Bucket(resource, _CALLS_A_DAY, "day in UTC"),)


def _refused(request: Request, _count: Count) -> Reply:
    return REFUSALS["rate_limit"](request, {}) or Reply(status=429)


ALLOWANCE: Final = Allowance(_buckets, _refused)
