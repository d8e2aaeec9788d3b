"""Google Analytics 4, the Data API: visits, where they came from, key events and purchases, day by day.

Quota: tokens of the property by day and hour, told with every report; a night costs some forty of 200,000.
Documentation: https://developers.google.com/analytics/devguides/reporting/data/v1

Quirks that shape this module:

* Every value is a text. ``date`` is ``20261101``, a day of the property, whose zone is told with the report.
* A day is restated for two or three days; a day that is not over is not asked for.
* Visitors of several origins cannot be added up, so the whole day is asked for beside its origins.
* Where there are too many different rows the rarest come together as ``(other)``; rows of few people may be left
  out, and long ranges of busy sites are estimated: the flags of each report are kept and told.
* A metric that whoever asks may not see is 0: it is absent.
* ``id`` is the number of the property. Key events are goals: their names stand in the goals of the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import ConfigError, SourceChanged, SourceUnavailable
from pipeline.http import Limits, Session
from pipeline.settings import Account
from pipeline.sources._answers import guarded, one_line
from pipeline.sources._zones import zone_differs
from pipeline.sources.ga4.access import token
from pipeline.sources.ga4.errors import RATES
from pipeline.sources.ga4.reports import DAYS, KEY_EVENTS, ORIGINS, PURCHASES, Report, Table, pages, remarks
from pipeline.streams import Absent, ColumnType, Note, Page, Stream, Unit, Window, Yield

PLATFORM = "ga4"
KIND: Literal["site"] = "site"
ORIGIN: Literal["api"] = "api"
BASE = "https://analyticsdata.googleapis.com/v1beta"
API_VERSION = "v1beta"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 3
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS: tuple[str, ...] = ()
# Either the key file of a service account, or a refresh token and the secret of the app that it belongs to.
OPTIONAL_CREDENTIALS = ("service_account", "refresh_token", "client_secret")
OPTIONS: Mapping[str, object] = {
    "client_id": "",
    # false where nothing is sold on the site: otherwise a day without purchases is a day on which nothing was sold.
    "purchases": True,
    "token_base": "https://oauth2.googleapis.com",
}

# In the place of a day: rows of few people were left out.
_ANY: Final = "any"
_DAY: Final = "CAST(TRY_STRPTIME(date, '%Y%m%d') AS DATE)"
_COUNTED: Final[dict[str, ColumnType]] = {
    "sessions": "BIGINT",
    "totalUsers": "BIGINT",
    "engagedSessions": "BIGINT",
    "userEngagementDuration": "DOUBLE",
    "screenPageViews": "BIGINT",
}
# Every record is a row of the report, with the platform's names and texts.
STREAMS = (
    # A day without visits has no row: its counters are unknown, not 0.
    Stream(name="days", columns={"date": "VARCHAR", **_COUNTED}, key=("date",), day=_DAY),
    Stream(
        name="origins",
        columns={**dict.fromkeys(ORIGINS.dimensions, "VARCHAR"), **_COUNTED},
        key=ORIGINS.dimensions,
        day=_DAY,
        absence_means_deleted=True,
    ),
    Stream(
        name="key_events",
        columns={**dict.fromkeys(KEY_EVENTS.dimensions, "VARCHAR"), "keyEvents": "DOUBLE"},
        key=KEY_EVENTS.dimensions,
        day=_DAY,
        absence_means_deleted=True,
    ),
    # The currency is the property's, put in front by us.
    Stream(
        name="purchases",
        columns={
            "currencyCode": "VARCHAR",
            "date": "VARCHAR",
            "ecommercePurchases": "BIGINT",
            "purchaseRevenue": "VARCHAR",
        },
        key=("date",),
        day=_DAY,
        optional=True,
    ),
    # What the platform says of each report up to a day: zone, currency, what was left out or estimated.
    Stream(
        name="reports",
        columns={"until": "VARCHAR", "report": "VARCHAR", "metadata": "JSON"},
        key=("until", "report"),
        day="TRY_CAST(until AS DATE)",
    ),
)


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with a token that renews itself. Quotas are the property's, whoever asks."""
    if not (account.id.isascii() and account.id.isdigit()):
        raise ConfigError(f"{PLATFORM} {account.id}: id is the number of the property, not its measurement id")
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        limits=limits,
        rates=RATES,
        state=account.state,
        spender=f"property {account.id}",
        token=token(account),
    )


def check(account: Account, http: Session) -> str:
    """One report of yesterday: its zone and currency."""
    yesterday = datetime.now(ZoneInfo(account.time_zone)).date() - timedelta(days=1)
    told = next(pages(account, http, DAYS, Window(yesterday, yesterday))).flags
    return f"property {account.id}, zone {told.time_zone or 'unknown'}, {told.currency_code or 'no currency'}"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """Days, origins, key events and purchases of the window, as far as its days are over."""
    return guarded(account, http, _Night(account, unit, http).read())


class _Night:
    """The reports of one night, and what is said of them."""

    def __init__(self, account: Account, unit: Unit, http: Session) -> None:
        self._account, self._unit, self._http = account, unit, http
        self._window = unit.window
        self._said: list[bytes] = []

    def read(self) -> Iterator[Yield]:
        days, zone = self._finished_days()
        yield from self._told(DAYS, days)
        if zone is not None:
            yield zone
        named: set[str] = set()
        yield from self._told(ORIGINS, _noting(self._pages(ORIGINS), named))
        _check_origins(days, named)
        yield from self._told(KEY_EVENTS, self._pages(KEY_EVENTS))
        yield from self._purchases()
        yield Page("reports", self._said)

    def _pages(self, report: Report) -> Iterator[Table]:
        return pages(self._account, self._http, report, self._window)

    def _finished_days(self) -> tuple[list[Table], Note | None]:
        """The days of the window, which ends before the day that is not over yet where the property is."""
        days = list(self._pages(DAYS))
        theirs = days[0].flags.time_zone
        zone: Note | None = Note("time_zone", "the platform does not say in which zone the property counts its days")
        if theirs:
            zone = zone_differs(self._account, theirs, self._window)
        last = self._yesterday()
        if last is None or self._window.until <= last:
            return days, zone
        if last < self._window.since:
            raise SourceUnavailable(f"{self._window.since} is not over yet in {self._account.time_zone}")
        self._window = Window(self._window.since, last)
        return list(self._pages(DAYS)), zone

    def _yesterday(self) -> date | None:
        """The last day that is over, by the platform's clock and in the property's zone."""
        told = self._http.first_date
        if told is None:
            return None
        now = datetime.fromisoformat(told).astimezone(ZoneInfo(self._account.time_zone))
        return now.date() - timedelta(days=1)

    def _told(self, report: Report, tables: Iterable[Table], **ours: str) -> Iterator[Yield]:
        """The pages of a report, and what a person should know of it."""
        for number, table in enumerate(tables):
            if not number:
                self._say(report, table)
                yield from remarks(report, table.flags)
            yield Page(report.name, [msgspec.json.encode({**ours, **row}) for row in table.rows], table.total)

    def _say(self, report: Report, table: Table) -> None:
        said = {"until": self._window.until, "report": report.name, "metadata": msgspec.Raw(one_line(table.metadata))}
        self._said.append(msgspec.json.encode(said))

    def _purchases(self) -> Iterator[Yield]:
        if not self._account.options["purchases"]:
            yield Absent(PURCHASES.name, "the settings say that nothing is sold there (purchases = false)")
            return
        tables = list(self._pages(PURCHASES))
        if hidden := tables[0].hidden(PURCHASES.metrics):
            self._say(PURCHASES, tables[0])
            yield Absent(PURCHASES.name, f"whoever asks may not see {', '.join(hidden)}: allow revenue data")
            return
        yield from self._told(PURCHASES, tables, currencyCode=tables[0].flags.currency_code)


def _noting(tables: Iterable[Table], days: set[str]) -> Iterator[Table]:
    """The same pages; ``days`` gets the days that they have rows of. Withheld rows may be those of any day."""
    for table in tables:
        days.update(row["date"] for row in table.rows)
        if table.flags.subject_to_thresholding:
            days.add(_ANY)
        yield table


def _check_origins(days: list[Table], named: set[str]) -> None:
    """Every visit came from somewhere: a busy day without any origin is a broken answer."""
    for row in (row for table in days for row in table.rows):
        if not {row["date"], _ANY} & named and row["sessions"] not in ("", "0"):
            raise SourceChanged(f"{row['sessions']} visits on {row['date']}, but none of them has an origin")
