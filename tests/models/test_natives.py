"""A name that a platform retired is asked for by no source and read by no staging SQL after its last day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline import registry
from pipeline.models import Model, natives
from pipeline.models.natives import Retired
from tests.models.warehouse import MODELS, SQL, columns_of, empty_warehouse

ROOT = SQL.parent
REGISTRY = registry.read(SQL / "metrics.yml")
# A name is past its end when the day on which it is asked for is: the platform refuses it for every day from then on.
TODAY = datetime.now(UTC).date()
AFTER = date(2026, 6, 15)
FANS = Retired("facebook", "page_fans", date(2025, 11, 14))


@pytest.fixture(scope="module")
def columns() -> dict[str, list[str]]:
    return columns_of(empty_warehouse(duckdb.connect()))


def staging(sql: str, relation: str = "staging.facebook_account_day") -> Model:
    return Model(relation, Path("sql/staging/planted.sql"), sql, "view", frozenset(), "")


def code_of(platform: str) -> list[Path]:
    sources = ROOT / "pipeline/sources"
    return [*sources.glob(f"{platform}.py"), *sources.glob(f"{platform}/**/*.py")]


def test_a_name_is_retired_from_the_day_after_its_last_one_on() -> None:
    assert FANS not in natives.retired(REGISTRY, date(2025, 11, 14)).get("facebook", [])
    assert FANS in natives.retired(REGISTRY, date(2025, 11, 15))["facebook"]


def test_a_name_that_only_changed_its_meaning_is_not_retired() -> None:
    assert [name.word for name in natives.retired(REGISTRY, TODAY)["youtube"]] == []


def test_a_name_with_a_remark_or_several_names_in_one_are_told_word_by_word() -> None:
    words = {name.word for name in natives.retired(REGISTRY, AFTER)["instagram"]}
    assert {"website_clicks", "email_contacts", "plays"} <= words
    assert not words & {"time", "series", "views"}


@pytest.mark.parametrize("platform", sorted(natives.retired(REGISTRY, TODAY)))
def test_no_source_asks_for_a_retired_name(platform: str) -> None:
    names = natives.retired(REGISTRY, TODAY)[platform]
    assert code_of(platform)
    assert [str(each) for file in code_of(platform) for each in natives.asked_by_code(names, file)] == []


def test_no_staging_sql_reads_a_retired_name(columns: dict[str, list[str]]) -> None:
    found = [
        str(mention)
        for platform, names in natives.retired(REGISTRY, TODAY).items()
        for model in MODELS
        if model.relation.startswith(f"staging.{platform}_")
        for mention in natives.read_by_sql(names, model, columns)
    ]
    assert found == []


def test_what_staging_tells_of_a_metric_has_a_name_that_is_valid(columns: dict[str, list[str]]) -> None:
    assert natives.without_name(REGISTRY, MODELS, columns, TODAY) == {}


@pytest.mark.parametrize("asked", ['"page_fans"', '"page_follows,page_fans"', 'f"page_fans,{1}"'])
def test_a_source_that_still_asks_is_found(tmp_path: Path, asked: str) -> None:
    file = tmp_path / "insights.py"
    file.write_text(f'"""Once page_fans."""\n# page_fans is gone\nMETRICS = ("page_media_view", {asked})\n', "utf-8")
    (mention,) = natives.asked_by_code([FANS], file)
    assert (mention.line, mention.retired) == (3, FANS)
    assert "facebook knows page_fans no more since 2025-11-14" in str(mention)


@pytest.mark.parametrize(
    "condition",
    ["name = 'page_fans'", "name in ('page_follows', 'page_fans')", "name = 'page_fans' and day > date '2026-01-01'"],
)
def test_staging_that_still_reads_is_found(columns: dict[str, list[str]], condition: str) -> None:
    sql = (
        "with i as (select *, cast(_night as date) as day from raw.facebook_page_insights)\n"
        f"select max(value) filter (where {condition}) as followers from i"
    )
    assert {each.retired for each in natives.read_by_sql([FANS], staging(sql), columns)} == {FANS}


def test_a_column_of_a_raw_table_and_a_path_into_an_answer_are_read_too(columns: dict[str, list[str]]) -> None:
    plays = Retired("instagram", "like_count", date(2025, 1, 7))
    column = staging("with p as (select like_count as n from raw.instagram_media) select n as reactions from p")
    path = staging("select json_extract(permalink, '$.like_count') as reactions from raw.instagram_media")
    for model in (column, path):
        assert [each.retired for each in natives.read_by_sql([plays], model, columns)] == [plays]


def test_what_says_until_when_it_reads_a_name_may_read_it(columns: dict[str, list[str]]) -> None:
    sql = (
        "with i as (select *, cast(_night as date) as day from raw.facebook_page_insights)\n"
        "select max(value) filter (where name = 'page_fans' and day <= date '2025-11-14') as followers from i"
    )
    assert natives.read_by_sql([FANS], staging(sql), columns) == []


@pytest.mark.parametrize(
    ("told", "nameless"),
    [
        ("value", ["saves"]),
        ("coalesce(try_cast(value as bigint), 0)", ["saves"]),
        ("cast(null as bigint)", []),
        ("case when value is not null then 0 end", []),
    ],
)
def test_a_metric_of_which_the_platform_has_no_valid_name_must_be_null(
    columns: dict[str, list[str]], told: str, nameless: list[str]
) -> None:
    model = staging(f"with i as (select {told} as n from raw.facebook_page_insights) select n as saves from i")
    assert natives.without_name(REGISTRY, [model], columns, TODAY).get(model.relation, []) == nameless


def test_a_metric_whose_only_name_has_ended_must_be_null_from_then_on(columns: dict[str, list[str]]) -> None:
    model = staging("select value as video_views from raw.instagram_totals", "staging.instagram_account_day")
    between = date(2025, 3, 1)
    assert natives.without_name(REGISTRY, [model], columns, between) == {model.relation: ["video_views"]}
    assert natives.without_name(REGISTRY, [model], columns, AFTER) == {}
