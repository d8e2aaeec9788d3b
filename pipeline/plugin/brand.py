"""The brand that this Airflow works for: the settings file of ``VIGIE_SETTINGS``, Airflow's connections behind it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.steps import Project

DAG_ID = "vigie_nightly"


def settings_file() -> Path:
    return Path(os.environ.get("VIGIE_SETTINGS", "vigie.toml")).absolute()


def project(*, requests: bool = False) -> Project:
    """The settings, with Airflow's connections behind ``airflow:`` references.

    Only tasks that make ``requests`` insist on the secrets: without them the others still tell.
    """
    from pipeline import steps

    return steps.open_project(settings_file(), os.environ, connection, require_secrets=requests)


def connection(name: str) -> Mapping[str, str]:
    """Login, password and extra fields of a connection, wherever Airflow keeps it."""
    from airflow.sdk import Connection

    found = Connection.get(name)
    fields = {**found.extra_dejson, "login": found.login, "password": found.password}
    return {field: value for field, value in fields.items() if isinstance(value, str)}
