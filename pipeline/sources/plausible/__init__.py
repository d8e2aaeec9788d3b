"""Plausible, the Stats API v2: visits, where they came from, goals and their revenue, day by day.

600 requests an hour for a key, which no answer tells: they are counted here. A night costs eight.
Documentation: https://plausible.io/docs/stats-api

Quirks that shape this module:

* The one endpoint answers any query. A day, a source or a goal on which nothing happened has no row; the days that
  a query covers are named beside the rows, where they are asked for.
* A visit has one channel, one source and one campaign. Those with a campaign are asked for by campaign, those
  from networks by source, and the others by channel: each visit is in exactly one row.
* Goals cannot be asked for together with visits: their rows are put into the row of the visits that they belong to.
* Bounces come as a whole percentage and durations as an average in whole seconds.
* Rows come at most 10,000 at a time; how many there are is told where it is asked for.
* Revenue needs a plan that has it, and is unknown in the Community Edition and of goals in two currencies.
* What was imported from another tool is not read: it cannot be asked for by source and day together.
* Days are those of the site's own zone. The answer repeats where they begin.
* ``visit:channel`` came with Community Edition 3; older servers refuse the query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, Literal

from pipeline.errors import SourceChanged
from pipeline.http import Known, Limits, Rates, Session
from pipeline.paging import by_window
from pipeline.settings import Account, Secret
from pipeline.sources._answers import guarded
from pipeline.sources._pace import is_paced
from pipeline.sources.plausible.purchases import purchases
from pipeline.sources.plausible.query import ask, site_days
from pipeline.sources.plausible.reports import REPORTS, records, visits
from pipeline.streams import ColumnType, Page, Stream, Unit, Yield

PLATFORM = "plausible"
KIND: Literal["site"] = "site"
ORIGIN: Literal["api"] = "api"
# A server of one's own (Community Edition) is the account's base.
BASE = "https://plausible.io"
API_VERSION = "v2"
TIME_ZONE: str | None = None
# Visits are counted as they come; one that goes on after midnight is still counted to the day on which it ends.
RESTATEMENT_DAYS = 3
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
OPTIONS: Mapping[str, object] = {
    # The goal that is a sale, by its name; without any, nothing is known of sales.
    "purchase_goal": "",
    # Whether requests are paced: "", where the address is https, "always" or "never".
    "paced": "",
}

_COUNTED: Final[dict[str, ColumnType]] = {
    "visitors": "BIGINT",
    "visits": "BIGINT",
    "pageviews": "BIGINT",
    "bounce_rate": "JSON",
    "visit_duration": "JSON",
}


def _by(stream: str, column: str) -> Stream:
    return Stream(
        name=stream,
        columns={"day": "VARCHAR", column: "VARCHAR", **_COUNTED, "goals": "JSON"},
        key=("day", column),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
        every_day=True,
    )


# Every record is a row of results with names, and in it the goals: {"<goal>": {"visitors": 2, "events": 3}}.
STREAMS = (
    # A day without visits is a record with the day alone: the counters are NULL, not 0.
    Stream(
        name="visits",
        columns={"day": "VARCHAR", **_COUNTED},
        key=("day",),
        day="TRY_CAST(day AS DATE)",
        every_day=True,
    ),
    *(_by(report.stream, report.column) for report in REPORTS),
    # Without a source and a campaign: a day that was visited and on which nobody bought anything.
    Stream(
        name="purchases",
        columns={
            "day": "VARCHAR",
            "goal": "VARCHAR",
            "source": "VARCHAR",
            "utm_campaign": "VARCHAR",
            "events": "BIGINT",
            "total_revenue": "JSON",
        },
        key=("day", "goal", "source", "utm_campaign"),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
        every_day=True,
        optional=True,
    ),
)

_RATES = Rates(known={"the key": Known(600, per=3600)}, bucket=lambda _: "the key")
# A quarter of a year: few enough rows for a page or two.
_DAYS_A_CALL = 92


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the key in a header, at the platform's pace."""
    token = account.secrets["token"]
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        headers={"Authorization": Secret(token.reference, f"Bearer {token.reveal()}")},
        rates=_RATES if is_paced(account, account.base) else None,
        state=account.state,
        limits=limits,
    )


def check(account: Account, http: Session) -> str:
    """One call for the visitors of a week."""
    found = ask(account, http, {"metrics": ["visitors"], "date_range": "7d"}).results
    if len(found) != 1 or len(found[0].metrics) != 1:
        raise SourceChanged("the visitors of a week are not one number")
    return f"site {account.id}, {bytes(found[0].metrics[0]).decode()} visitors in 7 days"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """Visits, where they came from, goals and purchases of each day."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    visited: set[str] = set()
    for window in by_window(unit.window.since, unit.window.until, _DAYS_A_CALL):
        told = visits(account, http, window)
        visited |= set(told)
        yield Page("visits", site_days(window, told))
        came: set[str] = set()
        for report in REPORTS:
            found, days = records(account, http, window, report)
            came |= days
            yield Page(report.stream, found)
        # Every visit came from somewhere, if only directly, and nobody came without a visit.
        if odd := sorted(set(told) ^ came):
            raise SourceChanged(f"visits and where they came from do not agree on {', '.join(odd[:5])}")
    yield from purchases(account, unit.window, http, visited)
