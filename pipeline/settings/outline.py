"""What a scheduler must know before a run: when, where, which platforms. No secret is resolved."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.errors import ConfigError
from pipeline.settings.shape import Schedule

# Older than any night that a platform could still give; only bounds how far a backfill may be asked.
FIRST_NIGHT = date(2010, 1, 1)


@dataclass(frozen=True)
class Outline:
    """The part of ``vigie.toml`` that shapes the DAG."""

    time_zone: str
    schedule: Schedule
    platforms: tuple[str, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def start(self) -> date:
        return self.schedule.start or FIRST_NIGHT


def read_outline(path: Path) -> Outline:
    """Zone, schedule and platforms, read in a millisecond each time a scheduler parses the DAG.

    Raises ConfigError if the file is missing or these parts are unusable; everything else of the
    file is checked by ``read`` when a task runs.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        known = {field.name for field in fields(Schedule)}
        schedule = Schedule(**{key: value for key, value in values.get("schedule", {}).items() if key in known})
        outline = Outline(values["time_zone"], schedule, tuple(sorted(values.get("sources", {}))))
        outline.zone  # noqa: B018 – an unknown zone must be told here, not in the scheduler's loop
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such settings file; set VIGIE_SETTINGS to yours") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ZoneInfoNotFoundError) as error:
        raise ConfigError(f"{path}: the schedule cannot be read ({error}); run `vigie doctor`") from None
    return outline
