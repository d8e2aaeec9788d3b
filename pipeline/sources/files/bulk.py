"""A large text read by DuckDB: plain rows become records in SQL, doubtful ones are read one by one.

What comes of it is what reading row by row gives: the same records, faults and lines. A million rows need no
more memory than a thousand.
"""

# ruff: noqa: S608 - columns are numbered, values are parameters or quoted literals

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from pipeline.sources.files.layout import Layout
from pipeline.sources.files.mapping import ExportMapping
from pipeline.sources.files.opening import Opened, holds_anything
from pipeline.sources.files.rows import OF_ANOTHER, BadRowError, Choices, Identity, LeftOutError, Rows, account_text
from pipeline.sources.files.rules import Rules, day_key
from pipeline.sources.files.table import Scratch, Table, text
from pipeline.sources.files.understanding import MOST_SHOWN, MOST_TOLD, Problem, Seen
from pipeline.sources.files.values import Order, moment, order_shown, plain

# Values that go into the database at once, and records that come out of it.
_BATCH: Final = 5_000


class Bulk:
    """The rows of one table. ``orders`` and ``accounts`` may be asked before ``survey``, ``records`` after it."""

    def __init__(self, table: Table, mapping: ExportMapping, layout: Layout) -> None:
        self.table, self.mapping, self.layout = table, mapping, layout
        self.con = table.con
        self._file = str(table.scratch.folder / "judged.parquet")

    @classmethod
    def of(cls, opened: Opened, mapping: ExportMapping, layout: Layout, scratch: Scratch) -> Bulk | None:
        """None where the text must be read row by row."""
        place = layout.places["day" if mapping.kind == "days" else "published"]
        table = Table.of(opened, layout, scratch, day_key(f"c{place}"))
        return cls(table, mapping, layout) if table else None

    def orders(self) -> dict[Order, int]:
        """Each order of day and month that a cell proves, with the first line of it."""
        found: dict[Order, int] = {}
        for key, line in self._all(
            f"select key, {self.table.line('t.n')} from keys as t {self.table.lined('t.n')} where key is not null"
        ):
            order = order_shown(key)
            if order and line < found.get(order, line + 1):
                found[order] = line
        return found

    def accounts(self) -> Iterator[str]:
        """The accounts that rows name, the first named first."""
        place = self.layout.places.get("account")
        if place is None:
            return
        seen: set[str] = set()
        for (cell,) in self._all(
            f"select c{place} from cells where c{place} is not null group by c{place} order by min(n)"
        ):
            name = account_text(cell)
            if name and name not in seen:
                seen.add(name)
                yield name

    def survey(self, identity: Identity, choices: Choices, seen: Seen) -> None:
        """Read everything, into ``seen`` and into what ``records`` gives."""
        rows = Rows(self.mapping, self.layout, identity, choices)
        self._read_days(rows, choices)
        self._judge(rows, identity, choices)
        self._read_doubtful(rows, seen)
        self.table.done()
        self._settle_twice()
        self._tell(seen)

    def records(self) -> Iterator[list[bytes]]:
        """The records in the order of the file, then what takes the place of rows that are none."""
        found = self.con.cursor().execute(
            "select encode(record) from judged where record is not null and n not in (select n from problem)"
        )
        for batch in found.to_arrow_reader(_BATCH):
            yield batch.column(0).to_pylist()

    def problems(self) -> Iterator[Problem]:
        for line, what, shown in self._all("select line, what, shown from problem order by n"):
            yield Problem(line, what, shown)

    def _all(self, query: str) -> Iterator[tuple[Any, ...]]:
        cursor = self.con.cursor().execute(query)
        while found := cursor.fetchmany(_BATCH):
            yield from found

    def _read_days(self, rows: Rows, choices: Choices) -> None:
        """Each day once, as rows read it: those that may be a record's, with what their zone is ahead of UTC."""
        self.con.execute("create table days (key varchar, day date, shift integer)")
        end = min(choices.today, choices.exported or choices.today)
        batch: list[tuple[str, date, int]] = []
        for (key,) in self._all("select key from keys where key is not null"):
            try:
                found = moment(key, rows.order)
            except ValueError:
                continue
            # A time that was not split off belongs to this row alone.
            whole = found is not None and found.day < end and found.time in (None, time())
            shift = _shift(found.day, rows) if found and whole else None
            if found and shift is not None:
                batch.append((key, found.day, shift))
            if len(batch) == _BATCH:
                self.table.scratch.insert("days", batch)
                batch = []
        self.table.scratch.insert("days", batch)

    def _judge(self, rows: Rows, identity: Identity, choices: Choices) -> None:
        who = plain(identity.account)
        ours = self._ways("account", lambda cell: plain(account_text(cell)) == who)
        life = self.mapping.lifetime
        whole = self._ways("period", lambda cell: plain(cell) in life) if life else None
        rules = Rules(self.mapping, self.layout, rows.start, str(choices.exported) if choices.exported else None)
        # DuckDB takes a text for small: the other side of a join is kept in memory, as it stands.
        self.con.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
        # Records are long: written as they come, they need no memory.
        self.con.execute(
            f"copy ({rules.judged(ours, whole)}) to {text(self._file)}"
            " (format parquet, compression lz4_raw, row_group_size 20000)"
        )
        self.con.execute("reset disabled_optimizers")
        self.con.execute("create table mended (n bigint, key varchar, day date, other boolean, record varchar)")
        self.con.execute(
            f"create view judged as select * from read_parquet({text(self._file)}) union all select * from mended"
        )

    def _ways(self, target: str, fits: Any) -> list[str] | None:
        """How the file writes what fits, None where it has no such column. Others of them are doubtful."""
        place = self.layout.places.get(target)
        if place is None:
            return None
        cells = self._all(f"select distinct c{place} from cells where c{place} is not null")
        return sorted(cell for (cell,) in cells if fits(cell))

    def _read_doubtful(self, rows: Rows, seen: Seen) -> None:
        """The rows that SQL made no record of, each as ``Rows`` reads it."""
        self.con.execute("create table problem (n bigint, line bigint, what varchar, shown varchar)")
        self._leave_out_others(seen)
        doubtful = f"select n from read_parquet({text(self._file)}) where record is null and not other"
        good: list[Any] = []
        bad: list[Any] = []
        for n, line, cells in self.table.rows(doubtful):
            if not holds_anything(cells):
                continue
            try:
                rows.check_cut(cells)
                found = rows.read(cells)
            except LeftOutError as reason:
                seen.leave_out(line, str(reason))
            except BadRowError as fault:
                bad.append((n, line, str(fault), fault.shown))
            else:
                good.append((n, str(found.key), found.day, False, found.record.decode()))
            if len(good) + len(bad) >= _BATCH:
                self.table.scratch.insert("mended", good)
                self.table.scratch.insert("problem", bad)
                good, bad = [], []
        self.table.scratch.insert("mended", good)
        self.table.scratch.insert("problem", bad)

    def _leave_out_others(self, seen: Seen) -> None:
        others = self.con.execute("select count(*), min(n) from judged where other").fetchone()
        if others and others[0]:
            seen.leave_out(self._line_of(others[1]), OF_ANOTHER, others[0])

    def _line_of(self, n: int) -> int:
        row = self.con.execute(
            f"select {self.table.line('t.n')} from (select {n}::bigint as n) as t {self.table.lined('t.n')}"
        ).fetchone()
        return int(row[0])

    def _settle_twice(self) -> None:
        """A day or post comes once: the first stays, the others are problems that name its line."""
        what = self.mapping.same
        self.con.execute(
            "create table twice as select key, min(n) as first from judged where record is not null"
            " group by key having count(*) > 1"
        )
        line, first = self.table.line("j.n", "b"), self.table.line("w.first", "f")
        lined = self.table.lined("j.n", "b") + self.table.lined("w.first", "f")
        self.con.execute(
            f"""insert into problem
            select n, line, '{what} as line ' || first, key || ' is {what} as line ' || first from (
                select j.n, {line} as line, {first} as first, j.key
                from judged as j join twice as w on w.key = j.key {lined}
                where j.record is not null and j.n > w.first)"""
        )

    def _tell(self, seen: Seen) -> None:
        good = "record is not null and n not in (select n from problem)"
        seen.records, seen.since, seen.until = self.con.execute(
            f"select count(*), min(day), max(day) from judged where {good}"
        ).fetchone()
        first = self.con.execute(f"select record from judged where {good} order by n limit {MOST_SHOWN}").fetchall()
        seen.first = [record.encode() for (record,) in first]
        (seen.bad,) = self.con.execute("select count(*) from problem").fetchone()
        told = self.con.execute(f"select line, what, shown from problem order by n limit {MOST_TOLD}").fetchall()
        seen.problems = [Problem(*each) for each in told]


def _shift(day: date, rows: Rows) -> int | None:
    """Seconds by which the zone is ahead of UTC all through the day; None where that changes within it."""
    if rows.mapping.kind == "days":
        return 0
    ends = (time(), time(23, 59, 59))
    shifts = {datetime.combine(day, each, rows.zone).utcoffset() for each in ends}
    found = shifts.pop()
    return int(found.total_seconds()) if found is not None and not shifts else None
