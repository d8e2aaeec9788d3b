"""What there is to tell of a night, and of the hours between nights: rules looked at one by one.

A rule that cannot be looked at, because another process holds the warehouse or nothing is published, is left out of
what was ``checked``: its incidents stay as they are.

::

    sources     accounts that are missing, refused for their spent reads, or late
    quality     what expectations refused or warned of, and steps that failed
    figures     days out of the ordinary, goals, experiments
    standing    what can be seen without the warehouse: the disk, what ends, reads that are spent
    lateness    nights that did not start, or did not end
    touched     which figures are touched, and by how much
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from pipeline import publish, warehouse
from pipeline.alerts import Finding, Noticed
from pipeline.errors import PublishError, WarehouseBusy, WarehouseError
from pipeline.steps.noticed import figures, lateness, quality, sources, standing
from pipeline.steps.noticed.touched import Touched
from pipeline.steps.project import Project

__all__ = ["between_nights", "of_night"]

_Look = Callable[[], Iterable[Finding]]


def of_night(project: Project, night: date, *, failed: Sequence[str] = (), now: datetime) -> Noticed:
    """Everything that is to be told of a night that has ended; ``failed`` names tasks of a scheduler."""
    noticed = between_nights(project, now)
    # It has ended, well or badly.
    noticed.checked |= {"night_not_started", "night_not_finished"}
    noticed.findings = [one for one in noticed.findings if one.rule not in lateness.RULES]
    touched = Touched.of(project)
    _add(noticed, ("source_failed",), lambda: sources.missing(project, night, touched))
    _add(noticed, ("step_failed",), lambda: quality.tasks(project, failed))
    path = project.settings.paths.warehouse
    try:
        if path.exists():
            with warehouse.open_reader(path) as con:
                refused = ("expectation_critical", "step_failed")
                _add(noticed, refused, lambda: quality.refused(project, con, night, touched))
                _add(noticed, ("expectation_warning",), lambda: quality.warned(project, con, night, touched))
    except (WarehouseBusy, WarehouseError):
        noticed.checked -= {"step_failed"}
    _figures(project, noticed, night, touched)
    return noticed


def _figures(project: Project, noticed: Noticed, night: date, touched: Touched) -> None:
    """What the publication of that very night shows; an older one says nothing new."""
    try:
        seen = publish.current(project.settings.paths.publication)
        if seen is None or seen.night != night:
            return
        with warehouse.open_reader(seen.path) as con:
            _add(noticed, ("source_late",), lambda: sources.late(project, con, night, touched))
            _add(noticed, ("anomaly",), lambda: figures.anomalies(project, con, night))
            _add(noticed, ("goal_off_pace",), lambda: figures.goals(project, con))
            _add(noticed, ("experiment_decided",), lambda: figures.experiments(project, con))
    except (PublishError, WarehouseBusy, WarehouseError):
        return


def between_nights(project: Project, now: datetime) -> Noticed:
    """What is seen without the warehouse: late nights, the disk, what ends, reads that are spent."""
    noticed = Noticed()
    _add(noticed, lateness.RULES, lambda: lateness.late(project, now))
    _add(noticed, ("disk_low",), lambda: standing.disk(project))
    _add(noticed, ("expiring",), lambda: standing.ends(project, now))
    _add(noticed, ("budget_spent",), lambda: standing.budgets(project, now))
    return noticed


def _add(noticed: Noticed, rules: Iterable[str], look: _Look) -> None:
    noticed.findings += look()
    noticed.checked |= set(rules)
