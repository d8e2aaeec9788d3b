"""What a script or a person wants to know at a glance, from the ledger and the publication."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline import landing, publish, warehouse
from pipeline.errors import WarehouseBusy
from pipeline.settings import Account
from pipeline.steps.project import Project


def status(project: Project) -> dict[str, Any]:
    """``publication`` (path, generation, night, parquet; None before the first), ``sources``, ``last_run``."""
    settings = project.settings
    seen = publish.current(settings.paths.publication)
    ledger, last_run = _ledger(project)
    failures = _failures(project, ledger)
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
                **ledger.get((account.platform, account.id), {"last_night": None, "state": _unknown(last_run)}),
                "reason": failures.get((account.platform, account.id)),
            }
            for account in (*settings.accounts, *_imported(project, ledger))
        ],
        "last_run": last_run,
    }


def _imported(project: Project, ledger: dict[tuple[str, str], dict[str, Any]]) -> list[Account]:
    """Accounts of which there are only files: no settings name them, the ledger does."""
    known = {name: source for name, source in project.sources.items() if source.ORIGIN != "api"}
    return [
        Account(platform, account, account, "", known[platform].TIME_ZONE or "UTC")
        for platform, account in sorted(ledger)
        if platform in known
    ]


def _ledger(project: Project) -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, Any] | None]:
    path = project.settings.paths.warehouse
    if not path.exists():
        return {}, None
    try:
        with warehouse.open_reader(path) as con:
            return warehouse.newest_states(con), warehouse.last_run(con)
    except WarehouseBusy as busy:
        return {}, {"busy": str(busy)}


def _unknown(last_run: dict[str, Any] | None) -> str:
    return "unknown while the warehouse is held" if last_run and "busy" in last_run else "never loaded"


def _failures(project: Project, ledger: dict[tuple[str, str], dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Why accounts lack the newest night that any account has."""
    newest = max((states["last_night"] for states in ledger.values()), default=None)
    if newest is None:
        return {}
    found = landing.failures(project.settings.paths.landing, date.fromisoformat(newest))
    return {(f.platform, f.account): f"{f.error}: {f.message}" for f in found}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
