"""The pipeline's DuckDB connection as SQLAlchemy may hold it: it runs SQL and can end nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    Row = tuple[object, ...]


class Cursor:
    """A DB-API cursor on the shared connection that holds its whole result as soon as it ran."""

    arraysize = 1
    rowcount = -1

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._rows: list[Row] = []
        self.description: Sequence[Row] | None = None

    def execute(self, sql: str, parameters: Sequence[object] | None = None) -> Cursor:
        result = self._con.execute(sql, parameters) if parameters else self._con.execute(sql)
        self.description = result.description
        self._rows = result.fetchall() if result.description else []
        return self

    def fetchone(self) -> Row | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Row]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Row]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None:
        self._rows = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._con, name)


class OpenConnection:
    """A DB-API connection over ``con``, which may be exchanged; transactions stay the caller's."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def cursor(self) -> Cursor:
        return Cursor(self.con)

    def execute(self, sql: str, parameters: Sequence[object] | None = None) -> Cursor:
        return self.cursor().execute(sql, parameters)

    def begin(self) -> None:
        """The caller has begun."""

    def commit(self) -> None:
        """The caller commits."""

    def rollback(self) -> None:
        """The caller rolls back."""

    def close(self) -> None:
        """The caller closes."""

    def __getattr__(self, name: str) -> object:
        return getattr(self.con, name)
