"""What campaigns and networks brought and left, and where people were lost on the way: read as any reader would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pipeline import warehouse
from pipeline.errors import ConfigError
from pipeline.report.experiments import TrialText, trial_text, trials
from pipeline.report.money import funnel as funnel_of
from pipeline.report.money import margins as margins_of
from pipeline.report.money import margins_of_posts
from pipeline.report.period import Period, period_of
from pipeline.steps.overview import published
from pipeline.steps.project import Project

By = Literal["campaign", "platform", "post", "day"]


@dataclass(frozen=True)
class Margins:
    """Rows by column name; amounts are in ``currency``, None is what nobody knows."""

    period: Period
    currency: str
    rows: list[dict[str, Any]]


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
