"""Every cell that is published equals the truth of the simulated world, in the file and in Parquet."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from pipeline.simulator import truth
from pipeline.simulator.truth import Judge, Table
from tests.nights.ninety import AGO, nights_of
from tests.nights.replaying import Replay

Row = dict[str, Any]
# The demonstration's networks show nothing of others: nobody is compared.
EMPTY = ("kpi.share_of_voice",)


@pytest.fixture(scope="module")
def judge(ninety: Replay) -> Judge:
    return Judge(ninety.world, nights=nights_of(ninety.world))


def published(ninety: Replay, table: str, *, parquet: bool) -> list[Row]:
    folder = ninety.project.settings.paths.publication
    columns, rows = truth.told_columns(table), truth.told_rows(table)
    if parquet:
        # Without hive partitioning: the month of the folder is no column of the table.
        files = f"{folder}/parquet/{table}/*/*.parquet"
        told = f"select {columns} from read_parquet(?, hive_partitioning = false) where {rows}"
        relation = duckdb.connect().execute(told, [files])
    else:
        relation = duckdb.connect(str(folder / "vigie.duckdb"), read_only=True).execute(
            f"select {columns} from {table} where {rows}"
        )
    names = [column[0] for column in relation.description or ()]
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def equal(found: Any, wanted: Any) -> bool:
    """Integers, money, texts and times exactly; ratios to 1e-9; absent only where the truth is absent."""
    if found is None or wanted is None:
        return found is None and wanted is None
    if isinstance(found, float) and not isinstance(wanted, Decimal):
        return math.isclose(found, float(wanted), rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(found, list):
        return found == list(wanted)
    return bool(found == wanted) and type(found) is type(wanted)


def differences(wanted: Table, found: list[Row]) -> list[str]:
    """What differs, as sentences; empty when the tables are the same."""
    if found and tuple(found[0]) != wanted.columns:
        return [f"columns {tuple(found[0])}, not {wanted.columns}"]
    have = {tuple(row[k] for k in wanted.key): row for row in found}
    want = {tuple(row[k] for k in wanted.key): row for row in wanted.dicts()}
    said = [f"{len(found) - len(have)} second rows"] if len(have) != len(found) else []
    said += [f"{key} is missing" for key in want.keys() - have.keys()]
    said += [f"{key} should not be" for key in have.keys() - want.keys()]
    said += [
        f"{key} {column}: {have[key][column]!r}, not {row[column]!r}"
        for key, row in want.items()
        if key in have
        for column in wanted.columns
        if not equal(without_message(column, have[key][column]), row[column])
    ]
    return said


def without_message(column: str, value: Any) -> Any:
    """The truth knows an outage by the name of its error alone."""
    return value.partition(":")[0] if column == "reason" and value and value.startswith("Source") else value


@pytest.mark.parametrize("table", truth.tables())
def test_the_published_file_equals_the_truth_cell_by_cell(ninety: Replay, judge: Judge, table: str) -> None:
    wanted = judge.table(table)
    assert (len(wanted.rows) > 0) == (table not in EMPTY)
    assert differences(wanted, published(ninety, table, parquet=False))[:20] == []


@pytest.mark.parametrize("table", [table for table in truth.tables() if table not in EMPTY])
def test_the_parquet_folder_equals_the_truth_cell_by_cell(ninety: Replay, judge: Judge, table: str) -> None:
    assert differences(judge.table(table), published(ninety, table, parquet=True))[:20] == []


def test_a_single_wrong_cell_would_be_seen(ninety: Replay, judge: Judge) -> None:
    rows = published(ninety, "kpi.account_daily", parquet=False)
    followed = next(row for row in rows if row["followers"])
    followed["followers"] += 1
    assert len(differences(judge.table("kpi.account_daily"), rows)) == 1
    followed["followers"] = None
    assert len(differences(judge.table("kpi.account_daily"), rows)) == 1
    assert "missing" in differences(judge.table("kpi.account_daily"), rows[1:])[0]


def test_the_world_is_not_too_kind(ninety: Replay) -> None:
    """The traps are in the data: gaps, deletions, withdrawn likes, level shifts, refunds, untracked days."""
    con = duckdb.connect(str(ninety.project.settings.paths.publication / "vigie.duckdb"), read_only=True)

    def count(sql: str) -> int:
        row = con.execute(f"select count(*) from {sql}").fetchone()
        return int(row[0]) if row else 0

    assert count("kpi.post_daily where days_covered > 1") > 0
    assert count("kpi.post_daily where has_negative") > 0
    assert count("kpi.post where deleted_at is not null") > 0
    assert count("kpi.account_daily where is_level_shift") > 0
    assert count("kpi.account_daily where platform = 'facebook' and account = '104002' and reach_1d is not null") == 0
    assert count("conversion.event where status = 'refunded'") > 0
    assert count("conversion.event where status = 'confirmed' and refunded_value > 0") > 0
    assert count("kpi.site_daily where visits is null") > 0
    assert count("kpi.coverage_daily where not delivered") > 0
    assert count("quality.note where kind = 'metric_retired'") > 0
    assert count("quality.note where kind = 'unmapped_goal'") > 0


def test_the_nights_that_are_read_hold_what_the_world_does_and_gaps_of_weeks(ninety: Replay) -> None:
    """What happens on a certain night is read on it and on the one before; the world's ends are both in it."""
    calendar, nights = ninety.world.calendar, set(nights_of(ninety.world))
    for event in (calendar.metric_retired, calendar.month_restated, calendar.purge_day):
        assert {event, event - timedelta(days=1)} <= nights
    assert {night for _, _, night in ninety.world.outages} <= nights
    assert {ninety.world.nights[0], ninety.world.nights[-1]} <= nights
    assert [older - newer for older, newer in pairwise(AGO) if older - newer > 1] == [13, 14, 8, 11]
