"""Which hours of the week an account's posts did well in, as far as their number allows to say."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipeline.stats.rates import shrunk
from pipeline.stats.tables.posts import BASIS, RATED, SUMS, sums

# A year: every season counts once, and what was true before the last one is forgotten.
_CELLS = f"""
    with posts as (
        select
            posts.platform, posts.account, posts.local_timezone,
            extract('isodow' from posts.published_local) as weekday,
            extract('hour' from posts.published_local) as hour,
            posts.engagements, posts.impressions, posts.reach, posts.followers_at_publication, posts.observed_at,
            posts.published_day,
            coalesce(
                accounts.newest_night, max(posts.published_day) over (partition by posts.platform, posts.account)
            ) as period_end
        from kpi.post as posts
        left join core.account as accounts
            on posts.platform = accounts.platform and posts.account = accounts.account
    ),
    year as (
        select *, period_end - 364 as period_start
        from posts
        where published_day between period_end - 364 and period_end
    ),
    bases as (
        select platform, account, {BASIS} as rate_basis
        from year
        group by platform, account
    ),
    rated as (
        select year.*, bases.rate_basis, {RATED} as base
        from year
        inner join bases on year.platform = bases.platform and year.account = bases.account
    )
    select
        platform, account, weekday, hour, period_start, period_end, any_value(local_timezone) as local_timezone,
        any_value(rate_basis) as rate_basis, count(*) as posts, max(observed_at) as observed_at, {SUMS}
    from rated
    group by platform, account, weekday, hour, period_start, period_end
    order by platform, account, weekday, hour
"""  # noqa: S608 - only parts that stand in this package


def posting_time(con: Any, since: date) -> pd.DataFrame:  # noqa: ARG001 - all hours of an account speak together
    """One row per platform, account, weekday and local hour with a post in the account's last 365 days.

    Beside the sums: ``rates.shrunk`` of the hour toward the account's mean, as ``engagement_rate_shrunk``,
    ``rate_low``, ``rate_high`` and ``own_weight``.
    """
    cells = con.execute(_CELLS).df()
    return with_shrunk(cells, family=["platform", "account"], block=["platform", "account"])


def with_shrunk(cells: pd.DataFrame, family: list[str], block: list[str]) -> pd.DataFrame:
    """The cells, which stand in the order of ``family``, with what ``rates.shrunk`` makes of those that have a rate."""
    rated = cells[cells["posts_rated"] > 0]
    found = shrunk(
        sums(rated),
        rated.groupby(family, sort=False).ngroup().to_numpy(dtype=np.int64),
        rated.groupby(block, sort=False).ngroup().to_numpy(dtype=np.int64),
    )
    columns = {
        "engagement_rate_shrunk": found.rate,
        "rate_low": found.low,
        "rate_high": found.high,
        "own_weight": found.weight,
    }
    return cells.join(pd.DataFrame(columns, index=rated.index))
