"""The days that a reader asks for, and the days to compare them with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from pipeline.errors import ConfigError

Kind = Literal["days", "week", "month", "quarter"]

WRITTEN: Final = "28d (days to the last night), 2026-10, 2026-W44, 2026-Q4 or DAY..DAY"
_DAYS: Final = re.compile(r"([1-9][0-9]{0,3})d")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
_QUARTER: Final = re.compile(r"([0-9]{4})-Q([1-4])")
_RANGE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")
# Whole weeks, so that a Monday is compared with a Monday.
_YEAR_OF_WEEKS: Final = timedelta(weeks=52)


@dataclass(frozen=True)
class Period:
    """Days, both inclusive. ``kind`` says what the period before and the year before are."""

    since: date
    until: date
    kind: Kind = "days"

    def __str__(self) -> str:
        return f"{self.since} to {self.until}"

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def before(self) -> Period:
        """The month before a month, the quarter before a quarter, else as many days just before."""
        until = self.since - timedelta(days=1)
        if self.kind == "month":
            return Period(until.replace(day=1), until, "month")
        if self.kind == "quarter":
            return _quarter(until)
        return Period(self.since - timedelta(days=self.days), until, self.kind)

    def year_before(self) -> Period:
        """The same month or quarter of the year before, else the same days of the week 52 weeks before."""
        if self.kind == "month":
            return _month(self.since.year - 1, self.since.month)
        if self.kind == "quarter":
            return _quarter(self.since.replace(year=self.since.year - 1))
        return Period(self.since - _YEAR_OF_WEEKS, self.until - _YEAR_OF_WEEKS, self.kind)


def period_of(text: str, night: date) -> Period:
    """Read a period; ``28d`` are the days to ``night``. ConfigError for what is none."""
    try:
        found = _read(text, night)
    except ValueError:
        found = None
    if found is None or found.since > found.until:
        raise ConfigError(f"--period {text}: write {WRITTEN}")
    return found


def _read(text: str, night: date) -> Period | None:
    if found := _DAYS.fullmatch(text):
        return Period(night - timedelta(days=int(found[1]) - 1), night)
    if found := _MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]))
    if found := _WEEK.fullmatch(text):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Period(monday, monday + timedelta(days=6), "week")
    if found := _QUARTER.fullmatch(text):
        return _quarter(date(int(found[1]), 3 * int(found[2]), 1))
    if found := _RANGE.fullmatch(text):
        return Period(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
    return None


def _month(year: int, month: int) -> Period:
    first = date(year, month, 1)
    return Period(first, _next_month(first) - timedelta(days=1), "month")


def _quarter(day: date) -> Period:
    """The quarter that ``day`` is in."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    last = date(day.year, first.month + 2, 1)
    return Period(first, _next_month(last) - timedelta(days=1), "quarter")


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
