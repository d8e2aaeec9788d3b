"""What is known of each goal day by day, in its own scope: one account or site, a platform, or the whole brand."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from pipeline.stats.goals.terms import Known

# Of several accounts or sites a day is known where all of those are that had begun to tell of the metric by then.
_DAYS: Final = """
    with wanted as (
        select
            goal, place, platform, account, site, unnest(['value', 'divisor', 'shift']) as role,
            unnest([counted, divided_by, case when kind = 'level' then 'shift' end]) as metric,
            1 + cast(divided_by is not null as integer) as terms
        from seed.target
    ),
    asked as (
        select distinct own.platform, own.account
        from seed.account as own
        inner join wanted
            on wanted.place = 'account'
                and own.platform = coalesce(wanted.platform, own.platform)
                and own.account = coalesce(wanted.account, own.account)
    ),
    account_days as (
        select
            days.platform, days.account, days.day, days.is_final,
            days.followers, days.followers_gained, days.followers_net, days.impressions,
            days.reactions, days.comments, days.shares, days.clicks, days.saves, days.engagements,
            days.posts_published, days.visits, days.conversions,
            case when days.is_level_shift then days.follower_residual end as shift
        from kpi.account_daily as days
        semi join asked on days.platform = asked.platform and days.account = asked.account
        where days.day <= $newest
    ),
    brought as (
        select site, occurred_day as day,
            sum(count) filter (where status = 'confirmed' and action <> 'social_boost') as conversions
        from conversion.event
        where occurred_day <= $newest
        group by site, occurred_day
    ),
    site_days as (
        -- a site that was read and sold nothing is a true 0; of a shop that was not read nobody knows
        select
            days.site, days.day, days.is_final, days.visits, days.engaged_visits, days.page_views,
            days.bounces, days.visit_seconds, days.visits_from_networks,
            case
                when days.visits is not null and (not sites.has_shop or sold.day is not null)
                    then cast(coalesce(brought.conversions, 0) as bigint)
            end as conversions
        from kpi.site_daily as days
        inner join seed.site as sites on days.site = sites.site
        left join core.sale_day as sold on days.day = sold.day
        left join brought on days.site = brought.site and days.day = brought.day
        where days.day <= $newest
    ),
    parts as (
        select 'account' as place, platform, account, cast(null as varchar) as site, day, is_final, metric, value
        from (
            unpivot account_days
            on followers, followers_gained, followers_net, impressions, reactions, comments, shares, clicks, saves,
                engagements, posts_published, visits, conversions, shift
            into name metric value value
        )
        union all
        select 'site', null, null, site, day, is_final, metric, value
        from (
            unpivot site_days
            on visits, engaged_visits, page_views, bounces, visit_seconds, visits_from_networks, conversions
            into name metric value value
        )
    ),
    told as (
        select
            wanted.goal, wanted.role, parts.day, parts.value, parts.is_final,
            concat_ws('/', parts.platform, parts.account, parts.site) as part
        from wanted
        inner join parts
            on wanted.place = parts.place
                and wanted.metric = parts.metric
                and coalesce(wanted.platform, parts.platform, '') = coalesce(parts.platform, '')
                and coalesce(wanted.account, parts.account, '') = coalesce(parts.account, '')
                and coalesce(wanted.site, parts.site, '') = coalesce(parts.site, '')
        -- who tells of one term of a ratio alone has no part in it
        qualify
            wanted.role = 'shift'
            or count(*) filter (where wanted.role <> 'shift')
                over (partition by wanted.goal, parts.platform, parts.account, parts.site, parts.day) = wanted.terms
    ),
    begun as (
        select goal, role, first_day, sum(count(*)) over (partition by goal, role order by first_day) as parts
        from (select goal, role, part, min(day) as first_day from told group by goal, role, part)
        group by goal, role, first_day
    ),
    added as (
        select goal, role, day, cast(sum(value) as double) as value, count(*) as parts, bool_and(is_final) as is_final
        from told
        group by goal, role, day
    ),
    whole as (
        select added.goal, added.role, added.day, added.value, added.is_final
        from added
        asof join begun on added.goal = begun.goal and added.role = begun.role and added.day >= begun.first_day
        where added.parts = begun.parts or added.role = 'shift'
    ),
    money as (
        -- a day with a campaign of unknown money is unknown
        select
            wanted.goal, wanted.role, days.day, bool_and(days.is_final) as is_final,
            case when count(*) = count(days.value) then cast(sum(days.value) as double) end as value
        from wanted
        inner join (
            select day, platform, is_final, metric, value
            from (
                select
                    platform, day, is_final, revenue, acquisition_cost, gross_margin, contribution_margin,
                    cast(conversions as decimal(18, 4)) as conversions
                from conversion.margin_daily
                where day <= $newest
            )
            unpivot include nulls (
                value for metric in (revenue, acquisition_cost, gross_margin, contribution_margin, conversions)
            )
        ) as days
            on wanted.place = 'money'
                and wanted.metric = days.metric
                and days.platform = coalesce(wanted.platform, days.platform)
        group by wanted.goal, wanted.role, days.day
    ),
    read_days as (
        -- days on which nothing came in, and on which that was seen
        select days.day, bool_and(days.is_final) as is_final
        from kpi.site_daily as days
        where days.day <= $newest and days.visits is not null
            and (
                days.day in (select day from core.sale_day)
                or not coalesce((select bool_or(has_shop) from seed.site), false)
            )
        group by days.day
    ),
    quiet as (
        select wanted.goal, wanted.role, days.day, days.is_final, 0.0 as value
        from wanted
        cross join read_days as days
        anti join money on wanted.goal = money.goal and wanted.role = money.role and days.day = money.day
        where wanted.place = 'money'
    ),
    every as (
        select goal, role, day, is_final, value from whole
        union all
        select goal, role, day, is_final, value from money
        union all
        select goal, role, day, is_final, value from quiet
    )
    select
        goal, day, bool_and(is_final) as is_final,
        max(value) filter (where role = 'value') as value,
        max(value) filter (where role = 'divisor') as divisor,
        max(value) filter (where role = 'shift') as shift
    from every
    group by goal, day
    order by goal, day
"""


def known_days(con: Any, newest: date) -> dict[str, pd.DataFrame]:
    """By goal one row per day of which anything is known: ``value``, ``divisor``, ``shift``, ``is_final``."""
    days = con.execute(_DAYS, {"newest": newest}).df()
    return {str(goal): own.set_index("day") for goal, own in days.groupby("goal", sort=False)}


def known(days: pd.DataFrame | None, newest: date, *, is_ratio: bool, settled: int) -> Known:
    """The days of one goal without holes in the calendar, until the ``newest`` night."""
    if days is None:
        nothing = np.full(1, np.nan)
        return Known(newest, newest, nothing, np.zeros(1, dtype=bool), nothing if is_ratio else None, None, settled)
    calendar = pd.date_range(days.index.min(), newest)
    facts = days.reindex(calendar)
    value, divisor = (facts[name].to_numpy(dtype=float, na_value=np.nan) for name in ("value", "divisor"))
    values = np.where(np.isfinite(divisor), value, np.nan) if is_ratio else value
    return Known(
        first=calendar[0].date(),
        newest=newest,
        values=values,
        final=facts["is_final"].eq(True).to_numpy() & np.isfinite(values),
        divisors=np.where(np.isfinite(value), divisor, np.nan) if is_ratio else None,
        shifts=facts["shift"].to_numpy(dtype=float, na_value=0.0),
        settled=settled,
    )
