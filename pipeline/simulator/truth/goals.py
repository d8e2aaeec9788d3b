"""How far the goals of the brand are: what came of each, and what had to have come by then.

What is expected of their ends is no truth, and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from pipeline.simulator.truth.table import Shape, Table, ratio
from pipeline.simulator.truth.terms import GoalTerms

Row = dict[str, Any]
Days = Mapping[date, tuple[Row, ...]]

GOAL: Final = Shape(
    "kpi.goal",
    ("goal", "period_start"),
    "goal VARCHAR, metric VARCHAR, platform VARCHAR, account VARCHAR, site VARCHAR, "
    "period_start DATE, period_end DATE, comparison VARCHAR, target DOUBLE, currency VARCHAR, "
    "current_value DOUBLE, current_numerator DOUBLE, current_denominator DOUBLE, attained_share DOUBLE, "
    "expected_today DOUBLE, expected_by VARCHAR, needed_per_day DOUBLE, "
    "days_known BIGINT, days_in_period BIGINT, is_final BOOLEAN, known_until DATE, day DATE",
)
FORETOLD: Final = ("forecast_end", "probability", "state", "judged_by", "reason", "reason_fr")
# Of a metric that is a ratio, its two terms.
TERMS: Final = {"engagement_rate_by_impressions": ("engagements", "impressions")}


def goal(wanted: tuple[GoalTerms, ...], account_daily: Table, site_daily: Table, newest: date) -> Table:
    """One row per goal and period that has begun by the ``newest`` night."""
    rows = []
    for one in wanted:
        of_site, of_account = {"site": one.site}, {"platform": one.platform, "account": one.account}
        told = site_daily.where(**of_site) if one.site else account_daily.where(**of_account)
        days = {row["day"]: row for row in told}
        known = {day: row for day, row in days.items() if day <= newest and _is_known(one.metric, row)}
        rows += [
            _row(one, start, end, known, newest) for start, end in _periods(one, min(known, default=newest), newest)
        ]
    return GOAL.table(rows)


def _is_known(metric: str, row: Row) -> bool:
    return all(row[name] is not None for name in TERMS.get(metric, (metric,)))


def _periods(one: GoalTerms, first: date, newest: date) -> Iterator[tuple[date, date]]:
    """Its own days; or the present month and those before it that begin no earlier than anything is known."""
    if one.start is not None and one.end is not None:
        yield one.start, one.end
        return
    end = _month_end(newest)
    while end.replace(day=1) >= first or end >= newest:
        yield end.replace(day=1), end
        end = end.replace(day=1) - timedelta(days=1)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _row(one: GoalTerms, start: date, end: date, known: Mapping[date, Row], newest: date) -> Row:
    inside = {day: row for day, row in sorted(known.items()) if start <= day <= min(end, newest)}
    until = max(inside, default=None)
    above, below = _terms(one.metric, inside)
    value = above if below is None else ratio(above, below)
    if one.metric == "followers":
        value = known[until]["followers"] if until else None
    due, by = _due(one, start, end, known, until)
    length = (end - start).days + 1
    needs = [end] if one.metric == "followers" else [start + timedelta(days=n) for n in range(length)]
    return {
        **{name: getattr(one, name) for name in ("metric", "platform", "account", "site", "comparison")},
        "goal": one.name,
        "target": float(one.target),
        "period_start": start,
        "period_end": end,
        "currency": None,
        "current_value": None if value is None else float(value),
        "current_numerator": None if below is None else float(above or 0),
        "current_denominator": None if below is None else float(below),
        "attained_share": None if value is None else float(Fraction(value) / Fraction(one.target)),
        "expected_today": due,
        "expected_by": by,
        "needed_per_day": _needed(
            one, start, end, until, (value, above, below), len(inside), _falls(one, known), newest
        ),
        "days_known": len(inside),
        "days_in_period": length,
        "is_final": end <= newest and all(day in known and known[day]["is_final"] for day in needs),
        "known_until": until,
        "day": min(end, newest),
    }


def _terms(metric: str, inside: Mapping[date, Row]) -> tuple[int | None, int | None]:
    """The sums of the known days; the second of a ratio alone. None where no day is known."""
    sums = [sum(row[name] for row in inside.values()) if inside else None for name in TERMS.get(metric, (metric,))]
    return sums[0], sums[1] if len(sums) > 1 else None


def _due(
    one: GoalTerms, start: date, end: date, known: Mapping[date, Row], until: date | None
) -> tuple[float, str] | tuple[None, None]:
    """A ratio: its target. A level: the line from the last one before. A sum: as its weekdays shared eight weeks."""
    if until is None:
        return None, None
    target = Fraction(one.target)
    if one.metric in TERMS:
        return float(target), "target"
    if one.metric == "followers":
        before = [day for day in known if start - timedelta(days=14) <= day < start]
        begin = max(before) if before else min(day for day in known if day >= start)
        level = known[begin]["followers"]
        line = level + (target - level) * Fraction((until - begin).days, (end - begin).days)
        return float(min(line, target)), "linear"
    weights = _weekdays(one.metric, start, known)
    every = [
        (weights or [Fraction(1)] * 7)[(start + timedelta(days=n)).weekday()] for n in range((end - start).days + 1)
    ]
    so_far = sum(every[: (until - start).days + 1])
    return float(target * so_far / sum(every)), "weekdays" if weights else "linear"


def _weekdays(metric: str, start: date, known: Mapping[date, Row]) -> list[Fraction] | None:
    """The mean of each weekday of the eight weeks before; None where fewer than 28 of their days are known."""
    before = [start - timedelta(days=n) for n in range(1, 57) if start - timedelta(days=n) in known]
    told = [[known[day][metric] for day in before if day.weekday() == weekday] for weekday in range(7)]
    if len(before) < 28 or not all(told) or sum(map(sum, told)) <= 0:
        return None
    return [Fraction(sum(values), len(values)) for values in told]


def _falls(one: GoalTerms, known: Mapping[date, Row]) -> bool:
    """Whether a day ever brought less than nothing, as where likes are withdrawn; a level is no sum that falls."""
    return one.metric not in {"followers", *TERMS} and any(row[one.metric] < 0 for row in known.values())


def _needed(
    one: GoalTerms,
    start: date,
    end: date,
    until: date | None,
    told: tuple[float | None, int | None, int | None],
    known: int,
    can_fall: bool,
    newest: date,
) -> float | None:
    """What a day that is left has to bring for the target to be reached; None where that is not known."""
    value, above, below = told
    if until is None or until == end or value is None or end <= newest or (newest - until).days > 7:
        return None
    if can_fall and one.metric not in TERMS and known < (until - start).days + 1:
        return None
    left, target = (end - until).days, Fraction(one.target)
    if below is None:
        return max(float((target - Fraction(value)) / left), 0.0)
    coming = Fraction(below, known) * left
    return max(float((target * (below + coming) - (above or 0)) / coming), 0.0)
