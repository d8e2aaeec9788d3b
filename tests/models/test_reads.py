"""From which columns each column is read, down to the field of the raw answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.models import Model
from pipeline.models.lineage import follow_columns
from pipeline.warehouse import given_columns
from tests.models.warehouse import MODELS, SOURCES

GIVEN = {
    "raw.x_posts": ("id", "at", "public_metrics", "_night"),
    "core.day": ("account", "day", "likes", "shares", "reach", "name", "value"),
}


def read(sql: str) -> dict[str, list[str]]:
    """Column → what it is read from, each as ``how name where …``."""
    reads = frozenset(relation for relation in GIVEN if relation in sql)
    found = follow_columns([Model("kpi.x", Path("sql/kpi/x.sql"), sql, "table", reads, "")], GIVEN)["kpi.x"]
    return {
        column: [f"{each.how} {each.name}" + (f" where {each.where}" if each.where else "") for each in reads]
        for column, reads in found.items()
    }


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("d.likes", ["copied core.day.likes"]),
        ("(d.likes + d.shares) / d.reach", [f"computed core.day.{each}" for each in ("likes", "reach", "shares")]),
        ("coalesce(d.likes, d.shares)", ["computed core.day.likes", "computed core.day.shares"]),
        ("case when d.reach > 0 then d.likes end", ["computed core.day.likes"]),
        ("d.likes > d.shares", ["computed core.day.likes", "computed core.day.shares"]),
        ("sum(d.likes) over (partition by d.account order by d.day)", ["combined core.day.likes"]),
        ("'a word of ours'", []),
        ("count(*) over ()", []),
    ],
)
def test_a_value_comes_from_what_it_may_be_and_not_from_what_only_decides(expression: str, expected: list[str]) -> None:
    assert read(f"select {expression} as x from core.day as d")["x"] == expected


def test_it_is_followed_through_ctes_renames_and_unions() -> None:
    sql = """
        with renamed as (select likes as hearts, shares as hearts_of_others from core.day),
        both as (select hearts from renamed union all select hearts_of_others from renamed)
        select sum(hearts) as hearts from both
    """
    assert read(sql)["hearts"] == ["combined core.day.likes", "combined core.day.shares"]


def test_a_field_of_a_struct_is_not_taken_for_its_neighbours() -> None:
    sql = """
        with newest as (select arg_max({'likes': likes, 'reach': reach}, day) as last from core.day)
        select newest.last.likes as likes, newest.last.reach as reach from newest
    """
    assert read(sql) == {"likes": ["combined core.day.likes"], "reach": ["combined core.day.reach"]}


def test_the_path_into_json_and_the_rows_that_are_taken_are_told() -> None:
    sql = "select json_extract_string(p.public_metrics, '$.counts.likes') as likes from raw.x_posts as p"
    assert read(sql)["likes"] == ["computed raw.x_posts.public_metrics.counts.likes"]
    sql = "select max(d.value) filter (where d.name = 'page_follows') as followers from core.day as d"
    assert read(sql)["followers"] == ["combined core.day.value where d.name = 'page_follows'"]


def test_every_column_of_every_model_is_followed_to_something_that_is_there() -> None:
    given = given_columns(SOURCES)
    found = follow_columns(MODELS, given)
    there = {*((t, c) for t, names in given.items() for c in names), *((t, c) for t, cs in found.items() for c in cs)}
    dangling = [
        f"{relation}.{column} from {read.name}"
        for relation, columns in found.items()
        for column, reads in columns.items()
        for read in reads
        if (read.relation, read.column) not in there and not read.relation.startswith("temp.")
    ]
    assert dangling == []
    assert {model.relation for model in MODELS} == found.keys()
