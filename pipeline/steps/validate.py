"""Both gates again over what the warehouse holds, changing nothing: to look further after a failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipeline import models, warehouse
from pipeline.models import FIRST_DAY
from pipeline.quality import GateReport
from pipeline.steps import gates
from pipeline.steps.project import Project, resource_folder


@dataclass(frozen=True)
class Validated:
    """Every expectation's outcome, and the sentences of those that failed."""

    night: str
    results: list[dict[str, Any]]
    critical: tuple[str, ...]
    warnings: tuple[str, ...]

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
            read = {name for name, source in project.sources.items() if source.ORIGIN != "api"}
            platforms = ({account.platform for account in settings.accounts} | read) & warehouse.platforms(con)
            relations = gates.staging_relations(resource_folder("sql"), platforms)
            condition = f"night = date '{night}'"
            first = gates.gate(con).check(1, dict.fromkeys(relations, condition), night=night, run_id=run_id)
            since = night - timedelta(days=max(s.RESTATEMENT_DAYS for s in project.sources.values()))
            marts = [
                models.ModelBuild(m.relation, 0, 0, FIRST_DAY if m.rebuild == "whole" else since) for m in all_models
            ]
            built = warehouse.get_meta(con, "models") is not None
            second = (
                gates.gate(con).check(2, gates.mart_batches(all_models, marts), night=night, run_id=run_id)
                if built
                else GateReport()
            )
        finally:
            con.execute("rollback")
    return Validated(
        night.isoformat(),
        [row._asdict() for row in (*first.results, *second.results)],
        (*first.critical, *second.critical),
        (*first.warnings, *second.warnings),
    )
