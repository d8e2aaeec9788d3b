"""Which types of post did well in each month, as far as their number allows to say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from pipeline.stats.tables.posting_times import with_shrunk
from pipeline.stats.tables.posts import BASIS, RATED, SUMS

# How much types differ is learnt from a year of months, each around its own mean: a month alone has too few
# types to say. Months of another base are no comparison.
_CELLS = f"""
    with posts as (
        select
            platform, account, coalesce(type, 'unknown') as type,
            cast(date_trunc('month', published_day) as date) as month,
            engagements, impressions, reach, followers_at_publication
        from kpi.post
        where published_day >= date_trunc('month', cast($since as date)) - interval 11 months
    ),
    bases as (
        select platform, account, month, {BASIS} as rate_basis
        from posts
        group by platform, account, month
    ),
    rated as (
        select posts.*, bases.rate_basis, {RATED} as base
        from posts
        inner join bases
            on posts.platform = bases.platform and posts.account = bases.account and posts.month = bases.month
    ),
    cells as (
        select platform, account, type, month, any_value(rate_basis) as rate_basis, {SUMS}
        from rated
        group by platform, account, type, month
    ),
    years as (
        -- each month with those of the year that ends with it
        select
            targets.platform, targets.account, targets.month as of_month, targets.rate_basis,
            unnest(generate_series(targets.month - interval 11 months, targets.month, interval 1 month)) as month
        from bases as targets
        where targets.month >= date_trunc('month', cast($since as date)) and targets.rate_basis is not null
    )
    select years.of_month, cells.*
    from years
    inner join cells
        on years.platform = cells.platform
        and years.account = cells.account
        and years.rate_basis = cells.rate_basis
        and cast(years.month as date) = cells.month
    order by cells.platform, cells.account, years.of_month, cells.month, cells.type
"""  # noqa: S608 - only parts that stand in this package


def content_type(con: Any, since: date) -> pd.DataFrame:
    """``rates.shrunk`` of each platform, account, type and month from that of ``since`` on.

    A type is drawn toward the account's mean of its month; s^2 and tau^2 are those of the twelve months up to it,
    so that a month that is over keeps its figures.
    """
    cells = con.execute(_CELLS, {"since": since}).df()
    family = ["platform", "account", "of_month"]
    found = with_shrunk(cells, family=family, block=[*family, "month"])
    return found[found["of_month"] == found["month"]].drop(columns="of_month")
