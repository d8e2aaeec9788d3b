"""A large text as a table of DuckDB: its own reader takes the lines apart, every row keeps the line it began on.

Only where that reading is certainly the same as the one row by row: a text with a stray quote, a zero or an
empty line in its midst is left to Python, which says what is wrong with it.
"""

# ruff: noqa: S608 - columns are numbered, values are parameters or quoted literals

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from pipeline.errors import FileRefused
from pipeline.sources.files.layout import Layout
from pipeline.sources.files.opening import Opened

# Below this Python alone has read the file before a database has begun.
LARGE: Final = 1 << 20
# A row with more cells than this too many is no row of this table.
_MORE: Final = 8
# What no cell says; so a cell that is missing is not taken for one that is empty.
_NOT_THERE: Final = "\u0001not there\u0001"
# Python's reader refuses a longer cell.
_LONGEST: Final = 131_072
_CHUNK: Final = 1 << 20


class Scratch(Protocol):
    """A database that spills into ``folder``, which is removed with it."""

    folder: Path
    con: Any

    def insert(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        """Rows into a table, however many."""


class Table:
    """The rows below the header: view ``cells`` (``n``, ``c0`` …).

    Each use of the view reads the text again: that costs less than keeping it. Table ``keys`` has what
    ``key`` (SQL over the columns) gives, each once, with the first row that has it.
    """

    def __init__(self, scratch: Scratch, layout: Layout, first_line: int) -> None:
        self.scratch, self.con = scratch, scratch.con
        self.width = len(layout.headers)
        self.columns = tuple(f"c{place}" for place in range(self.width + _MORE))
        self._copy = scratch.folder / "rows.csv"
        self._first_line = first_line
        self._broken = False

    @classmethod
    def of(cls, opened: Opened, layout: Layout, scratch: Scratch, key: str) -> Table | None:
        """None where the text must be read row by row. FileRefused where it has more rows than are read."""
        first_line = _line_below(opened, layout)
        if first_line is None:
            return None
        table = cls(scratch, layout, first_line)
        try:
            copied = _copy(opened, layout.part, first_line, table._copy)
            if copied is not None and table._read(layout.part, key, opened, copied):
                return table
        except FileRefused:
            raise
        except Exception:  # noqa: BLE001, S110 - whatever it is, reading row by row says it better
            pass
        table.done()
        return None

    def done(self) -> None:
        """The text is not read again."""
        self._copy.unlink(missing_ok=True)

    def line(self, n: str = "n", broken: str = "b") -> str:
        """SQL of the line on which row ``n`` begins, where ``lined`` is joined as ``broken``."""
        return f"{n} + {self._first_line - 1}" + (f" + coalesce({broken}.lines, 0)" if self._broken else "")

    def lined(self, n: str = "n", broken: str = "b") -> str:
        """SQL of the join that ``line`` needs."""
        return f" asof left join broken as {broken} on {n} >= {broken}.n" if self._broken else ""

    def _read(self, delimiter: str, key: str, opened: Opened, lines: int) -> bool:
        """Read all of it once; whether every one of its lines was found again."""
        types = ", ".join(f"'{column}': 'varchar'" for column in self.columns)
        self.con.execute(
            f"""create view cells as select row_number() over () as n, {", ".join(self.columns)}
            from read_csv({text(str(self._copy))}, auto_detect = false, header = false, delim = {text(delimiter)},
                quote = '"', escape = '"', new_line = '\\n', columns = {{{types}}}, null_padding = true,
                nullstr = {text(_NOT_THERE)}, strict_mode = true, parallel = false, max_line_size = {_LONGEST})"""
        )
        self.con.execute(
            f"create table keys as select {key} as key, min(n) as n, count(*) as rows from cells group by key"
        )
        (rows,) = self.con.execute("select coalesce(sum(rows), 0) from keys").fetchone()
        if rows > opened.limits.rows:
            raise FileRefused(f"{opened.path.name}: more than {opened.limits.rows:,} rows: split the file")
        return bool(rows == lines or rows + self._find_breaks() == lines)

    def _find_breaks(self) -> int:
        """Which rows have line breaks within their cells, and how many there are in all."""
        self._broken = True
        some = " or ".join(f"contains({column}, chr(10))" for column in self.columns)
        inner = " + ".join(
            f"coalesce(length({column}) - length(replace({column}, chr(10), '')), 0)" for column in self.columns
        )
        self.con.execute(
            "create table broken as select n + 1 as n, sum(breaks) over (order by n)::bigint as lines"
            f" from (select n, {inner} as breaks from cells where {some})"
        )
        (found,) = self.con.execute("select coalesce(max(lines), 0) from broken").fetchone()
        return int(found)

    def rows(self, numbers: str) -> Iterator[tuple[int, int, list[str]]]:
        """Number, line and cells of the rows whose ``n`` the query ``numbers`` gives, in their order."""
        cursor = self.con.cursor()
        cursor.execute(
            f"select t.n, {self.line('t.n')}, {', '.join(f't.{column}' for column in self.columns)}"
            f" from cells as t {self.lined('t.n')} where t.n in ({numbers}) order by t.n"
        )
        while found := cursor.fetchmany(2_000):
            for n, line, *cells in found:
                while cells and cells[-1] is None:
                    cells.pop()
                yield n, int(line), cells


def text(value: str) -> str:
    """A SQL string."""
    return "'" + value.replace("'", "''") + "'"


def _line_below(opened: Opened, layout: Layout) -> int | None:
    """The line after the header's last: a header may itself stand on several."""
    return next((line for line, _ in opened.every_row(layout.part) if line > layout.line), None)


def _copy(opened: Opened, delimiter: str, first_line: int, place: Path) -> int | None:
    """The rows in UTF-8 with plain line ends; how many lines. None where a reader could misunderstand them."""
    # Cells without a quote, or quoted from their first sign to their last. Python takes others for what they are.
    plain = re.compile(f'(?:(?:"[^"]*+(?:""[^"]*+)*+"|[^"{re.escape(delimiter)}\n]*+)[{re.escape(delimiter)}\n])*+')
    breaks, ending, rest = 0, 0, ""
    with (
        opened.path.open(encoding=opened.encoding, newline=None) as file,
        place.open("w", encoding="utf-8", newline="") as copy,
    ):
        for _ in range(first_line - 1):
            file.readline()
        while chunk := file.read(_CHUNK):
            rest = _behind(plain, rest + chunk)
            if "\x00" in chunk or len(rest) > _LONGEST:
                return None
            copy.write(chunk)
            said = chunk.rstrip("\n")
            breaks += chunk.count("\n")
            ending = len(chunk) - len(said) + (0 if said else ending)
    return None if _behind(plain, rest + "\n") else breaks - ending + 1


def _behind(plain: re.Pattern[str], text: str) -> str:
    """What stands behind the last plain cell that is whole."""
    found = plain.match(text)
    return text[found.end() :] if found else text
