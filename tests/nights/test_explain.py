"""A number is explained by the very records that it came from: changed in a copy they change it, and others do not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipeline import landing, models, simulator, steps
from pipeline.cli import app
from pipeline.errors import ConfigError
from pipeline.simulator.platforms import DEMONSTRATED
from pipeline.steps.explain import Origin
from tests.models.warehouse import SQL
from tests.nights.replaying import Replay

# Mart and column → a row of it that says something, as a query for its key.
NUMBERS = {
    "kpi.account_daily.followers": (
        "select platform, account, day from kpi.account_daily where platform = 'facebook' and account = '104001'"
        " and followers is not null order by day desc limit 1 offset 3"
    ),
    "kpi.post_daily.reactions": (
        "select platform, account, post_id, day from kpi.post_daily where platform = 'facebook' and reactions > 0"
        " and days_covered = 1 order by day desc, post_id limit 1"
    ),
    "conversion.event.value": (
        "select site, source, account, native_id, action from conversion.event where source = 'woocommerce'"
        " and status = 'confirmed' order by occurred_at desc limit 1"
    ),
    "conversion.margin_daily.gross_margin": (
        "select day, platform, campaign from conversion.margin_daily where campaign = 'autumn-2026'"
        " and gross_margin is not null and revenue > 100 order by day desc limit 1"
    ),
}
# What is done to a record, so that what comes of it is another number.
CHANGES = {
    "raw.facebook_page_insights": "value = value + 1000",
    "raw.facebook_posts": """reactions = '{"summary": {"total_count": 987654}}'""",
    "raw.woocommerce_orders": "total = total + 1000",
}
KEYS = {
    "raw.facebook_page_insights": ("name", "period", "end_time"),
    "raw.facebook_posts": ("id",),
    "raw.woocommerce_orders": ("id",),
}
Row = dict[str, Any]


def literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def condition(row: Row) -> str:
    return " and ".join(f"{name} = {literal(value)}" for name, value in row.items())


@pytest.fixture(scope="module")
def rows(ninety: Replay) -> dict[str, Row]:
    """The key of the row that is explained, for each number."""
    with duckdb.connect(ninety.project.settings.paths.warehouse, read_only=True) as con:
        found = {}
        for name, query in NUMBERS.items():
            asked = con.execute(query)
            columns = [column for column, *_ in asked.description or ()]
            found[name] = dict(zip(columns, asked.fetchall()[0], strict=True))
        return found


@pytest.fixture(scope="module")
def explained(ninety: Replay, rows: dict[str, Row]) -> dict[str, Origin]:
    return {
        name: steps.explain(ninety.project, *split(name, condition(rows[name])), follow=1000, seconds=300)[0]
        for name in NUMBERS
    }


def split(name: str, where: str) -> tuple[str, str, str]:
    table, _, column = name.rpartition(".")
    return table, where, column


@pytest.fixture(scope="module")
def marked(ninety: Replay, explained: dict[str, Origin], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A copy of the warehouse in which ``found.records`` has the place of every record that an explanation named."""
    copy = tmp_path_factory.mktemp("copy") / "warehouse.duckdb"
    shutil.copy(ninety.project.settings.paths.warehouse, copy)
    with duckdb.connect(str(copy)) as con:
        con.execute("set TimeZone = 'UTC'")
        for table, key in KEYS.items():
            named = table.replace("raw.", "main.found_")
            con.execute(f"create table {named} (place bigint)")
            for one in explained.values():
                for record in one.records:
                    if record.relation == table:
                        of = {"_account": record.of["account"], "_night": record.of["night"]}
                        where = condition(of | {name: record.of[name] for name in key})
                        con.execute(f"insert into {named} select rowid from {table} where {where}")
        yield con


def rebuilt(con: duckdb.DuckDBPyConnection, change: str, rows: dict[str, Row]) -> dict[str, Any]:
    """The numbers after records were changed: those that were ``found``, or all ``others``; then all is as before."""
    con.begin()
    for table, done in CHANGES.items():
        named = table.replace("raw.", "main.found_")
        con.execute(f"update {table} set {done} where rowid {'' if change == 'found' else 'not'} in (from {named})")
    chosen = models.continued(models.of_platforms(models.read(SQL), DEMONSTRATED), {})
    wanted = {name.rpartition(".")[0] for name in NUMBERS}
    for model in reversed(chosen):
        wanted |= model.depends_on if model.relation in wanted else set()
    needed = [model for model in chosen if model.relation in wanted or model.kind == "view"]
    models.build(con, needed, models.rebuild_days(needed, {}, None, True))
    found = values(con, rows)
    con.rollback()
    return found


def values(con: duckdb.DuckDBPyConnection, rows: dict[str, Row]) -> dict[str, Any]:
    found = {}
    for name, row in rows.items():
        table, _, column = name.rpartition(".")
        found[name] = con.execute(f"select {column} from {table} where {condition(row)}").fetchall()
    return found


def test_the_records_that_are_named_make_the_number_when_they_change(marked: Any, rows: dict[str, Row]) -> None:
    before, after = values(marked, rows), rebuilt(marked, "found", rows)
    assert {name for name in NUMBERS if before[name] == after[name]} == set()


def test_all_other_records_may_change_and_the_number_stays(marked: Any, rows: dict[str, Row]) -> None:
    assert rebuilt(marked, "others", rows) == values(marked, rows)


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("kpi.account_daily.followers", {"raw.facebook_page_insights": 1}),
        ("kpi.post_daily.reactions", {"raw.facebook_posts": 2}),
        ("conversion.event.value", {"raw.woocommerce_orders": 1}),
    ],
)
def test_no_more_records_are_named_than_it_takes(
    explained: dict[str, Origin], name: str, records: dict[str, int]
) -> None:
    found = [record.relation for record in explained[name].records]
    assert {table: found.count(table) for table in found} == records


def test_each_record_is_found_again_on_the_line_that_is_named(explained: dict[str, Origin], ninety: Replay) -> None:
    root = ninety.project.settings.paths.landing
    for record in [record for one in explained.values() for record in one.records]:
        stream = record.relation.partition("_")[2]
        unit = {"platform": record.of["platform"], "account": record.of["account"], "night": record.of["night"]}
        (run,) = [each for each in landing.manifests(root, **unit) if each.run_id == record.of["run"]]
        assert record.file
        assert record.line
        content = landing.record(run, stream, record.file, record.line)
        assert content is not None
        assert json.loads(content) == json.loads(record.record or "")


def test_what_python_computes_is_not_said_to_come_from_single_records(ninety: Replay) -> None:
    with duckdb.connect(ninety.project.settings.paths.warehouse, read_only=True) as con:
        asked = con.execute("select conversion_id, journey, touch, model from conversion.attribution limit 1")
        row = dict(zip([column for column, *_ in asked.description or ()], asked.fetchall()[0], strict=True))
    (one,) = steps.explain(ninety.project, "conversion.attribution", condition(row), "weight")
    assert "computed in Python by the statistics attribution" in one.notes[0]
    assert one.records == []


@pytest.mark.parametrize(
    ("where", "complaint"),
    [
        ("platform = 'facebook'", "more than 1 row"),
        ("platform = 'nobody'", "has no row"),
        ("exists (select 1 from read_csv('/etc/passwd'))", "file system operations are disabled"),
        ("true; drop table kpi.post", "--where"),
        ("true) or (set enable_external_access = true", "--where"),
        ("sparkle = 1", "sparkle"),
    ],
)
def test_a_condition_reaches_nothing_else_and_is_answered_with_what_to_do(
    ninety: Replay, where: str, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        steps.explain(ninety.project, "kpi.account_daily", where, "followers")


def test_a_person_sees_the_way_and_the_record(ninety: Replay, rows: dict[str, Row]) -> None:
    name = "kpi.account_daily.followers"
    words = ["explain", "kpi.account_daily", "--where", condition(rows[name]), "--column", "followers", "--raw"]
    settings = ninety.folder / "vigie.toml"
    shown = CliRunner().invoke(app, ["--settings", str(settings), *words], env=simulator.environment())
    assert shown.exit_code == 0, shown.output
    assert "raw.facebook_page_insights.value = " in shown.output
    assert "page_insights-0001.jsonl.zst, line " in shown.output
    assert '"name":"page_follows"' in shown.output.replace('": "', '":"')
