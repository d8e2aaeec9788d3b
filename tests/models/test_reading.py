"""What is read from the SQL files: dependencies, order, layers, directives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline import models
from pipeline.errors import ModelError
from pipeline.models.reading import tables_in
from tests.models.tree import BY_DAY, TABLE, VIEW, tree
from tests.models.warehouse import MODELS, SQL


def names(folder: Path) -> list[str]:
    return [model.relation for model in models.read(folder)]


def test_dependencies_are_read_from_the_sql_and_ctes_are_none() -> None:
    sql = """
    with a as (select * from core.post), night as (select * from a)
    select * from night join kpi.post using (id)
    where exists (select 1 from seed.site) or x in (select y from conversion.event)
    """
    assert tables_in(sql) == {"core.post", "kpi.post", "seed.site", "conversion.event"}


def test_a_cte_named_like_a_table_hides_no_table_of_a_schema() -> None:
    assert tables_in("with post as (select * from core.post) select * from post") == {"core.post"}


def test_a_table_without_its_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="orders is read without its schema"):
        tables_in("select * from orders")


def test_models_come_in_build_order(tmp_path: Path) -> None:
    folder = tree(
        tmp_path,
        {
            "kpi/z.sql": f"{TABLE}select * from core.b",
            "core/a.sql": f"{TABLE}select * from staging.x_thing",
            "core/b.sql": f"{TABLE}select * from core.a",
            "staging/x_thing.sql": f"{VIEW}select 1 as id from raw.x_things",
            "staging/contract/thing.sql": f"{VIEW}select null::integer as id where false",
        },
    )
    order = names(folder)
    assert order.index("staging.x_thing") < order.index("core.a") < order.index("core.b") < order.index("kpi.z")


def test_the_projects_own_models_read_only_what_stands_before_them() -> None:
    seen: set[str] = set()
    for model in MODELS:
        given = {name for name in model.depends_on if name.partition(".")[0] in {"raw", "seed", "ops"}}
        assert model.depends_on - given <= seen, model.relation
        seen.add(model.relation)


def test_a_contract_unites_every_platforms_file_by_name(tmp_path: Path) -> None:
    folder = tree(
        tmp_path,
        {
            "staging/contract/thing.sql": f"{VIEW}select null::integer as id, null::text as name where false",
            "staging/x_thing.sql": f"{VIEW}select 1 as id",
            "staging/y_thing.sql": f"{VIEW}select 'b' as name, 2 as id",
        },
    )
    union = next(model for model in models.read(folder) if model.relation == "staging.thing")
    assert union.depends_on == {"staging.x_thing", "staging.y_thing"}
    assert union.kind == "view"


@pytest.mark.parametrize(
    ("layer", "read"),
    [
        ("staging", "core.a"),
        ("staging", "kpi.a"),
        ("core", "raw.x"),
        ("core", "kpi.a"),
        ("kpi", "staging.x_thing"),
        ("kpi", "raw.x"),
        ("conversion", "staging.x_thing"),
    ],
)
def test_data_walks_one_way(tmp_path: Path, layer: str, read: str) -> None:
    file = "staging/x_thing.sql" if layer == "staging" else f"{layer}/b.sql"
    folder = tree(
        tmp_path,
        {
            "core/a.sql": f"{TABLE}select 1 as id",
            "kpi/a.sql": f"{TABLE}select 1 as id",
            "staging/contract/thing.sql": f"{VIEW}select 1 as id where false",
            "staging/x_thing.sql": f"{VIEW}select 1 as id",
        }
        | {file: f"{TABLE}select * from {read}"},
    )
    with pytest.raises(ModelError, match=f"{layer} must not read {read}") as caught:
        models.read(folder)
    assert file.rpartition("/")[2] in str(caught.value)


def test_marts_may_read_marts_but_not_in_a_circle(tmp_path: Path) -> None:
    files = {
        "kpi/a.sql": f"{TABLE}select * from conversion.b",
        "conversion/b.sql": f"{TABLE}select * from kpi.c",
        "kpi/c.sql": f"{TABLE}select 1 as id",
    }
    assert names(tree(tmp_path / "line", files)) == ["kpi.c", "conversion.b", "kpi.a"]
    circle = tree(tmp_path / "circle", files | {"kpi/c.sql": f"{TABLE}select * from kpi.a"})
    with pytest.raises(ModelError, match="circle"):
        models.read(circle)


def test_a_read_of_what_no_file_gives_is_named(tmp_path: Path) -> None:
    folder = tree(tmp_path, {"kpi/a.sql": f"{TABLE}select * from core.nowhere"})
    with pytest.raises(ModelError, match=r"a\.sql: reads core\.nowhere, which no file gives"):
        models.read(folder)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("select 1 as id", "must say the grain"),
        ("-- grain: one row\n-- rebuild: whole\nselect 1 as id", "must say its key"),
        ("-- grain: one row\n-- key: id\nselect 1 as id", "must say its rebuild"),
        ("-- grain: one row\n-- key: id\n-- rebuild: day from yesterday\nselect 1 as id", "cannot read"),
        ("-- grain: one row\n-- grain: another\n-- key: id\n-- rebuild: whole\nselect 1", "given twice"),
        (f"{TABLE}selec 1 as id", "cannot be parsed|must be one SELECT"),
        (f"{TABLE}drop table core.a", "must be one SELECT"),
        (f"{TABLE}select (1 as id", "cannot be parsed"),
    ],
)
def test_a_bad_file_is_named_with_its_fault(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ModelError, match=complaint) as caught:
        models.read(tree(tmp_path, {"core/bad.sql": text}))
    assert "core/bad.sql" in str(caught.value)


def test_a_staging_file_without_its_contract_is_named(tmp_path: Path) -> None:
    folder = tree(
        tmp_path,
        {"staging/contract/thing.sql": f"{VIEW}select 1", "staging/x_think.sql": f"{VIEW}select 1"},
    )
    with pytest.raises(ModelError, match=r"x_think\.sql: there is no contract for 'x_think': known are thing"):
        models.read(folder)


def test_directives_say_how_a_table_is_rebuilt(tmp_path: Path) -> None:
    text = (
        "-- grain: one row per id and day\n-- key: id, day\n-- rebuild: day from 28 days before\n-- month: day\n"
        "-- sums: reach, because it is a bound\n-- also: select min(day)\n--   from core.a\n-- A remark.\n"
        "select 1 as id, current_date as day"
    )
    (model,) = models.read(tree(tmp_path, {"kpi/a.sql": text}))
    assert (model.grain, model.key, model.rebuild) == ("one row per id and day", ("id", "day"), "day")
    assert (model.days_before, model.month, model.reach) == (28, "day", False)
    assert (model.sums, model.also) == (frozenset({"reach"}), "select min(day) from core.a")


def test_the_fingerprint_changes_with_any_sql_and_with_nothing_else(tmp_path: Path) -> None:
    files = {"core/a.sql": f"{TABLE}select 1 as id", "kpi/b.sql": f"{BY_DAY}select * from core.a"}
    first = models.fingerprint(models.read(tree(tmp_path / "1", files)))
    assert models.fingerprint(models.read(tree(tmp_path / "2", files))) == first
    changed = files | {"core/a.sql": f"{TABLE}select 2 as id"}
    assert models.fingerprint(models.read(tree(tmp_path / "3", changed))) != first


def test_a_table_that_statistics_make_says_so_and_reads_what_they_read(tmp_path: Path) -> None:
    given = "-- grain: one row per id\n-- key: id\n-- rebuild: whole\nselect 1 as id"
    made = (
        "-- grain: one row per id\n-- key: id\n-- rebuild: day from the first of its month\n"
        "-- computed: weights from conversion.given, seed.goal\nselect id, day from temp.weights"
    )
    first, second = models.read(tree(tmp_path, {"conversion/given.sql": given, "conversion/made.sql": made}))
    assert (first.relation, second.relation) == ("conversion.given", "conversion.made")
    assert (second.computed, second.whole_months) == ("weights", True)
    assert second.depends_on == {"conversion.given", "seed.goal"}
    days = models.rebuild_days((first, second), {"seed.goal": date(2026, 10, 17)}, None, full=False)
    assert days["conversion.made"] == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("directive", "said"),
    [("weights", "cannot read the directive computed"), ("weights from staging.x", r"must not read staging\.x")],
)
def test_statistics_read_what_a_mart_may_read(tmp_path: Path, directive: str, said: str) -> None:
    made = f"-- grain: one row\n-- key: id\n-- rebuild: whole\n-- computed: {directive}\nselect id from temp.weights"
    with pytest.raises(ModelError, match=said):
        models.read(tree(tmp_path, {"conversion/made.sql": made}))


def test_another_table_of_statistics_is_read_by_nobody_else(tmp_path: Path) -> None:
    text = "-- grain: one row\n-- key: id\n-- rebuild: whole\nselect id from temp.weights"
    with pytest.raises(ModelError, match=r"must not read temp\.weights"):
        models.read(tree(tmp_path, {"conversion/made.sql": text}))


def test_every_mart_can_be_split_by_month_or_is_small() -> None:
    for model in MODELS:
        if model.relation.startswith(("kpi.", "conversion.")):
            assert model.month or model.rebuild == "whole", model.relation


def test_every_file_of_the_tree_is_a_model() -> None:
    assert {model.file for model in MODELS} == set(SQL.rglob("*.sql"))


def test_only_tables_for_readers_read_what_is_built_for_readers_alone(tmp_path: Path) -> None:
    late = "-- grain: one row per id\n-- key: id\n-- rebuild: whole for readers\n"
    files = {"kpi/late.sql": f"{late}select 1 as id", "kpi/later.sql": f"{late}select * from kpi.late"}
    assert {model.for_readers for model in models.read(tree(tmp_path / "good", files))} == {True}
    files["kpi/later.sql"] = f"{TABLE}select * from kpi.late"
    with pytest.raises(ModelError, match=r"later.sql: reads kpi.late, which is built for readers alone"):
        models.read(tree(tmp_path / "bad", files))


def test_a_table_that_is_built_by_days_is_built_every_night(tmp_path: Path) -> None:
    text = "-- grain: one row per id\n-- key: id\n-- rebuild: day for readers\nselect 1 as id"
    with pytest.raises(ModelError, match="only a table that is built whole"):
        models.read(tree(tmp_path, {"kpi/late.sql": text}))
