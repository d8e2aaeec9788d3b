"""Matomo 5, the Reporting API: visits, where they came from, goals and e-commerce, day by day; single visits.

No official quota; the vendor's cloud may answer 429.
Documentation: https://developer.matomo.org/api-reference/reporting-api

Quirks that shape this module:

* Errors come with HTTP 200 and a body of ``{"result": "error"}``.
* Without ``filter_limit=-1`` a report silently ends after 100 rows.
* A day without visits is ``[]``. A day that is not a key of the answer was not answered.
* ``period=range`` gives one sum in which visitors are counted wrongly: only days are asked.
* Labels are translated: English is asked for.
* Reports of the same days are asked for in one request; each of them may be an error by itself.
* Percentages and averages are texts or numbers, as the server likes: they are kept as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Limits, Session
from pipeline.paging import by_window
from pipeline.settings import Account
from pipeline.sources._answers import decode, guarded, in_front, is_object
from pipeline.sources.matomo.bulk import Question, Reports
from pipeline.sources.matomo.dimensions import Dimensions
from pipeline.sources.matomo.reports import NoCommerceError, ask, row, rows
from pipeline.sources.matomo.streams import STREAMS
from pipeline.sources.matomo.visit_log import visit_log
from pipeline.streams import Absent, Page, Unit, Yield

__all__ = ["STREAMS", "check", "fetch", "open_session"]

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
# ``goals``: ids of the goals to read; without any, all goals of the site. ``visit_log``: read single visits too,
# for the journeys before a conversion. ``dimensions``: ids of custom dimensions whose values are kept.
OPTIONS: Mapping[str, object] = {"goals": (), "visit_log": False, "dimensions": ()}

# Longer windows make the server build archives for minutes.
_DAYS_A_CALL = 31
_VISITS = Question("VisitsSummary.get")
_REFERRERS = {
    "referrer_types": Question("Referrers.getReferrerType"),
    "socials": Question("Referrers.getSocials"),
    "campaigns": Question("Referrers.getCampaigns"),
}
_ORDERS = Question("Goals.get", {"idGoal": "ecommerceOrder"})


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
    goals = [Question("Goals.get", {"idGoal": goal}) for goal in _goals(account, http)]
    dimensions = Dimensions(_chosen(account, "dimensions"))
    counted: dict[str, int] = {}
    sells = True
    for window in by_window(unit.window.since, unit.window.until, _DAYS_A_CALL):
        shop = [_ORDERS] if sells else []
        reports = Reports(
            account, http, window, [_VISITS, *_REFERRERS.values(), *goals, *shop, *dimensions.questions()]
        )
        yield from _referred(reports, counted)
        yield Page("goals", [record for goal in goals for record in _conversions(reports, goal)])
        for item in _commerce(reports) if sells else ():
            sells = not isinstance(item, Absent)
            yield item
        yield from dimensions.read(reports)
    yield from dimensions.refused()
    if account.options.get("visit_log"):
        yield from visit_log(account, unit, http, counted)


def _referred(reports: Reports, counted: dict[str, int]) -> Iterator[Page]:
    """The visits of each day and where they came from. Adds to ``counted`` how many they were."""
    visits = {day: row(told) for day, told in reports.days(_VISITS).items()}
    yield Page("visits", [in_front(told or b"{}", day=day) for day, told in visits.items()])
    here = {day: _count(told) for day, told in visits.items()}
    counted.update(here)
    for stream, report in _REFERRERS.items():
        tables = {day: rows(table) for day, table in reports.days(report).items()}
        if stream == "referrer_types":
            _check_origins(here, tables)
        yield Page(stream, [in_front(told, day=day) for day, table in tables.items() for told in table])


def _count(visits: bytes | None) -> int:
    """How many visits a day has. A number that is none is for the gate to find: it is kept as it came."""
    told = decode(msgspec.Raw(visits), _Visits, "the visits").nb_visits if visits else 0
    try:
        return int(str(told or 0))
    except ValueError:
        return 0


def _check_origins(counted: Mapping[str, int], types: Mapping[str, Sequence[msgspec.Raw]]) -> None:
    """Every visit came from somewhere, if only directly: an empty report of a busy day is a broken one."""
    for day, count in counted.items():
        if count and not types[day]:
            raise SourceChanged(f"{count} visits on {day}, but none of them has an origin")


def _conversions(reports: Reports, goal: Question) -> Iterator[bytes]:
    for day, told in reports.days(goal).items():
        if found := row(told):
            yield in_front(found, day=day, goal=goal.more["idGoal"])


def _commerce(reports: Reports) -> Iterator[Yield]:
    try:
        orders = reports.days(_ORDERS)
        yield Page("ecommerce", [in_front(r, day=day) for day, told in orders.items() if (r := row(told))])
    except NoCommerceError:
        yield Absent("ecommerce", "e-commerce is not enabled for this site")


def _chosen(account: Account, option: str) -> list[str]:
    """The ids that the settings name."""
    chosen = account.options.get(option)
    return [str(each) for each in chosen] if isinstance(chosen, Sequence) and not isinstance(chosen, str) else []


def _goals(account: Account, http: Session) -> list[str]:
    """The ids that the settings name, else those of all goals of the site."""
    if chosen := _chosen(account, "goals"):
        return chosen
    answer, what = ask(account, http, "Goals.getGoals"), "the list of goals"
    by_id = is_object(answer.body)
    goals = list(decode(answer, dict[str, _Goal], what).values()) if by_id else decode(answer, list[_Goal], what)
    return [str(goal.idgoal) for goal in goals]
