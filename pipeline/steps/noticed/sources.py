"""Accounts that are missing from a night, and those that answer without a newer day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from pipeline import landing
from pipeline.alerts import Finding, inert, say, says
from pipeline.steps.noticed.touched import Touched
from pipeline.steps.project import Project

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LATE = """
    select platform, account, max(newest_day)
    from kpi.coverage_daily
    where day > $night - cast($nights as integer) and day <= $night
    group by platform, account, stream
    having count(*) filter (late) = $nights
"""


def cause_of(error: str | None, language: str) -> str | None:
    """The likely cause, by the class of an error."""
    return say(language, error) if error and says(error) else None


def missing(project: Project, night: date, touched: Touched) -> Iterator[Finding]:
    """Accounts whose fetch failed, or which nobody fetched."""
    settings, language = project.settings, project.settings.language
    root, rule = settings.paths.landing, settings.alerts.rules["source_failed"]
    failures = {(f.platform, f.account): f for f in landing.failures(root, night)}
    for account in settings.accounts:
        if landing.newest(root, account.platform, account.id, night) is not None:
            continue
        whose, failure = f"{account.platform}/{account.id}", failures.get((account.platform, account.id))
        why = f"{failure.error}: {failure.message}" if failure else say(language, "not_fetched")
        last = landing.last_night(root, account.platform, account.id, before=night)
        lasts = last is not None and (night - last).days >= rule.thresholds["critical_after"]
        yield Finding(
            key=f"missing {whose}",
            rule="source_failed",
            what=say(language, "source_failed", whose=whose),
            detail=inert(why),
            look=f"vigie fetch --night {night} --source {account.platform}",
            touches=touched.shares(account.platform, account.id),
            cause=cause_of(failure.error, language) if failure else say(language, "nobody_ran"),
            severity="critical" if lasts else None,
        )


def late(project: Project, con: DuckDBPyConnection, night: date, touched: Touched) -> Iterator[Finding]:
    """Accounts of which a stream has brought no newer day than before, for so many nights."""
    language = project.settings.language
    nights = project.settings.alerts.rules["source_late"].thresholds["nights"]
    found: dict[tuple[str, str], date | None] = {}
    for platform, account, newest in con.execute(_LATE, {"night": night, "nights": nights}).fetchall():
        before = found.get((platform, account), newest)
        found[platform, account] = min(newest, before) if newest and before else newest or before
    for (platform, account), newest in sorted(found.items()):
        whose = f"{platform}/{account}"
        yield Finding(
            key=f"late {whose}",
            rule="source_late",
            what=say(language, "source_late", whose=whose, newest=newest or "–", nights=nights),
            look=f"vigie fetch --night {night} --source {platform}",
            touches=touched.shares(platform, account),
            cause=say(language, "late_platform"),
        )
