"""What the truth is told in: a table of exact values with named, typed columns.

Counts are ``int``, ratios ``float``, money ``Decimal`` with four places, days ``date``, instants naive
UTC ``datetime``, texts ``str``, lists of texts ``tuple``; what is not known is ``None``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar

Moment = TypeVar("Moment", date, datetime)

PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True)
class Table:
    """Columns with their DuckDB types and the rows, sorted by the table's key."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    key: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def where(self, **wanted: object) -> list[dict[str, Any]]:
        """The rows, by column name, in which the named columns have the wanted values."""
        return [row for row in self.dicts() if all(row[name] == value for name, value in wanted.items())]


@dataclass(frozen=True)
class Shape:
    """The columns of one table: ``text`` holds ``name TYPE`` pairs, one per comma."""

    name: str
    key: tuple[str, ...]
    text: str

    def table(self, rows: Iterable[Mapping[str, Any]]) -> Table:
        """Rows given by name, put in the order of the columns and of the key. KeyError on a missing one."""
        pairs = [item.split() for item in self.text.replace("DECIMAL(18,4)", "DECIMAL(18;4)").split(",")]
        columns = tuple(name for name, _ in pairs)
        types = tuple(kind.replace(";", ",") for _, kind in pairs)
        ordered = [tuple(row[name] for name in columns) for row in rows]
        places = [columns.index(name) for name in self.key]
        # A part of the key may be absent: a site is of no platform.
        ordered.sort(key=lambda row: tuple((row[place] is not None, row[place]) for place in places))
        if len({tuple(row[place] for place in places) for row in ordered}) != len(ordered):
            raise ValueError(f"the truth of {self.name} has two rows of one key")
        return Table(self.name, columns, types, self.key, ordered)


def ratio(numerator: int | Decimal | None, denominator: int | Decimal | None) -> float | None:
    """The quotient, rounded once. None when a part is missing or the denominator is zero."""
    if numerator is None or not denominator:
        return None
    return float(Fraction(numerator) / Fraction(denominator))


def total(values: Iterable[int | None]) -> int | None:
    """The sum of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def all_known(values: Iterable[int | None]) -> int | None:
    """The sum; None when there is nothing or one of the values is not known."""
    every = list(values)
    return None if None in every else total(every)


def money_total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of the known amounts; None when none is known."""
    known = [value for value in values if value is not None]
    return money(sum(known, Decimal(0))) if known else None


def all_money(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of the amounts; None when there is none or one of them is not known."""
    amounts = list(values)
    return None if None in amounts else money_total(amounts)


def money(value: Decimal | str | int) -> Decimal:
    """An amount with the four places in which it is stored."""
    return Decimal(value).quantize(PLACES)


def difference(now: int | None, before: int | None) -> int | None:
    """``now`` − ``before``; None when one of them is."""
    return None if now is None or before is None else now - before


def newest(moments: Iterable[Moment | None]) -> Moment | None:
    """The greatest of the values that are there, or None."""
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else None


def names(parts: Sequence[tuple[str, int | None]]) -> str | None:
    """The names of the parts that are there, joined by ``+``."""
    return "+".join(name for name, value in parts if value is not None) or None
