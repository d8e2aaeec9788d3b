"""The runner: views when they changed, tables from the day that moved, all of it in the caller's transaction."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline import models
from pipeline.errors import ModelError
from tests.models.tree import TABLE, VIEW, tree
from tests.models.warehouse import MODELS, empty_warehouse, given_tables

BY_DAY = "-- grain: one row per day\n-- key: day\n-- rebuild: day\n"
THINGS = f"{BY_DAY}select day, value, getvariable('rebuild_from') as since from ops.things"
FULL = models.FIRST_DAY


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema ops")
    connection.execute("create table ops.ledger (night date, window_since date, state varchar)")
    connection.execute(
        "create table ops.things as select date '2026-10-01' + i::integer as day, i as value from range(5) r(i)"
    )
    return connection


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return con.execute(sql).fetchall()


def test_only_the_rows_from_the_moved_day_on_are_replaced(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    all_models = models.read(tree(tmp_path, {"core/thing.sql": THINGS}))
    (first,) = models.build(con, all_models, {"core.thing": FULL})
    assert (first.rows, first.rebuild_from) == (5, FULL)
    con.execute("update ops.things set value = value + 100")
    (second,) = models.build(con, all_models, {"core.thing": date(2026, 10, 4)})
    assert (second.rows, second.rebuild_from) == (2, date(2026, 10, 4))
    assert rows(con, "select value, since from core.thing order by day") == [
        (0, FULL),
        (1, FULL),
        (2, FULL),
        (103, date(2026, 10, 4)),
        (104, date(2026, 10, 4)),
    ]


def test_rows_that_are_gone_leave_the_table(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    all_models = models.read(tree(tmp_path, {"core/thing.sql": THINGS}))
    models.build(con, all_models, {"core.thing": FULL})
    con.execute("delete from ops.things where day = '2026-10-05'")
    models.build(con, all_models, {"core.thing": date(2026, 10, 5)})
    assert rows(con, "select count(*) from core.thing") == [(4,)]


def test_a_table_that_does_not_exist_is_built_in_full_whatever_moved(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    all_models = models.read(tree(tmp_path, {"core/thing.sql": THINGS}))
    (done,) = models.build(con, all_models, {"core.thing": None})
    assert done.rows == 5


def test_a_table_that_did_not_move_is_left_alone(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    all_models = models.read(tree(tmp_path, {"core/thing.sql": THINGS}))
    models.build(con, all_models, {"core.thing": FULL})
    con.execute("delete from ops.things")
    assert models.build(con, all_models, {"core.thing": None}) == []
    assert rows(con, "select count(*) from core.thing") == [(5,)]


def test_reach_and_also_move_the_day_further_back(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute(
        "insert into ops.ledger values ('2026-10-04', '2026-10-03', 'passed'), ('2026-10-05', '2026-10-01', 'loaded')"
    )
    header = BY_DAY.replace("rebuild: day", "rebuild: day from the reach of its nights")
    also = header + "-- also: select day from ops.stale\n"
    con.execute("create table ops.stale (day date)")
    select = THINGS.removeprefix(BY_DAY)
    all_models = models.read(tree(tmp_path, {"core/reach.sql": header + select, "core/stale.sql": also + select}))
    models.build(con, all_models, {})
    days = dict.fromkeys(("core.reach", "core.stale"), date(2026, 10, 4))
    assert [done.rebuild_from for done in models.build(con, all_models, days)] == [date(2026, 10, 3)] * 2
    con.execute("insert into ops.stale values ('2026-10-02')")
    assert [done.rebuild_from.day for done in models.build(con, all_models, days)] == [3, 2]


def test_views_are_made_again_only_when_their_sql_changed(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    files = {
        "staging/contract/thing.sql": f"{VIEW}select null::date as day where false",
        "staging/x_thing.sql": f"{VIEW}select day from ops.things",
    }
    models.build(con, models.read(tree(tmp_path / "1", files)), {})
    before = rows(con, "select view_name, view_oid from duckdb_views() where schema_name = 'staging' order by all")
    models.build(con, models.read(tree(tmp_path / "2", files)), {})
    assert (
        rows(con, "select view_name, view_oid from duckdb_views() where schema_name = 'staging' order by all") == before
    )
    changed = files | {"staging/x_thing.sql": f"{VIEW}select day + 1 as day from ops.things"}
    models.build(con, models.read(tree(tmp_path / "3", changed)), {})
    assert rows(con, "select min(day) from staging.thing") == [(date(2026, 10, 2),)]


def test_a_failing_model_names_its_file_and_what_duckdb_says(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tree(tmp_path, {"kpi/bad.sql": f"{TABLE}select error('no such luck') as id"})
    with pytest.raises(ModelError, match=r"sql/kpi/bad\.sql: .*no such luck"):
        models.build(con, models.read(folder), {})


def test_statistics_that_nobody_wrote_name_the_file_and_those_that_there_are(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    made = (
        "-- grain: one row\n-- key: id\n-- rebuild: whole\n-- computed: odds from seed.goal\nselect id from temp.odds"
    )
    chosen = models.read(tree(tmp_path, {"conversion/made.sql": made}))
    known = r"made\.sql: nothing computes 'odds': there are anomaly, attribution, budget_advice"
    with pytest.raises(ModelError, match=known):
        models.build(con, chosen, {"conversion.made": models.FIRST_DAY})


def test_a_column_that_does_not_exist_names_the_file_too(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tree(tmp_path, {"kpi/bad.sql": f"{TABLE}select colour from ops.things"})
    with pytest.raises(ModelError, match=r"sql/kpi/bad\.sql: .*colour"):
        models.build(con, models.read(folder), {})


def test_a_model_that_needs_more_memory_than_is_allowed_says_which_setting_to_raise(tmp_path: Path) -> None:
    sql = "select string_agg(i::varchar, ',') as id from range(3000000) as numbers (i) group by i % 2"
    (model,) = models.read(tree(tmp_path, {"core/large.sql": f"{TABLE}{sql}"}))
    con = duckdb.connect(config={"memory_limit": "10MB", "threads": 1, "temp_directory": ""})
    with pytest.raises(ModelError, match=r"core/large\.sql: needs more memory .* raise it"):
        models.build(con, [model], {})


@pytest.mark.parametrize("broken", ["core.account", "kpi.post_daily", "kpi.account_period"])
def test_b5_one_failing_model_of_many_leaves_everything_as_it_was(broken: str) -> None:
    con = empty_warehouse(duckdb.connect())
    con.execute("insert into core.post (platform, account, post_id) values ('facebook', '1', 'kept')")
    states = {m.relation: rows(con, f"select * from {m.relation} order by all") for m in MODELS if m.kind == "table"}
    spoiled = [
        models.Model(m.relation, m.file, "select error('x') as x", m.kind, m.depends_on, m.grain, m.key)
        if m.relation == broken
        else m
        for m in MODELS
    ]
    con.execute("begin")
    with pytest.raises(ModelError, match=broken.partition(".")[2]):
        models.build(con, spoiled, models.rebuild_days(MODELS, {}, None, full=True))
    con.execute("rollback")
    after = {m.relation: rows(con, f"select * from {m.relation} order by all") for m in MODELS if m.kind == "table"}
    assert after == states


def test_the_project_builds_on_a_sealed_connection() -> None:
    con = given_tables(duckdb.connect())
    con.execute("set enable_external_access = false; set lock_configuration = true")
    con.execute("begin")
    done = models.build(con, MODELS, models.rebuild_days(MODELS, {}, None, full=True))
    con.execute("commit")
    assert {build.relation for build in done} == {m.relation for m in MODELS if m.kind == "table"}


def test_every_key_is_made_of_columns_of_its_table() -> None:
    con = empty_warehouse(duckdb.connect())
    for model in MODELS:
        if model.kind == "table":
            columns = {row[0] for row in rows(con, f"describe {model.relation}")}
            assert {*model.key, model.month or model.key[0]} <= columns, model.relation
            assert model.rebuild in columns | {"whole"}, model.relation


def test_the_runner_itself_costs_little(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    files = {f"core/t{n:02}.sql": THINGS for n in range(25)}
    all_models = models.read(tree(tmp_path, files))
    days: dict[str, date | None] = dict.fromkeys((m.relation for m in all_models), date(2026, 10, 4))
    models.build(con, all_models, days)
    start = time.process_time()
    models.build(con, all_models, days)
    assert time.process_time() - start < 1.0
