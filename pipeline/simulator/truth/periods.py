"""The networks' accounts by week, month and quarter: sums of days, ratios of sums, bounds of reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from pipeline.simulator.truth.table import Shape, Table, difference, money_total, ratio, total

Row = dict[str, Any]

KINDS: Final = ("week", "month", "quarter")
SUMMED: Final = (
    "followers_gained",
    "followers_lost",
    "followers_net",
    "impressions",
    "reactions",
    "comments",
    "shares",
    "clicks",
    "saves",
    "engagements",
    "posts_published",
    "visits",
    "conversions",
)
COMPARED: Final = ("followers_net", "engagements", "impressions")
ACCOUNT_PERIOD: Final = Shape(
    "kpi.account_period",
    ("platform", "account", "period_kind", "period_start"),
    "platform VARCHAR, account VARCHAR, period_kind VARCHAR, period_start DATE, period_end DATE, "
    "followers_end BIGINT, followers_start BIGINT, follower_growth_rate DOUBLE, "
    + "".join(f"{name} BIGINT, " for name in SUMMED)
    + "gross_margin DECIMAL(18,4), reach_lower_bound BIGINT, reach_upper_bound BIGINT, "
    "engagement_rate_by_impressions DOUBLE, engagements_for_rate BIGINT, impressions_for_rate BIGINT, "
    "click_through_rate DOUBLE, clicks_with_impressions BIGINT, impressions_with_clicks BIGINT, "
    "best_day DATE, worst_day DATE, "
    + "".join(f"{name}_change BIGINT, " for name in COMPARED)
    + "".join(f"{name}_change_year BIGINT, " for name in COMPARED)
    + "days_covered BIGINT, days_in_period BIGINT, is_final BOOLEAN",
)


def period_start(kind: str, day: date) -> date:
    """The first day of the week (Monday), month or quarter of ``day``."""
    if kind == "week":
        return day - timedelta(days=day.weekday())
    month = day.month if kind == "month" else 3 * ((day.month - 1) // 3) + 1
    return date(day.year, month, 1)


def period_end(kind: str, start: date) -> date:
    """The last day of the period that begins at ``start``."""
    if kind == "week":
        return start + timedelta(days=6)
    month = start.month + (1 if kind == "month" else 3)
    following = date(start.year + month // 13, month - 12 * (month // 13), 1)
    return following - timedelta(days=1)


def year_before(kind: str, start: date) -> date:
    """The start of the same period a year earlier: 52 weeks, or the same date."""
    return start - timedelta(weeks=52) if kind == "week" else start.replace(year=start.year - 1)


def account_period(account_daily: Table) -> Table:
    """One row per platform, account, kind of period and period in which the account has a day."""
    accounts: dict[tuple[str, str], dict[date, Row]] = {}
    for row in account_daily.dicts():
        accounts.setdefault((row["platform"], row["account"]), {})[row["day"]] = row
    return ACCOUNT_PERIOD.table(
        row | {"platform": platform, "account": account, "period_kind": kind}
        for (platform, account), days in accounts.items()
        for kind in KINDS
        for row in _periods(kind, days)
    )


def _periods(kind: str, days: Mapping[date, Row]) -> Iterator[Row]:
    starts = sorted({period_start(kind, day) for day in days})
    periods = {start: _period(start, period_end(kind, start), days) for start in starts}
    for start, row in periods.items():
        previous = periods.get(period_start(kind, start - timedelta(days=1)))
        year = periods.get(year_before(kind, start))
        row |= {f"{name}_change": _change(name, row, previous) for name in COMPARED}
        yield row | {f"{name}_change_year": _change(name, row, year) for name in COMPARED}


def _change(name: str, row: Row, other: Row | None) -> int | None:
    """The difference between two periods of which every day is known."""
    if other is None or any(r["days_covered"] != r["days_in_period"] for r in (row, other)):
        return None
    return difference(row[name], other[name])


def _period(start: date, end: date, days: Mapping[date, Row]) -> Row:
    inside = [row for day, row in sorted(days.items()) if start <= day <= end]
    length = (end - start).days + 1
    before = days.get(start - timedelta(days=1))
    levels = [row["followers"] for row in inside if row["followers"] is not None]
    first, last = (before["followers"] if before else None), (levels[-1] if levels else None)
    moved = [row for row in inside if row["engagements"] is not None]
    reach = [row["reach_1d"] for row in inside if row["reach_1d"] is not None]
    margins: list[Decimal | None] = [row["gross_margin"] for row in inside]
    return {
        "period_start": start,
        "period_end": end,
        "followers_end": last,
        "followers_start": first,
        "follower_growth_rate": ratio(difference(last, first), first),
        **{name: total(row[name] for row in inside) for name in SUMMED},
        "gross_margin": money_total(margins),
        "reach_lower_bound": max(reach, default=None),
        "reach_upper_bound": total(reach),
        **_rate(inside, "engagement_rate_by_impressions", "engagements", "for_rate", "for_rate"),
        **_rate(inside, "click_through_rate", "clicks", "with_impressions", "with_clicks"),
        "best_day": max(moved, key=lambda row: row["engagements"])["day"] if moved else None,
        "worst_day": min(moved, key=lambda row: row["engagements"])["day"] if moved else None,
        "days_covered": sum(row["observed_at"] is not None for row in inside),
        "days_in_period": length,
        "is_final": len(inside) == length and all(row["is_final"] for row in inside),
    }


def _rate(rows: list[Row], rate: str, part: str, suffix: str, other: str) -> Row:
    """Σ part ÷ Σ impressions over the days that have both, with the two sums beside it."""
    both = [row for row in rows if row[part] is not None and row["impressions"] is not None]
    above, below = total(row[part] for row in both), total(row["impressions"] for row in both)
    return {rate: ratio(above, below), f"{part}_{suffix}": above, f"impressions_{other}": below}
