"""YouTube in a year: what it hides or rounds or has not counted yet is told as it is."""

from __future__ import annotations

from tests.nights.year import Year

HERE = "platform = 'youtube'"


def test_what_youtube_hides_or_has_not_counted_yet_is_absent_and_no_zero(year: Year) -> None:
    assert year.count(f"kpi.post where {HERE} and reactions is null and video_views > 0") > 0
    assert year.count(f"kpi.post where {HERE} and comments is null and video_views > 0") > 0
    late = f"kpi.account_daily where {HERE} and day > date '{year.ago(2)}'"
    assert year.count(late) == year.count(f"{late} and impressions is null and followers is not null") == 4
    hidden = f"kpi.coverage_daily where {HERE} and stream = 'channel_days' and reason like 'an API key%'"
    assert year.count(hidden) == len(year.nights)


def test_of_rounded_levels_the_purge_alone_is_a_shift(year: Year) -> None:
    assert year.count(f"kpi.account_daily where {HERE} and followers > 1000 and followers % 100 > 0") == 0
    assert year.count(f"kpi.account_daily where {HERE} and follower_residual > 12") > 0
    shifts = f"kpi.account_daily where {HERE} and is_level_shift"
    assert year.count(shifts) == year.count(f"{shifts} and day = date '{year.ago(35)}'") == 1


def test_people_are_told_of_the_metric_that_is_no_more(year: Year) -> None:
    told = f"quality.note where {HERE} and kind = 'metric_retired' and message like '%engagedViews%'"
    assert year.count(told) == 3
