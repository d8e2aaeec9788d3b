"""``vigie doctor``: everything that a night needs, checked beforehand; never stops at the first fault.

Machine (versions, folders, disk, lock), settings, schedule, credentials (one cheap authorised call
per account), publication, and the calendar of what ends when. Nothing is changed but a probe file that
is removed at once, and a token that is due is renewed as in a night.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from pipeline import settings as settings_reader
from pipeline import sources as source_folder
from pipeline.doctor import brand, credentials, machine
from pipeline.doctor.alerts import alerts
from pipeline.doctor.calendar import calendar
from pipeline.doctor.finding import Finding
from pipeline.errors import ConfigError
from pipeline.settings import Settings, SettingsError
from pipeline.streams import Source

__all__ = ["Finding", "before_fetching", "examine"]


def examine(
    path: Path, environment: Mapping[str, str], now: datetime, on_check: Callable[[str], None] = lambda _: None
) -> list[Finding]:
    """All findings about the settings file ``path`` and the machine, at the instant ``now`` (UTC).

    Secrets that are missing are findings; what does not need them is checked all the same.
    """
    known = {name: source_folder.module(name) for name in source_folder.names()}
    on_check("versions")
    findings = list(machine.versions())
    on_check("settings")
    told, settings = _settings(path, environment, known)
    findings += told
    if settings is None:
        return findings
    for name, check in (
        ("folders", lambda: machine.folders(settings)),
        ("disk", lambda: machine.disk(settings)),
        ("lock", lambda: machine.lock(settings)),
        ("schedule", lambda: brand.schedule(settings, now)),
        ("accounts", lambda: brand.accounts(settings, known)),
        ("alerts", lambda: alerts(settings)),
        ("publication", lambda: brand.publication(settings)),
        ("credentials", lambda: credentials.check(settings, known)),
        # After the credentials: asking with them may renew a token.
        ("calendar", lambda: calendar(settings, known, now.astimezone(settings.zone).date())),
    ):
        on_check(name)
        findings += _guarded(name, check)
    return findings


def before_fetching(settings: Settings) -> list[Finding]:
    """What would spoil a night after its requests were spent: folders that take no file, no room."""
    return [found for found in (*machine.folders(settings), *machine.disk(settings)) if found.state == "fail"]


def _settings(
    path: Path, environment: Mapping[str, str], known: Mapping[str, Source]
) -> tuple[list[Finding], Settings | None]:
    """The findings about the settings, and the settings if only secrets are wrong with them."""
    try:
        settings = settings_reader.read(path, environment, known)
    except SettingsError as error:
        told = [
            Finding("fail", "settings", fault.key or str(path), f"{fault.message} ({error.file.name}:{fault.line})")
            for fault in error.findings
        ]
        return told, _with_what_is_there(path, environment, known)
    except ConfigError as error:
        return [Finding("fail", "settings", str(path), str(error), "vigie init writes an example")], None
    accounts = f"{len(settings.accounts)} accounts of {settings.brand}"
    return [Finding("ok", "settings", str(path), accounts)], settings


def _with_what_is_there(path: Path, environment: Mapping[str, str], known: Mapping[str, Source]) -> Settings | None:
    try:
        return settings_reader.read(path, environment, known, require_secrets=False)
    except ConfigError:
        return None


def _guarded(area: str, check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """A check that itself breaks is a fault that was found, and the others go on."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except Exception as error:  # noqa: BLE001 - see above
        found.append(Finding("fail", area, "", f"could not be checked: {type(error).__name__}: {error}"))
    return found
