"""European Central Bank: euro reference rates of some thirty currencies, a day at a time.

Nobody needs a credential, and no quota is announced.
Documentation: https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates

Quirks that shape this module:

* A file is asked for, not a window: one of the last ninety days, one of everything since 1999. The one of the
  last day alone would lose a day whenever a night is missed.
* Rates are those of about 14:15 in Frankfurt and are published around 16:00, on days on which its payment system
  works: weekends and holidays have none, and none is invented here.
* A rate says how much of the currency one euro is worth. A currency that is no longer quoted is no longer in the
  file. The bank gives them for information; banks and platforms trade at others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal
from xml.etree import ElementTree as ET

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Answer, Limits, Session, judge_status
from pipeline.settings import Account
from pipeline.sources._answers import guarded
from pipeline.streams import Note, Page, Stream, Unit, Yield

PLATFORM = "ecb"
KIND: Literal["rates"] = "rates"
ORIGIN: Literal["api"] = "api"
BASE = "https://www.ecb.europa.eu/stats/eurofxref"
API_VERSION = "eurofxref"
TIME_ZONE: str | None = "Europe/Berlin"
# Longer than any row of holidays, so that a day is never first looked at when its rate was not out yet.
RESTATEMENT_DAYS = 7
HISTORY_DAYS: int | None = None
POOL_SLOTS = 1
CREDENTIALS: tuple[str, ...] = ()
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
OPTIONS: Mapping[str, object] = {}

STREAMS = (
    Stream(
        name="rates",
        # A rate stays the text that the bank wrote: 1.0845 has four places, 17862.71 two.
        columns={"day": "VARCHAR", "currency": "VARCHAR", "rate": "VARCHAR"},
        key=("day", "currency"),
        day="TRY_CAST(day AS DATE)",
    ),
)

_DAY, _RECENT, _ALL = "/eurofxref-daily.xml", "/eurofxref-hist-90d.xml", "/eurofxref-hist.xml"
# The file of ninety days has ninety days of the calendar; a few less are counted on.
_RECENT_DAYS = 85
_NAMESPACE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_CURRENCY, _RATE = re.compile("[A-Z]{3}"), re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,8})?")
# From Thursday to Tuesday, as at Easter, is the longest time without a rate.
_LONGEST_PAUSE = 6


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session without credentials."""
    return Session(platform=PLATFORM, account=account.id, night=night, base=account.base or BASE, limits=limits)


def check(account: Account, http: Session) -> str:
    """One call for the newest rates."""
    del account
    days = _days(http.get(_DAY, judge=_judge))
    newest = max(days)
    return f"reference rates of {newest}, {len(days[newest])} currencies"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The rates of the window's days, as far as there are any."""
    return guarded(account, http, _fetch(unit, http))


def _fetch(unit: Unit, http: Session) -> Iterator[Yield]:
    days = _days(http.get(_file(unit, http), judge=_judge))
    newest = max(day for day in days if day <= unit.window.until) if min(days) <= unit.window.until else None
    if newest is None or (unit.window.until - newest).days > _LONGEST_PAUSE:
        since = f"since {newest}" if newest else "of that time"
        yield Note("rates_late", f"no rates {since}: amounts in other currencies have no value after a week")
    for day, rates in sorted(days.items()):
        if unit.window.since <= day <= unit.window.until:
            records = [{"day": str(day), "currency": currency, "rate": rate} for currency, rate in rates]
            yield Page("rates", [msgspec.json.encode(record) for record in records])
    yield Page("rates", [])


def _file(unit: Unit, http: Session) -> str:
    """The shortest file that surely holds the window; what day it is, the night says before the first answer."""
    today = date.fromisoformat(http.first_date[:10]) if http.first_date else unit.night + timedelta(days=1)
    return _RECENT if (today - unit.window.since).days <= _RECENT_DAYS else _ALL


def _judge(answer: Answer) -> None:
    """Rates are XML, and begin like a web page."""
    if not (answer.status == 200 and b"gesmes:Envelope" in answer.body[:1024]):
        judge_status(answer)


def _days(answer: Answer) -> dict[date, list[tuple[str, str]]]:
    """Currencies and their rates by day. SourceChanged where the file is not what it was."""
    if b"<!DOCTYPE" in answer.body or b"<!ENTITY" in answer.body:
        raise SourceChanged("the file of rates defines names of its own: that is not what the bank writes")
    try:
        root = ET.fromstring(answer.body)  # noqa: S314 - without definitions there is nothing to expand
    except (ET.ParseError, ValueError, LookupError) as error:
        raise SourceChanged(f"the file of rates is no XML: {error}") from None
    days: dict[date, list[tuple[str, str]]] = {}
    for cube in root.iter(_NAMESPACE):
        if "time" in cube.attrib:
            days[_day(cube.attrib["time"])] = [_rate(each.attrib) for each in cube.findall(_NAMESPACE)]
    if not days or not all(days.values()):
        raise SourceChanged("the file of rates has a day without rates, or no day at all")
    return days


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SourceChanged(f"the rates of a day that is none: {text[:40]!r}") from None


def _rate(attributes: Mapping[str, str]) -> tuple[str, str]:
    try:
        currency, rate = attributes["currency"], attributes["rate"]
    except KeyError as missing:
        raise SourceChanged(f"a rate without its {missing.args[0]}") from None
    if not _CURRENCY.fullmatch(currency) or not _RATE.fullmatch(rate):
        raise SourceChanged(f"a rate that is none: {currency[:20]!r} {rate[:20]!r}")
    return currency, rate
