"""Silences, purges and declared days: what the table of anomalies makes of them, from the accounts' own days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.stats.anomalies.simulated import build, days_of, fill, rows, warehouse

PLAYED = days_of(1).iloc[:250].reset_index(drop=True)
COLUMNS = ("metric", "day", "value", "expected", "low", "high", "score", "is_anomaly", "kind")
COUNTS = ["followers", "followers_net", "reach_1d", "impressions", "engagements"]


def day_at(row: int) -> date:
    return date.fromisoformat(str(PLAYED["day"].iloc[row]))


def number_at(row: int, column: str) -> int:
    return int(PLAYED[column].to_numpy()[row])


def told(days: pd.DataFrame) -> pd.DataFrame:
    with warehouse(days) as con:
        build(con)
        return rows(con, COLUMNS)


def test_nine_silent_days_are_no_anomaly_and_three_weeks_at_once_make_the_table_whole() -> None:
    """Twelve days before the silence are not read yet either: they come with it."""
    silent = PLAYED.copy()
    silent.loc[180:188, COUNTS] = np.nan
    late = silent.copy()
    late.loc[189:200, COUNTS] = np.nan
    since = day_at(173)
    with warehouse(late.iloc[:201]) as con:
        build(con)
        during = rows(con, COLUMNS)
        fill(con, PLAYED.iloc[:201])
        build(con, since)
        after = rows(con, COLUMNS)
    hidden = during["day"].between(pd.Timestamp(day_at(180)), pd.Timestamp(day_at(200)))
    assert not hidden.any(), "a day of which nothing is known has no row, and no 0 that would look like a collapse"
    pd.testing.assert_frame_equal(after, told(PLAYED.iloc[:201]))


def test_days_after_a_silence_that_nobody_fills_are_expected_by_those_that_are_known() -> None:
    silent = PLAYED.copy()
    silent.loc[180:188, COUNTS] = np.nan
    found = told(silent)
    back = found[found["day"] >= pd.Timestamp(day_at(189))]
    assert back["score"].notna().all()
    # Nine days' gains on the first day back would be a jump; no delta over a gap is made up.
    assert back["is_anomaly"].mean() < 0.03


@pytest.mark.parametrize("own_residual", [True, False], ids=["told by the platform", "seen in the level alone"])
def test_a_purge_of_12_percent_in_one_day_is_a_level_shift_and_no_spike(own_residual: bool) -> None:
    purged = PLAYED.copy()
    lost = int(0.12 * number_at(199, "followers"))
    purged.loc[200:, "followers"] -= lost
    if not own_residual:
        purged.loc[[200], "followers_net"] = number_at(200, "followers_net") - lost
    day = pd.Timestamp(day_at(200))
    with warehouse(purged) as con:
        if own_residual:
            con.execute(
                "update kpi.account_daily set is_level_shift = true, follower_residual = ? where day = ?",
                [-lost, day.date()],
            )
        build(con)
        found = rows(con, where="metric = 'followers_net'")
    of_day = found[found["day"] == day].iloc[0]
    assert (of_day["is_anomaly"], of_day["direction"], of_day["kind"]) == (True, "down", "level_shift")
    assert of_day["value"] == number_at(200, "followers_net") - lost
    week = found[found["day"].between(day + timedelta(days=1), day + timedelta(days=7))]
    assert not week["is_anomaly"].any(), "nobody comes or leaves otherwise than before"


def test_declared_days_are_no_anomalies_and_teach_nothing() -> None:
    lively = PLAYED.copy()
    lively.loc[200:206, "engagements"] = lively.loc[200:206, "engagements"] * 8 + 200
    first, last = day_at(200), day_at(206)
    there = f"metric = 'engagements' and day between date '{first}' and date '{last}'"
    with warehouse(lively) as con:
        build(con)
        assert rows(con, where=there)["is_anomaly"].any()
        con.execute(
            'insert into seed.campaign (campaign, utm_campaign, platform, start, "end")'
            " values ('Week', 'week', ?, ?, ?)",
            [str(lively["platform"].iloc[0]), first, last],
        )
        build(con)
        declared = rows(con, where=there)
        after = rows(con, COLUMNS, where=f"metric = 'engagements' and day > date '{last}'")
    assert not declared["is_anomaly"].any()
    assert set(declared["explained_by"]) == {"Week"}
    unknown = lively.copy()
    unknown.loc[200:206, "engagements"] = np.nan
    known = told(unknown)
    later = known[(known["metric"] == "engagements") & (known["day"] > pd.Timestamp(last))].reset_index(drop=True)
    names = ["day", "expected", "low", "high"]
    pd.testing.assert_frame_equal(after[names], later[names])


@pytest.mark.parametrize("since", [100, 170, 249])
def test_a_night_that_builds_some_days_gives_what_a_full_build_gives(since: int) -> None:
    with warehouse(PLAYED.assign(engagements=PLAYED["engagements"] + (PLAYED.index >= since))) as con:
        build(con)
        fill(con, PLAYED)
        build(con, day_at(since) - timedelta(days=7))
        nightly = rows(con)
        build(con)
        pd.testing.assert_frame_equal(nightly, rows(con))
