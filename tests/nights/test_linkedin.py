"""LinkedIn in a year in which a token ended for good: what is late is unknown, and the granted token is safe."""

from __future__ import annotations

from pipeline.simulator.platforms.linkedin.account import REFRESH_TOKEN
from tests.nights.test_truth import published
from tests.nights.year import LINKEDIN_SMALL, Year


def test_the_last_two_days_are_unknown_and_not_zero(year: Year) -> None:
    last, rows = year.nights[-1], published(year.brand, "kpi.account_daily", parquet=False)
    lately = {row["day"]: row for row in rows if row["account"] == LINKEDIN_SMALL and row["day"] > year.ago(3)}
    assert [(last - day).days for day, row in sorted(lately.items()) if row["impressions"] is None] == [1, 0]
    assert lately[last]["followers"] is not None


def test_a_granted_token_is_kept_for_its_owner_alone_and_used_in_the_nights_that_follow(year: Year) -> None:
    kept = next(file for file in year.tokens("linkedin") if b"granted" in file.read_bytes())
    assert kept.stat().st_mode & 0o777 == 0o600
    assert REFRESH_TOKEN.encode() in kept.read_bytes()
    assert year.state()["requests"]["by_path"]["/linkedin/oauth/v2/accessToken"] == 1
