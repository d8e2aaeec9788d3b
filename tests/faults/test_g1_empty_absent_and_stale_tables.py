"""An empty, an all-NULL and a stale table fail, in every relation: no gate passes because there is nothing to see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipeline.errors import QualityError
from pipeline.quality import Gate, GateReport
from tests.quality.clean_brand import EXPECTATIONS, build, marts, stage, stage_every_platform, staging_relations

NIGHT = date(2026, 11, 2)
COUNTED = {"BIGINT", "HUGEINT", "DOUBLE", "DECIMAL(18,4)", "DECIMAL(18,8)"}
SMALL_NUMBERS = {"days_in_period", "days_covered"}  # part of the calendar, not measured


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(duckdb.connect(), EXPECTATIONS)


@pytest.fixture(scope="module")
def nights() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield stage_every_platform(con)


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield build(stage(con))


@pytest.fixture
def relation(
    request: pytest.FixtureRequest, nights: duckdb.DuckDBPyConnection, tables: duckdb.DuckDBPyConnection
) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    name: str = request.param
    con = nights if name.startswith("staging.") else tables
    con.execute("begin")
    yield con, name
    con.execute("rollback")


def check(gate: Gate, con: duckdb.DuckDBPyConnection, relation: str) -> GateReport:
    gate.rebind(con)
    if relation.startswith("staging."):
        return gate.check(1, {relation: "night = date '2026-11-02'"}, night=NIGHT, run_id="r1")
    return gate.check(2, {relation: None}, night=NIGHT, run_id="r1")


EVERY = [*staging_relations(), *marts()]
# What words mean has no numbers and no days.
DEFINITIONS = ("kpi.metric_definition", "kpi.metric_native")


@pytest.mark.parametrize("relation", EVERY, indirect=True)
def test_g1_an_empty_table_fails(gate: Gate, relation: tuple[duckdb.DuckDBPyConnection, str]) -> None:
    con, name = relation
    if name == "staging.matomo_conversion":
        con.execute("insert into ops.stream_night by name select 'matomo' as platform, '1' as account, 'ecommerce'"
                    " as stream, date '2026-11-02' as night, true as delivered, 9 as rows")  # fmt: skip
    con.execute(f"delete from {name}")
    report = check(gate, con, name)
    assert not report.passed
    assert bool(report.units) == name.startswith("staging.")


@pytest.mark.parametrize("relation", EVERY, indirect=True)
def test_g1_a_missing_table_shuts_the_gate(gate: Gate, relation: tuple[duckdb.DuckDBPyConnection, str]) -> None:
    con, name = relation
    con.execute(f"drop table {name} cascade")
    with pytest.raises(QualityError, match=f"{name} cannot be read"):
        check(gate, con, name)


@pytest.mark.parametrize("relation", [name for name in EVERY if name not in DEFINITIONS], indirect=True)
def test_g1_a_table_whose_every_number_is_absent_fails(
    gate: Gate, relation: tuple[duckdb.DuckDBPyConnection, str]
) -> None:
    con, name = relation
    columns = con.execute(f"select column_name, column_type from (describe {name})").fetchall()
    numbers = [column for column, kind in columns if kind in COUNTED and column not in SMALL_NUMBERS]
    # what has no number is nothing without its time
    absent = numbers or [column for column, kind in columns if kind == "TIMESTAMP"]
    con.execute(f"update {name} set {', '.join(f'{column} = null' for column in absent)}")
    assert not check(gate, con, name).passed


# Posts, comments and orders may rest for days; what they were is checked by the tables made of them.
RESTING = ("_post", "_post_snapshot", "_response", "_conversion", "_journey")
# A file says nothing of tomorrow, and nobody expects it to.
OF_PEOPLE = ("staging.files_", "staging.google_plus_")
DATED = [
    name
    for name in EVERY
    if not (name.startswith("staging.") and name.endswith(RESTING)) and not name.startswith(OF_PEOPLE)
]
DAYS = {
    "kpi.account_period": "period_end",
    "kpi.content_type": "period_end",
    "kpi.forecast_gap": "last_day",
    "kpi.hashtag": "period_end",
    "kpi.post": "published_day",
    "kpi.posting_time": "period_end",
    "conversion.event": "occurred_day",
    "conversion.attribution": "occurred_day",
    "conversion.budget_advice": "last_day",
    "conversion.experiment_result": "look",
    "conversion.margin_campaign": "last_day",
    "conversion.margin_post": "published_day",
}


@pytest.mark.parametrize("relation", [n for n in DATED if n not in DEFINITIONS], indirect=True)
def test_g1_a_table_that_stopped_a_week_ago_fails(gate: Gate, relation: tuple[duckdb.DuckDBPyConnection, str]) -> None:
    con, name = relation
    con.execute(f"delete from {name} where {DAYS.get(name, 'day')} > date '2026-10-26'")
    report = check(gate, con, name)
    assert not report.passed
    assert all("platform" in sentence or "day" in sentence or "site" in sentence for sentence in report.critical)
