"""``Gate``: runs the suites of the relations it is asked about and says what may go on.

Gate 1 reads what a night loaded (staging, limited to the night); gate 2 reads the marts inside the
transform's open transaction, before COMMIT. Both fail closed: a missing or empty suite, a suite
that cannot be read and an engine that raises are ``QualityError``s, never a pass.

SQL in suites may read the variable ``gate_night`` (a DATE) and any other table of the warehouse.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from pipeline.errors import QualityError
from pipeline.quality import suites
from pipeline.quality.batch import Batch
from pipeline.quality.engine import Engine
from pipeline.quality.results import GateReport, ResultRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    import duckdb
    from great_expectations import ExpectationSuite

    from pipeline.quality.suites import Expectation, Suite


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
        self._tell_night(night)
        results: list[ResultRow] = []
        failed: list[tuple[Expectation, ResultRow]] = []
        units: set[tuple[str, str]] = set()
        for relation, (suite, built) in prepared.items():
            with Batch(self._con, gate, suite, relations[relation]) as batch:
                outcomes = self._engine.run(batch.table, suite, built)
                for expectation in suite.expectations:
                    outcome = outcomes[expectation.id]
                    samples = None if outcome.success else batch.samples(expectation)
                    row = ResultRow(
                        night=night,
                        gate=gate,
                        suite=suite.name,
                        expectation=expectation.id,
                        table=relation,
                        column=expectation.column,
                        severity=expectation.severity,
                        success=outcome.success,
                        observed=outcome.observed,
                        unexpected_count=outcome.unexpected_count,
                        sample_keys=samples,
                        run_id=run_id,
                    )
                    results.append(row)
                    if not row.success:
                        failed.append((expectation, row))
                        if gate == 1 and row.severity == "critical":
                            units |= batch.units(expectation)
        return GateReport(
            results=results,
            critical=[_sentence(rule, row) for rule, row in failed if row.severity == "critical"],
            warnings=[_sentence(rule, row) for rule, row in failed if row.severity == "warning"],
            units=frozenset(units),
        )

    def _tell_night(self, night: date) -> None:
        try:
            self._con.execute(f"set variable gate_night = date '{night.isoformat()}'")
        except Exception as error:
            raise QualityError(f"the warehouse cannot be read ({error}); the gate stays shut") from error

    def _suite(self, relation: str) -> tuple[Suite, ExpectationSuite]:
        if relation not in self._suites:
            suite = suites.read(self._folder, relation)
            self._suites[relation] = suite, self._engine.build(suite)
        return self._suites[relation]


def _sentence(rule: Expectation, row: ResultRow) -> str:
    """What failed, how often, one example and why it matters; names ids, days and numbers only."""
    seen = ""
    if row.unexpected_count is not None:
        seen = f", {row.unexpected_count} unexpected"
    elif row.observed is not None:
        seen = f", observed {row.observed}"
    if row.sample_keys:
        pairs = json.loads(row.sample_keys)[0].items()
        seen += " (first: " + ", ".join(f"{name} {value}" for name, value in pairs if value is not None) + ")"
    return f"{row.table}: {rule.id} failed{seen}. {rule.reason}"
