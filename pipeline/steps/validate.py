"""Both gates again, over what the warehouse holds or what it held once, changing nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline import models, warehouse
from pipeline.models import FIRST_DAY
from pipeline.quality import GateReport
from pipeline.steps import gates
from pipeline.steps.as_of import standing
from pipeline.steps.project import Project, resource_folder


@dataclass(frozen=True)
class Validated:
    """Every expectation's outcome, and the sentences of those that failed.

    ``generation`` names the publication whose tables were judged, where an earlier state was; ``notes`` say what of
    it is not known exactly.
    """

    night: str
    results: list[dict[str, Any]]
    critical: tuple[str, ...]
    warnings: tuple[str, ...]
    generation: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.critical


def validate(project: Project, night: date, *, run_id: str) -> Validated:
    """Check the night's staging rows and the marts of its window. Raises QualityError if a gate cannot run."""
    settings = project.settings
    all_models = models.read(resource_folder("sql"))
    with warehouse.open_warehouse(
        settings.paths.warehouse, settings.storage, sealed=True, command="validate", night=night
    ) as con:
        con.execute("begin")
        try:
            since = night - timedelta(days=max(s.RESTATEMENT_DAYS for s in project.sources.values()))
            marts = [
                models.ModelBuild(m.relation, 0, 0, FIRST_DAY if m.rebuild == "whole" else since) for m in all_models
            ]
            built = warehouse.get_meta(con, "models") is not None
            found = _judge(project, con, night, run_id, all_models, marts if built else ())
        finally:
            con.execute("rollback")
    return _told(night, found)


def validate_as_of(
    project: Project,
    night: date,
    *,
    run_id: str,
    generation: str | None = None,
    on_model: Callable[[models.ModelBuild], None] = lambda _: None,
) -> Validated:
    """Check what was known on the evening of ``night``, whatever came afterwards, by today's suites.

    Everything is built as it stood then, in a file beside the warehouse that goes away, and all of it is judged.
    Raises ConfigError for a night that the warehouse knows nothing of, LandingError where a run of then is gone,
    QualityError if a gate cannot run, WarehouseBusy while another process holds the warehouse.
    """
    # Beside the warehouse: it may become as large, and a folder for temporary files may be memory.
    with tempfile.TemporaryDirectory(prefix=".as-of-", dir=project.settings.paths.warehouse.parent) as folder:
        file = Path(folder) / "known.duckdb"
        with standing(project, night, file, generation=generation, on_model=on_model) as known:
            models_then = models.read(resource_folder("sql"))
            whole = [models.ModelBuild(each.relation, 0, 0, FIRST_DAY) for each in known.built]
            known.con.begin()
            try:
                found = _judge(project, known.con, night, run_id, models_then, whole)
            finally:
                known.con.rollback()
    return _told(night, found, known.when.generation, known.notes)


def _judge(
    project: Project,
    con: Any,
    night: date,
    run_id: str,
    all_models: Sequence[models.Model],
    marts: Sequence[models.ModelBuild],
) -> tuple[GateReport, GateReport]:
    """Both gates: over the staging rows of the night, and over these marts (of none, the second says nothing)."""
    read = {name for name, source in project.sources.items() if source.ORIGIN != "api"}
    platforms = ({account.platform for account in project.settings.accounts} | read) & warehouse.platforms(con)
    relations = gates.staging_relations(resource_folder("sql"), platforms)
    staged: dict[str, str | None] = dict.fromkeys(relations, f"night = date '{night}'")
    gate = gates.gate(con)
    first = gate.check(1, staged, night=night, run_id=run_id)
    batches = gates.mart_batches(all_models, marts) if marts else {}
    return first, gate.check(2, batches, night=night, run_id=run_id) if batches else GateReport()


def _told(
    night: date, found: tuple[GateReport, GateReport], generation: str | None = None, notes: Sequence[str] = ()
) -> Validated:
    first, second = found
    return Validated(
        night.isoformat(),
        [row._asdict() for row in (*first.results, *second.results)],
        (*first.critical, *second.critical),
        (*first.warnings, *second.warnings),
        generation,
        tuple(notes),
    )
