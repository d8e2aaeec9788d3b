"""One table of the settings file, read key by key; what nobody asked for is unknown.

A getter never raises: what is wrong becomes a finding and the getter gives a harmless value, so
that reading goes on and the next finding is seen too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeVar

from pipeline.settings.findings import Findings, is_one_line, looks_secret, shown
from pipeline.settings.lines import KeyPath

T = TypeVar("T")
Rule = Callable[[str], str | None]  # what is wrong with a text, None when nothing is

_LONGEST_TEXT = 1000
_LISTED = 30
_PER_CENT = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,4})?)[ \u00a0\u202f]?%")
_MONEY_DIGITS = 14  # before the point, in a DECIMAL(18,4)


class Table:
    """A TOML table at ``path``; remembers which keys were read."""

    def __init__(self, values: Mapping[str, object], path: KeyPath, findings: Findings) -> None:
        self.values = values
        self.path = path
        self.findings = findings
        self._known: list[str] = []

    def fault(self, key: str, message: str) -> None:
        self.findings.add((*self.path, key), message)

    def has(self, key: str) -> bool:
        return key in self.values

    def _read(self, key: str, kind: type[T], wanted: str) -> T | None:
        """The value of ``key`` when it is there and is a ``kind``; a wrong type is a finding."""
        self._known.append(key)
        value = self.values.get(key)
        if value is None:
            return None
        # To Python true is an integer and an instant is a date; to a person they are not.
        if isinstance(value, kind) and type(value) not in (bool, datetime):
            return value
        if kind is bool and isinstance(value, kind):
            return value
        self.fault(key, f"must be {wanted}, not {_named(value)}")
        return None

    def optional_text(self, key: str, rule: Rule | None = None) -> str | None:
        value = self._read(key, str, "a text in quotes")
        if value is None:
            return None
        complaint = text_complaint(value) or (rule(value) if rule else None)
        if complaint:
            self.fault(key, complaint)
            return None
        return value

    def text(self, key: str, rule: Rule | None = None) -> str:
        if not self.has(key):
            self.fault(key, "is missing")
        return self.optional_text(key, rule) or ""

    def reference(self, key: str) -> str | None:
        """A reference to a secret; unlike a text it is judged, and kept out of messages, elsewhere."""
        return self._read(key, str, 'a reference in quotes, like "env:NAME"')

    def texts(self, key: str, rule: Rule | None = None) -> tuple[str, ...]:
        """A list of different texts; empty when the key is absent."""
        values = self._read(key, list, "a list of texts") or []
        good: list[str] = []
        for place, value in enumerate(values):
            complaint = "must be a text in quotes" if not isinstance(value, str) else text_complaint(value)
            if not complaint and value in good:
                complaint = "is listed twice"
            if not complaint and rule:
                complaint = rule(value)
            if complaint:
                self.findings.add((*self.path, key, place), complaint)
            else:
                good.append(value)
        return tuple(good)

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """One text, or a list of different texts; empty when the key is absent."""
        if isinstance(self.values.get(key), str):
            found = self.optional_text(key)
            return (found,) if found else ()
        return self.texts(key)

    def optional_integer(self, key: str, low: int, high: int) -> int | None:
        value = self._read(key, int, "a whole number")
        if value is not None and not low <= value <= high:
            self.fault(key, f"must be between {low} and {high}")
            return None
        return value

    def integer(self, key: str, default: int, low: int, high: int) -> int:
        value = self.optional_integer(key, low, high)
        return default if value is None else value

    def flag(self, key: str, default: bool) -> bool:
        value = self._read(key, bool, "true or false")
        return default if value is None else value

    def day(self, key: str) -> date | None:
        return self._read(key, date, "a date without quotes, like 2026-09-01")

    def money(self, key: str) -> Decimal | None:
        """An amount of the reporting currency, ≥ 0, at most four decimals; text or number."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            return self._read(key, Decimal, 'an amount like "40.00"')
        self._known.append(key)
        complaint = money_complaint(value)
        if complaint:
            self.fault(key, complaint)
            return None
        return Decimal(value)

    def number(self, key: str) -> Decimal | None:
        """A number above 0 with at most six decimals; as text also per cent: 50000, "12000.00", 0.04, "4 %"."""
        given = self.values.get(key)
        if isinstance(given, bool) or not isinstance(given, (str, int, Decimal)):
            return self._read(key, Decimal, 'a number, like 50000 or "4 %"')
        self._known.append(key)
        share = _PER_CENT.fullmatch(given) if isinstance(given, str) else None
        try:
            value = Decimal(share[1].replace(",", ".")) / 100 if share else Decimal(given)
        except ArithmeticError:
            value = Decimal("nan")
        if not value.is_finite() or value.adjusted() >= _MONEY_DIGITS or value != round(value, 6):
            self.fault(key, 'must be a number, like 50000 or "4 %"')
        elif value <= 0:
            self.fault(key, "must be above 0")
        else:
            return value
        return None

    def ratio(self, key: str, default: Decimal, high: Decimal) -> Decimal:
        """A number above 0 and at most ``high``."""
        value = self.optional_ratio(key, high)
        return default if value is None else value

    def optional_ratio(self, key: str, high: Decimal = Decimal(1)) -> Decimal | None:
        """A number above 0 and at most ``high``; None when the key is absent."""
        given = self.values.get(key)
        if isinstance(given, int) and not isinstance(given, bool):
            self._known.append(key)
            value: Decimal | None = Decimal(given)
        else:
            value = self._read(key, Decimal, "a number like 0.05")
        if value is not None and not 0 < value <= high:
            self.fault(key, f"must be above 0 and at most {high:.4g}")
            return None
        return value

    def table(self, key: str) -> Table:
        """The table ``key``; an empty one when it is absent."""
        return Table(self._read(key, dict, "a table") or {}, (*self.path, key), self.findings)

    def tables(self, key: str) -> list[Table]:
        """The tables of an array of tables (``[[key]]``); none when it is absent."""
        tables = []
        for place, value in enumerate(self._read(key, list, f"tables, each headed [[{key}]]") or []):
            path = (*self.path, key, place)
            if isinstance(value, dict):
                tables.append(Table(value, path, self.findings))
            else:
                self.findings.add(path, f"must be a table, not {_named(value)}")
        return tables

    def done(self) -> None:
        """Every key that no getter asked for is unknown."""
        for key in self.values:
            if key not in self._known:
                self.fault(key, "unknown key" + near(key, self._known))


def text_complaint(value: str) -> str | None:
    """What is wrong with a text wherever it stands."""
    if not value.strip():
        return "must not be blank"
    if not is_one_line(value):
        return "must not contain line breaks or control characters"
    if len(value) > _LONGEST_TEXT:
        return f"must not be longer than {_LONGEST_TEXT} characters"
    if looks_secret(value):
        return 'looks like a credential: put it in the environment and write "env:NAME" at its own key'
    return None


def money_complaint(value: str | int | Decimal) -> str | None:
    """What is wrong with an amount of money."""
    try:
        amount = Decimal(value)
    except ArithmeticError:
        return 'must be an amount like "40.00"'
    if not amount.is_finite() or amount.adjusted() >= _MONEY_DIGITS:
        return 'must be an amount like "40.00"'
    if amount < 0:
        return "must not be negative"
    if amount != round(amount, 4):
        return "must not have more than four decimals"
    return None


def near(word: str, known: Iterable[str]) -> str:
    """A hint for a slip of the pen: the nearest known word, or all of them."""
    names = sorted(set(known))
    close = get_close_matches(word, names, n=1)
    if close:
        return f": did you mean {shown(close[0])}?"
    return f" (known: {', '.join(names)})" if 0 < len(names) <= _LISTED else ""


def _named(value: object) -> str:
    kinds: list[tuple[type, str]] = [
        (bool, "true or false"),
        (datetime, "a date with a time"),
        (str, "a text"),
        (int, "a whole number"),
        (Decimal, "a decimal number"),
        (date, "a date"),
        (list, "a list"),
        (dict, "a table"),
    ]
    return next((name for kind, name in kinds if isinstance(value, kind)), "a time of day")
