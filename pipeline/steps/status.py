"""What a script or a person wants to know at a glance, from the ledger and the publication."""

from __future__ import annotations

from typing import Any

from pipeline import landing, publish, warehouse
from pipeline.steps.project import Project


def status(project: Project) -> dict[str, Any]:
    """``publication`` (path, generation, night, parquet; None before the first), ``sources``, ``last_run``."""
    settings = project.settings
    seen = publish.current(settings.paths.publication)
    ledger, last_run = _ledger(project)
    return {
        "publication": {
            "path": str(seen.path),
            "generation": seen.generation,
            "night": seen.night.isoformat(),
            "parquet": str(seen.parquet),
            "published_at": seen.published_at,
        }
        if seen
        else None,
        "sources": [
            {
                "platform": account.platform,
                "account": account.id,
                "name": account.name,
                "last_landed": _text(landing.last_night(settings.paths.landing, account.platform, account.id)),
                **ledger.get((account.platform, account.id), {"last_night": None, "state": "never loaded"}),
            }
            for account in settings.accounts
        ],
        "last_run": last_run,
    }


def _ledger(project: Project) -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, Any] | None]:
    path = project.settings.paths.warehouse
    if not path.exists():
        return {}, None
    with warehouse.open_warehouse(path, project.settings.storage, sealed=False, command="status", night=None) as con:
        return warehouse.newest_states(con), warehouse.last_run(con)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
