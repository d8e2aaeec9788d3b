"""Margins and funnels of a period, from the published tables: sums of days, and ratios of these sums."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, Literal

from pipeline.report.view import Row, rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KEYS: Final = {"campaign": "platform, campaign", "platform": "platform", "day": "day"}


def margins_of_posts(con: DuckDBPyConnection, since: date, until: date, most: int | None = None) -> list[Row]:
    """One row per post published in the period that brought anything, over its whole life; the best first.

    Only the ``most`` best where that is given.
    """
    return rows(
        con,
        """
        select
            platform, post_id, published_day, visits, conversions, conversion_rate, revenue, average_basket,
            acquisition_cost, gross_margin,
            cast(gross_margin as double) / nullif(cast(acquisition_cost as double), 0) as margin_per_cost
        from conversion.margin_post where published_day between ? and ?
        order by gross_margin desc nulls last, revenue desc nulls last, visits desc nulls last, platform, post_id
        limit ?
        """,
        since,
        until,
        most,
    )


def margins(con: DuckDBPyConnection, by: Literal["campaign", "platform", "day"], since: date, until: date) -> list[Row]:
    """One row per campaign of a platform, platform or day; campaigns and platforms by margin, days in order."""
    keys = _KEYS[by]
    order = "day" if by == "day" else f"gross_margin desc nulls last, visits desc nulls last, {keys}"
    return rows(
        con,
        f"""
        select
            {keys},
            sum(visits) as visits,
            sum(conversions) as conversions,
            sum(conversions) filter (visits is not null)
                / nullif(sum(visits) filter (conversions is not null), 0) as conversion_rate,
            sum(revenue) as revenue,
            cast(sum(revenue) as double)
                / nullif(sum(conversions) filter (revenue is not null), 0) as average_basket,
            sum(acquisition_cost) as acquisition_cost,
            sum(gross_margin) as gross_margin,
            cast(sum(gross_margin) as double)
                / nullif(cast(sum(acquisition_cost) filter (gross_margin is not null) as double), 0) as margin_per_cost,
            count(gross_margin) as days_with_margin,
            count(*) as days
        from conversion.margin_daily where day between ? and ? group by {keys} order by {order}
        """,  # noqa: S608 - keys and order are ours
        since,
        until,
    )


def funnel(con: DuckDBPyConnection, since: date, until: date, platform: str | None, campaign: str | None) -> list[Row]:
    """One row per step in its order. ``count`` is NULL for reach, of which only bounds are known.

    A rate is that of the days, networks and campaigns of which both steps are known.
    """
    return rows(
        con,
        """
        select
            step,
            position,
            case when position > 1 then sum(step_count) end as count,
            case when position = 1 then max(step_count) end as at_least,
            case when position = 1 then sum(step_count) end as at_most,
            case when position > 2 then sum(step_count) filter (previous_count is not null)
                / nullif(sum(previous_count) filter (step_count is not null), 0) end as rate,
            case when position > 2 then sum(previous_count) filter (step_count is not null) end as of_before,
            count(step_count) as known,
            count(*) as rows
        from conversion.funnel_daily
        where day between ? and ? and platform = coalesce(?, platform) and campaign = coalesce(?, campaign)
        group by step, position order by position, count desc nulls last, step
        """,
        since,
        until,
        platform,
        campaign,
    )
