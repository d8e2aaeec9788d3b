"""What the gates found over the weeks, read as any reader would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pipeline import warehouse
from pipeline.errors import ConfigError
from pipeline.report.charts.weeks import Week
from pipeline.report.judged import Episode, by_week, episodes, first_monday
from pipeline.steps.overview import published
from pipeline.steps.project import Project
from pipeline.steps.suites import judged_relations


@dataclass(frozen=True)
class History:
    """``mondays`` begin the weeks up to the published ``night``; ``weeks`` are those in which anything failed."""

    night: date
    mondays: tuple[date, ...]
    weeks: list[Week]
    episodes: list[Episode]


def quality_history(project: Project, weeks: int, table: str | None = None) -> History:
    """What failed in so many weeks, of one table or of all.

    Raises ConfigError for a table that no gate judges, PublishError if nothing is published.
    """
    if table is not None and table not in judged_relations():
        raise ConfigError(f"{table}: no gate judges such a relation. See: ls expectations/")
    seen = published(project)
    with warehouse.open_reader(seen.path) as con:
        found = episodes(con, seen.night, weeks, table)
    first = first_monday(seen.night, weeks)
    return History(seen.night, tuple(first + timedelta(days=7 * n) for n in range(weeks)), by_week(found), found)
