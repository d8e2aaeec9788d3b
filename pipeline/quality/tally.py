"""How many rows each query of a suite gives, counted in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.quality.open_connection import OpenConnection

# What DuckDB says of every statement after the one that failed.
ABORTED = "transaction is aborted"


class Tally:
    """Counts the rows of ``queries`` over the relation ``table``, all at the first question.

    A plan for each query costs more than reading a night's rows. Where the one statement fails, each
    query is asked alone, so that the error comes from the query that causes it; in a transaction that
    the failure has ended, every query raises the first error.
    """

    def __init__(self, connection: OpenConnection, table: str, queries: Sequence[str]) -> None:
        self._connection = connection
        self._table = table
        self._queries = queries
        self._rows: dict[str, int] | None = None
        self._failure: Exception | None = None

    def rows(self, query: str) -> int:
        """The number of rows of one of the queries. Raises DuckDB's error."""
        if self._rows is None and self._failure is None:
            try:
                self._rows = dict(zip(self._queries, self._count(self._queries), strict=True))
            except Exception as error:  # noqa: BLE001 whatever it is, each query then has its own
                self._failure = error
        return self._rows[query] if self._rows is not None else self._alone(query)

    def _alone(self, query: str) -> int:
        try:
            return self._count([query])[0]
        except Exception as error:
            if self._failure and ABORTED in str(error):
                raise self._failure from error
            raise

    def _count(self, queries: Sequence[str]) -> list[int]:
        counts = " union all ".join(
            f"select {number} as n, count(*) from ({query.format(batch=self._table)}\n)"  # noqa: S608 suites are ours
            for number, query in enumerate(queries)
        )
        found = self._connection.execute(f"from ({counts}) order by n").fetchall()
        return [int(str(count)) for _, count in found]
