"""A night that is read days later, after an outage of one's own: complete, and without a word of the days after it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb

from pipeline import steps
from pipeline.simulator.platforms import PLATFORMS
from tests.nights.replaying import replay


def test_a_night_of_every_platform_that_is_read_three_days_late_knows_nothing_of_these_days(tmp_path: Path) -> None:
    with replay(tmp_path, tuple(PLATFORMS), nights=40) as brand:
        now = brand.clock(brand.world.nights[-1])
        night = brand.world.nights[-1] - timedelta(days=3)
        outcome = steps.run(brand.project, night, now=lambda: now)
        assert outcome.error is None
        with duckdb.connect(str(brand.project.settings.paths.warehouse), read_only=True) as con:
            states = con.execute("select platform, state from ops.ledger where night = ?", [night]).fetchall()
            views = con.execute(
                "select table_name from information_schema.columns "
                "where table_schema = 'staging' and column_name = 'day' order by all"
            ).fetchall()
            newest = {
                name: con.execute(f"select count(*), max(day), max(night) from staging.{name}").fetchall()[0]
                for (name,) in views
            }
    assert {platform for platform, _ in states} == set(PLATFORMS)
    assert {state for _, state in states} == {"passed"}
    # An order of the window that was paid after it is what it is now: a sale of the day on which it was paid.
    sales = {"conversion", "woocommerce_conversion"}
    assert {name for name, (_, day, of) in newest.items() if day and (day > night or of > night)} <= sales
    responses = {name: rows for name, (rows, _, _) in newest.items() if name.endswith("_response")}
    assert all(responses[f"{platform}_response"] for platform in ("mastodon", "youtube", "x", "instagram"))
