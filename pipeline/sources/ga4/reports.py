"""Reports of the Google Analytics Data API: asked in pages, read as records with the platform's names.

Documentation: https://developers.google.com/analytics/devguides/reporting/data/v1/rest/v1beta/properties/runReport
and https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.paging import MOST_PAGES
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources.ga4.errors import judge
from pipeline.streams import Note, Window

ROWS_A_PAGE: Final = 10_000
_ORIGIN: Final = (
    "date",
    "sessionDefaultChannelGroup",
    "sessionSource",
    "sessionMedium",
    "sessionCampaignName",
)
_COUNTED: Final = ("sessions", "totalUsers", "engagedSessions", "userEngagementDuration", "screenPageViews")


@dataclass(frozen=True)
class Report:
    """One kind of report, which fills the stream of its name. ``above_zero``: only rows with some of this metric."""

    name: str
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    above_zero: str | None = None


# Visitors of several origins cannot be added up: of a whole day they are asked for by themselves.
DAYS: Final = Report("days", ("date",), _COUNTED)
ORIGINS: Final = Report("origins", _ORIGIN, _COUNTED)
KEY_EVENTS: Final = Report("key_events", (*_ORIGIN, "eventName"), ("keyEvents",), above_zero="keyEvents")
PURCHASES: Final = Report("purchases", ("date",), ("ecommercePurchases", "purchaseRevenue"))


class _Named(msgspec.Struct):
    name: str


class _Value(msgspec.Struct):
    value: str = ""


class _Row(msgspec.Struct, rename="camel"):
    dimension_values: list[_Value] = []
    metric_values: list[_Value] = []


class _Restriction(msgspec.Struct, rename="camel"):
    metric_name: str


class _Restrictions(msgspec.Struct, rename="camel"):
    active_metric_restrictions: list[_Restriction] = []


class _Sampling(msgspec.Struct, rename="camel"):
    samples_read_count: str | int = "0"
    sampling_space_size: str | int = "0"


class _Flags(msgspec.Struct, rename="camel"):
    currency_code: str = ""
    time_zone: str = ""
    data_loss_from_other_row: bool = False
    subject_to_thresholding: bool = False
    sampling_metadatas: list[_Sampling] = []
    schema_restriction_response: _Restrictions | None = None


class _Table(msgspec.Struct, rename="camel"):
    dimension_headers: list[_Named] = []
    metric_headers: list[_Named] = []
    rows: list[_Row] = []
    row_count: int | str = 0
    metadata: msgspec.Raw = msgspec.Raw(b"{}")


@dataclass(frozen=True)
class Table:
    """One page of a report. ``total`` is the number of rows of all its pages, ``metadata`` what is said of them."""

    rows: list[dict[str, str]]
    total: int
    metadata: msgspec.Raw
    flags: _Flags

    def hidden(self, metrics: Sequence[str]) -> list[str]:
        """Those that whoever asks may not see: the platform gives 0 for them."""
        told = self.flags.schema_restriction_response
        return [
            each.metric_name
            for each in (told.active_metric_restrictions if told else [])
            if each.metric_name in metrics
        ]


def pages(account: Account, http: Session, report: Report, window: Window) -> Iterator[Table]:
    """Every page of a report. A short page does not end it, the announced number of rows does."""
    read = 0
    for _ in range(MOST_PAGES):
        table = _page(account, http, report, window, read)
        read += len(table.rows)
        yield table
        if read >= table.total:
            return
        if not table.rows:
            raise SourceChanged(f"the report {report.name}: an empty page although there are {table.total} rows")
    raise SourceChanged(f"the report {report.name} has no end: {MOST_PAGES} pages")


def _page(account: Account, http: Session, report: Report, window: Window, offset: int) -> Table:
    answer = http.post(f"/properties/{account.id}:runReport", judge=judge, json=_asked(report, window, offset))
    told = decode(answer, _Table, f"the report {report.name}")
    names = [each.name for each in (*told.dimension_headers, *told.metric_headers)]
    if told.rows and names != [*report.dimensions, *report.metrics]:
        raise SourceChanged(
            f"the report {report.name} has the columns {', '.join(names)}, not those that were asked for"
        )
    rows = [_record(report, names, row) for row in told.rows]
    flags = decode(told.metadata, _Flags, f"what is said of the report {report.name}")
    return Table(rows, _whole(told.row_count), told.metadata, flags)


def _whole(count: int | str) -> int:
    """A count as the platform writes it, a number or a text."""
    if isinstance(count, str) and not (count.isascii() and count.isdigit()):
        raise SourceChanged(f"{count!r} is no number of rows")
    return int(count)


def _asked(report: Report, window: Window, offset: int) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "dateRanges": [{"startDate": window.since.isoformat(), "endDate": window.until.isoformat()}],
        "dimensions": [{"name": name} for name in report.dimensions],
        "metrics": [{"name": name} for name in report.metrics],
        # Without an order two pages may hold the same row.
        "orderBys": [{"dimension": {"dimensionName": name}} for name in report.dimensions],
        "limit": str(ROWS_A_PAGE),
        "offset": str(offset),
        "returnPropertyQuota": True,
    }
    if report.above_zero:
        over = {"operation": "GREATER_THAN", "value": {"doubleValue": 0}}
        asked["metricFilter"] = {"filter": {"fieldName": report.above_zero, "numericFilter": over}}
    return asked


def _record(report: Report, names: list[str], row: _Row) -> dict[str, str]:
    values = [each.value for each in (*row.dimension_values, *row.metric_values)]
    if len(values) != len(names) or len(row.dimension_values) != len(report.dimensions):
        raise SourceChanged(f"the report {report.name} has rows of {len(values)} values under {len(names)} columns")
    return dict(zip(names, values, strict=True))


def remarks(report: Report, flags: _Flags) -> Iterator[Note]:
    """What a person should know before the rows are believed."""
    if flags.data_loss_from_other_row:
        yield Note(
            "other_row",
            f"the report {report.name} has more different rows than the platform keeps: the rarest are one, (other)",
        )
    if flags.subject_to_thresholding:
        yield Note(
            "thresholding",
            f"the report {report.name} leaves out rows of few people: its rows may be less than the day's total",
        )
    for sampling in flags.sampling_metadatas:
        read, whole = _whole(sampling.samples_read_count), _whole(sampling.sampling_space_size)
        share = f"{100 * read / whole:.1f} % of the events" if whole else "a part of the events"
        yield Note("sampling", f"the report {report.name} is estimated from {share}")
