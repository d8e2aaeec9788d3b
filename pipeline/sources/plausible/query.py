"""Asking Plausible's one endpoint: whole results whatever their pages, its errors, and where its days begin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import SourceChanged, SourceRefused
from pipeline.http import Answer, Session, judge_status, redact
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.streams import Window

_PATH = "/api/v2/query"
_ROWS_A_PAGE = 10_000
_MOST_ROWS = 10_000_000


class Row(msgspec.Struct):
    """One row: its values in the order in which they were asked for."""

    metrics: list[msgspec.Raw]
    dimensions: list[str | None] = []


class _Warning(msgspec.Struct):
    code: str = ""


class Meta(msgspec.Struct):
    """What stands beside the rows. A warning says of a metric why it is null."""

    total_rows: int | None = None
    time_labels: list[str] | None = None
    metric_warnings: dict[str, _Warning] = {}


class _Echo(msgspec.Struct):
    date_range: msgspec.Raw = msgspec.Raw(b"null")


class Results(msgspec.Struct):
    """A page of results."""

    results: list[Row]
    meta: Meta = msgspec.field(default_factory=Meta)
    query: _Echo = msgspec.field(default_factory=_Echo)


class _Error(msgspec.Struct):
    error: str


class GoalUnknownError(SourceChanged):
    """The site has no goal of that name."""


class RevenueRefusedError(SourceChanged):
    """The server or the owner's plan has no revenue."""


def ask(account: Account, http: Session, query: Mapping[str, object]) -> Results:
    """One page."""
    answer = http.post(_PATH, json={"site_id": account.id, **query}, judge=_judge)
    return decode(answer, Results, "the results")


def rows(
    account: Account,
    http: Session,
    window: Window,
    metrics: Sequence[str],
    dimensions: Sequence[str] = (),
    filters: Sequence[object] = (),
) -> Iterator[tuple[Row, Meta]]:
    """Every row of a query by day, whose first dimension is the day, with what stood beside it.

    SourceChanged where rows end before their total, or are not what was asked for.
    """
    asked = frozenset(all_days(window))
    found = 0
    while True:
        told = _page(account, http, window, metrics, ["time:day", *dimensions], filters, found)
        for row in told.results:
            _check(row, len(metrics), len(dimensions) + 1, asked)
            yield row, told.meta
        found += len(told.results)
        total = told.meta.total_rows
        if total is None or not 0 <= total <= _MOST_ROWS:
            raise SourceChanged("the answer does not say how many rows there are")
        if found >= total:
            return
        if not told.results:
            raise SourceChanged(f"{total} rows were announced, and {found} of them came")


def _page(
    account: Account,
    http: Session,
    window: Window,
    metrics: Sequence[str],
    dimensions: Sequence[str],
    filters: Sequence[object],
    offset: int,
) -> Results:
    query = {
        "metrics": list(metrics),
        "date_range": [window.since.isoformat(), window.until.isoformat()],
        "dimensions": dimensions,
        "filters": list(filters),
        # Pages of a list without an order would repeat some rows and leave others out.
        "order_by": [[name, "asc"] for name in dimensions],
        "include": {"total_rows": True, "time_labels": True, "imports": False},
        "pagination": {"limit": _ROWS_A_PAGE, "offset": offset},
    }
    told = ask(account, http, query)
    _check_days(told, window)
    _check_zone(told, window, account.time_zone)
    return told


def _check(row: Row, metrics: int, dimensions: int, days: frozenset[str]) -> None:
    if len(row.metrics) != metrics or len(row.dimensions) != dimensions:
        raise SourceChanged("a row has not as many values as were asked for")
    if row.dimensions[0] not in days:
        raise SourceChanged(f"a row is of {row.dimensions[0]}, which was not asked for")


def all_days(window: Window) -> list[str]:
    """Every day of the window as the platform writes it."""
    return [(window.since + timedelta(days=n)).isoformat() for n in range((window.until - window.since).days + 1)]


def _check_days(told: Results, window: Window) -> None:
    if odd := sorted(set(told.meta.time_labels or ()) ^ set(all_days(window))):
        raise SourceChanged(f"the answer does not cover exactly the days that were asked for: {', '.join(odd[:5])}")


def _check_zone(told: Results, window: Window, zone: str) -> None:
    """Refuses a zone in which the days begin at other moments than they do for the site."""
    first = _first_moment(told.query.date_range)
    if first is None:
        return
    ours = datetime.combine(window.since, time(), ZoneInfo(zone))
    if first != ours:
        raise SourceRefused(
            f"set time_zone to that of the site: its {window.since} begins at {first.isoformat()},"
            f" but {ours.isoformat()} in {zone}"
        )


def _first_moment(echo: msgspec.Raw) -> datetime | None:
    """Where the range begins that the answer repeats; None where it repeats days alone, or nothing."""
    try:
        first = datetime.fromisoformat(msgspec.json.decode(echo, type=list[str])[0])
    except (msgspec.DecodeError, IndexError, ValueError):
        return None
    return first if first.tzinfo else None


def site_days(window: Window, told: Mapping[str, bytes]) -> list[bytes]:
    """A record for each day of the window: what was told of it, or the day alone."""
    return [told.get(day) or msgspec.json.encode({"day": day}) for day in all_days(window)]


def _judge(answer: Answer) -> None:
    said = _said(answer)
    if said is not None and answer.status == 402:
        raise SourceRefused(f'the owner\'s plan does not have the Stats API: the platform says "{said}"')
    if said is not None and answer.status == 401:
        raise SourceRefused(f'check the site id, and that the key may read the site: the platform says "{said}"')
    if said is not None and answer.status == 400:
        raise _of(said)
    judge_status(answer)


def _said(answer: Answer) -> str | None:
    try:
        return redact(msgspec.json.decode(answer.body, type=_Error).error)
    except msgspec.DecodeError:
        return None


def _of(said: str) -> SourceChanged:
    told = f'the platform says "{said}"'
    if re.search(r"goal .* is not configured", said):
        return GoalUnknownError(told)
    return RevenueRefusedError(told) if "revenue" in said else SourceChanged(told)
