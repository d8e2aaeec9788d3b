"""``Gate``: runs the suites of the relations it is asked about and says what may go on.

Gate 1 reads what a night loaded (staging, limited to the night); gate 2 reads the marts inside the
transform's open transaction, before COMMIT. Both fail closed: a missing or empty suite, a suite
that cannot be read and an engine that raises are ``QualityError``s, never a pass.

SQL in suites may read any table of the warehouse and what the gate puts beside it: the variable
``gate_night``; at gate 1 also ``gate_unit`` (platform, account, night: whose newest night is judged)
and ``recent_<schema>_<table>`` (the relation's observations of the last weeks).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.errors import QualityError
from pipeline.quality import suites
from pipeline.quality.batch import Batch
from pipeline.quality.engine import Engine, Outcome
from pipeline.quality.results import GateReport, ResultRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import duckdb
    from great_expectations import ExpectationSuite

    from pipeline.quality.suites import Expectation, Suite

# Units that wait for gate 1, and those of the night itself when it is looked at again.
_UNITS = """
    create or replace temp table gate_unit as
    select platform, account, max(night) as night, min(window_since) as window_since
    from ops.ledger
    where state = 'loaded' or (state = 'passed' and night = getvariable('gate_night'))
    group by platform, account
"""
_SINCE = """
    set variable gate_since = (
        select least(coalesce(min(window_since), getvariable('gate_night')), getvariable('gate_night') - 30)
        from gate_unit
    )
"""
_COLUMNS = """
    select schema_name || '.' || table_name, column_name from duckdb_columns()
    where database_name = current_database() and schema_name in (select unnest($schemas))
    order by table_name, column_index
"""


class Gate:
    """Both gates over one warehouse connection; made once, used for every night of a process.

    ``folder`` holds the suites, one ``<schema>.<table>.json`` per relation.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        if not folder.is_dir():
            raise QualityError(f"{folder}: there is no folder of suites; without it nothing is published")
        self._con = con
        self._folder = folder
        self._engine = Engine(con)
        self._suites: dict[str, tuple[Suite, ExpectationSuite]] = {}

    def rebind(self, con: duckdb.DuckDBPyConnection) -> None:
        """Goes on with ``con``: a replay opens the warehouse anew each night, the gate stays."""
        self._con = con
        self._engine.rebind(con)

    def check(
        self, gate: Literal[1, 2], relations: Mapping[str, str | None], *, night: date, run_id: str
    ) -> GateReport:
        """Validates each relation of ``relations`` (name → SQL condition of its batch, None = all).

        Runs in the caller's transaction and changes no table. Raises QualityError when a suite is
        missing or cannot be evaluated; failed expectations are in the report, not raised.
        """
        if not relations:
            raise QualityError(f"gate {gate} was given no relation to check for the night {night}")
        prepared = {relation: self._suite(relation) for relation in relations}
        tell(self._con, gate, night)
        columns = self._columns(relations)
        findings: list[_Finding] = []
        for relation, (suite, built) in prepared.items():
            with Batch(self._con, gate, suite, relations[relation], columns[relation]) as batch:
                outcomes = self._engine.run(batch.table, suite, built)
                findings += [_finding(batch, rule, outcomes[rule.id]) for rule in suite.expectations]
        if gate == 1:
            self._con.execute("drop table gate_unit")
        failed = [finding for finding in findings if not finding.outcome.success]
        return GateReport(
            results=[finding.row(gate, night, run_id) for finding in findings],
            critical=[finding.sentence() for finding in failed if finding.rule.severity == "critical"],
            warnings=[finding.sentence() for finding in failed if finding.rule.severity == "warning"],
            units=frozenset().union(*(finding.units for finding in failed)),
        )

    def _columns(self, relations: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The columns of each relation in their order; none where there is no such relation."""
        schemas = sorted({relation.partition(".")[0] for relation in relations})
        found: dict[str, list[str]] = {relation: [] for relation in relations}
        try:
            rows = self._con.execute(_COLUMNS, {"schemas": schemas}).fetchall()
        except Exception as error:
            raise QualityError(f"the warehouse cannot be read ({error}); the gate stays shut") from error
        for relation, column in rows:
            if relation in found:
                found[relation].append(column)
        return found

    def _suite(self, relation: str) -> tuple[Suite, ExpectationSuite]:
        if relation not in self._suites:
            suite = suites.read(self._folder, relation)
            self._suites[relation] = suite, self._engine.build(suite)
        return self._suites[relation]


def tell(con: duckdb.DuckDBPyConnection, gate: int, night: date) -> None:
    """What suites may ask for besides tables. Every window that is judged lies after ``gate_since``."""
    try:
        con.execute(f"set variable gate_night = date '{night.isoformat()}'")
        if gate == 1:
            con.execute(_UNITS)
            con.execute(_SINCE)
    except Exception as error:
        raise QualityError(f"the warehouse cannot be read ({error}); the gate stays shut") from error


@dataclass(frozen=True)
class _Finding:
    """One rule and what became of it in one batch."""

    relation: str
    rule: Expectation
    outcome: Outcome
    samples: str | None
    units: frozenset[tuple[str, str]]

    def row(self, gate: int, night: date, run_id: str) -> ResultRow:
        return ResultRow(
            night=night,
            gate=gate,
            suite=self.relation,
            expectation=self.rule.id,
            table=self.relation,
            column=self.rule.column,
            severity=self.rule.severity,
            success=self.outcome.success,
            observed=self.outcome.observed,
            unexpected_count=self.outcome.unexpected_count,
            sample_keys=self.samples,
            run_id=run_id,
        )

    def sentence(self) -> str:
        """What failed, how often, one example and why it matters; names ids, days and numbers only."""
        seen = ""
        if self.outcome.unexpected_count is not None:
            seen = f", {self.outcome.unexpected_count} unexpected"
        elif self.outcome.observed is not None:
            seen = f", observed {self.outcome.observed}"
        if self.samples:
            pairs = json.loads(self.samples)[0].items()
            seen += " (first: " + ", ".join(f"{name} {value}" for name, value in pairs if value is not None) + ")"
        return f"{self.relation}: {self.rule.id} failed{seen}. {self.rule.reason}"


def _finding(batch: Batch, rule: Expectation, outcome: Outcome) -> _Finding:
    """A failed rule is asked for examples, a critical one of gate 1 also for the units it touches."""
    aside = not outcome.success and rule.severity == "critical" and batch.gate == 1
    return _Finding(
        relation=batch.suite.name,
        rule=rule,
        outcome=outcome,
        samples=None if outcome.success else batch.samples(rule),
        units=frozenset(batch.units(rule) if aside else ()),
    )
