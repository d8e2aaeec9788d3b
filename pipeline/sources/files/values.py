"""What a cell of an export says: a count, a day, a moment. French and English, never a guess."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Cell = str | int | float | bool | date | datetime | time | None
Order = Literal["dmy", "mdy"]

# More than this no platform counts; gate 1 holds the same line.
MOST: Final = 10**12
# How exports write that there is no value. A lone dash is one of them, a dash before digits is not.
NOTHING: Final = frozenset({"", "-", "–", "—", "--", "n/a", "na", "n.a.", "#n/a", "s.o.", "n.d.", "null", "none"})

# Space, no-break, narrow no-break, thin and figure space, both apostrophes.
GROUPS: Final = " \u00a0\u202f\u2009\u2007'\u2019"
_COUNT = re.compile(
    rf"\+?(?P<whole>[0-9]{{1,3}}(?P<sep>[{GROUPS}.,])[0-9]{{3}}(?:(?P=sep)[0-9]{{3}})*|[0-9]+)"
    r"(?:(?P<point>[.,])(?P<part>[0-9]+))?"
)
_NEGATIVE = re.compile(r"[-\u2212\u2013]\s*[0-9]|\(\s*[0-9].*\)$")
_NOT_A_DIGIT = re.compile(r"[^0-9]")

_ANY_CASE: Final = re.IGNORECASE
_CLOCK = r"(?P<hour>[0-9]{1,2})[:h](?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?\s*(?P<half>[ap]\.?m\.?)?"
_ZONE = r"(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
_TIME = rf"(?:(?:T|,?\s+(?:à\s+|at\s+)?){_CLOCK}\s*{_ZONE})?"
_YEAR_FIRST = re.compile(
    rf"(?P<y>[0-9]{{4}})(?P<s>[-/.])(?P<m>[0-9]{{1,2}})(?P=s)(?P<d>[0-9]{{1,2}}){_TIME}", _ANY_CASE
)
_COMPACT = re.compile(r"(?P<y>[12][0-9]{3})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
_NUMERIC = re.compile(rf"(?P<a>[0-9]{{1,2}})(?P<s>[-/.])(?P<b>[0-9]{{1,2}})(?P=s)(?P<y>[0-9]{{4}}){_TIME}", _ANY_CASE)
_WEEKDAY = r"(?:[^\W\d_]+\.?,?\s+)?"
_DAY_NAMED = re.compile(
    rf"{_WEEKDAY}(?P<d>[0-9]{{1,2}})(?:er|st|nd|rd|th)?\s+(?P<name>[^\W\d_]+)\.?,?\s+(?P<y>[0-9]{{4}}){_TIME}",
    _ANY_CASE,
)
_NAMED_DAY = re.compile(
    rf"{_WEEKDAY}(?P<name>[^\W\d_]+)\.?\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>[0-9]{{4}}){_TIME}",
    _ANY_CASE,
)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january janv janvier",
            "feb february fev fevr fevrier",
            "mar march mars",
            "apr april avr avril",
            "may mai",
            "jun june juin",
            "jul july juil juillet",
            "aug august aou aout",
            "sep sept september septembre",
            "oct october octobre",
            "nov november novembre",
            "dec december decembre",
        ),
        start=1,
    )
    for name in names.split()
}


class AmbiguousDayError(ValueError):
    """03/04/2026 is a day of March or of April: nobody but the export's maker knows."""


class Moment(NamedTuple):
    """A day, and the time of day where the cell has one."""

    day: date
    time: time | None = None


def plain(text: str) -> str:
    """Letter case, kinds of spaces, signs that nobody sees and ways to write an accent make no difference."""
    shown = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return " ".join(shown.replace("\u2019", "'").casefold().split())


def count(cell: Cell, decimal: str | None = None) -> int | None:
    """A whole number of at least 0, or None where the cell says that there is none.

    ``decimal`` is the sign that parts the fraction, where the mapping says so; else a sign before three
    digits groups thousands, because a count has no fraction. ValueError says what is wrong with it.
    """
    if isinstance(cell, str):
        if cell.isascii() and cell.isdigit():
            return _in_range(int(cell)) if len(cell) < 20 else _in_range(MOST + 1)
        return _count_of_text(cell.strip(), decimal)
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise ValueError("is not a number")  # noqa: TRY004 - what a cell holds is its value
    if isinstance(cell, float) and (not math.isfinite(cell) or cell != int(cell)):
        raise ValueError("is not a whole number")
    return _in_range(int(cell))


def _in_range(number: int) -> int:
    if number < 0:
        raise ValueError("is negative")
    if number > MOST:
        raise ValueError("is more than anybody could count")
    return number


def _count_of_text(text: str, decimal: str | None) -> int | None:
    if text.casefold() in NOTHING:
        return None
    if _NEGATIVE.match(text):
        raise ValueError("is negative")
    if text.endswith("%"):
        raise ValueError("is a percentage, not a count")
    found = _COUNT.fullmatch(text)
    if found is None:
        raise ValueError("is not a number")
    whole, sep, point, part = found.group("whole", "sep", "point", "part")
    if sep and sep == (decimal or ""):
        head, _, part = whole.partition(sep)
        if point or sep in part:
            raise ValueError("is not a number")
        whole, sep = head, None
    elif point and (point == sep or (decimal and point != decimal)):
        raise ValueError("is not a number")
    if (part and part.strip("0")) or (sep and whole.startswith("0")):
        raise ValueError("is not a whole number")
    digits = _NOT_A_DIGIT.sub("", whole)
    return _in_range(int(digits) if len(digits) < 20 else MOST + 1)


def moment(cell: Cell, order: Order | None = None) -> Moment | None:
    """The day that a cell names, or None where it is empty.

    AmbiguousDayError where only ``order`` could tell the day from the month; ValueError for no day.
    """
    if isinstance(cell, str):
        return _moment_of_text(cell, order)
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return Moment(cell.date(), cell.time().replace(microsecond=0, tzinfo=None))
    if isinstance(cell, date):
        return Moment(cell)
    if isinstance(cell, float):
        raise ValueError("is a number, not a day: give the column the format of a date")  # noqa: TRY004 - its value
    raise ValueError("is not a day")


@lru_cache(maxsize=4096)
def _moment_of_text(cell: str, order: Order | None) -> Moment | None:
    text = " ".join(cell.split())
    if text.casefold() in NOTHING:
        return None
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _moment(found, int(found["y"]), int(found["m"]), int(found["d"]))
    if found := _NUMERIC.fullmatch(text):
        day, month = _ordered(int(found["a"]), int(found["b"]), order)
        return _moment(found, int(found["y"]), month, day)
    if found := _DAY_NAMED.fullmatch(text) or _NAMED_DAY.fullmatch(text):
        month_named = _MONTHS.get(_bare(found["name"]))
        if month_named:
            return _moment(found, int(found["y"]), month_named, int(found["d"]))
    raise ValueError("is not a day")


def _bare(name: str) -> str:
    """A month's name without accents."""
    parts = unicodedata.normalize("NFD", name.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _ordered(a: int, b: int, order: Order | None) -> tuple[int, int]:
    """Day and month of two numbers."""
    if order is None:
        if a == b or a > 12:
            return a, b
        if b > 12:
            return b, a
        raise AmbiguousDayError("could be two days: say --day-format dmy or mdy")
    return (a, b) if order == "dmy" else (b, a)


def _moment(found: re.Match[str], year: int, month: int, day: int) -> Moment:
    parts = found.groupdict()
    try:
        return Moment(date(year, month, day), _time(parts) if parts.get("hour") else None)
    except ValueError:
        raise ValueError("is not a day") from None


def _time(parts: dict[str, str]) -> time:
    hour, half = int(parts["hour"]), (parts["half"] or "").casefold()[:1]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("hour")
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, int(parts["minute"]), int(parts["second"] or 0))


def order_shown(cell: Cell) -> Order | None:
    """The order that a cell proves by itself: 13/04/2026 can only be read in one."""
    found = _NUMERIC.fullmatch(" ".join(cell.split())) if isinstance(cell, str) else None
    if found is None:
        return None
    a, b = int(found["a"]), int(found["b"])
    return "dmy" if a > 12 >= b else "mdy" if b > 12 >= a else None
