"""A figure beside the one of the period before and of the year before: only where the periods are known whole.

``complete`` is the part of its days that must be known of a period for it to be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.report.period import Period
from pipeline.report.view import Row, rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Then:
    """An earlier value, and the present one of the same accounts: ``compared`` of the ``of`` that there are now."""

    value: Any
    now: Any
    compared: int = 1
    of: int = 1

    @property
    def change(self) -> float | None:
        """Part by which it has changed since; None from nothing or from a loss."""
        if self.now is None or self.value is None or self.value <= 0:
            return None
        return float(self.now) / float(self.value) - 1


@dataclass(frozen=True)
class Compared:
    """``before`` and ``year_before`` are None where they, or the present period, are not known whole."""

    now: Any
    before: Then | None = None
    year_before: Then | None = None


def site_figures(con: DuckDBPyConnection, period: Period, night: date, complete: float = 1) -> dict[str, Compared]:
    """Visits, actions and money of all sites together, by name. A period after the newest ``night`` is not over."""
    now = _site_sums(con, period)
    # A period that is not over, or that lacks days, is smaller than any whole one.
    is_whole = period.until <= night and _is_site_whole(con, period, period, complete)
    found: list[Row | None] = [
        _site_sums(con, other) if is_whole and _is_site_whole(con, other, period, complete) else None
        for other in (period.before(), period.year_before())
    ]
    return {
        name: Compared(value, *(None if then is None else Then(then[name], value) for then in found))
        for name, value in now.items()
    }


def network_figures(con: DuckDBPyConnection, period: Period, complete: float = 1) -> dict[str, Compared]:
    """What adds up over networks, and the engagement rate as the ratio of these sums; never followers or reach.

    Compared are the accounts of which both periods are known, where they have nearly all of the interactions:
    a small account that tells of nothing hides no other, and small accounts do not speak for a large one.
    """
    now = _network_sums(con, period)
    told = _accounts(con, period, 0)
    compared: list[dict[str, Then]] = []
    for other in (period.before(), period.year_before()):
        alike = sorted(_accounts(con, period, complete) & _accounts(con, other, complete))
        present, then = _network_sums(con, period, alike), _network_sums(con, other, alike)
        if (present["engagements"] or 0) < _NEARLY_ALL * (now["engagements"] or 1):
            compared.append({})
            continue
        compared.append({name: Then(then[name], present[name], len(alike), len(told)) for name in now})
    return {name: Compared(value, *(each.get(name) for each in compared)) for name, value in now.items()}


def _is_site_whole(con: DuckDBPyConnection, wanted: Period, shown: Period, complete: float) -> bool:
    """Whether every site that is known by the end of ``shown`` has its visits on the days of ``wanted``.

    Where nobody counts visits: whether anything was sold before these days.
    """
    found = rows(
        con,
        """
        with known as (
            select count(distinct day) filter (visits is not null and day between ? and ?) as days
            from kpi.site_daily where day <= ? group by site
        )
        select coalesce(
            (select bool_and(days >= ?) from known), (select min(day) <= ? from conversion.margin_daily), false
        ) as is_whole
        """,
        wanted.since,
        wanted.until,
        shown.until,
        complete * wanted.days,
        wanted.since,
    )
    return bool(found[0]["is_whole"])


def _accounts(con: DuckDBPyConnection, period: Period, complete: float) -> set[tuple[str, str]]:
    """Accounts that told of interactions on so many days of the period, on one at least."""
    found = rows(
        con,
        "select platform, account from kpi.account_daily where day between ? and ? group by all "
        "having count(engagements) > 0 and count(engagements) >= ?",
        period.since,
        period.until,
        complete * period.days,
    )
    return {(row["platform"], row["account"]) for row in found}


def _network_sums(con: DuckDBPyConnection, period: Period, of: Sequence[tuple[str, str]] | None = None) -> Row:
    """Sums of the period, of all accounts or of some."""
    names = None if of is None else ["\0".join(name) for name in of]
    return rows(
        con,
        """
        select
            sum(posts_published) as posts_published,
            sum(impressions) as impressions,
            sum(engagements) as engagements,
            sum(engagements) filter (impressions is not null)
                / nullif(sum(impressions) filter (engagements is not null), 0) as engagement_rate_by_impressions
        from kpi.account_daily
        where day between $since and $until
            and ($names is null or list_contains($names::varchar[], platform || chr(0) || account))
        """,
        since=period.since,
        until=period.until,
        names=names,
    )[0]


def _site_sums(con: DuckDBPyConnection, period: Period) -> Row:
    days = (period.since, period.until)
    site = rows(
        con,
        "select sum(visits) as visits, sum(visits_from_networks) as visits_from_networks "
        "from kpi.site_daily where day between ? and ?",
        *days,
    )[0]
    money = rows(
        con,
        "select sum(revenue) as revenue, sum(acquisition_cost) as acquisition_cost, sum(gross_margin) as gross_margin, "
        # an unknown cost makes no margin: the reader must see of what revenue the margin is
        "sum(revenue) filter (gross_margin is not null) as margin_revenue "
        "from conversion.margin_daily where day between ? and ?",
        *days,
    )[0]
    done = rows(
        con,
        "select sum(conversions) as conversions from conversion.daily "
        "where day between ? and ? and action <> 'social_boost'",
        *days,
    )[0]
    return {**site, **done, **money}
