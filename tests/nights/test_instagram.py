"""What makes Instagram hard is in the year: stories, reels, posts from before, a small account, a retired metric."""

from __future__ import annotations

from pipeline.simulator.world.networks.instagram import MAIN, SMALL
from tests.nights.year import Year


def test_the_year_held_what_makes_instagram_hard(year: Year) -> None:
    posts = "kpi.post where platform = 'instagram'"
    assert year.count(f"{posts} and type = 'story' and deleted_at is not null and impressions > 0") > 0
    assert year.count(f"{posts} and type = 'reel' and video_views = impressions") > 0
    # From before the account was a business: counted in public, and nothing else.
    assert year.count(f"{posts} and impressions is null and reactions > 0") > 0
    assert year.count(f"kpi.account_daily where account = '{SMALL}' and followers_gained is not null") == 0
    assert year.count(f"kpi.account_daily where account = '{MAIN}' and followers_gained is not null") > 30
    assert year.count("quality.note where kind = 'metric_retired' and message like '%profile_links_taps%'") > 0
    assert year.count(f"kpi.coverage_daily where account = '{MAIN}' and not delivered") > 0
