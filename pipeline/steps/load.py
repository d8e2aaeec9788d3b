"""Load what landed into the raw tables and let gate 1 judge it: one writer, one transaction a unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from pipeline import landing, models, warehouse
from pipeline.quality import GateReport
from pipeline.steps import datasets, gates
from pipeline.steps.chosen import chosen
from pipeline.steps.expiries import expiries, record_expiries
from pipeline.steps.plan import plan
from pipeline.steps.project import Project, resource_folder
from pipeline.steps.spools import prune_spools
from pipeline.steps.telling import telling
from pipeline.steps.timing import Stopwatch
from pipeline.streams import Manifest, Unit

# A night that landed but was never loaded is found by itself for this long; older ones by `vigie load --night`.
LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True)
class Loaded:
    """Counts of a load. ``missing`` units have nothing landed; ``set_aside`` ones failed gate 1."""

    night: str
    units: int
    records: int
    stored: int
    unchanged: int
    quarantined: int
    missing: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        return asdict(self)


def load(
    project: Project,
    night: date,
    *,
    now: Callable[[], datetime],
    on_unit: Callable[[warehouse.UnitLoad], None] = lambda _: None,
) -> Loaded:
    """Load the night and every landed night that the ledger lacks; then gate 1.

    A unit that fails (a lost record, a conflict, a changed contract) is rolled back alone; a unit
    that a critical expectation touches leaves the raw tables alone. Both are told, neither stops
    the others. Raises WarehouseBusy when another process holds the warehouse, QualityError when the
    gate itself cannot run.
    """
    settings = project.settings
    units = plan(project, night)
    watch = Stopwatch(now)
    with (
        warehouse.open_warehouse(
            settings.paths.warehouse, settings.storage, sealed=False, command="load", night=night
        ) as con,
        telling(project, "load", night, now=now) as told,
    ):
        warehouse.ensure_tables(con, project.sources)
        manifests = _due(project, con, units)
        done = warehouse.load(
            con,
            manifests,
            project.sources,
            night=night,
            files=landing.files,
            runs=partial(runs, project),
            on_unit=on_unit,
        )
        landed = {(m.unit.platform, m.unit.account) for m in manifests if m.unit.night == night}
        missing = [unit for unit in units if (unit.platform, unit.account) not in landed]
        with warehouse.transaction(con):
            warehouse.record_stream_nights(con, night, units, manifests, _reasons(project, night), project.sources)
            warehouse.record_notes(con, night, "fetch", _notes(manifests, night))
            record_expiries(con, expiries(settings, project.sources, night), night)
            build_views(con)
        waiting = warehouse.waiting(con)
        report = check(con, waiting, night, watch.run_id)
        told.inputs = lambda: [
            each for one in manifests for each in datasets.landed(one, project.sources[one.unit.platform])
        ]
        told.outputs = lambda: datasets.raw(manifests, project.sources)
        told.parts.append(lambda: [datasets.gate(1, report)] if report.results else [])
        with warehouse.transaction(con):
            aside = settle(project, con, waiting, report, night)
            failed = [u for u in done if u.state == "failed"]
            outcome = _outcome(night, units, done, missing, aside)
            warehouse.record_step(
                con,
                night=night,
                step="load",
                state="incomplete" if missing or failed or aside else "done",
                rows=outcome.stored,
                seconds=watch.seconds(),
                error="; ".join(str(u.error) for u in failed) or None,
                started_at=watch.started_at,
            )
    prune_spools(project, now=now)
    return outcome


def _due(project: Project, con: Any, units: Sequence[Unit]) -> list[Manifest]:
    """Newest manifests of this night, and of landed nights that were never loaded, oldest first."""
    root, due = project.settings.paths.landing, []
    for unit in units:
        known = warehouse.loaded_nights(con, unit.platform, unit.account)
        new = landing.nights(root, unit.platform, unit.account, since=unit.night - LOOK_BACK, besides=known)
        for night in sorted({unit.night, *(n for n in new if n <= unit.night)}):
            manifest = landing.newest(root, unit.platform, unit.account, night)
            if manifest is not None:
                due.append(manifest)
    return [*due, *_imported(project, con)]


def _imported(project: Project, con: Any) -> Iterator[Manifest]:
    """Landed files of people whose account the ledger has nothing of: a database that is built again finds them.

    Of an archive, which is one observation, only the newest counts.
    """
    for platform, source in sorted(project.sources.items()):
        if source.ORIGIN == "api":
            continue
        landed = landing.manifests(project.settings.paths.landing, platform=platform)
        for account, runs_of in groupby(landed, key=lambda manifest: manifest.unit.account):
            newest = {manifest.unit.night: manifest for manifest in runs_of}
            if not warehouse.loaded_nights(con, platform, account):
                nights = sorted(newest)
                yield from (newest[night] for night in (nights[-1:] if source.ORIGIN == "archive" else nights))


def runs(project: Project, platform: str, account: str, night: date) -> Sequence[Manifest]:
    """Every landed run of a unit: the ledger may know an older one than the newest."""
    return landing.manifests(project.settings.paths.landing, night=night, platform=platform, account=account)


def _reasons(project: Project, night: date) -> dict[tuple[str, str], str]:
    """Why units of the night have nothing landed, from the failures that fetching left behind."""
    failures = landing.failures(project.settings.paths.landing, night)
    return {(f.platform, f.account): f"{f.error}: {f.message}" for f in failures}


def _notes(manifests: Sequence[Manifest], night: date) -> list[tuple[str, str, str, str]]:
    return [
        (note.kind, m.unit.platform, m.unit.account, note.message)
        for m in manifests
        if m.unit.night == night
        for note in m.notes
    ]


def build_views(con: Any) -> None:
    """The staging views, through which the gate looks; in the caller's transaction."""
    known = chosen(con)
    models.build(con, [model for model in known if model.kind == "view"], {})


def check(con: Any, waiting: Sequence[warehouse.UnitNight], night: date, run_id: str) -> GateReport:
    """Gate 1 over everything that was loaded and not yet judged."""
    if not waiting:
        return GateReport()
    relations = gates.staging_relations(resource_folder("sql"), {platform for platform, _, _ in waiting})
    nights: Mapping[str, str | None] = dict.fromkeys(relations, gates.nights_condition(waiting))
    return gates.gate(con).check(1, nights, night=night, run_id=run_id)


def settle(
    project: Project, con: Any, waiting: Sequence[warehouse.UnitNight], report: GateReport, night: date
) -> frozenset[tuple[str, str]]:
    """Keep what gate 1 said, and do it; returns the units set aside."""
    if not waiting:
        return frozenset()
    warehouse.record_results(con, night, 1, report.results)
    aside = decide(project, con, waiting, report)
    return frozenset((platform, account) for platform, account, _ in aside)


def decide(
    project: Project, con: Any, waiting: Sequence[warehouse.UnitNight], report: GateReport
) -> list[warehouse.UnitNight]:
    """Set aside what gate 1 refused and accept the rest; returns the unit-nights set aside."""
    aside = [unit for unit in waiting if (unit[0], unit[1]) in report.units]
    if aside:
        warehouse.set_aside(
            con,
            aside,
            "; ".join(report.critical),
            sources=project.sources,
            files=landing.files,
            runs=partial(runs, project),
        )
    warehouse.accept(con, [unit for unit in waiting if unit not in aside])
    return aside


def _outcome(
    night: date,
    units: Sequence[Unit],
    done: Sequence[warehouse.UnitLoad],
    missing: Sequence[Unit],
    aside: frozenset[tuple[str, str]],
) -> Loaded:
    return Loaded(
        night.isoformat(),
        len(units),
        sum(u.records for u in done),
        sum(u.loaded for u in done),
        sum(u.unchanged for u in done),
        sum(u.quarantined for u in done),
        tuple(f"{u.platform}/{u.account}" for u in missing),
        tuple(f"{u.unit.platform}/{u.unit.account}: {u.error}" for u in done if u.state == "failed"),
        tuple(sorted(f"{platform}/{account}" for platform, account in aside)),
    )
