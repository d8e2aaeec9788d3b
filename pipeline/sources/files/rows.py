"""One row of an export → one record of ours as JSON, or the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from pipeline.sources.files.columns import POST_TEXTS
from pipeline.sources.files.layout import Layout, shown
from pipeline.sources.files.mapping import ExportMapping
from pipeline.sources.files.values import Cell, Moment, Order, count, moment, plain

# What Excel makes of a long number: its digits are lost.
ROUNDED: Final = r"[0-9](?:[.,][0-9]+)?[Ee]\+?[0-9]+"
OF_ANOTHER: Final = "of another account"
_EXACT: Final = 2**53
PASSED_ON: Final = tuple(name for name in POST_TEXTS if name != "post_id")


@dataclass(frozen=True)
class Choices:
    """What the file does not say. ``exported`` is the day on which it was, ``today`` the day it is."""

    today: date
    platform: str | None = None
    account: str | None = None
    exported: date | None = None
    day_order: Order | None = None
    time_zone: str | None = None
    sheet: str | None = None


class Identity(NamedTuple):
    """Whose numbers they are, and the zone in which their days are cut."""

    platform: str
    account: str
    time_zone: str


class Found(NamedTuple):
    """A row that is a record: its day, what may come once only, and the record."""

    day: date
    key: object
    record: bytes


class LeftOutError(Exception):
    """A row that is rightly none of the records: totals, another account."""


class BadRowError(Exception):
    """A row that should be a record and cannot be one. ``shown`` may be told to who gave the file."""

    def __init__(self, what: str, cell: Cell = None, column: str = "") -> None:
        super().__init__(f"{column}: {what}" if column else what)
        self.shown = f"{column} {shown(cell)} {what}" if column else what


class Rows:
    """Reads rows of one table. ``identity`` is whose they are; ``order`` settles 03/04/2026."""

    def __init__(self, mapping: ExportMapping, layout: Layout, identity: Identity, choices: Choices) -> None:
        self.mapping, self.layout, self.choices = mapping, layout, choices
        self.order = order_of(mapping, layout, choices)
        self._who = plain(identity.account)
        self.zone = ZoneInfo(identity.time_zone)
        self._width = len(layout.headers)
        places = layout.places
        self._metrics = [(name, places[name]) for name in mapping.metrics if name in places]
        names = {"platform": identity.platform, "account": identity.account, "time_zone": identity.time_zone}
        self.start = msgspec.json.encode(names).decode()[:-1]
        self.read: Callable[[Sequence[Cell]], Found] = self._day if mapping.kind == "days" else self._post

    def cell(self, cells: Sequence[Cell], target: str) -> Cell:
        place = self.layout.places.get(target)
        return None if place is None or place >= len(cells) else cells[place]

    def moment(self, cells: Sequence[Cell], target: str) -> Moment:
        """The row's day, which must have been over when the file was exported."""
        cell = self.cell(cells, target)
        try:
            found = moment(cell, self.order)
        except ValueError as error:
            self._perhaps_totals(cells)
            raise BadRowError(str(error), cell, self._header(target)) from None
        if found is None:
            self._perhaps_totals(cells)
            raise BadRowError("has no day")
        if found.day >= self.choices.today:
            late = "is not over yet" if found.day == self.choices.today else "is a day to come"
            raise BadRowError(late, cell, self._header(target))
        return found

    def counts(self, cells: Sequence[Cell]) -> list[str]:
        """The numbers of the row as JSON; what the row does not say is left out."""
        self._check_width(cells)
        parts, decimal, width = [], self.mapping.decimal, len(cells)
        for name, place in self._metrics:
            if place >= width:
                continue
            try:
                number = count(cells[place], decimal)
            except ValueError as error:
                raise BadRowError(str(error), cells[place], self._header(name)) from None
            if number is not None:
                parts.append(f',"{name}":{number}')
        return parts

    def check_account(self, cells: Sequence[Cell]) -> None:
        if "account" in self.layout.places and plain(account_text(self.cell(cells, "account"))) != self._who:
            raise LeftOutError(OF_ANOTHER)

    def _day(self, cells: Sequence[Cell]) -> Found:
        found = self.moment(cells, "day")
        self.check_account(cells)
        if self.choices.exported and found.day >= self.choices.exported:
            raise BadRowError("was not over when the file was exported", self.cell(cells, "day"), self._header("day"))
        counts = self.counts(cells)
        if not counts:
            raise LeftOutError("without any number")
        return Found(found.day, found.day, f'{self.start},"day":"{found.day}"{"".join(counts)}}}'.encode())

    def day_record(self, day: date, counts: Sequence[str]) -> bytes:
        """A record from numbers that were gathered from several tables."""
        return f'{self.start},"day":"{day}"{"".join(counts)}}}'.encode()

    def _post(self, cells: Sequence[Cell]) -> Found:
        found = self.moment(cells, "published")
        self.check_account(cells)
        exported = self.choices.exported
        if exported and found.day >= exported:
            if found.day > exported:
                raise BadRowError("is after the export", self.cell(cells, "published"), self._header("published"))
            raise LeftOutError("published on the day of the export: the next one has it")
        self._check_period(cells)
        post = self._post_id(cells)
        local = datetime.combine(found.day, found.time or time(), self.zone)
        texts = {name: text for name in PASSED_ON if (text := _text(self.cell(cells, name)))}
        facts = {"post_id": post, "published_at": f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", **texts}
        dated = f',"day":"{found.day}","date":"{exported}",' if exported else f',"day":"{found.day}",'
        counts = "".join(self.counts(cells))
        return Found(
            found.day, post, f"{self.start}{dated}{msgspec.json.encode(facts).decode()[1:-1]}{counts}}}".encode()
        )

    def _check_period(self, cells: Sequence[Cell]) -> None:
        cell = self.cell(cells, "period")
        if self.mapping.lifetime and "period" in self.layout.places and plain(_text(cell)) not in self.mapping.lifetime:
            raise BadRowError("is not the post's whole life", cell, self._header("period"))

    def _post_id(self, cells: Sequence[Cell]) -> str:
        parts = [self._id(cells, name) for name in self.mapping.join.get("post_id", ("post_id",))]
        post = "_".join(parts)
        pattern = self.mapping.within.get("post_id")
        if pattern is not None:
            match = pattern.search(post)
            if match is None:
                raise BadRowError("holds no id of a post", post, self._header("post_id"))
            return match[0]
        return post

    def _id(self, cells: Sequence[Cell], target: str) -> str:
        cell = self.cell(cells, target)
        text = account_text(cell)
        if not text:
            self._perhaps_totals(cells)
            raise BadRowError("has no id")
        if re.fullmatch(ROUNDED, text) or (isinstance(cell, float) and abs(cell) >= _EXACT):
            what = "has lost its digits: export again, and do not save the file with Excel"
            raise BadRowError(what, cell, self._header(target))
        return text

    def _perhaps_totals(self, cells: Sequence[Cell]) -> None:
        first = next((cell for cell in cells if cell not in (None, "")), None)
        if isinstance(first, str) and plain(first).rstrip(" :") in self.mapping.total:
            raise LeftOutError("of totals")

    def _check_width(self, cells: Sequence[Cell]) -> None:
        more = [cell for cell in cells[self._width :] if cell not in (None, "")]
        if more:
            raise BadRowError(f"has {len(cells)} cells under {self._width} columns: a number with a comma unquoted?")

    def check_cut(self, cells: Sequence[Cell]) -> None:
        """A line of text that ends early was cut; rows of sheets are stored without their empty ends."""
        if len(cells) < self._width:
            self._perhaps_totals(cells)
            raise BadRowError(f"has {len(cells)} cells under {self._width} columns: cut off?")

    def _header(self, target: str) -> str:
        return self.layout.headers[self.layout.places[target]]


def order_of(mapping: ExportMapping, layout: Layout, choices: Choices) -> Order | None:
    """How this export writes 03/04/2026: as the person says, else as the mapping does for the language."""
    if choices.day_order:
        return choices.day_order
    if layout.language:
        return mapping.day_order.get(layout.language)
    orders = set(mapping.day_order.values()) if len(mapping.day_order) > 1 else set()
    return orders.pop() if len(orders) == 1 else None


def account_text(cell: Cell) -> str:
    """An id as text: a workbook keeps one made of digits as a number."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return _text(cell)


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()
