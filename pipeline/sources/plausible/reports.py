"""Visits and where they came from: three questions, in whose answers each visit is once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import msgspec

from pipeline.http import Session
from pipeline.settings import Account
from pipeline.sources.plausible.query import Row, rows
from pipeline.streams import Window

_METRICS: Final = ("visitors", "visits", "pageviews", "bounce_rate", "visit_duration")
_GOAL_METRICS: Final = ("visitors", "events")
_NOT_SET: Final = ["(not set)"]
# Channels whose sources are networks. A video platform is one too.
_NETWORKS: Final = ["Organic Social", "Paid Social", "Organic Video", "Paid Video"]

Fields = dict[str, object]


@dataclass(frozen=True)
class Report:
    """One question. ``column`` names the dimension in the records."""

    stream: str
    column: str
    filters: tuple[object, ...]

    @property
    def dimension(self) -> str:
        return f"visit:{self.column}"


_UNTAGGED: Final = ["is", "visit:utm_campaign", _NOT_SET]
REPORTS: Final = (
    Report("channels", "channel", (_UNTAGGED, ["is_not", "visit:channel", _NETWORKS])),
    Report("sources", "source", (_UNTAGGED, ["is", "visit:channel", _NETWORKS])),
    Report("campaigns", "utm_campaign", (["is_not", "visit:utm_campaign", _NOT_SET],)),
)


def visits(account: Account, http: Session, window: Window) -> dict[str, bytes]:
    """Day → its record, for each day that was visited."""
    found = {str(row.dimensions[0]): _named(row, _METRICS) for row, _ in rows(account, http, window, _METRICS)}
    return {day: msgspec.json.encode({"day": day, **told}) for day, told in found.items()}


def records(account: Account, http: Session, window: Window, report: Report) -> tuple[list[bytes], set[str]]:
    """Each day and label with the goals that its visits reached; and the days that have visits here.

    A goal whose visit is counted to another day has a record of its own, without visits.
    """
    found: dict[tuple[str, str], Fields] = {}
    for row, _ in rows(account, http, window, _METRICS, [report.dimension], report.filters):
        found[_place(row)] = _named(row, _METRICS)
    goals = _goals(account, http, window, report)
    told = [
        {"day": day, report.column: label, **found.get((day, label), {}), "goals": goals.get((day, label), {})}
        for day, label in sorted(found.keys() | goals.keys())
    ]
    return [msgspec.json.encode(record) for record in told], {day for day, _ in found}


def _goals(account: Account, http: Session, window: Window, report: Report) -> dict[tuple[str, str], dict[str, Fields]]:
    """Day and label → goal → its counts. The goal that is a sale is told with its revenue elsewhere."""
    sale = account.options["purchase_goal"]
    found: dict[tuple[str, str], dict[str, Fields]] = defaultdict(dict)
    for row, _ in rows(account, http, window, _GOAL_METRICS, [report.dimension, "event:goal"], report.filters):
        goal = str(row.dimensions[2])
        if goal != sale:
            found[_place(row)][goal] = _named(row, _GOAL_METRICS)
    return found


def _place(row: Row) -> tuple[str, str]:
    return str(row.dimensions[0]), row.dimensions[1] or _NOT_SET[0]


def _named(row: Row, metrics: tuple[str, ...]) -> Fields:
    return dict(zip(metrics, row.metrics, strict=True))
