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
from contextlib import closing
from datetime import date, datetime

from pipeline import publish, warehouse
from pipeline.alerts import Finding, Noticed, inert, say
from pipeline.errors import PublishError, WarehouseBusy, WarehouseError
from pipeline.http import redact
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
    with closing(Touched.of(project)) as touched:
        _of_steps(project, noticed, night, failed, touched)
        _figures(project, noticed, night, touched)
    return noticed


def _of_steps(project: Project, noticed: Noticed, night: date, failed: Sequence[str], touched: Touched) -> None:
    """What the landing, a scheduler and the warehouse show."""
    _look(project, noticed, ("source_failed",), lambda: sources.missing(project, night, touched))
    _look(project, noticed, ("step_failed",), lambda: quality.tasks(project, failed))
    path = project.settings.paths.warehouse
    try:
        if path.exists():
            with warehouse.open_reader(path) as con:
                refused = ("expectation_critical", "step_failed")
                _look(project, noticed, refused, lambda: quality.refused(project, con, night, touched))
                _look(project, noticed, ("expectation_warning",), lambda: quality.warned(project, con, night, touched))
    except (WarehouseBusy, WarehouseError):
        noticed.checked -= {"step_failed"}


def _figures(project: Project, noticed: Noticed, night: date, touched: Touched) -> None:
    """What the publication of that very night shows; an older one says nothing new."""
    try:
        seen = publish.current(project.settings.paths.publication)
        if seen is None or seen.night != night:
            return
        with warehouse.open_reader(seen.path) as con:
            _look(project, noticed, ("source_late",), lambda: sources.late(project, con, night, touched))
            _look(project, noticed, ("anomaly",), lambda: figures.anomalies(project, con, night))
            _look(project, noticed, ("goal_off_pace",), lambda: figures.goals(project, con))
            _look(project, noticed, ("experiment_decided",), lambda: figures.experiments(project, con))
    except (PublishError, WarehouseBusy, WarehouseError):
        return


def between_nights(project: Project, now: datetime) -> Noticed:
    """What is seen without the warehouse: late nights, the disk, what ends, reads that are spent."""
    noticed = Noticed()
    _look(project, noticed, lateness.RULES, lambda: lateness.late(project, now))
    _look(project, noticed, ("disk_low",), lambda: standing.disk(project))
    _look(project, noticed, ("expiring",), lambda: standing.ends(project, now))
    _look(project, noticed, ("budget_spent",), lambda: standing.budgets(project, now))
    return noticed


def _look(project: Project, noticed: Noticed, rules: Sequence[str], look: _Look) -> None:
    """Look at some rules. What cannot be looked at is itself told, and the others are told all the same."""
    try:
        found = list(look())
    except (WarehouseBusy, WarehouseError):
        return
    except Exception as error:  # noqa: BLE001 - see above
        why = f"{type(error).__name__}: {error}"
        what = say(project.settings.language, "step_failed", step=f"alert {rules[0]}")
        detail = inert(redact(why))
        noticed.findings.append(Finding(f"look {rules[0]}", "step_failed", what, look="vigie doctor", detail=detail))
        return
    noticed.findings += found
    noticed.checked |= set(rules)
