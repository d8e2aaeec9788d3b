"""Matomo 5, the Reporting API: visits, where they came from, goals and e-commerce, day by day.

No official quota; the vendor's cloud may answer 429.
Documentation: https://developer.matomo.org/api-reference/reporting-api

Quirks that shape this module:

* Errors come with HTTP 200 and a body of ``{"result": "error"}``.
* Without ``filter_limit=-1`` a report silently ends after 100 rows.
* A day without visits is ``[]``. A day that is not a key of the answer was not answered.
* ``period=range`` gives one sum in which visitors are counted wrongly: only days are asked.
* Labels are translated: English is asked for.
* Percentages and averages are texts or numbers, as the server likes: they are kept as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, Literal

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Limits, Session
from pipeline.paging import by_window
from pipeline.settings import Account
from pipeline.sources._answers import decode, guarded, in_front, is_object
from pipeline.sources.matomo.reports import NoCommerceError, ask, days, row, rows
from pipeline.streams import Absent, ColumnType, Page, Stream, Unit, Window, Yield

PLATFORM = "matomo"
KIND: Literal["site"] = "site"
ORIGIN: Literal["api"] = "api"
BASE = ""
API_VERSION = "5"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 3
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
# Ids of the goals to read; without any, all goals of the site.
OPTIONS: Mapping[str, object] = {"goals": ()}

_REFERRER_COLUMNS: Final[dict[str, ColumnType]] = {
    "day": "VARCHAR",
    "label": "VARCHAR",
    "nb_visits": "BIGINT",
    "nb_uniq_visitors": "BIGINT",
    "nb_users": "BIGINT",
    "nb_actions": "BIGINT",
    "max_actions": "BIGINT",
    "bounce_count": "BIGINT",
    "sum_visit_length": "BIGINT",
    "nb_visits_converted": "BIGINT",
    "nb_conversions": "BIGINT",
    "revenue": "DECIMAL(18,4)",
    "goals": "JSON",  # {"idgoal=1": {"nb_conversions": 2, "nb_visits_converted": 2, "revenue": 0}}
    "segment": "VARCHAR",
    "url": "VARCHAR",
    "logo": "VARCHAR",
    "idsubdatatable": "BIGINT",
    "referrer_type": "BIGINT",
}


def _referrers(name: str) -> Stream:
    return Stream(
        name=name,
        columns=_REFERRER_COLUMNS,
        key=("day", "label"),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
        every_day=True,
    )


# Every record is the platform's row with `day` (and `goal`) put in front. The day is the site's.
STREAMS = (
    # A day without visits is a record with the day alone: the counters are NULL, not 0.
    Stream(
        name="visits",
        columns={
            "day": "VARCHAR",
            "nb_visits": "BIGINT",
            "nb_uniq_visitors": "BIGINT",
            "nb_users": "BIGINT",
            "nb_actions": "BIGINT",
            "max_actions": "BIGINT",
            "bounce_count": "BIGINT",
            "sum_visit_length": "BIGINT",
            "nb_visits_converted": "BIGINT",
            "bounce_rate": "JSON",
            "nb_actions_per_visit": "JSON",
            "avg_time_on_site": "JSON",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
        every_day=True,
    ),
    _referrers("referrer_types"),
    _referrers("socials"),
    _referrers("campaigns"),
    # A day without conversions of a goal has no record.
    Stream(
        name="goals",
        columns={
            "day": "VARCHAR",
            "goal": "VARCHAR",
            "nb_conversions": "BIGINT",
            "nb_visits_converted": "BIGINT",
            "revenue": "DECIMAL(18,4)",
            "conversion_rate": "JSON",
        },
        key=("day", "goal"),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
        every_day=True,
    ),
    Stream(
        name="ecommerce",
        columns={
            "day": "VARCHAR",
            "nb_conversions": "BIGINT",
            "nb_visits_converted": "BIGINT",
            "revenue": "DECIMAL(18,4)",
            "revenue_subtotal": "DECIMAL(18,4)",
            "revenue_tax": "DECIMAL(18,4)",
            "revenue_shipping": "DECIMAL(18,4)",
            "revenue_discount": "DECIMAL(18,4)",
            "items": "BIGINT",
            "avg_order_revenue": "JSON",
            "conversion_rate": "JSON",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
        every_day=True,
        optional=True,
    ),
)

# Longer windows make the server build archives for minutes.
_DAYS_A_CALL = 31
_REPORTS = {
    "referrer_types": "Referrers.getReferrerType",
    "socials": "Referrers.getSocials",
    "campaigns": "Referrers.getCampaigns",
}


class _Goal(msgspec.Struct):
    idgoal: str | int


class _Visits(msgspec.Struct):
    nb_visits: object = None


class _Site(msgspec.Struct):
    name: str
    timezone: str = ""


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session without any credential in it: the token goes into each form."""
    return Session(platform=PLATFORM, account=account.id, night=night, base=account.base, limits=limits)


def check(account: Account, http: Session) -> str:
    """One call for the site's own data: its name and time zone."""
    site = decode(ask(account, http, "SitesManager.getSiteFromId"), _Site, "the site")
    return f"site {site.name}, zone {site.timezone or 'unknown'}"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """Visits, referrers, goals and e-commerce of each day, in windows that the server can bear."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    goals = _goals(account, http)
    for window in by_window(unit.window.since, unit.window.until, _DAYS_A_CALL):
        visits = days(account, http, window, "VisitsSummary.get")
        yield Page("visits", [in_front(row(told) or b"{}", day=day) for day, told in visits.items()])
        for stream, method in _REPORTS.items():
            tables = {day: rows(table) for day, table in days(account, http, window, method).items()}
            if stream == "referrer_types":
                _check_origins(visits, tables)
            yield Page(stream, [in_front(told, day=day) for day, table in tables.items() for told in table])
        yield Page("goals", [record for goal in goals for record in _conversions(account, http, window, goal)])
    yield from _commerce(account, unit.window, http)


def _check_origins(visits: Mapping[str, msgspec.Raw], types: Mapping[str, Sequence[msgspec.Raw]]) -> None:
    """Every visit came from somewhere, if only directly: an empty report of a busy day is a broken one."""
    for day, told in visits.items():
        found = row(told)
        count = decode(msgspec.Raw(found), _Visits, "the visits").nb_visits if found else None
        if count not in (None, 0, "0") and not types[day]:
            raise SourceChanged(f"{count} visits on {day}, but none of them has an origin")


def _conversions(account: Account, http: Session, window: Window, goal: str) -> Iterator[bytes]:
    for day, told in days(account, http, window, "Goals.get", goal).items():
        if found := row(told):
            yield in_front(found, day=day, goal=goal)


def _commerce(account: Account, whole: Window, http: Session) -> Iterator[Yield]:
    try:
        for window in by_window(whole.since, whole.until, _DAYS_A_CALL):
            orders = days(account, http, window, "Goals.get", "ecommerceOrder")
            yield Page("ecommerce", [in_front(r, day=day) for day, told in orders.items() if (r := row(told))])
    except NoCommerceError:
        yield Absent("ecommerce", "e-commerce is not enabled for this site")


def _goals(account: Account, http: Session) -> list[str]:
    """The ids that the settings name, else those of all goals of the site."""
    chosen = account.options.get("goals")
    if isinstance(chosen, Sequence) and not isinstance(chosen, str) and chosen:
        return [str(goal) for goal in chosen]
    answer, what = ask(account, http, "Goals.getGoals"), "the list of goals"
    by_id = is_object(answer.body)
    goals = list(decode(answer, dict[str, _Goal], what).values()) if by_id else decode(answer, list[_Goal], what)
    return [str(goal.idgoal) for goal in goals]
