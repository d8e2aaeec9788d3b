"""The networks' accounts by week, month and quarter: sums of days, ratios of sums, bounds of reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
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
COMPARED: Final = ("followers_net", "engagements", "impressions", "posts_published", "visits", "conversions")
ACCOUNT_PERIOD: Final = Shape(
    "kpi.account_period",
    ("platform", "account", "period_kind", "period_start"),
    "platform VARCHAR, account VARCHAR, period_kind VARCHAR, period_start DATE, period_end DATE, "
    "followers_end BIGINT, followers_start BIGINT, follower_growth_rate DOUBLE, "
    + "".join(f"{name} BIGINT, " for name in SUMMED[:3])
    + "follower_residual BIGINT, followers_shifted BIGINT, follower_growth_speed DOUBLE, "
    "follower_growth_acceleration DOUBLE, growth_index DOUBLE, "
    + "".join(f"{name} BIGINT, " for name in SUMMED[3:])
    + "gross_margin DECIMAL(18,4), reach_lower_bound BIGINT, reach_upper_bound BIGINT, "
    "engagement_rate_by_reach DOUBLE, engagements_with_reach BIGINT, reach_person_days BIGINT, "
    "engagement_rate_by_impressions DOUBLE, engagements_for_rate BIGINT, impressions_for_rate BIGINT, "
    "engagement_rate_by_followers DOUBLE, "
    "click_through_rate DOUBLE, clicks_with_impressions BIGINT, impressions_with_clicks BIGINT, "
    "best_day DATE, worst_day DATE, "
    + "".join(f"{name}_change BIGINT, " for name in COMPARED)
    + "gross_margin_change DECIMAL(18,4), "
    + "".join(f"{name}_change_year BIGINT, " for name in COMPARED)
    + "gross_margin_change_year DECIMAL(18,4), "
    "completeness DOUBLE, streams_delivered BIGINT, streams_expected BIGINT, "
    "days_covered BIGINT, days_in_period BIGINT, is_final BOOLEAN",
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
        for name in (*COMPARED, "gross_margin"):
            row[f"{name}_change"] = _change(name, row, previous)
            row[f"{name}_change_year"] = _change(name, row, year)
        speeds = [_speed(each) for each in (row, previous) if each]
        known = [speed for speed in speeds if speed is not None]
        row["follower_growth_speed"] = None if speeds[0] is None else float(speeds[0])
        row["follower_growth_acceleration"] = float(known[0] - known[1]) if len(known) == 2 else None
        yield row


def _change(name: str, row: Row, other: Row | None) -> Any:
    """The difference between two periods in which the metric is known of every day."""
    if other is None or any(len(r["known"][name]) != r["days_in_period"] for r in (row, other)):
        return None
    return row[name] - other[name]


def _speed(row: Row) -> Fraction | None:
    """Mean net new followers a day, where every day is known."""
    nets = row["known"]["followers_net"]
    return Fraction(sum(nets), row["days_in_period"]) if len(nets) == row["days_in_period"] else None


def _period(start: date, end: date, days: Mapping[date, Row]) -> Row:
    inside = [row for day, row in sorted(days.items()) if start <= day <= end]
    length = (end - start).days + 1
    before = days.get(start - timedelta(days=1))
    moved = [row for row in inside if row["engagements"] is not None]
    margins: list[Decimal | None] = [row["gross_margin"] for row in inside]
    expected, delivered = (total(row[f"streams_{name}"] for row in inside) for name in ("expected", "delivered"))
    sums = {name: total(row[name] for row in inside) for name in SUMMED}
    audience = _audience(inside, before["followers"] if before else None)
    return {
        "period_start": start,
        "period_end": end,
        **audience,
        **sums,
        "gross_margin": money_total(margins),
        **reach_bounds(start, end, days),
        **_rate(inside, ("engagement_rate_by_impressions", "engagements_for_rate", "impressions_for_rate")),
        **_rate(inside, ("engagement_rate_by_reach", "engagements_with_reach", "reach_person_days"), "reach_1d"),
        **_rate(inside, ("click_through_rate", "clicks_with_impressions", "impressions_with_clicks"), part="clicks"),
        "engagement_rate_by_followers": ratio(sums["engagements"], audience["followers_start"]),
        "best_day": max(moved, key=lambda row: row["engagements"])["day"] if moved else None,
        "worst_day": min(moved, key=lambda row: row["engagements"])["day"] if moved else None,
        "completeness": ratio(delivered, expected),
        "streams_delivered": delivered,
        "streams_expected": expected,
        "days_covered": sum(row["observed_at"] is not None for row in inside),
        "days_in_period": length,
        "is_final": len(inside) == length and all(row["is_final"] for row in inside),
        "known": {name: [row[name] for row in inside if row[name] is not None] for name in (*COMPARED, "gross_margin")},
    }


def _audience(inside: list[Row], start: int | None) -> Row:
    """How the followers moved; what the platform moved itself is no growth."""
    levels = [row["followers"] for row in inside if row["followers"] is not None]
    indices = [row["growth_index"] for row in inside if row["followers"] is not None]
    end = levels[-1] if levels else None
    shifted = total(row["follower_residual"] for row in inside if row["is_level_shift"])
    grown = difference(end, start)
    return {
        "followers_end": end,
        "followers_start": start,
        "follower_growth_rate": ratio(None if grown is None else grown - (shifted or 0), start),
        "follower_residual": total(row["follower_residual"] for row in inside),
        "followers_shifted": shifted,
        "growth_index": indices[-1] if indices else None,
    }


def reach_bounds(start: date, end: date, days: Mapping[date, Row]) -> Row:
    """Between how many and how many people were reached.

    At least those of the best window that lies within the period; at most those of all windows that make it up.
    """
    inside = {
        day: days[day] for day in (start + timedelta(days=n) for n in range((end - start).days + 1)) if day in days
    }
    windows = [
        row[f"reach_{length}d"]
        for day, row in inside.items()
        for length in (1, 7, 28)
        if row[f"reach_{length}d"] is not None and day - timedelta(days=length - 1) >= start
    ]
    low = max(windows, default=None)
    sums = [_of_days(start, inside), *(_made_up(start, end, length, days) for length in (7, 28))]
    known = [each for each in sums if each is not None]
    return {"reach_lower_bound": low, "reach_upper_bound": max(min(known), low or 0) if known else None}


def _of_days(start: date, inside: Mapping[date, Row]) -> int | None:
    """The sum of the days so far, if none is missing among them; days at the end may still come while not final."""
    last = max((day for day, row in inside.items() if row["reach_1d"] is not None), default=None)
    if last is None or start not in inside:
        return None
    if any(row["reach_1d"] is None and (row["is_final"] or day < last) for day, row in inside.items()):
        return None
    return total(row["reach_1d"] for row in inside.values())


def _made_up(start: date, end: date, length: int, days: Mapping[date, Row]) -> int | None:
    """Windows of ``length`` days back from the end (of 7 in a week, of 28 in longer periods), and the days before."""
    span = (end - start).days + 1
    count = span // length if (length == 28) == (span >= 28) else 0
    if count == 0:
        return None
    ends = [end - timedelta(days=length * n) for n in range(count)]
    rest = [start + timedelta(days=n) for n in range(span - length * count)]
    parts = [days.get(day, {}).get(f"reach_{length}d") for day in ends]
    parts += [days.get(day, {}).get("reach_1d") for day in rest]
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _rate(rows: list[Row], names: tuple[str, str, str], base: str = "impressions", part: str = "engagements") -> Row:
    """Σ part ÷ Σ base over the days that have both, with the two sums beside it."""
    both = [row for row in rows if row[part] is not None and row[base] is not None]
    above, below = total(row[part] for row in both), total(row[base] for row in both)
    return {names[0]: ratio(above, below), names[1]: above, names[2]: below}
