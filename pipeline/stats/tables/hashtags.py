"""Whether posts with a hashtag did better than the account's other posts of the same weeks."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipeline.stats.rates import FEWEST, difference
from pipeline.stats.tables.posts import BASIS, NAMES, RATED, SUMS, sums

# Thirteen weeks, a quarter: one week alone hardly ever has five posts of one hashtag. The other posts are those of
# the weeks that have the hashtag, so that a loud week is not compared with a quiet one. An account's weeks may
# have different bases; those of the row's own week are taken together.
_OVER = """over (
    partition by platform, account, hashtag, rate_basis
    order by week
    range between interval 84 days preceding and current row
)"""
_WITH = ", ".join(f"sum({name}) {_OVER} as {name}" for name in NAMES)
_WITHOUT = ", ".join(f"sum({name}_other) {_OVER} as {name}_other" for name in NAMES)
_OTHERS = ", ".join(f"weeks.{name} - coalesce(tagged.{name}, 0) as {name}_other" for name in NAMES)
_WEEKS = f"""
    with posts as (
        select
            platform, account, cast(date_trunc('week', published_day) as date) as week, hashtags,
            engagements, impressions, reach, followers_at_publication, observed_at
        from kpi.post
        where published_day >= date_trunc('week', cast($since as date)) - interval 84 days
    ),
    bases as (
        select platform, account, week, {BASIS} as rate_basis
        from posts
        group by platform, account, week
    ),
    rated as (
        select posts.*, bases.rate_basis, {RATED} as base
        from posts
        inner join bases
            on posts.platform = bases.platform and posts.account = bases.account and posts.week = bases.week
    ),
    weeks as (
        select
            platform, account, week, any_value(rate_basis) as rate_basis, count(*) as posts,
            max(observed_at) as observed_at, {SUMS}
        from rated
        group by platform, account, week
    ),
    tagged as (
        select platform, account, hashtag, week, count(*) as posts, {SUMS}
        from (select * exclude (hashtags), unnest(hashtags) as hashtag from rated)
        group by platform, account, hashtag, week
    ),
    compared as (
        select
            tagged.*, weeks.rate_basis, weeks.observed_at, weeks.posts - tagged.posts as posts_other, {_OTHERS}
        from tagged
        inner join weeks
            on tagged.platform = weeks.platform and tagged.account = weeks.account and tagged.week = weeks.week
    ),
    quarters as (
        select
            platform, account, hashtag, week, rate_basis, posts as posts_published,
            sum(posts) {_OVER} as posts, sum(posts_other) {_OVER} as posts_without,
            max(observed_at) {_OVER} as observed_at, {_WITH}, {_WITHOUT}
        from compared
    )
    select *
    from quarters
    where week >= date_trunc('week', cast($since as date))
    order by platform, account, hashtag, week
"""  # noqa: S608 - only parts that stand in this package


def hashtag(con: Any, since: date) -> pd.DataFrame:
    """One row per platform, account, hashtag and week from that of ``since`` on in which the hashtag was used.

    Sums of the thirteen weeks up to it, of the posts with it and of the others (``_other``); ``lift``, the
    difference of the two rates, with its interval, is NaN where a side has fewer than five rated posts.
    """
    weeks: pd.DataFrame = con.execute(_WEEKS, {"since": since}).df()
    enough = weeks[(weeks["posts_rated"] >= FEWEST) & (weeks["posts_rated_other"] >= FEWEST)]
    found = difference(sums(enough), sums(enough, "_other"))
    lifts = pd.DataFrame(np.column_stack(found), index=enough.index, columns=["lift", "lift_low", "lift_high"])
    return weeks.join(lifts)
