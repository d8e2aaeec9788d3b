"""What is wrong with suites, told before a night meets them.

Suites are judged against a warehouse that has every relation and no row: SQL is planned there, not run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from pipeline.errors import QualityError
from pipeline.quality import suites
from pipeline.quality.batch import Batch
from pipeline.quality.engine import Engine
from pipeline.quality.gate import tell

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import duckdb

    from pipeline.quality.suites import Expectation, Suite

GateNumber = Literal[1, 2]

# What a query may show of an unexpected row: who, when, and numbers. Never a text, a link or a person's name.
KEYS: Final = frozenset({
    "platform", "account", "site", "source", "post_id", "response_id", "native_id", "conversion_id", "stream",
    "day", "night", "period_kind", "period_start", "campaign", "action", "metric", "name", "native_name",
    "valid_from", "referrer_type", "label", "report", "end_time", "status", "currency", "engagement_parts",
    "campaign_id", "network", "step", "visit_id", "experiment", "arm", "verdict", "winner", "model",
    # words of the project's own, names in the settings, and the brand's own hashtags
    "direction", "kind", "explained_by", "goal", "state", "expected_by", "judged_by", "type", "hashtag",
})  # fmt: skip
_NUMBERS: Final = ("BIGINT", "HUGEINT", "INTEGER", "DOUBLE", "DECIMAL", "DATE", "TIMESTAMP", "BOOLEAN")
# Arguments of Great Expectations that name columns.
_NAMING: Final = ("column", "column_A", "column_B", "column_list", "column_set")
# A reason of fewer signs says nothing to who is woken by it.
_SHORTEST_REASON: Final = 30


@dataclass(frozen=True)
class Remark:
    """One thing to change. ``expectation`` is None where the suite as a whole is meant."""

    relation: str
    expectation: str | None
    problem: str


def lint(
    con: duckdb.DuckDBPyConnection, folder: Path, gates: Mapping[str, GateNumber], only: Collection[str], night: date
) -> list[Remark]:
    """Everything to change in the suites of ``folder``, by relation.

    ``con``: a warehouse with every relation and no row; ``gates``: each relation that a gate judges, and which;
    ``only``: the relations to look at, none for all. Nothing is raised for what a suite says; QualityError where
    Great Expectations does not start.
    """
    files = {file.stem for file in folder.glob("*.json")}
    engine = Engine(con)
    found = []
    for relation in sorted(only or {*files, *gates}):
        if relation not in gates:
            found.append(Remark(relation, None, "no gate judges such a relation: rename the file, or remove it"))
        else:
            found += _of_suite(con, engine, folder, relation, gates[relation], night)
    return found


def _of_suite(
    con: duckdb.DuckDBPyConnection, engine: Engine, folder: Path, relation: str, gate: GateNumber, night: date
) -> Iterator[Remark]:
    try:
        suite = suites.read(folder, relation)
        engine.build(suite)
    except QualityError as error:
        yield Remark(relation, None, str(error))
        return
    rules = {rule.id: rule for rule in suite.expectations}
    key = rules.get("key_unique")
    if key is None or key.severity != "critical":
        yield Remark(
            relation, "key_unique", "a suite needs a critical key_unique: a row that is there twice counts twice"
        )
    columns = {name: kind for name, kind, *_ in con.execute(f"describe {relation}").fetchall()}
    for rule in suite.expectations:
        if len(rule.reason) < _SHORTEST_REASON:
            yield Remark(relation, rule.id, f"meta.reason is too short to act on: {rule.reason!r}")
        yield from (Remark(relation, rule.id, problem) for problem in _of_columns(rule, columns))
    yield from _of_queries(con, suite, gate, list(columns), night)


def _of_columns(rule: Expectation, columns: Collection[str]) -> Iterator[str]:
    """Columns that a rule names and the relation does not have."""
    said = [rule.kwargs.get(name) for name in _NAMING]
    named = [name for one in said for name in (one if isinstance(one, list) else [one]) if isinstance(name, str)]
    # end_time: the platform's own word for the end of a day
    told = rule.column.split(", ") if rule.column else []
    for name in dict.fromkeys([*named, *told]):
        if name not in columns and name != "end_time":
            yield f"there is no column {name!r}; the relation has {', '.join(sorted(columns))}"


def _of_queries(
    con: duckdb.DuckDBPyConnection, suite: Suite, gate: GateNumber, columns: list[str], night: date
) -> Iterator[Remark]:
    """What the SQL of the rules reads and shows, planned on the batch that the gate would give it."""
    tell(con, gate, night)
    with Batch(con, gate, suite, None, columns) as batch:
        for rule in suite.expectations:
            if rule.query is None:
                continue
            try:
                sql = rule.query.format(batch=f"(select * from {batch.table})")  # noqa: S608 - suites are SQL
                shown = {name: kind for name, kind, *_ in con.execute(f"describe {sql}").fetchall()}
            except Exception as error:  # noqa: BLE001 - whatever DuckDB says of SQL that people wrote
                yield Remark(suite.name, rule.id, f"its SQL cannot be planned: {_first_line(error)}")
                continue
            texts = [name for name, kind in shown.items() if name not in KEYS and not kind.startswith(_NUMBERS)]
            if texts:
                yield Remark(
                    suite.name, rule.id, f"a sample would show the text of {', '.join(texts)}: select keys and numbers"
                )
            if gate == 1 and list(shown)[:2] != ["platform", "account"]:
                yield Remark(
                    suite.name,
                    rule.id,
                    "at gate 1 a query must begin with platform, account: whose night is set aside?",
                )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
