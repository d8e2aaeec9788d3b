"""How much of the machine a load takes: little, because fetching and people share it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Enough for a million records at a time; the process around it takes as much again at most.
MEMORY = 240 * 2**20
_UNITS = {"bytes": 1, "byte": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


class Means:
    """The connection's memory and threads while it loads. ``lift`` gives the memory of the settings."""

    def __init__(self, con: DuckDBPyConnection) -> None:
        self._con = con
        row = con.execute("select current_setting('memory_limit'), current_setting('threads')").fetchone()
        self._memory, self._threads = (str(row[0]), int(row[1])) if row else ("2 GiB", 1)
        self._limited = False

    def limit(self, *, many: bool) -> None:
        """Take less: of memory for ``many`` records; for few, that need little, one thread deals out no work."""
        if not many:
            self._con.execute("set threads = 1")
            return
        number, _, unit = self._memory.partition(" ")
        if float(number) * _UNITS.get(unit, 1) > MEMORY:
            self._con.execute(f"set memory_limit = '{MEMORY} bytes'")
            self._limited = True

    def lift(self) -> bool:
        """All the memory that the settings allow; False when it was not limited further."""
        if self._limited:
            self._con.execute(f"set memory_limit = '{self._memory}'")
            self._limited = False
            return True
        return False

    def give_back(self) -> None:
        """As it was before."""
        self.lift()
        self._con.execute(f"set threads = {self._threads}")


@contextmanager
def frugal(con: DuckDBPyConnection, *, many: bool) -> Iterator[Means]:
    """Load with little memory, and with one thread unless there are ``many`` records."""
    means = Means(con)
    means.limit(many=many)
    try:
        yield means
    finally:
        # A database that a fatal error ended takes no setting any more; that error is the one to tell.
        with suppress(duckdb.Error):
            means.give_back()
