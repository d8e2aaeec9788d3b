"""An export read twice, to find every fault and to give its records; a large text once (``bulk``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from operator import itemgetter
from typing import Final

import msgspec

from pipeline.errors import ConfigError, FileRefused
from pipeline.sources.files.bulk import Bulk
from pipeline.sources.files.layout import find_layout, layout_of, listed, part_named
from pipeline.sources.files.mapping import ExportMapping
from pipeline.sources.files.opening import Opened, Row
from pipeline.sources.files.rows import (
    BadRowError,
    Choices,
    Found,
    Identity,
    LeftOutError,
    Rows,
    account_text,
    order_of,
)
from pipeline.sources.files.table import LARGE, Scratch
from pipeline.sources.files.understanding import Problem, Seen, Understood
from pipeline.sources.files.values import Cell, Order, count, order_shown, plain

_PAGE: Final = 5_000


class Reading:
    """One file with its mapping and choices. ``survey`` first, then ``records``.

    ``scratch`` gives a database for a file that is too large for Python: that is asked for only then.
    """

    def __init__(
        self,
        opened: Opened,
        mapping: ExportMapping,
        choices: Choices,
        scratch: Callable[[], Scratch] | None = None,
    ) -> None:
        self.opened, self.mapping = opened, mapping
        self.layout = find_layout(opened, mapping, choices.sheet)
        self._bulk = self._in_bulk(scratch)
        self.choices = self._with_order(choices)
        self.identity = self._identity()
        self.titles: dict[str, str] = {}

    @property
    def in_bulk(self) -> bool:
        """Whether a database reads the file."""
        return self._bulk is not None

    def survey(self) -> Understood:
        """Read all of it, keep nothing. FileRefused where it is no table."""
        seen = Seen()
        if self._bulk:
            self._bulk.survey(self.identity, self.choices, seen)
        else:
            for each in self._rows(seen):
                if isinstance(each, Problem):
                    seen.problem(each)
                else:
                    seen.record(each.day, each.record)
        layout, opened = self.layout, self.opened
        order = order_of(self.mapping, layout, self.choices)
        return Understood(
            file=opened.path.name,
            mapping=self.mapping.name,
            kind=self.mapping.kind,
            encoding=opened.encoding or opened.kind,
            part=part_named(opened, layout.part),
            header_line=layout.line,
            language=layout.language,
            day_order=order,
            identity=self.identity,
            exported=self.choices.exported,
            since=seen.since,
            until=seen.until,
            records=seen.records,
            bad=seen.bad,
            columns=(*layout.columns, *self.titles.items()),
            ignored=layout.ignored,
            left_out=seen.reasons,
            problems=tuple(seen.problems),
            first=tuple(json.loads(record) for record in seen.first),
            unconfirmed=self.mapping.unconfirmed,
        )

    def records(self) -> Iterator[list[bytes]]:
        """Every record, and for every row that cannot be one what says so, some thousands at once."""
        if self._bulk:
            yield from self._bulk.records()
            yield from _together(map(set_aside, self._bulk.problems()))
            return
        rows = self._rows(Seen())
        yield from _together(set_aside(each) if isinstance(each, Problem) else each.record for each in rows)

    def _in_bulk(self, scratch: Callable[[], Scratch] | None) -> Bulk | None:
        """Tables that stand one below the other are of days: there are never many of them."""
        large = self.opened.kind == "text" and self.opened.path.stat().st_size >= LARGE
        if scratch is None or not large or self.mapping.titles:
            return None
        return Bulk.of(self.opened, self.mapping, self.layout, scratch())

    def _rows(self, seen: Seen) -> Iterator[Found | Problem]:
        return self._titled(seen) if self.mapping.titles else self._plain(seen)

    def _plain(self, seen: Seen) -> Iterator[Found | Problem]:
        rows = Rows(self.mapping, self.layout, self.identity, self.choices)
        known: dict[Hashable, int] = {}
        text = self.opened.kind == "text"
        for line, cells in self._below_header():
            try:
                if text:
                    rows.check_cut(cells)
                found = rows.read(cells)
            except LeftOutError as reason:
                seen.leave_out(line, str(reason))
            except BadRowError as fault:
                yield Problem(line, str(fault), fault.shown)
            else:
                first = known.setdefault(found.key, line)
                if first == line:
                    yield found
                else:
                    what = self.mapping.same
                    yield Problem(line, f"{what} as line {first}", f"{found.key} is {what} as line {first}")

    def _titled(self, seen: Seen) -> Iterator[Found | Problem]:
        """Tables of a day and a value, one below the other, each named by the line above its header."""
        rows = Rows(self.mapping, self.layout, self.identity, self.choices)
        days: dict[date, dict[str, int]] = {}
        lines: dict[tuple[date, str], int] = {}
        title = metric = ""
        for line, cells in self.opened.rows(self.layout.part):
            texts = [cell for cell in cells if cell not in (None, "")]
            if len(texts) == 1 and isinstance(texts[0], str):
                title, metric = texts[0].strip(), self.mapping.titles.get(plain(texts[0]), "")
                continue
            if layout_of((line, cells), self.mapping, self.layout.part):
                if metric:
                    self.titles[title] = metric
                continue
            if not metric:
                seen.leave_out(line, f"of the table “{title[:60]}”" if title else "of a table without a name")
                continue
            try:
                day = rows.moment(cells, "day").day
                value = _value(rows, cells)
            except LeftOutError as reason:
                seen.leave_out(line, str(reason))
                continue
            except BadRowError as fault:
                yield Problem(line, str(fault), fault.shown)
                continue
            first = lines.setdefault((day, metric), line)
            if first != line:
                yield Problem(line, f"the same day as line {first}", f"{day} is the same day as line {first}")
            elif value is not None:
                days.setdefault(day, {})[metric] = value
        for day, metrics in sorted(days.items()):
            counts = [f',"{name}":{metrics[name]}' for name in self.mapping.metrics if name in metrics]
            yield Found(day, day, rows.day_record(day, counts))

    def _below_header(self) -> Iterator[Row]:
        for line, cells in self.opened.rows(self.layout.part):
            if line > self.layout.line:
                yield line, cells

    def _with_order(self, choices: Choices) -> Choices:
        """Where nobody says how days are written, one 13/04/2026 in the file settles all of them."""
        if order_of(self.mapping, self.layout, choices):
            return choices
        place = self.layout.places["day" if self.mapping.kind == "days" else "published"]
        shown: dict[Order, int] = self._bulk.orders() if self._bulk else {}
        for line, cells in () if self._bulk else self._below_header():
            order = order_shown(cells[place]) if place < len(cells) else None
            if order:
                shown.setdefault(order, line)
        if len(shown) > 1:
            places = " and ".join(f"{order} on line {line}" for order, line in sorted(shown.items(), key=itemgetter(1)))
            raise FileRefused(f"{self.opened.path.name}: days are written in two orders, {places}")
        found = next(iter(shown), None)
        return replace(choices, day_order=found) if found else choices

    def _identity(self) -> Identity:
        """Whose file it is, from the mapping, the choices and the file. ConfigError says what to add."""
        platform = self.choices.platform or self.mapping.platform
        if platform is None:
            raise ConfigError(f"the export {self.mapping.name} does not say of which platform it is: add --platform")
        if self.mapping.platform not in (None, platform):
            raise ConfigError(
                f"--platform {platform}: the export {self.mapping.name} is one of {self.mapping.platform}"
            )
        account = self.choices.account
        if account is None or "account" in self.layout.places:
            there = list(self._accounts())
            if account is None and len(there) == 1:
                account = there[0]
            elif account is None:
                what = f"numbers of {listed(there)}" if there else "no account in it"
                raise ConfigError(f"{self.opened.path.name}: {what}: say which with --account")
            elif there and plain(account) not in map(plain, there):
                raise ConfigError(f"--account {account}: {self.opened.path.name} has only {listed(there)}")
        zone = self.choices.time_zone or self.mapping.time_zone or "UTC"
        return Identity(platform, account, zone)

    def _accounts(self) -> Iterator[str]:
        if self._bulk:
            yield from self._bulk.accounts()
            return
        place = self.layout.places.get("account")
        if place is None:
            return
        known: set[str] = set()
        for _, cells in self._below_header():
            name = account_text(cells[place]) if place < len(cells) else ""
            if name and name not in known:
                known.add(name)
                yield name


def set_aside(problem: Problem) -> bytes:
    """A row that is no record: a record without its key, which the load sets aside."""
    return msgspec.json.encode({"line": problem.line, "problem": problem.what})


def _together(records: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(records)
    while page := list(islice(rest, _PAGE)):
        yield page


def _value(rows: Rows, cells: Sequence[Cell]) -> int | None:
    cell = rows.cell(cells, "value")
    try:
        return count(cell, rows.mapping.decimal)
    except ValueError as error:
        raise BadRowError(str(error), cell, "value") from None
