"""How far each goal of the brand is in each of its periods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import pandas as pd

from pipeline.stats.forecasting.holidays import Holidays
from pipeline.stats.forecasting.series import FEWEST_DAYS
from pipeline.stats.goals.outlook import Outlook, outlook
from pipeline.stats.goals.pace import expected, needed_per_day
from pipeline.stats.goals.periods import spans
from pipeline.stats.goals.standing import Standing, standing
from pipeline.stats.goals.state import state
from pipeline.stats.goals.terms import RATIO, Goal, Known
from pipeline.stats.tables.forecasts import holidays, newest_night
from pipeline.stats.tables.frames import without_rows
from pipeline.stats.tables.goal_days import known, known_days

_TARGETS: Final = (
    "select target.*, brand.reporting_currency from seed.target left join seed.brand on true order by goal"
)
_WHOSE: Final = ("goal", "metric", "platform", "account", "site", "comparison", "target")
_TEXTS: Final = ("expected_by", "state", "judged_by", "currency", "reason", "reason_fr")
_DATES: Final = ("period_start", "period_end", "day", "known_until")
_NUMBERS: Final = (
    *("days_in_period", "days_known", "current_value", "current_numerator", "current_denominator", "attained_share"),
    *("expected_today", "forecast_end", "probability", "needed_per_day"),
)
_TYPES: Final = {
    **dict.fromkeys((*_WHOSE[:-1], *_TEXTS), "string"),
    **dict.fromkeys(_DATES, "datetime64[s]"),
    **dict.fromkeys(("target", *_NUMBERS), "float64"),
    "is_final": "boolean",
}
_REASONS: Final = {
    "nothing": ("nothing of the period is known yet", "rien n'est encore connu de la période"),
    "holes": (
        "{known} of the {elapsed} days until {day} are known",
        "{known} jours connus sur {elapsed} jusqu'au {day}",
    ),
    "late": ("nothing is known since {until}", "rien de connu depuis le {until}"),
    "undivided": ("there is nothing to divide by yet", "rien encore par quoi diviser"),
    "over": ("the period is over", "la période est terminée"),
    "far": (
        "the end is further than the {days} days that a forecast can look back",
        "la fin est plus loin que les {days} jours que la prévision voit en arrière",
    ),
    "short": (
        "{days} days are settled, a forecast needs {fewest}",
        "{days} jours établis, une prévision en demande {fewest}",
    ),
    "unsettled": (
        "more than a third of the days are not known",
        "plus d'un tiers des jours sont inconnus",
    ),
}
# A forecast calls by other names what comes to the same.
_SAME: Final = {"silent": "late", "unknown": "short"}


def goal(con: Any, since: date) -> pd.DataFrame:  # noqa: ARG001 - every night looks at all of them anew
    """One row per goal and period that has begun."""
    newest = newest_night(con)
    cursor = con.execute(_TARGETS)
    columns = [column[0] for column in cursor.description]
    targets = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    if newest is None or not targets:
        return without_rows(_TYPES)
    days, off = known_days(con, newest), holidays(con)
    rows = [row for told in targets for row in _rows(told, days.get(told["goal"]), newest, off)]
    return pd.DataFrame(rows).astype(_TYPES) if rows else without_rows(_TYPES)


def _rows(told: dict[str, Any], days: pd.DataFrame | None, newest: date, off: Holidays) -> Iterator[dict[str, object]]:
    wanted = Goal(
        kind=told["kind"],
        target=float(told["target"]),
        at_least=told["comparison"] == "at_least",
        period=told["period"],
        start=told["start"],
        end=told["end"],
        can_fall=told["can_fall"],
    )
    facts = known(days, newest, is_ratio=wanted.kind == RATIO, settled=told["settled_days"])
    whose = {name: told[name] for name in _WHOSE}
    whose["currency"] = told["reporting_currency"] if told["is_money"] else None
    for start, end in spans(wanted, facts.first, newest):
        yield {**whose, **_row(wanted, facts, standing(wanted, facts, start, end), off)}


def _row(wanted: Goal, facts: Known, at: Standing, off: Holidays) -> dict[str, object]:
    due, by = expected(wanted, facts, at)
    ahead = outlook(wanted, facts, at, off)
    found, judged_by = state(wanted, at, due, ahead)
    english, french = _reason(at, ahead)
    return {
        "period_start": at.start,
        "period_end": at.end,
        "day": at.day,
        "known_until": at.known_until,
        "days_in_period": (at.end - at.start).days + 1,
        "days_known": at.days_known,
        "current_value": at.current,
        "current_numerator": at.numerator,
        "current_denominator": at.denominator,
        "attained_share": None if at.current is None else at.current / wanted.target,
        "expected_today": due,
        "expected_by": by,
        "forecast_end": ahead.value,
        "probability": ahead.probability,
        "needed_per_day": needed_per_day(wanted, at),
        "state": found,
        "judged_by": judged_by,
        "is_final": at.is_final,
        "reason": english,
        "reason_fr": french,
    }


def _reason(at: Standing, ahead: Outlook) -> tuple[str, str] | tuple[None, None]:
    """Why nothing can be said of the goal, or nothing of its end; in English and French."""
    if ahead.reason is None:
        return None, None
    told = {
        "known": at.days_known,
        "elapsed": (at.day - at.start).days + 1,
        "day": at.day,
        "until": at.known_until,
        "days": ahead.days,
        "fewest": FEWEST_DAYS,
    }
    english, french = (text.format(**told) for text in _REASONS[_SAME.get(ahead.reason, ahead.reason)])
    return english, french
