"""The end of a night, always: the report, and an alert when something is wrong or over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline import alerts, landing, publish, report, warehouse
from pipeline.alerts import Delivery, Finding
from pipeline.errors import ConfigError, NightBroken
from pipeline.report import Ending
from pipeline.steps.expiries import WARNED_DAYS, countdown, expiries
from pipeline.steps.project import Project

# What ends later is left to the doctor.
_SHOWN_DAYS = 90


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


def tell(project: Project, night: date, *, failed: Sequence[str] = (), readers: bool = True) -> Told:
    """Write the report, tell people what is new and what is over, and fail if anything failed.

    ``failed`` names steps that the caller saw fail; without ``readers`` the report is left as it is.
    Raises NightBroken at the very end, after everybody was told, so that a scheduler shows the night
    as failed.
    """
    settings = project.settings
    findings = (*_of_units(project, night), *_of_warehouse(project, night), *_of_steps(failed))
    page = write_report(project) if readers else None
    told = alerts.tell(
        settings.alerts,
        findings,
        brand=settings.brand,
        night=night,
        language=settings.language,
        state=settings.paths.warehouse.with_name("alerts.json"),
        report=str(page) if page else "–",
    )
    done = Told(page, tuple(findings), told.deliveries)
    if findings:
        raise NightBroken(f"night {night}: " + "; ".join(f.sentence for f in findings))
    return done


def _of_units(project: Project, night: date) -> list[Finding]:
    """Units whose fetch failed, or which nobody fetched."""
    root = project.settings.paths.landing
    failures = {(f.platform, f.account): f for f in landing.failures(root, night)}
    found = []
    for account in project.settings.accounts:
        if landing.newest(root, account.platform, account.id, night) is not None:
            continue
        failure = failures.get((account.platform, account.id))
        why = f"{failure.error}: {failure.message}" if failure else "it was not fetched"
        found.append(
            Finding(
                f"missing {account.platform}/{account.id}",
                f"{account.platform}/{account.id} is missing: {why}",
                f"vigie fetch --night {night} --source {account.platform}",
            )
        )
    return found


def _of_warehouse(project: Project, night: date) -> list[Finding]:
    """What load, the gates and the models recorded of this night."""
    path = project.settings.paths.warehouse
    if not path.exists():
        return []
    with warehouse.open_reader(path) as con:
        aside = warehouse.set_aside_units(con, night)
        steps = warehouse.failed_steps(con, night)
    found = [
        Finding(f"set aside {p}/{a}", f"{p}/{a} was set aside: {reason}", f"vigie validate --night {night}")
        for p, a, reason in aside
    ]
    return found + [
        Finding(f"step {step}", f"{step} {state}: {error or 'see the quarantine'}", f"vigie {step} --night {night}")
        for step, state, error in steps
    ]


def _of_steps(failed: Sequence[str]) -> list[Finding]:
    return [Finding(f"task {name}", f"the task {name} failed", "its log in Airflow") for name in failed]
