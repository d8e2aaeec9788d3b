"""A small brand with its settings on disk, of which nights land without any request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from pipeline import landing, steps
from pipeline.errors import SourceUnavailable
from pipeline.steps import Project
from pipeline.streams import Page, Unit, Window

SETTINGS = """\
brand = "Atelier Marin"
reporting_currency = "EUR"
time_zone = "Europe/Paris"
language = "{language}"
[paths]
landing = "landing"
warehouse = "warehouse.duckdb"
publication = "published"
state = "state"
[[sources.mastodon]]
id = "1"
base = "http://127.0.0.1:9"
[[sources.bluesky]]
id = "atelier.example"
token_expires = 2026-11-20
[[alerts.channels]]
name = "chat"
url = "env:CHAT"
"""


def write(folder: Path, more: str = "", language: str = "en") -> Path:
    path = folder / "vigie.toml"
    path.write_text(SETTINGS.format(language=language) + more, encoding="utf-8")
    return path


def brand(folder: Path, chat: str, more: str = "", language: str = "en") -> Project:
    """The project; its one channel is at the address ``chat``."""
    environment: Mapping[str, str] = {"CHAT": chat}
    return steps.open_project(write(folder, more, language), environment, require_secrets=False)


def unit(account: str, night: date) -> Unit:
    platform, _, name = account.partition("/")
    return Unit(platform, name, night, Window(night - timedelta(days=28), night))


def land(project: Project, account: str, night: date) -> None:
    """Files of a night in which nothing happened."""
    of = unit(account, night)
    streams = project.sources[of.platform].STREAMS
    landing.write(
        project.settings.paths.landing, of, f"{night:%Y%m%d}T030000000000Z",
        [Page(stream.name, []) for stream in streams if not stream.optional], streams,
        api_version="1", clock=lambda: f"{night}T03:00:00Z", requests=lambda: 1,
    )  # fmt: skip


def fail(project: Project, account: str, night: date) -> None:
    """The note of a fetch that failed."""
    error = SourceUnavailable(f"{account}, night {night}: HTTP 503: <b>away</b>")
    landing.record_failure(project.settings.paths.landing, unit(account, night), error, "run", f"{night}T03:00:00Z")
