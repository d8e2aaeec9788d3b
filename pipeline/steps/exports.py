"""Exports that a person downloaded, into the same tables as what the APIs say: `vigie import csv`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

from pipeline import registry, warehouse
from pipeline.errors import ConfigError, FileRefused
from pipeline.settings import Settings
from pipeline.sources import files
from pipeline.sources.files import Choices, Understood
from pipeline.steps.importing import Imported, import_unit
from pipeline.steps.project import Project, resource_folder


def understand_export(project: Project, path: Path, mapping: str, choices: Choices) -> files.Export:
    """What a file would bring, without writing anything. Raises FileRefused and ConfigError."""
    wanted = files.read_mapping(mapping)
    platform = choices.platform or wanted.platform
    _check_platform(project, platform)
    _check_date(choices)
    if choices.time_zone is None and wanted.time_zone is None and platform is not None:
        choices = replace(choices, time_zone=_zone(project, platform, choices.account))
    near = project.settings.paths.warehouse.parent
    return files.open_file(path, mapping, choices, scratch=lambda: warehouse.Scratch(near))


def import_export(
    project: Project, export: files.Export, *, set_aside: bool = False, now: Callable[[], datetime]
) -> Imported:
    """Land and load an export that was understood; gate 1 judges it.

    With rows that cannot be read the whole file is refused; ``set_aside`` puts them into quarantine
    instead and imports the others. Raises FileRefused and as ``import_unit``.
    """
    found = export.understood
    if found.bad and not set_aside:
        raise FileRefused(f"{found.file}: {told(found)}; nothing was imported. --set-aside imports the other rows")
    unit = export.unit()
    # The first moment of the day of the export: so the same file is observed at the same instant whenever it is read.
    observed = datetime.combine(export.exported or unit.night, time(), UTC)
    return import_unit(project, unit, export.items(), mark=export.mark, observed_at=observed, now=now)


def told(found: Understood) -> str:
    """How many rows cannot be read, and the first of them."""
    first = found.problems[0]
    rows = "1 row" if found.bad == 1 else f"{found.bad:,} rows"
    return f"{rows} cannot be read, the first on line {first.line}: {first.shown}"


def is_configured(settings: Settings, platform: str, account: str) -> bool:
    """Whether the account is also one of the settings."""
    return any((one.platform, one.id) == (platform, account) for one in settings.accounts)


def _check_platform(project: Project, platform: str | None) -> None:
    """A misspelt name would become a platform of its own."""
    sources = {name for name, source in project.sources.items() if source.KIND == "network" and source.ORIGIN == "api"}
    known = sources | set(registry.read_networks(resource_folder("sql") / "networks.yml").values())
    if platform is not None and platform not in known:
        raise ConfigError(f"--platform {platform}: there is no such network; known are {', '.join(sorted(known))}")


def _check_date(choices: Choices) -> None:
    if choices.exported is not None and choices.exported > choices.today:
        raise ConfigError(f"--date {choices.exported}: is a day to come")


def _zone(project: Project, platform: str, account: str | None) -> str:
    """The zone in which the platform counts its days, else the account's as the settings have it, else the brand's."""
    source = project.sources.get(platform)
    if source and source.TIME_ZONE:
        return source.TIME_ZONE
    for one in project.settings.accounts:
        if (one.platform, one.id) == (platform, account):
            return one.time_zone
    return project.settings.time_zone
