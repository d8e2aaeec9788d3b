"""Costs that no platform tells: fees, influencers, giveaways, events, as people keep them in a table.

A row has ``day``, or ``from`` and ``to`` (both inclusive), ``platform``, ``amount``, and where known
``campaign`` (its utm_campaign), ``currency`` and ``label``. What stands over several days is spread evenly:
its parts add up to it exactly. A row that cannot be right is left out and told, and the others count.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Final

# A megabyte is some fifteen thousand rows: a file of another kind is not read to its end.
LARGEST: Final = 8 << 20
# More than any campaign of a brand costs; a decimal point that was lost makes it a hundred times as much.
ABSURD: Final = Decimal(10_000_000)
LONGEST: Final = 10 * 366

_PLACES: Final = Decimal("0.0001")
_COLUMNS: Final = ("day", "from", "to", "platform", "campaign", "amount", "currency", "label")
_AMOUNT: Final = re.compile(r"-?\d+(?:[.,]\d{1,4})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Cost:
    """What a day of a campaign cost, as one line of the file says; ``amount`` in ``currency``."""

    line: int
    day: date
    platform: str
    campaign: str
    amount: Decimal
    currency: str
    label: str


@dataclass(frozen=True)
class Fault:
    """A line that is not counted, or the whole file (line 0), and what is wrong with it."""

    line: int
    message: str


def read(file: Path, currency: str, platforms: Collection[str]) -> tuple[list[Cost], list[Fault]]:
    """Every day's costs of ``file`` and what could not be counted.

    ``currency`` is meant where a row names none; ``platforms`` are the names that a row may use.
    """
    try:
        if file.stat().st_size > LARGEST:
            return [], [Fault(0, f"{file.name} has more than {LARGEST >> 20} MB: is it a table of costs?")]
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = "is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "cannot be read")
        return [], [Fault(0, f"{file.name}: {what}")]
    rows = csv.reader(text.splitlines(), delimiter=_delimiter(text))
    header = [name.strip().lower() for name in next(rows, [])]
    fault = _header_fault(header)
    if fault:
        return [], [Fault(0, f"{file.name}: {fault}")]
    costs: list[Cost] = []
    faults: list[Fault] = []
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        try:
            costs += _spread(_row(rows.line_num, row, currency, platforms))
        except ValueError as problem:
            faults.append(Fault(rows.line_num, f"{file.name}, line {rows.line_num}: {problem}"))
    return costs, faults


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _header_fault(header: Sequence[str]) -> str | None:
    missing = [name for name in ("platform", "amount") if name not in header]
    if "day" not in header and not {"from", "to"} <= set(header):
        missing.insert(0, "day (or from and to)")
    if missing:
        return f"the first line must name its columns; missing: {', '.join(missing)}"
    unknown = [name for name in header if name not in _COLUMNS]
    if unknown:
        return f"unknown column {unknown[0]!r}: known are {', '.join(_COLUMNS)}"
    twice = [name for name in header if header.count(name) > 1]
    return f"two columns are named {twice[0]!r}" if twice else None


@dataclass(frozen=True)
class _Row:
    line: int
    since: date
    until: date
    platform: str
    campaign: str
    amount: Decimal
    currency: str
    label: str


def _row(line: int, row: Mapping[str, str], currency: str, platforms: Collection[str]) -> _Row:
    """ValueError says what is wrong."""
    since = _day(row.get("day") or row.get("from", ""))
    until = _day(row.get("day") or row.get("to", ""))
    if until < since:
        raise ValueError(f"ends on {until}, before it begins on {since}")
    if (until - since).days >= LONGEST:
        raise ValueError("covers more than ten years")
    platform = row.get("platform", "").lower()
    if platform not in platforms:
        raise ValueError(f"unknown platform {platform!r}: known are {', '.join(sorted(platforms))}")
    found = (row.get("currency") or currency).upper()
    if not _CURRENCY.fullmatch(found):
        raise ValueError(f"{found!r} is no currency: three letters, like EUR")
    return _Row(
        line,
        since,
        until,
        platform,
        row.get("campaign", "").lower(),
        _amount(row.get("amount", "")),
        found,
        row.get("label", ""),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day: write it like 2026-10-31") from None


def _amount(text: str) -> Decimal:
    plain = text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
    if not _AMOUNT.fullmatch(plain):
        raise ValueError(f"{text!r} is no amount: write it like 1250.00")
    amount = Decimal(plain.replace(",", "."))
    if amount < 0:
        raise ValueError(f"{amount} is negative: a cost is what was paid; correct the row that it takes back")
    if amount > ABSURD:
        raise ValueError(f"{amount} is more than {ABSURD:,}: a decimal point may be missing")
    return amount


def _spread(row: _Row) -> Iterator[Cost]:
    """The same part for each day; the last one takes what the division leaves over."""
    days = (row.until - row.since).days + 1
    part = (row.amount / days).quantize(_PLACES, ROUND_DOWN)
    for nth in range(days):
        amount = part if nth < days - 1 else row.amount - part * (days - 1)
        day = row.since + timedelta(days=nth)
        yield Cost(row.line, day, row.platform, row.campaign, amount, row.currency, row.label)
