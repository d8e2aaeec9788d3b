"""What can be seen at any hour, without the warehouse: room on disk, what ends, reads that are spent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.alerts import Finding, say
from pipeline.steps.expiries import countdown, expiries
from pipeline.steps.project import Project

_GIB = 2**30


def disk(project: Project) -> Iterator[Finding]:
    """Disks with less room than a night needs, or than the settings ask for."""
    from pipeline.doctor.machine import disk as look

    settings = project.settings
    least = settings.alerts.rules["disk_low"].thresholds["gigabytes"] * _GIB
    for found in look(settings):
        folder = Path(found.message.partition(": ")[0])
        if found.state == "fail" or shutil.disk_usage(folder).free < least:
            yield Finding(
                key=f"disk {found.subject}",
                rule="disk_low",
                what=say(settings.language, "disk_low", what=found.message),
                look="vigie doctor",
                cause=None,
                owner="operations",
            )


def ends(project: Project, now: datetime) -> Iterator[Finding]:
    """Tokens, versions and metrics that end soon, or have ended."""
    settings, language = project.settings, project.settings.language
    limits = settings.alerts.rules["expiring"].thresholds
    today = now.astimezone(settings.zone).date()
    for one in expiries(settings, project.sources, today):
        left = one.days_left(today)
        if left > limits["days"]:
            continue
        severity = "critical" if left <= limits["critical_days"] else None
        if severity is None and left <= limits["warning_days"]:
            severity = "warning"
        # A metric that ends stops no night.
        yield Finding(
            key=f"ends {one.whose} {one.kind} {one.name}",
            rule="expiring",
            what=say(language, "expiring" if left >= 0 else "expired", what=one.what(language), whose=one.whose,
                     when=countdown(left, language), day=one.when),
            look="vigie doctor",
            cause=None,
            touches=one.advice(language),
            severity="info" if one.kind == "metric" else severity,
            owner="operations",
        )  # fmt: skip


def budgets(project: Project, now: datetime) -> Iterator[Finding]:
    """Platforms whose reads are spent until a reset that is far away, by the shared books of what was spent."""
    settings = project.settings
    least = timedelta(minutes=settings.alerts.rules["budget_spent"].thresholds["minutes"])
    for file in sorted((settings.paths.state / "budgets").glob("*.json")):
        for bucket, resets in _spent(file):
            if resets - now >= least:
                platform = file.stem.rpartition("-")[0]
                told = f"{resets.astimezone(settings.zone):%Y-%m-%d %H:%M}"
                yield Finding(
                    key=f"budget {file.stem} {bucket}",
                    rule="budget_spent",
                    what=say(settings.language, "budget_spent", platform=platform, bucket=bucket, resets=told),
                    look=f"vigie status --source {platform}",
                    cause=say(settings.language, "QuotaExhausted"),
                    owner="operations",
                )


def _spent(file: Path) -> Iterator[tuple[str, datetime]]:
    """Buckets of one book of which nothing is left, and when they are filled again."""
    try:
        books = json.loads(file.read_bytes().partition(b"\n")[0])
        for name, entry in books.get("buckets", {}).items():
            resets = entry.get("resets_at")
            if resets is not None and entry.get("remaining", 0.0) <= 0.0:
                yield name, datetime.fromtimestamp(resets - books.get("skew", 0.0), UTC)
    except (OSError, ValueError, AttributeError, TypeError):
        return  # A book that cannot be read is begun anew by whoever spends.
