"""The report's figures, read from a publication. Ratios of a period are ratios of its sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.report.charts import Point, Series

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAYS = 28
Row = dict[str, Any]


@dataclass(frozen=True)
class AccountFigures:
    """One network account: its figures over the last 28 days and its followers over time."""

    platform: str
    account: str
    figures: Row
    series: Sequence[Series]


@dataclass(frozen=True)
class Ending:
    """Something that ends on a day, in the report's language. ``is_near``: nobody should wait any longer."""

    day: date
    when: str
    whose: str
    what: str
    advice: str
    is_near: bool


def rows(con: DuckDBPyConnection, sql: str, *parameters: object) -> list[Row]:
    """Query rows as dictionaries."""
    cursor = con.execute(sql, list(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def publication(con: DuckDBPyConnection) -> Row:
    return rows(con, "select generation, night, code_version, published_at from _publish")[0]


def tiles(con: DuckDBPyConnection, night: date) -> dict[str, tuple[Any, Any]]:
    """Figure and the one of the 28 days before, by name; None beside it where those days are not all known."""
    before = night - timedelta(days=DAYS)
    now, then = _site_sums(con, night), _site_sums(con, before)
    is_whole = _is_whole(con, before, night)
    return {name: (now[name], then[name] if is_whole else None) for name in now}


def _is_whole(con: DuckDBPyConnection, until: date, night: date) -> bool:
    """Whether every site has its visits on each of the 28 days, or, where nobody counts visits, sold before them."""
    since = until - timedelta(days=DAYS - 1)
    found = rows(
        con,
        """
        with known as (
            select count(distinct day) filter (visits is not null and day <= ?) as days
            from kpi.site_daily where day between ? and ? group by site
        )
        select coalesce(
            (select bool_and(days = ?) from known),
            (select min(day) <= ? from conversion.margin_daily),
            false
        ) as is_whole
        """,
        until,
        since,
        night,
        DAYS,
        since,
    )
    return bool(found[0]["is_whole"])


def _site_sums(con: DuckDBPyConnection, until: date) -> Row:
    since = until - timedelta(days=DAYS - 1)
    site = rows(
        con,
        "select sum(visits) as visits, sum(visits_from_networks) as visits_from_networks "
        "from kpi.site_daily where day between ? and ?",
        since,
        until,
    )[0]
    money = rows(
        con,
        "select sum(revenue) as revenue, sum(acquisition_cost) as cost, sum(gross_margin) as margin, "
        # an unknown cost makes no margin: the reader must see of what revenue the margin is
        "sum(revenue) filter (gross_margin is not null) as margin_revenue "
        "from conversion.margin_daily where day between ? and ?",
        since,
        until,
    )[0]
    done = rows(
        con,
        "select sum(conversions) as conversions from conversion.daily "
        "where day between ? and ? and action <> 'social_boost'",
        since,
        until,
    )[0]
    return {**site, **done, **money}


def accounts(con: DuckDBPyConnection, night: date) -> list[AccountFigures]:
    since = night - timedelta(days=DAYS - 1)
    found = rows(
        con,
        """
        select
            platform, account,
            arg_max(followers, day) as followers,
            arg_max(follower_growth_speed, day) as growth_speed,
            arg_max(follower_growth_rate_28d, day) as growth_28d,
            arg_max(growth_index, day) as growth_index,
            sum(impressions) as impressions,
            sum(engagements) as engagements,
            sum(engagements) filter (impressions is not null)
                / nullif(sum(impressions) filter (engagements is not null), 0) as engagement_rate,
            max(reach_1d) as reach_low, sum(reach_1d) as reach_high,
            sum(posts_published) as posts_published,
            sum(visits) as visits, sum(gross_margin) as margin
        from kpi.account_daily where day between ? and ? group by all order by platform, account
        """,
        since,
        night,
    )
    return [
        AccountFigures(row["platform"], row["account"], row, _followers(con, row["platform"], row["account"]))
        for row in found
    ]


def _followers(con: DuckDBPyConnection, platform: str, account: str) -> list[Series]:
    found = rows(
        con,
        "select day, followers, coalesce(is_final, false) as final from kpi.account_daily "
        "where platform = ? and account = ? order by day",
        platform,
        account,
    )
    return [Series("", [Point(r["day"], r["followers"], r["final"]) for r in found])]


def network_visits(con: DuckDBPyConnection, night: date) -> list[Series]:
    """Visits that each network sent, one line a network, over the last 90 days."""
    found = rows(
        con,
        "select platform, day, sum(visits) as visits from kpi.site_network_daily "
        "where platform <> 'unattributed' and day > ? group by all order by platform, day",
        night - timedelta(days=90),
    )
    names = sorted({r["platform"] for r in found})
    return [Series(n, [Point(r["day"], r["visits"]) for r in found if r["platform"] == n]) for n in names]


def actions(con: DuckDBPyConnection, night: date) -> list[Row]:
    """Per platform and campaign over 28 days: visits, conversions, revenue, cost and margin."""
    return rows(
        con,
        """
        select
            platform, campaign, sum(visits) as visits, sum(conversions) as conversions,
            sum(conversions) filter (visits is not null)
                / nullif(sum(visits) filter (conversions is not null), 0) as conversion_rate,
            sum(revenue) as revenue, sum(acquisition_cost) as cost, sum(gross_margin) as margin
        from conversion.margin_daily where day > ? and day <= ?
        group by all order by revenue desc nulls last, visits desc nulls last, platform, campaign limit 12
        """,
        night - timedelta(days=DAYS),
        night,
    )


def best_posts(con: DuckDBPyConnection, night: date) -> list[Row]:
    return rows(
        con,
        """
        select platform, post_id, published_day, type, link, engagements, impressions,
            engagement_rate_by_impressions as rate
        from kpi.post where published_day > ? and engagements is not null and deleted_at is null
        order by engagements desc, post_id limit 5
        """,
        night - timedelta(days=DAYS),
    )


def steps(con: DuckDBPyConnection, night: date) -> list[Row]:
    return rows(
        con,
        "select step, state, rows, seconds, error from quality.run where night = ? order by started_at, step",
        night,
    )


def missing(con: DuckDBPyConnection, night: date) -> list[Row]:
    return rows(
        con,
        "select platform, account, stream, reason from kpi.coverage_daily "
        "where day = ? and expected and not delivered order by all",
        night,
    )


def failed_expectations(con: DuckDBPyConnection, night: date) -> list[Row]:
    return rows(
        con,
        'select gate, "table", expectation, severity, unexpected_count as unexpected from quality.result '
        'where night = ? and not success order by severity, gate, "table", expectation',
        night,
    )


def notes(con: DuckDBPyConnection, night: date) -> list[Row]:
    """What a person should know of the night; what ends soon has a place of its own."""
    return rows(
        con,
        "select kind, platform, account, message from quality.note "
        "where night = ? and kind <> 'expires_soon' order by all",
        night,
    )
