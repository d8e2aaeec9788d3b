"""The figures that fit a terminal: each network account and each action over the last 28 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline import publish, report, warehouse
from pipeline.errors import PublishError
from pipeline.report.money import margins
from pipeline.steps.project import Project

_SHOWN = 12


@dataclass(frozen=True)
class Overview:
    """Rows by column name; None is what a platform did not report."""

    night: date
    accounts: list[dict[str, Any]]
    actions: list[dict[str, Any]]


def overview(project: Project) -> Overview:
    """Read from the publication, as any reader would. PublishError if there is none."""
    seen = published(project)
    with warehouse.open_reader(seen.path) as con:
        days = report.period_of(report.NEWEST, seen.night)
        accounts = report.network.accounts(con, days.since, days.until)
        return Overview(seen.night, accounts, margins(con, "campaign", days.since, days.until)[:_SHOWN])


def published(project: Project) -> publish.Publication:
    """What readers see now. PublishError if there is nothing."""
    seen = publish.current(project.settings.paths.publication)
    if seen is None:
        raise PublishError("nothing is published yet: run `vigie run` first")
    return seen
