"""Nights built one after another, in any split and order, give exactly what one full build gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import models, warehouse
from tests.models import warehouse as project
from tests.models.nights import ACCOUNTS, FIRST, SITE, Account, Nights, World
from tests.models.warehouse import given_tables

# Built is what a brand with these platforms builds, as in a night: the staging of others would stay empty.
MODELS = models.of_platforms(project.MODELS, {platform for platform, _ in ACCOUNTS})
NIGHTS = 9
TABLES = [model.relation for model in MODELS if model.kind == "table"]
Seen = list[tuple[Any, ...]]

# For each account and night: read in its turn, read some steps late, failed, or never asked for.
FATES = st.sampled_from((0, 0, 0, 0, 0, 1, 3, "failed", "never"))


def brand(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    given_tables(con)
    warehouse.write_seeds(
        con,
        {
            "account": (
                ("platform", "account", "name", "time_zone", "site", "receives_visits"),
                [(p, a, a, "Europe/Paris", SITE, (p, a) == ("facebook", "1")) for p, a in ACCOUNTS],
            ),
            "site": (("site", "time_zone", "has_shop"), [(SITE, "Europe/Paris", True)]),
            "goal": (("site", "goal_id", "action"), [(SITE, "1", "quote_request")]),
            "action_value": (("action", "value"), [("quote_request", 15)]),
            "campaign": (
                ("campaign", "utm_campaign", "platform", "start", "end", "daily_cost"),
                [("autumn", "Autumn", "facebook", FIRST, FIRST + timedelta(days=4), 40)],
            ),
            "forecast": (("metric", "settled_days"), [("followers", 3), ("engagements", 3), ("visits", 3)]),
            "team_author": (("platform", "account", "author", "member"), [("wordpress", None, "3", "Ada")]),
            "business_hours": (
                ("weekday", "opens", "closes", "time_zone"),
                [(weekday, 540, 1080, "Europe/Paris") for weekday in range(1, 6)],
            ),
            "target": (
                (
                    *("goal", "metric", "kind", "place", "counted", "platform", "account", "site", "comparison"),
                    *("target", "period", "start", "end", "can_fall", "is_money", "settled_days"),
                ),
                [
                    (
                        *("level", "followers", "level", "account", "followers", "facebook", "1", None, "at_least"),
                        *(900, None, FIRST, FIRST + timedelta(days=30), False, False, 3),
                    ),
                    (
                        *("sum", "visits", "sum", "site", "visits", None, None, SITE, "at_least"),
                        *(90, "month", None, None, False, False, 3),
                    ),
                ],
            ),
            "network_alias": (("alias", "platform"), [("facebook", "facebook"), ("fb", "facebook")]),
        },
    )
    return con


def build(
    con: duckdb.DuckDBPyConnection,
    touched: dict[str, date],
    *,
    full: bool,
    observed: Mapping[str, date] | None = None,
) -> None:
    con.execute("begin")
    models.build(con, MODELS, models.rebuild_days(MODELS, touched, models.floor(con), full, nights=observed))
    con.execute("commit")


def contents(con: duckdb.DuckDBPyConnection) -> dict[str, Seen]:
    return {table: con.execute(f"select * from {table} order by all").fetchall() for table in TABLES}


def differences(one: dict[str, Seen], other: dict[str, Seen]) -> dict[str, tuple[Seen, Seen]]:
    """Tables that differ, with the rows that only one side has."""
    return {
        table: (
            [row for row in one[table] if row not in other[table]],
            [r for r in other[table] if r not in one[table]],
        )
        for table in TABLES
        if one[table] != other[table]
    }


def run(world: World, fates: Mapping[tuple[Account, int], int | str], built: list[bool]) -> duckdb.DuckDBPyConnection:
    """Read the nights as the fates have it, and build after the steps that ``built`` names, and at the end."""
    con = brand(duckdb.connect(config={"threads": 1}))
    nights, touched, observed = Nights(con, world), dict[str, date](), dict[str, date]()
    build(con, {}, full=True)
    for step in range(NIGHTS + 3):
        for (account, number), fate in fates.items():
            night = FIRST + timedelta(days=number)
            if isinstance(fate, int) and number + fate == step:
                for table, day in nights.read(account, night).items():
                    touched[table] = min(day, touched.get(table, day))
                    observed[table] = min(night, observed.get(table, night))
            elif fate == "failed" and number == step:
                nights.fail(account, night)
        if built[step] or step == NIGHTS + 2:
            build(con, touched, full=False, observed=observed)
            touched, observed = {}, {}
    return con


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, 10**6),
    st.lists(FATES, min_size=NIGHTS * len(ACCOUNTS), max_size=NIGHTS * len(ACCOUNTS)),
    st.lists(st.booleans(), min_size=NIGHTS + 3, max_size=NIGHTS + 3),
)
def test_nights_in_any_split_equal_the_full_build(seed: int, fates: list[int | str], built: list[bool]) -> None:
    units = [(account, number) for number in range(NIGHTS) for account in ACCOUNTS]
    con = run(World(seed), dict(zip(units, fates, strict=True)), built)
    nightly = contents(con)
    build(con, {}, full=True)
    assert differences(nightly, contents(con)) == {}
    con.close()


@pytest.fixture(scope="module")
def ordinary() -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, Seen]]]:
    """Every night read and built in its turn, and what the tables then hold."""
    units = {(account, number): 0 for number in range(NIGHTS) for account in ACCOUNTS}
    with run(World(7), units, [True] * (NIGHTS + 3)) as con:
        yield con, contents(con)


def test_the_small_world_reaches_every_table(ordinary: tuple[duckdb.DuckDBPyConnection, dict[str, Seen]]) -> None:
    """A world in which a table stays empty would prove nothing of it."""
    _, nightly = ordinary
    empty = {table for table, rows in nightly.items() if not rows}
    # Nor is there an experiment in it.
    experiments = {f"conversion.{name}" for name in ("experiment_day", "experiment_margin", "experiment_result")}
    assert empty == {
        *experiments,
        "conversion.budget_advice",
        "core.fx_rate",
        # Nobody else is watched in it and no audience is told: the nights of those have tests of their own.
        "core.audience_day",
        "core.public_account_day",
        "kpi.share_of_voice",
        "kpi.metric_definition",
        "kpi.metric_native",
    }


def test_ordinary_nights_equal_the_full_build_and_a_day_that_it_forgets_would_be_noticed(
    ordinary: tuple[duckdb.DuckDBPyConnection, dict[str, Seen]],
) -> None:
    con, nightly = ordinary
    build(con, {}, full=True)
    assert differences(nightly, contents(con)) == {}
    con.execute("delete from raw.facebook_posts where _night = ?", [FIRST + timedelta(days=5)])
    build(con, {}, full=True)
    assert differences(nightly, contents(con))
