"""The end of a night, always: the report, and an alert when something is wrong or over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline import alerts, publish, report, warehouse
from pipeline.alerts import Delivery, Finding, Outgoing
from pipeline.errors import ConfigError, NightBroken
from pipeline.report import Ending
from pipeline.steps.expiries import WARNED_DAYS, countdown, expiries
from pipeline.steps.noticed import lateness, of_night
from pipeline.steps.project import Project
from pipeline.steps.timing import utc_now

# What ends later is left to the doctor.
_SHOWN_DAYS = 90
# What makes a night a broken one; of the other rules people are told, too.
_BREAK = frozenset({"source_failed", "step_failed", "expectation_critical"})


@dataclass(frozen=True)
class Told:
    """Where the report lies, what is wrong, and what became of the alert."""

    report: Path | None
    findings: tuple[Finding, ...]
    deliveries: tuple[Delivery, ...]

    def summary(self) -> dict[str, Any]:
        return {
            "report": str(self.report) if self.report else None,
            "findings": [finding.sentence for finding in self.findings],
            "undelivered": [d.channel for d in self.deliveries if d.error],
        }


def write_report(
    project: Project,
    night: date | None = None,
    *,
    out: Path | None = None,
    period: str = report.NEWEST,
    language: str | None = None,
) -> Path | None:
    """Write the report of the present publication; None when nothing was published yet.

    ``night`` is the last one to look at, by default the newest; ``language`` is that of the settings unless given.
    ConfigError for a period of which nothing is known yet.
    """
    settings = project.settings
    seen = publish.current(settings.paths.publication)
    if seen is None:
        return None
    target = out or settings.paths.publication / "report.html"
    words = language or settings.language
    last = night or seen.night
    days = report.period_of(period, last)
    if days.since > last:
        raise ConfigError(f"--period {period} begins on {days.since}: the newest night is {last}")
    with warehouse.open_reader(seen.path) as con:
        return report.render(
            con,
            target,
            brand=settings.brand,
            night=last,
            language=words,
            currency=settings.reporting_currency,
            period=days,
            names={(one.platform, one.id): one.name for one in settings.accounts if one.name},
            complete=float(settings.periods.complete),
            simulated=is_simulated(project),
            ending=_ending(project, seen.night + timedelta(days=1), words) if days.until >= seen.night else (),
        )


def _ending(project: Project, today: date, language: str) -> list[Ending]:
    """What ends within the next ninety days, or has ended and was not renewed, for the morning after the night."""
    return [
        Ending(
            day=one.when,
            when=countdown(one.days_left(today), language),
            whose=one.whose,
            what=one.what(language),
            advice=one.advice(language),
            is_near=one.days_left(today) <= max(WARNED_DAYS),
        )
        for one in expiries(project.settings, project.sources, today)
        if one.days_left(today) <= _SHOWN_DAYS
    ]


def is_simulated(project: Project) -> bool:
    """True when the settings say so: the report then says it too, in its first line."""
    return project.settings.simulated


def tell(
    project: Project,
    night: date,
    *,
    failed: Sequence[str] = (),
    readers: bool = True,
    now: Callable[[], datetime] = utc_now,
) -> Told:
    """Write the report, tell people what is new, what lasts and what is over, and fail if anything failed.

    ``failed`` names steps that the caller saw fail; without ``readers`` the report is left as it is.
    Raises NightBroken at the very end, after everybody was told, so that a scheduler shows the night
    as failed.
    """
    page = write_report(project) if readers else None
    noticed = of_night(project, night, failed=failed, now=now())
    deliveries = alerts.tell(sender(project), noticed, night=night, now=now, has_ended=True)
    broken = tuple(finding for finding in noticed if finding.rule in _BREAK)
    if broken:
        raise NightBroken(f"night {night}: " + "; ".join(one.sentence for one in broken))
    return Told(page, broken, deliveries)


def tell_late(
    project: Project, night: date, *, what: str = "night_not_finished", now: Callable[[], datetime] = utc_now
) -> Told:
    """Tell people that a night missed a deadline, for a scheduler that knows it: the incident that a watch raises.

    ``what``: ``night_not_started`` or ``night_not_finished``. A night that has ended meanwhile is told as over.
    """
    noticed = alerts.Noticed([lateness.finding(project, night, what=what)], {*lateness.RULES})
    if lateness.has_ended(project, night):
        noticed.findings.clear()
    return Told(None, (), alerts.tell(sender(project), noticed, night=night, now=now))


def sender(project: Project) -> Outgoing:
    """Who tells people: the brand, in its language, with the report's address."""
    settings = project.settings
    page = settings.paths.publication / "report.html"
    return Outgoing(
        alerts=settings.alerts,
        brand=settings.brand,
        language=settings.language,
        zone=settings.zone,
        folder=settings.paths.state,
        report=settings.alerts.report_url or str(page),
    )
