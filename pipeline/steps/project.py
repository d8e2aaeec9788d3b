"""What every step starts from: the settings, the sources that exist, and where the SQL lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline import settings as settings_reader
from pipeline import sources as source_folder
from pipeline import warehouse
from pipeline.errors import ConfigError
from pipeline.http import register_secret
from pipeline.settings import Account, Settings
from pipeline.streams import Source

PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Project:
    """One brand's settings with the sources that they speak of."""

    settings: Settings
    sources: Mapping[str, Source]

    def source_of(self, account: Account) -> Source:
        return self.sources[account.platform]


def open_project(
    path: Path,
    environment: Mapping[str, str],
    connections: Callable[[str], Mapping[str, str]] | None = None,
    *,
    require_secrets: bool = True,
) -> Project:
    """Read the settings at ``path``. ``connections`` resolves Airflow connection ids where there are any.

    Without ``require_secrets``, for work that makes no request, secrets that are not there are left out.
    Raises ConfigError with every finding, each with its key and line.
    """
    sources = {name: source_folder.module(name) for name in source_folder.names()}
    settings = settings_reader.read(path, environment, sources, connections, require_secrets=require_secrets)
    secrets = [secret for account in settings.accounts for secret in account.secrets.values()]
    known = (settings.privacy.person_key, settings.lineage.api_key)
    others = (*(channel.url for channel in settings.alerts.channels), *known)
    secrets += [secret for secret in others if secret]
    # From here on no log line, error or note can show one, whoever would write it.
    register_secret(*(secret.reveal() for secret in secrets))
    return Project(settings, sources)


@contextmanager
def held(project: Project, *, command: str, night: date | None = None) -> Iterator[None]:
    """One warehouse connection for all steps of this process, where the landing is a local folder."""
    paths = project.settings.paths
    if "://" in paths.landing:
        yield
        return
    doors = (Path(paths.landing), paths.publication)
    with warehouse.held_open(paths.warehouse, project.settings.storage, doors=doors, command=command, night=night):
        yield


def resource_folder(name: str) -> Path:
    """``sql`` or ``expectations``: beside the package in a checkout, inside it once installed."""
    for candidate in (PACKAGE.parent / name, PACKAGE / "data" / name):
        if candidate.is_dir():
            return candidate
    raise ConfigError(f"the folder {name}/ is neither beside nor inside the package: install vigie again")


def last_night(settings: Settings, now: datetime) -> date:
    """The newest night that is over at ``now``: yesterday in the brand's zone."""
    return now.astimezone(settings.zone).date() - timedelta(days=1)
