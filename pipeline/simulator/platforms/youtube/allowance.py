"""Ten thousand units until midnight in California, by project; a search costs a hundred, what else is asked one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.simulator.allowance import Allowance, Bucket, Count
from pipeline.simulator.platforms.youtube.faults import DATA_REFUSALS
from pipeline.simulator.wire import Reply, Request

_UNITS: Final = 10_000


def _buckets(request: Request) -> Iterable[Bucket]:
    cost = 100 if request.path.endswith("/search") else 1
    # The owner's token belongs to the app's project, the key to another one.
    project = "the app" if "authorization" in request.headers else "the key"
    return (Bucket(f"units of {project}", _UNITS, "day in America/Los_Angeles", cost),)


def _refused(request: Request, _count: Count) -> Reply:
    return DATA_REFUSALS["quota_exceeded"](request, {}) or Reply(status=403)


ALLOWANCE: Final = Allowance(_buckets, _refused)
