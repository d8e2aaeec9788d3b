"""Nights that did not start, or did not end, by their deadline: told from files alone, whatever should have run them.

The schedule says when a run was due, and that it is of the day on which its interval began. A night has started when
anything of it landed or failed to land; it has ended when it is published, or when people were told how it ended.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from pipeline import landing, publish
from pipeline.alerts import Finding, open_store, say
from pipeline.errors import VigieError
from pipeline.steps.project import Project

RULES: Final = ("night_not_started", "night_not_finished")
# One thing that is wrong, however far the night came.
KEY: Final = "night"


def late(project: Project, now: datetime) -> list[Finding]:
    """At most one finding: of the newest night whose deadline has passed."""
    for name in reversed(RULES):
        rule = project.settings.alerts.rules[name]
        due = _last_due(project, now - timedelta(minutes=rule.thresholds["minutes"]))
        if not rule.on or due is None or has_ended(project, due[0]):
            continue
        there = _landed(project, due[0])
        if name == "night_not_finished" or there is None:
            return [_finding(project, *due, "night_not_started" if there is None else name, there or 0)]
    return []


def finding(project: Project, night: date, *, what: str) -> Finding:
    """The same for a caller that knows that a deadline has passed: ``what`` is one of ``RULES``."""
    there = _landed(project, night)
    rule = "night_not_started" if there is None else what
    return _finding(project, night, _due_of(project, night), rule, there or 0)


def _finding(project: Project, night: date, due: datetime, rule: str, there: int) -> Finding:
    settings, language = project.settings, project.settings.language
    words = {"night": night, "due": f"{due:%Y-%m-%d %H:%M}"}
    if rule == "night_not_finished":
        words |= {"there": str(there), "all": str(len(settings.accounts))}
    from pipeline.doctor.machine import holder

    held = holder(settings)
    what = say(language, rule, **words) + (say(language, "held", holder=held) if held else "")
    cause = say(language, "nothing_runs" if rule == "night_not_started" else "still_runs")
    look = "vigie status" if rule == "night_not_started" else "vigie doctor"
    seen = _seen(project)
    touches = say(language, "all_tables", night=seen) if seen else say(language, "no_tables")
    return Finding(KEY, rule, what, look, touches=touches, cause=cause, owner="operations")


def _last_due(project: Project, moment: datetime) -> tuple[date, datetime] | None:
    """The newest run that was due at ``moment``: its night, and when it was due; None before the first."""
    from croniter import croniter

    times = croniter(project.settings.schedule.cron, moment.astimezone(project.settings.zone) + timedelta(seconds=1))
    due = times.get_prev(datetime)
    night = times.get_prev(datetime).date()
    start = project.settings.schedule.start
    return None if start is not None and night < start else (night, due)


def _due_of(project: Project, night: date) -> datetime:
    """When the run of a night was due: the first moment of the schedule after the day's own."""
    from croniter import croniter

    midnight = datetime.combine(night, datetime.min.time(), project.settings.zone) - timedelta(seconds=1)
    times = croniter(project.settings.schedule.cron, midnight)
    times.get_next(datetime)
    due: datetime = times.get_next(datetime)
    return due


def has_ended(project: Project, night: date) -> bool:
    """Whether the night, or a later one, is published, or people were told how it ended."""
    seen = _seen(project)
    if seen is not None and seen >= night:
        return True
    with open_store(project.settings.paths.state) as store:
        return bool(store.value("select count(*) from told where night >= ?", night.isoformat()))


def _seen(project: Project) -> date | None:
    try:
        seen = publish.current(project.settings.paths.publication)
    except VigieError:
        return None
    return seen.night if seen else None


def _landed(project: Project, night: date) -> int | None:
    """How many accounts have landed; None where nothing of the night is there."""
    root = project.settings.paths.landing
    there = {(m.unit.platform, m.unit.account) for m in landing.manifests(root, night=night)}
    known = {(account.platform, account.id) for account in project.settings.accounts}
    if not there and not landing.failures(root, night):
        return None
    return len(there & known)
