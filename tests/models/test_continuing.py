"""A page whose id the platform changed keeps one history, as if its id had never changed."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from pipeline import models, warehouse
from tests.models.warehouse import MODELS, SQL
from tests.quality.clean_brand import stage, staging_relations

FIRST_OF_NEW = date(2026, 10, 24)
HISTORIES = ("core.account_day", "kpi.account_daily", "kpi.account_period", "kpi.coverage_daily", "kpi.post_daily")


def seeded() -> duckdb.DuckDBPyConnection:
    con = stage(duckdb.connect())
    con.execute((SQL.parent / "tests/quality/clean_seeds.sql").read_text("utf-8"))
    return con


def built(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Everything above the staging of the platforms, with the views that unite them."""
    given = set(staging_relations())
    chosen = [model for model in models.continued(MODELS, warehouse.successors(con)) if model.relation not in given]
    models.build(con, chosen, models.rebuild_days(chosen, {}, None, full=True))
    return con


def with_an_id_that_changed(con: duckdb.DuckDBPyConnection, *, overlapping: bool = False) -> duckdb.DuckDBPyConnection:
    """Until the night in which its id changed, the platform called the page ``the old one``."""
    for relation in [*staging_relations(), "ops.ledger", "ops.stream_night"]:
        columns = {name for (name,) in con.execute(f"select column_name from (describe {relation})").fetchall()}
        if {"platform", "account", "night"} <= columns:
            con.execute(
                f"update {relation} set account = 'the old one'"
                " where platform = 'facebook' and account = 'page' and night < ?",
                [FIRST_OF_NEW],
            )
            if overlapping:
                con.execute(
                    f"insert into {relation} select * replace ('the old one' as account) from {relation}"
                    " where platform = 'facebook' and account = 'page' and night = ?",
                    [FIRST_OF_NEW],
                )
    return con


def history(con: duckdb.DuckDBPyConnection, relation: str) -> list[tuple[object, ...]]:
    return con.execute(f"select * from {relation} order by all").fetchall()


@pytest.fixture(scope="module")
def unchanged() -> duckdb.DuckDBPyConnection:
    return built(seeded())


@pytest.mark.parametrize("overlapping", [False, True], ids=["one after the other", "both asked in one night"])
def test_what_continues_an_account_has_the_history_that_one_id_would_have_had(
    unchanged: duckdb.DuckDBPyConnection, overlapping: bool
) -> None:
    con = with_an_id_that_changed(seeded(), overlapping=overlapping)
    con.execute("insert into seed.continued values ('facebook', 'the old one', 'page')")
    built(con)
    for relation in HISTORIES:
        assert history(con, relation) == history(unchanged, relation), relation
    (days,) = con.execute(
        "select count(*) from kpi.account_daily where account = 'page' and followers is not null and day < ?",
        [FIRST_OF_NEW],
    ).fetchone() or (0,)
    assert days >= 2


def test_without_the_setting_they_are_two_accounts() -> None:
    con = built(with_an_id_that_changed(seeded()))
    found = con.execute(
        "select account, min(day) < ? from core.account_day where platform = 'facebook' group by account",
        [FIRST_OF_NEW],
    ).fetchall()
    assert ("the old one", True) in found
    assert "page" in {account for account, _ in found}


def test_an_account_of_another_platform_with_that_id_stays_itself() -> None:
    con = with_an_id_that_changed(seeded())
    con.execute("insert into seed.continued values ('mastodon', 'the old one', 'page')")
    built(con)
    accounts = con.execute("select distinct account from core.account_day where platform = 'facebook'").fetchall()
    assert ("the old one",) in accounts


def test_an_id_with_a_quote_is_still_an_id() -> None:
    (only,) = (
        model
        for model in models.continued(MODELS, {("facebook", "l'ancienne"): "la 'neuve'"})
        if model.relation == "core.night"
    )
    assert "account = 'l''ancienne' then 'la ''neuve'''" in only.sql
    con = seeded()
    con.execute(
        "insert into ops.ledger by name"
        " select * replace ('l''ancienne' as account) from ops.ledger where account = 'page'"
    )
    con.execute("set variable rebuild_from = date '2026-01-01'")
    found = con.execute(f"select distinct account from ({only.sql}) where platform = 'facebook' order by account")
    assert ("la 'neuve'",) in found.fetchall()


@pytest.mark.parametrize("overlapping", [False, True], ids=["one after the other", "both asked in one night"])
def test_nights_that_were_built_are_not_built_again(overlapping: bool) -> None:
    con = with_an_id_that_changed(seeded(), overlapping=overlapping)
    con.execute("insert into seed.continued values ('facebook', 'the old one', 'page')")
    built(con)
    assert models.floor(con, warehouse.successors(con)) is None
    assert models.floor(con) == models.Floor(models.FIRST_DAY, models.FIRST_DAY), "under their old id they are unknown"
