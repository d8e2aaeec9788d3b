"""The rows under test: a relation limited to what this run changed, under a name of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import QualityError
from pipeline.quality.results import SAMPLE_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    import duckdb

    from pipeline.quality.suites import Expectation, Suite


# What people wrote has no business in a check, even where a rule names it.
WRITTEN = ("text", "link", "author")


@dataclass(frozen=True)
class Batch:
    """Temporary relations, made on entry and dropped on exit. ``condition`` None means every row.

    ``columns`` are all columns of the suite's relation.

    ``gate_<schema>_<table>`` holds the rows under test. At gate 2 it is a view: marts are tables. At
    gate 1 the relation is a view that takes JSON apart, and many rules read it: it is read once, from
    the day ``gate_since`` on, into ``recent_<schema>_<table>``, and the batch is a part of that. Texts
    of people stay out of both.
    """

    con: duckdb.DuckDBPyConnection
    gate: Literal[1, 2]
    suite: Suite
    condition: str | None
    columns: Sequence[str]

    @property
    def table(self) -> str:
        return "gate_" + self.suite.name.replace(".", "_")

    @property
    def _recent(self) -> str:
        return "recent_" + self.suite.name.replace(".", "_")

    def __enter__(self) -> Batch:
        rows = f"where {self.condition or 'true'}"
        try:
            columns = self._read()
            if self.gate == 1:
                self.con.execute(
                    f"create or replace temp table {self._recent} as select {columns} from {self.suite.name}"  # noqa: S608 our names
                    " where night >= getvariable('gate_since')"
                )
                self.con.execute(f"create or replace temp table {self.table} as from {self._recent} {rows}")
            else:
                self.con.execute(
                    f"create or replace temp view {self.table} as select {columns} from {self.suite.name} {rows}"  # noqa: S608
                )
        except Exception as error:
            raise QualityError(
                f"{self.suite.file}: {self.suite.name} cannot be read ({error}); the gate stays shut"
            ) from error
        return self

    def _read(self) -> str:
        """The columns that a rule names, and whose rows they are: planning and reading costs by column."""
        named = self.suite.words | {"platform", "account", "night"}
        return ", ".join(f'"{name}"' for name in self.columns if name in named and name not in WRITTEN) or "1 as none"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:  # a failed query has aborted the transaction: its end drops the batch too
            return
        if self.gate == 1:
            self.con.execute(f"drop table {self.table}; drop table {self._recent}")
        else:
            self.con.execute(f"drop view {self.table}")

    def samples(self, expectation: Expectation) -> str | None:
        """The first unexpected rows in their order: two runs over the same rows say the same."""
        if expectation.query is None:
            return None
        rows = expectation.query.format(batch=self.table)
        names, found = self._ask(f"select * from ({rows}) order by all limit {SAMPLE_KEYS}")  # noqa: S608 our SQL
        keys = [dict(zip(names, values, strict=True)) for values in found]
        return json.dumps(keys, default=str, ensure_ascii=False)

    def units(self, expectation: Expectation) -> set[tuple[str, str]]:
        """The (platform, account) pairs that a failure touches: every row counts, not the samples.

        Rows that do not say whose they are, and expectations that cannot say which rows they mean,
        touch every unit of the batch and every unit of its platform that waits for the gate.
        """
        if expectation.query is not None:
            rows = expectation.query.format(batch=self.table)
            _, pairs = self._ask(f"select distinct platform, account from ({rows})")  # noqa: S608
            if all(None not in pair for pair in pairs):
                return {(platform, account) for platform, account in pairs}
        relation = self.suite.name.partition(".")[2]
        _, pairs = self._ask(
            f"select platform, account from {self.table} union select platform, account from ops.ledger"  # noqa: S608
            f" where state = 'loaded' and starts_with('{relation}', platform || '_')"
        )
        return {(platform, account) for platform, account in pairs if None not in (platform, account)}

    def _ask(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows."""
        try:
            found = self.con.execute(sql)
            return [column[0] for column in found.description or ()], found.fetchall()
        except Exception as error:
            raise QualityError(f"{self.suite.file}: what failed could not be listed ({error})") from error
