"""The part of the settings that says when and what, without secrets and without knowing any source.

Schedulers read it every few seconds, on machines that hold no credentials.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.settings import rules
from pipeline.settings.alerting import RULES, THRESHOLDS
from pipeline.settings.reader import open_file
from pipeline.settings.sections import read_schedule
from pipeline.settings.shape import Schedule
from pipeline.settings.table import Table

# Where the settings name no first night; a schedule without catching up needs some day in the past.
_LONG_AGO = date(2024, 1, 1)
_PLATFORM = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True)
class Outline:
    """When the night runs and which platforms have accounts, in the order of the file.

    ``deadline``: how long after it was due a night that has not ended is late; None where nobody wants to know.
    """

    file: Path
    time_zone: str
    schedule: Schedule
    platforms: tuple[str, ...]
    deadline: timedelta | None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def start(self) -> date:
        """The first night that is scheduled."""
        return self.schedule.start or _LONG_AGO


def read_outline(path: Path) -> Outline:
    """The outline of the settings file at ``path``.

    Raises SettingsError for what is wrong with these parts alone; ``read`` judges the rest.
    """
    path = path.absolute()
    root = open_file(path)
    sources = root.table("sources")
    for platform in sources.values:
        if _PLATFORM.fullmatch(platform) is None:
            sources.fault(platform, "unknown platform")
    outline = Outline(
        file=path,
        time_zone=root.text("time_zone", rules.zone),
        schedule=read_schedule(root.table("schedule")),
        platforms=tuple(platform for platform in sources.values if sources.tables(platform)),
        deadline=_deadline(root.table("alerts").table("rules")),
    )
    root.findings.raise_if_any()
    return outline


def _deadline(told: Table) -> timedelta | None:
    name, limits = "night_not_finished", THRESHOLDS["minutes"]
    rule, default = told.table(name), RULES[name]
    minutes = rule.integer("minutes", default.thresholds["minutes"], limits.low, limits.high)
    return timedelta(minutes=minutes) if rule.flag("on", default.on) else None
