"""What campaigns and networks brought and left, and where people were lost on the way: read as any reader would."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from pipeline import warehouse
from pipeline.errors import ConfigError
from pipeline.report.experiments import TrialText, trial_text, trials
from pipeline.report.money import funnel as funnel_of
from pipeline.report.money import margins as margins_of
from pipeline.report.money import margins_of_posts
from pipeline.steps.overview import published
from pipeline.steps.project import Project

By = Literal["campaign", "platform", "post", "day"]

_DAYS: Final = re.compile(r"([1-9][0-9]{0,3})d")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_RANGE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True)
class Period:
    """Days, both inclusive."""

    since: date
    until: date

    def __str__(self) -> str:
        return f"{self.since} to {self.until}"


@dataclass(frozen=True)
class Margins:
    """Rows by column name; amounts are in ``currency``, None is what nobody knows."""

    period: Period
    currency: str
    rows: list[dict[str, Any]]


def period_of(text: str, night: date) -> Period:
    """``28d`` (days to the night), ``2026-10`` or ``2026-10-01..2026-10-15``. ConfigError for anything else."""
    try:
        if found := _DAYS.fullmatch(text):
            return Period(night - timedelta(days=int(found[1]) - 1), night)
        if found := _MONTH.fullmatch(text):
            year, month = int(found[1]), int(found[2])
            return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
        if found := _RANGE.fullmatch(text):
            period = Period(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
            if period.since <= period.until:
                return period
    except ValueError:
        pass
    raise ConfigError(f"--period {text}: write 28d, 2026-10 or 2026-10-01..2026-10-15")


def margin(project: Project, by: By, period: str) -> Margins:
    """Visits, conversions, revenue, cost and margin of the period. PublishError if nothing is published.

    A margin is that of the days of which revenue and cost are known; ``days_with_margin`` of ``days`` says how many.
    By post it is that of the posts published in the period, over their whole life.
    """
    seen = published(project)
    days = period_of(period, seen.night)
    with warehouse.open_reader(seen.path) as con:
        if by == "post":
            rows = margins_of_posts(con, days.since, days.until)
        else:
            rows = margins_of(con, by, days.since, days.until)
    return Margins(days, project.settings.reporting_currency, rows)


def funnel(project: Project, period: str, platform: str | None = None, campaign: str | None = None) -> Margins:
    """The steps from being reached to acting, summed over the period; reach only between its bounds.

    ``campaign`` is an utm_campaign in any letter case, ``""`` for what has none. PublishError if nothing is published.
    """
    seen = published(project)
    days = period_of(period, seen.night)
    with warehouse.open_reader(seen.path) as con:
        wanted = None if campaign is None else campaign.lower()
        rows = funnel_of(con, days.since, days.until, platform, wanted)
    return Margins(days, project.settings.reporting_currency, rows)


def experiment(project: Project, name: str | None = None) -> list[TrialText]:
    """Every experiment that was looked at, or the one called ``name``, as published.

    PublishError if nothing is published; ConfigError where no experiment has that name.
    """
    settings, seen = project.settings, published(project)
    with warehouse.open_reader(seen.path) as con:
        found = trials(con, name)
    declared = [one.name for one in settings.experiments]
    if name is not None and not found and name not in declared:
        raise ConfigError(f"there is no experiment {name!r}: known are {', '.join(declared) or 'none'}")
    currency = settings.reporting_currency
    return [trial_text(one, "en", currency) for one in found]
