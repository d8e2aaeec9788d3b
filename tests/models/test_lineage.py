"""Every column of core and of the marts is followed to its metrics, and none is added up that must not be."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline import registry
from pipeline.errors import ModelError
from pipeline.models import Model
from pipeline.models.lineage import Lineage, follow
from tests.models.warehouse import MODELS, SQL, columns_of, empty_warehouse

REGISTRY = registry.read(SQL / "metrics.yml")
Columns = dict[str, list[str]]


@pytest.fixture(scope="module")
def columns() -> Columns:
    return columns_of(empty_warehouse(duckdb.connect()))


@pytest.fixture(scope="module")
def lineage(columns: Columns) -> Lineage:
    return follow(MODELS, columns, REGISTRY)


def model(sql: str, relation: str = "kpi.account_period", allowed: tuple[str, ...] = ()) -> Model:
    return Model(relation, Path("sql/kpi/planted.sql"), sql, "table", frozenset(), "", sums=frozenset(allowed))


def found(columns: Columns, *models: Model) -> set[tuple[str, str]]:
    """What is done with which metric, in models that are planted."""
    return {(each.what, each.metric) for each in follow(models, columns, REGISTRY).breaches}


def test_the_models_do_with_a_metric_only_what_it_allows(lineage: Lineage) -> None:
    assert [str(breach) for breach in lineage.breaches] == []


def test_no_directive_allows_what_its_model_does_not_do(lineage: Lineage) -> None:
    assert lineage.unused == ()


def test_every_table_is_followed_with_the_columns_that_it_really_has(lineage: Lineage, columns: Columns) -> None:
    tables = [each.relation for each in MODELS if each.kind == "table"]
    assert {name: list(lineage.columns[name]) for name in tables} == {name: columns[name] for name in tables}


@pytest.mark.parametrize(
    ("relation", "column", "metrics"),
    [
        ("kpi.account_period", "reach_upper_bound", {"reach_1d", "reach_7d", "reach_28d"}),
        ("kpi.account_period", "followers_start", {"followers"}),
        ("kpi.account_daily", "follower_growth_speed", {"mean followers + followers_gained + followers_lost"}),
        ("kpi.account_daily", "engagements", {"reactions", "comments", "shares", "clicks", "saves"}),
        ("kpi.site_daily", "seconds_per_visit", {"visit_seconds / visits"}),
        ("kpi.post_daily", "clicks_total", {"clicks"}),
        ("kpi.post_daily", "reach_total", {"reach"}),
        ("kpi.post", "amplification", {"shares"}),
        ("conversion.margin_daily", "gross_margin", {"revenue", "acquisition_cost"}),
        ("core.post_snapshot", "comments", {"comments"}),
    ],
)
def test_a_column_is_followed_to_the_metrics_that_it_is_made_of(
    lineage: Lineage, relation: str, column: str, metrics: set[str]
) -> None:
    assert {each.metric for each in lineage.columns[relation][column]} == metrics


def test_of_the_evenings_of_a_post_the_last_one_stands_and_what_came_between_adds_up(lineage: Lineage) -> None:
    days = lineage.columns["kpi.post_daily"]
    assert {each.additivity for each in days["reactions_total"]} == {"last"}
    assert {each.additivity for each in days["reactions"]} == {"sum"}


PLANTED = {
    "plainly": ("select sum(d.reach_1d) as x from kpi.account_daily as d", ("sum", "reach_1d")),
    "a level": ("select sum(followers) as x from kpi.account_daily", ("sum", "followers")),
    "the mean of a level": ("select avg(followers) as x from kpi.account_daily", ("avg", "followers")),
    "the mean of a rate": (
        "select avg(engagement_rate_by_reach) as x from kpi.account_daily",
        ("avg", "engagement_rate_by_reach"),
    ),
    "behind a CTE": (
        "with a as (select * from kpi.account_daily), b as (select a.* from a) select sum(reach_1d) as x from b",
        ("sum", "reach_1d"),
    ),
    "renamed twice": (
        (
            "with a as (select reach_1d as clicks from kpi.account_daily), b (visits) as (select clicks from a)"
            " select sum(visits) as conversions from b"
        ),
        ("sum", "reach_1d"),
    ),
    "behind a join with the same name on both sides": (
        "select sum(d.visits) as x from conversion.margin_daily as m inner join conversion.daily as d using (day)",
        ("sum", "visits"),
    ),
    "behind a subquery": (
        "select sum(x.r) as x from (select coalesce(reach_1d, 0) as r from kpi.account_daily) as x",
        ("sum", "reach_1d"),
    ),
    "in a scalar subquery": (
        (
            "select a.day, (select sum(b.reach_1d) from kpi.account_daily as b where b.day = a.day) as x"
            " from kpi.account_daily as a"
        ),
        ("sum", "reach_1d"),
    ),
    "of a column of the query around it": (
        "select (select sum(a.followers + b.day_of) from (select 1 as day_of) as b) as x from kpi.account_daily as a",
        ("sum", "followers"),
    ),
    "in an expression": (
        "select sum(case when is_final then cast(reach_1d as double) else 0 end) as x from kpi.account_daily",
        ("sum", "reach_1d"),
    ),
    "in a filter": ("select sum(visitors) filter (where bounces > 0) as x from kpi.site_daily", ("sum", "visitors")),
    "in a window": (
        "select sum(reach_1d) over w as x from kpi.account_daily window w as (partition by account order by day)",
        ("sum", "reach_1d"),
    ),
    "over a window": ("select avg(reach_7d) over (order by day) as x from kpi.account_daily", ("avg", "reach_7d")),
    "in a condition": (
        "select day from kpi.account_daily group by day having sum(reach_1d) > 1000",
        ("sum", "reach_1d"),
    ),
    "as a list": ("select list_sum(list(reach_1d)) as x from kpi.account_daily", ("list_sum", "reach_1d")),
    "as a list, by name": (
        "select list_aggregate(array_agg(reach_1d), 'avg') as x from kpi.account_daily",
        ("list_avg", "reach_1d"),
    ),
    "as a field of a struct": (
        "with s as (select {'a': clicks, 'b': reach_1d} as n from kpi.account_daily) select sum(s.n.b) as x from s",
        ("sum", "reach_1d"),
    ),
    "through a union": (
        (
            "with u as (select clicks as n from kpi.account_daily union all select reach_1d from kpi.account_daily)"
            " select sum(n) as x from u"
        ),
        ("sum", "reach_1d"),
    ),
    "through an unpivot": (
        "with u as (unpivot kpi.account_daily on clicks, reach_1d into name metric value n) select sum(n) as x from u",
        ("sum", "reach_1d"),
    ),
    "the lifetime of posts, evening by evening": (
        "select sum(impressions) as x from core.post_snapshot group by post_id",
        ("sum", "impressions"),
    ),
    "a ratio that has no name": (
        "select avg(clicks / nullif(impressions, 0)) as x from kpi.account_daily",
        ("avg", "clicks / impressions"),
    ),
    "a mean of means": (
        "with w as (select avg(visits) as v from kpi.site_daily group by site) select avg(v) as x from w",
        ("avg", "mean visits"),
    ),
    "visits that stand on the row of every action": (
        "with a as (select sum(visits) as visits from conversion.daily) select * from a",
        ("sum", "visits"),
    ),
    "one day's people as those of a month": (
        "select max(reach_1d) as x from kpi.account_daily group by account",
        ("max", "reach_1d"),
    ),
    "any one of many": ("select any_value(visitors) as x from kpi.site_daily group by site", ("any_value", "visitors")),
    "the people of two networks": (
        "select a.reach_1d + b.reach_1d as x from kpi.account_daily as a inner join kpi.account_daily as b using (day)",
        ("+", "reach_1d"),
    ),
    "the people of two networks, as a list": (
        (
            "select list_sum([a.reach_1d, b.reach_28d]) as x"
            " from kpi.account_daily as a inner join kpi.account_daily as b using (day)"
        ),
        ("list_sum", "reach_1d"),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_must_not_be_added_up_is_found(columns: Columns, name: str) -> None:
    sql, expected = PLANTED[name]
    assert expected in found(columns, model(sql))


ALLOWED = {
    "counts": "select sum(clicks) as clicks, avg(impressions) as x from kpi.account_daily",
    "the other side of a join": (
        "select sum(m.visits) as x from conversion.margin_daily as m inner join conversion.daily as d using (day)"
    ),
    "how many values there are": "select count(reach_1d) as x, sum(case when reach_1d > 5 then 1 end) as y"
    " from kpi.account_daily",
    "what came between two levels": (
        "with d as (select followers - lag(followers) over (order by day) as n from kpi.account_daily)"
        " select sum(n) as x from d"
    ),
    "the last level": "select arg_max(followers, day) as x from kpi.account_daily group by account",
    "the ratio of sums": "select sum(clicks) / nullif(sum(impressions), 0) as x from kpi.account_daily",
    "a part of what adds up": (
        "select sum(a.acquisition_cost * a.visits / b.visits) as x"
        " from conversion.margin_daily as a inner join conversion.margin_daily as b using (day)"
    ),
    "parts that stand beside each other": "select list_sum([reactions, comments, shares]) as x from kpi.account_daily",
    "the best rate": "select max(engagement_rate_by_reach) as x from kpi.account_daily",
    "the only one there is": "select case when count(*) = 1 then max(reach_1d) end as x from kpi.account_daily",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_may_be_added_up_is_no_breach(columns: Columns, name: str) -> None:
    assert found(columns, model(ALLOWED[name])) == set()


def test_a_metric_is_followed_through_the_tables_of_core_under_another_name(columns: Columns) -> None:
    first = model("select day, reach_1d as seen from core.account_day", "core.seen_day")
    second = model("select sum(seen) as x from core.seen_day")
    assert found(columns, first, second) == {("sum", "reach_1d")}


def test_a_metric_that_is_called_additive_but_is_made_of_people_is_found(columns: Columns) -> None:
    assert found(columns, model("select reach_7d as clicks from kpi.account_daily")) == {("disguise", "reach_7d")}


def test_a_bound_may_be_summed_when_the_file_says_why_and_only_that(columns: Columns) -> None:
    both = "select sum(reach_1d) as x, sum(reach_7d) as y from kpi.account_daily"
    assert found(columns, model(both, allowed=("reach_1d",))) == {("sum", "reach_7d")}


def test_a_directive_that_allows_nothing_is_told(columns: Columns) -> None:
    idle = model("select sum(clicks) as clicks from kpi.account_daily", allowed=("reach_1d",))
    assert follow([idle], columns, REGISTRY).unused == (("kpi.account_period", "reach_1d"),)


def test_a_breach_says_where_it_is_and_what_to_do(columns: Columns) -> None:
    planted = model("select\n    day,\n    sum(reach_1d) as x\nfrom kpi.account_daily\ngroup by day")
    (breach,) = follow([planted], columns, REGISTRY).breaches
    assert breach.line == 3
    assert "whose additivity is none" in str(breach)
    assert "-- sums: reach_1d, because" in str(breach)


@pytest.mark.parametrize(
    "sql",
    [
        "select sum(columns('reach.*')) from kpi.account_daily",
        "select sum(nowhere) as x from kpi.account_daily",
        "select x.n from kpi.account_daily unpivot (n for metric in (clicks, reach_1d)) as x",
    ],
)
def test_what_cannot_be_followed_is_an_error_that_names_the_file(columns: Columns, sql: str) -> None:
    with pytest.raises(ModelError, match=r"sql/kpi/planted.sql"):
        follow([model(sql)], columns, REGISTRY)
