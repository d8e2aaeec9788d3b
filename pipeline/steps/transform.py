"""Seeds, models and gate 2 in one transaction: all of the night becomes visible, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from pipeline import __version__, models, warehouse
from pipeline.errors import QualityError, VigieError
from pipeline.quality import GateReport
from pipeline.steps import datasets, gates, seeds
from pipeline.steps.chosen import chosen
from pipeline.steps.project import Project, resource_folder
from pipeline.steps.telling import Part, telling
from pipeline.steps.timing import Stopwatch

# The remark that names the tables which a replay left for a night that people read.
BEHIND = "behind"


@dataclass(frozen=True)
class Transformed:
    """What a transform built. ``full`` says that definitions changed, so everything was built anew."""

    night: str
    models: int
    rows: int
    seconds: float
    full: bool
    warnings: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        return asdict(self)


class GateFailedError(Exception):
    """Carries a failed gate's report out of the transaction that it rolls back."""

    def __init__(self, report: GateReport, night: date) -> None:
        super().__init__()
        self.report = report
        self.error = QualityError(
            f"night {night}: {len(report.critical)} critical expectations failed, nothing was changed: "
            + "; ".join(report.critical),
            tuple(report.critical),
        )


def transform(
    project: Project,
    night: date,
    *,
    now: Callable[[], datetime],
    full: bool = False,
    readers: bool = True,
    on_model: Callable[[models.ModelBuild], None] = lambda _: None,
) -> Transformed:
    """Build every model that new observations touch, check the result, and commit once.

    Without ``readers`` (a night of a replay) what is built for readers alone waits for a night that they read.
    Raises ModelError when SQL fails and QualityError when a critical expectation does: both roll
    everything back, and the last complete tables stay as they were. The failure is recorded after
    the rollback.
    """
    settings, watch = project.settings, Stopwatch(now)
    with (
        warehouse.open_warehouse(
            settings.paths.warehouse, settings.storage, sealed=True, command="transform", night=night
        ) as con,
        telling(project, "transform", night, now=now) as told,
    ):
        if warehouse.waiting(con):
            raise QualityError("units were loaded that gate 1 has not judged yet: run `vigie load` first")
        all_models = models.read(resource_folder("sql"))
        built: list[models.ModelBuild] = []

        def note(model: models.ModelBuild) -> None:
            built.append(model)
            on_model(model)

        try:
            with warehouse.transaction(con):
                done, report = _build(project, con, all_models, night, watch, full, readers, note)
        except GateFailedError as failed:
            told.parts.append(partial(_gate_told, failed.report))
            warehouse.record_results(con, night, 2, failed.report.results)
            _record(con, night, watch, "failed", 0, str(failed.error))
            raise failed.error from None
        except VigieError as error:
            _record(con, night, watch, "failed", 0, str(error))
            raise
        told.parts += [
            partial(_gate_told, report),
            partial(datasets.built, con, all_models, built, settings.paths.state),
        ]
        with warehouse.transaction(con):
            if report.results:
                warehouse.record_results(con, night, 2, report.results)
            _record(con, night, watch, "done", done.rows, None)
    return done


def _gate_told(report: GateReport) -> list[Part]:
    return [datasets.gate(2, report)] if report.results else []


def _build(
    project: Project,
    con: Any,
    all_models: tuple[models.Model, ...],
    night: date,
    watch: Stopwatch,
    full: bool,
    readers: bool,
    on_model: Callable[[models.ModelBuild], None],
) -> tuple[Transformed, GateReport]:
    tables = seeds.seeds(project, night)
    # What a platform adds is seen in what it touches; a change of the SQL itself builds everything anew.
    definitions = models.fingerprint(all_models)
    mark = f"{definitions}-{seeds.fingerprint(tables)}"
    full = full or warehouse.get_meta(con, "models") != mark
    if full:
        warehouse.write_seeds(con, tables)
    all_models = chosen(con, all_models)
    touched = warehouse.touched(con) | warehouse.write_costs(con, seeds.cost_seeds(project))
    behind = frozenset((warehouse.get_meta(con, BEHIND) or "").split())
    nights = warehouse.touched_nights(con)
    floor = models.floor(con, warehouse.successors(con))
    days = models.rebuild_days(all_models, touched, floor, full, behind, nights)
    waiting = frozenset[str]() if readers else frozenset(each.relation for each in all_models if each.for_readers)
    built = models.build(con, [each for each in all_models if each.relation not in waiting], days, on_model)
    warehouse.set_meta(con, BEHIND, " ".join(sorted(name for name in waiting if days.get(name) is not None)))
    batches = gates.mart_batches(all_models, built)
    # A night that changed nothing built nothing, and what stands there was checked when it was built.
    report = judge(con, batches, night, watch.run_id) if batches else GateReport()
    warehouse.record_notes(con, night, "transform", warehouse.findings(con))
    warehouse.clear_touched(con)
    if built:
        warehouse.remember_build(con, night, models=definitions, code_version=__version__, built_at=watch.started_at)
    warehouse.mark_moved(con, {model.relation: model.rebuild_from for model in built})
    warehouse.set_meta(con, "models", mark)
    rows = sum(model.rows for model in built)
    return Transformed(night.isoformat(), len(built), rows, watch.seconds(), full, tuple(report.warnings)), report


def judge(con: Any, batches: Mapping[str, str | None], night: date, run_id: str) -> GateReport:
    """Gate 2, before the commit. Raises GateFailedError, which rolls the caller's transaction back."""
    report = gates.gate(con).check(2, batches, night=night, run_id=run_id)
    if not report.passed:
        raise GateFailedError(report, night)
    return report


def _record(con: Any, night: date, watch: Stopwatch, state: str, rows: int, error: str | None) -> None:
    warehouse.record_step(
        con,
        night=night,
        step="transform",
        state=state,
        rows=rows,
        seconds=watch.seconds(),
        error=error,
        started_at=watch.started_at,
    )
