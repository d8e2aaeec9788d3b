"""How far back a night moves each table."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipeline import models
from pipeline.errors import ModelError
from tests.models.tree import TABLE, VIEW, tree
from tests.models.warehouse import MODELS, empty_warehouse

DAY = date(2026, 10, 1)
BY_DAY = "-- grain: one row\n-- key: id\n-- rebuild: day"


@pytest.fixture
def chain(tmp_path: Path) -> tuple[models.Model, ...]:
    return models.read(
        tree(
            tmp_path,
            {
                "staging/contract/thing.sql": f"{VIEW}select null::date as day where false",
                "staging/x_thing.sql": f"{VIEW}select day from raw.x_things",
                "core/thing.sql": f"{BY_DAY} from 2 days before\nselect * from staging.thing",
                "core/seen.sql": f"{BY_DAY}\nselect * from ops.ledger",
                "core/other.sql": f"{BY_DAY}\nselect * from seed.site",
                "kpi/thing.sql": f"{BY_DAY} from 10 days before\nselect * from core.thing",
                "kpi/small.sql": f"{TABLE}select * from core.thing",
                "kpi/after_small.sql": f"{BY_DAY}\nselect * from kpi.small",
            },
        )
    )


def test_a_table_moves_from_the_earliest_day_of_all_that_it_reads(chain: tuple[models.Model, ...]) -> None:
    days = models.rebuild_days(chain, {"raw.x_things": DAY}, None, full=False)
    assert days["core.thing"] == date(2026, 9, 29)
    assert days["kpi.thing"] == date(2026, 9, 19)
    assert days["kpi.small"] == models.FIRST_DAY
    assert days["kpi.after_small"] == date(2026, 9, 29)


def test_a_table_without_touched_inputs_is_skipped(chain: tuple[models.Model, ...]) -> None:
    assert set(models.rebuild_days(chain, {}, None, full=False).values()) == {None}


def test_nights_move_only_the_tables_that_read_them(chain: tuple[models.Model, ...]) -> None:
    days = models.rebuild_days(chain, {}, models.Floor(looked=DAY, final=DAY), full=False)
    assert days["core.seen"] == DAY
    assert days["core.thing"] is None


def test_what_is_rebuilt_as_observed_moves_from_the_first_night_that_observed_something(tmp_path: Path) -> None:
    observed = BY_DAY.replace("day", "night as observed")
    found = models.read(
        tree(
            tmp_path,
            {
                "staging/contract/thing.sql": f"{VIEW}select null::date as day where false",
                "staging/x_thing.sql": f"{VIEW}select day from raw.x_things",
                "core/counter.sql": f"{observed}\nselect * from staging.thing",
                "core/evening.sql": f"{BY_DAY}\nselect * from core.counter",
            },
        )
    )
    night = DAY + timedelta(days=20)
    days = models.rebuild_days(found, {"raw.x_things": DAY}, None, full=False, nights={"raw.x_things": night})
    assert (days["core.counter"], days["core.evening"]) == (night, night)
    unknown = models.rebuild_days(found, {"raw.x_things": DAY}, None, full=False)
    assert unknown["core.counter"] == date(2026, 9, 29), "nothing is seen before the night of its day"


def test_only_what_reads_observations_can_be_rebuilt_as_observed(tmp_path: Path) -> None:
    observed = BY_DAY.replace("day", "night as observed")
    with pytest.raises(ModelError, match="only what reads staging alone"):
        models.read(tree(tmp_path, {"core/counter.sql": f"{observed}\nselect * from ops.ledger"}))


def test_a_full_build_begins_before_everything(chain: tuple[models.Model, ...]) -> None:
    days = models.rebuild_days(chain, {}, None, full=True)
    assert set(days.values()) == {models.FIRST_DAY}
    assert "staging.thing" not in days


def ledger(con: duckdb.DuckDBPyConnection, night: str, since: str, state: str = "passed") -> None:
    con.execute(
        "insert into ops.ledger (platform, account, night, window_since, observed_at, state) "
        "values ('facebook', '1', ?, ?, cast(? as date) + interval 26 hours, ?)",
        [night, since, night, state],
    )


def delivered(con: duckdb.DuckDBPyConnection, night: str, *streams: str) -> None:
    con.executemany(
        "insert into ops.stream_night (platform, account, night, stream, delivered, rows) "
        "values ('facebook', '1', ?, ?, true, 1)",
        [[night, stream] for stream in streams],
    )


def looked(con: duckdb.DuckDBPyConnection) -> date:
    found = models.floor(con)
    assert found is not None
    return found.looked


def built(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("begin")
    models.build(con, MODELS, models.rebuild_days(MODELS, {}, None, full=True))
    con.execute("commit")


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return empty_warehouse(duckdb.connect())


def test_before_the_first_build_everything_has_moved() -> None:
    assert models.floor(duckdb.connect()) == models.Floor(models.FIRST_DAY, models.FIRST_DAY)


def test_without_a_new_night_nothing_has_moved(con: duckdb.DuckDBPyConnection) -> None:
    ledger(con, "2026-10-01", "2026-09-03")
    built(con)
    assert models.floor(con) is None


def test_a_new_night_moves_the_days_that_become_final(con: duckdb.DuckDBPyConnection) -> None:
    ledger(con, "2026-10-01", "2026-09-03")
    built(con)
    ledger(con, "2026-10-02", "2026-09-04")
    assert models.floor(con) == models.Floor(looked=date(2026, 10, 1), final=date(2026, 9, 3))


def test_the_next_night_says_nothing_of_days_of_which_the_one_before_said_the_same(
    con: duckdb.DuckDBPyConnection,
) -> None:
    for night in (1, 2):
        delivered(con, f"2026-10-0{night}", "posts", "comments")
    ledger(con, "2026-10-01", "2026-09-03")
    built(con)
    ledger(con, "2026-10-02", "2026-09-04")
    assert looked(con) == date(2026, 10, 1)


def test_a_stream_that_the_night_before_did_not_bring_tells_of_all_the_days_looked_at(
    con: duckdb.DuckDBPyConnection,
) -> None:
    delivered(con, "2026-10-01", "posts")
    delivered(con, "2026-10-02", "posts", "comments")
    ledger(con, "2026-10-01", "2026-09-03")
    built(con)
    ledger(con, "2026-10-02", "2026-09-04")
    assert looked(con) == date(2026, 9, 4)


def test_a_night_that_looks_further_back_than_the_one_before_moves_all_of_it(con: duckdb.DuckDBPyConnection) -> None:
    ledger(con, "2026-10-01", "2026-09-03")
    built(con)
    ledger(con, "2026-10-02", "2026-08-01")
    assert looked(con) == date(2026, 8, 1)


def test_a_night_after_a_gap_moves_what_nobody_looked_at(con: duckdb.DuckDBPyConnection) -> None:
    ledger(con, "2026-10-01", "2026-09-28")
    built(con)
    ledger(con, "2026-10-20", "2026-10-17")
    assert looked(con) == date(2026, 10, 17)


def test_what_became_final_moves_only_what_says_which_days_are(tmp_path: Path) -> None:
    found = models.read(
        tree(
            tmp_path,
            {
                "core/account.sql": f"{TABLE}select * from ops.ledger",
                "core/seen.sql": f"{BY_DAY}\nselect * from ops.ledger",
                "kpi/final.sql": f"{BY_DAY}\nselect * from core.account",
            },
        )
    )
    days = models.rebuild_days(found, {}, models.Floor(looked=DAY, final=date(2026, 9, 1)), full=False)
    assert (days["core.seen"], days["kpi.final"]) == (DAY, date(2026, 9, 1))


def test_a_night_that_waits_for_its_gate_moves_nothing(con: duckdb.DuckDBPyConnection) -> None:
    ledger(con, "2026-10-01", "2026-09-03")
    built(con)
    ledger(con, "2026-10-02", "2026-09-04", state="loaded")
    assert models.floor(con) is None


def test_an_old_night_that_comes_late_or_is_set_aside_moves_the_days_that_it_looked_at(
    con: duckdb.DuckDBPyConnection,
) -> None:
    ledger(con, "2026-07-01", "2026-06-03")
    ledger(con, "2026-10-01", "2026-09-03")
    built(con)
    con.execute("update ops.ledger set state = 'quarantined' where night = '2026-07-01'")
    assert looked(con) == date(2026, 6, 3)


def test_the_first_night_of_an_account_moves_everything(con: duckdb.DuckDBPyConnection) -> None:
    built(con)
    ledger(con, "2026-10-01", "2026-09-03")
    assert looked(con) == models.FIRST_DAY


def test_a_stream_that_failed_moves_its_night(con: duckdb.DuckDBPyConnection) -> None:
    built(con)
    con.execute(
        "insert into ops.stream_night (platform, account, night, stream, delivered, reason) "
        "values ('facebook', '1', '2026-10-01', 'posts', false, 'SourceUnavailable')"
    )
    assert looked(con) == date(2026, 10, 1)
    built(con)
    assert models.floor(con) is None


def test_what_was_left_out_of_a_build_is_built_by_the_next_one(chain: tuple[models.Model, ...]) -> None:
    assert models.rebuild_days(chain, {}, None, full=False, behind={"kpi.small"})["kpi.small"] == models.FIRST_DAY
