"""What each arm had on each day of an experiment, as arrays of days and arms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pipeline.stats.experiments.declaration import Experiment
from pipeline.stats.experiments.lifts import Floats
from pipeline.stats.experiments.verdicts import Sums

COLUMNS = ("experiment", "action", "arm", "day", "visits", "conversions", "revenue", "spend")
COUNTS = ("visits", "conversions", "revenue", "spend")


@dataclass(frozen=True)
class Days:
    """[days, arms] from the experiment's start, the arms in their declared order.

    A day without a row has 0 visits and conversions; revenue and spend are NaN where nothing was said.
    ``before`` is the conversion rate of the same arm on the same weekday of the weeks before the start.
    """

    visits: Floats
    conversions: Floats
    revenue: Floats
    spend: Floats
    before: Floats

    def sums(self) -> Sums:
        """Everything until each day."""
        return Sums(self.visits.cumsum(axis=0), self.conversions.cumsum(axis=0), _until(self.spend))

    @property
    def rates(self) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.visits > 0, self.conversions / self.visits, np.nan)


def check(daily: pd.DataFrame) -> pd.DataFrame:
    """``daily`` with days as times and figures as numbers. ValueError where it cannot be what it should."""
    missing = [name for name in COLUMNS if name not in daily.columns]
    if missing:
        raise ValueError(f"daily figures have no column {', '.join(missing)}: one row per experiment, action, arm, day")
    found = daily.assign(day=pd.to_datetime(daily["day"]), **{name: daily[name].astype(float) for name in COUNTS})
    if found.duplicated(["experiment", "action", "arm", "day"]).any():
        raise ValueError("an arm has one day twice: sum its campaigns before")
    if (found[["visits", "conversions"]] < 0).any(axis=None):
        raise ValueError("visits or conversions of a day are negative: correct the row, a refund changes revenue alone")
    return found


def days_of(experiment: Experiment, daily: pd.DataFrame, until: date) -> Days:
    """The experiment's days up to ``until`` (at most its last one) out of checked ``daily`` figures."""
    own = daily[(daily["experiment"] == experiment.name) & (daily["action"] == experiment.action)]
    days = pd.date_range(experiment.start, min(until, experiment.last_day))
    shift = pd.Timedelta(weeks=-(-len(days) // 7))
    found = {name: _matrix(own, name, days, experiment.arms) for name in COUNTS}
    visits, conversions = (_matrix(own, name, days - shift, experiment.arms) for name in ("visits", "conversions"))
    with np.errstate(divide="ignore", invalid="ignore"):
        before = np.where(visits > 0, conversions / visits, np.nan)
    return Days(
        np.nan_to_num(found["visits"]), np.nan_to_num(found["conversions"]), found["revenue"], found["spend"], before
    )


def _matrix(own: pd.DataFrame, name: str, days: pd.DatetimeIndex, arms: tuple[str, ...]) -> Floats:
    table = own.pivot(index="day", columns="arm", values=name)
    return np.asarray(table.reindex(index=days, columns=list(arms)), dtype=float)


def _until(money: Floats) -> Floats:
    """Sums until each day, NaN where nothing was said until then."""
    said = (~np.isnan(money)).cumsum(axis=0) > 0
    return np.where(said, np.nan_to_num(money).cumsum(axis=0), np.nan)


def total(money: Floats) -> Floats:
    """Sums over all days per arm, NaN where nothing was said."""
    last: Floats = _until(money)[-1]
    return last
