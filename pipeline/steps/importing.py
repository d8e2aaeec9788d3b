"""Files that a person has, into the landing and the warehouse: what `vigie import` does.

A file becomes a unit as a night's answer does: landed, loaded, judged by gate 1. Nothing of it is in
the published tables before the next transform and publication, which ``serve`` does at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import landing, sources, warehouse
from pipeline.errors import ConfigError, QualityError
from pipeline.settings import Account
from pipeline.steps.load import build_views, check, runs, settle
from pipeline.steps.project import Project
from pipeline.steps.publishing import Published, publish_night
from pipeline.steps.tell import write_report
from pipeline.steps.timing import Stopwatch
from pipeline.steps.transform import transform
from pipeline.streams import Absent, Manifest, Note, Unit, Window, Yield


@dataclass(frozen=True)
class Imported:
    """What became of a file. ``records`` by stream; ``absent`` says why a stream has none.

    ``state``: ``loaded``, ``already`` (the warehouse had all of it) or ``understood`` (a dry run).
    ``newest_night``: the newest night of any account that the warehouse holds now.
    """

    platform: str
    account: str
    night: str
    since: str
    state: str
    records: Mapping[str, int]
    absent: Mapping[str, str]
    notes: tuple[str, ...]
    stored: int = 0
    quarantined: int = 0
    replaced: tuple[str, ...] = ()
    folder: str | None = None
    newest_night: str | None = None

    def summary(self) -> dict[str, Any]:
        return asdict(self)


def import_archive(
    project: Project,
    platform: str,
    files: Sequence[Path],
    *,
    account: str | None = None,
    day: date | None = None,
    dry_run: bool = False,
    now: Callable[[], datetime],
    on_member: Callable[[str], None] = lambda _: None,
) -> Imported:
    """Read an archive of a platform as one observation of the day it was made.

    ``account`` and ``day`` override the profile's id and the day that the archive itself tells. Raises
    SourceChanged where the files are no such archive, and as ``import_unit``.
    """
    source, settings = sources.archive(platform), project.settings
    if settings.privacy.wants_key and settings.privacy.person_key is None:
        raise ConfigError("[privacy] person_key has no value here: people in the archive could not be told apart")
    found = source.survey(files, on_member)
    night = day or found.night
    if night < found.since:
        raise ConfigError(f"--date {night}: the archive holds posts from {found.since} on, so it is not that old")
    if night > now().date():
        raise ConfigError(f"{night}: an archive cannot be of a day to come; name the day it was made with --date")
    name = account or found.account
    reader = Account(platform, name, name, "", source.TIME_ZONE, person_key=settings.privacy.person_key)
    unit = Unit(platform, name, night, Window(found.since, night))
    items = source.read(files, reader, night, found, on_member)
    if dry_run:
        return understand(unit, items)
    # The end of that day: so the same file is observed at the same instant whenever it is read.
    observed = datetime.combine(night, time(23, 59, 59), UTC)
    return import_unit(project, unit, items, mark=found.mark, observed_at=observed, now=now, replaces=True)


def understand(unit: Unit, items: Iterable[Yield]) -> Imported:
    """What a file would bring, without writing anything."""
    records: Counter[str] = Counter()
    absent, notes = {}, []
    for item in items:
        if isinstance(item, Note):
            notes.append(item.message)
        elif isinstance(item, Absent):
            absent[item.stream] = item.reason
        else:
            records[item.stream] += len(item.records)
    return _imported(unit, "understood", records, absent, notes)


def import_unit(
    project: Project,
    unit: Unit,
    items: Iterable[Yield],
    *,
    mark: str,
    observed_at: datetime,
    now: Callable[[], datetime],
    replaces: bool = False,
) -> Imported:
    """Land the records of a file as ``unit``, load them, let gate 1 judge them.

    ``mark`` names the content of the file (a hash of it): the same file twice is one run, and changes
    nothing. ``observed_at`` is when what the file says was true, not when it is read. ``replaces``:
    the account has one observation only, and this one takes the place of all earlier nights.

    Raises what ``items`` raises and the errors of landing and warehouse, before anything is stored;
    QualityError where gate 1 refuses the file: then the tables are as they were before.
    """
    if replaces:
        _refuse_older(project, unit, mark)
    source = project.sources[unit.platform]
    manifest = landing.write(
        project.settings.paths.landing,
        unit,
        mark,
        items,
        source.STREAMS,
        api_version=source.API_VERSION,
        clock=observed_at.isoformat,
        requests=lambda: 0,
    )
    return load_unit(project, manifest, now=now, replaces=replaces)


def load_unit(project: Project, manifest: Manifest, *, now: Callable[[], datetime], replaces: bool = False) -> Imported:
    """Load a landed file and let gate 1 judge it. Raises as ``import_unit``."""
    settings, watch, unit = project.settings, Stopwatch(now), manifest.unit
    with warehouse.open_warehouse(
        settings.paths.warehouse, settings.storage, sealed=False, command="import", night=unit.night
    ) as con:
        warehouse.ensure_tables(con, project.sources)
        [done] = warehouse.load(
            con, [manifest], project.sources, night=unit.night, files=landing.files, runs=partial(runs, project)
        )
        if done.error is not None:
            raise done.error
        with warehouse.transaction(con):
            notes = [(note.kind, unit.platform, unit.account, note.message) for note in manifest.notes]
            warehouse.record_notes(con, unit.night, _step(unit), notes)
            build_views(con)
        _judge(project, con, unit, watch.run_id)
        replaced = _replace(project, con, unit) if replaces else []
        newest = warehouse.newest_night(con)
    streams = manifest.streams.values()
    told = _imported(
        unit,
        done.state,
        {stream.name: stream.records for stream in streams if stream.absent is None},
        {stream.name: stream.absent for stream in streams if stream.absent is not None},
        [note.message for note in manifest.notes],
    )
    return replace(
        told,
        stored=done.loaded,
        quarantined=done.quarantined,
        replaced=tuple(night.isoformat() for night in replaced),
        folder=manifest.folder,
        newest_night=newest.isoformat() if newest else None,
    )


def serve(project: Project, imported: Imported, *, now: Callable[[], datetime]) -> Published:
    """Build what the file touches, publish it and write the report: people see it now."""
    night = date.fromisoformat(imported.newest_night or imported.night)
    transform(project, night, now=now)
    published = publish_night(project, night, now=now)
    write_report(project)
    return published


def _refuse_older(project: Project, unit: Unit, mark: str) -> None:
    """An account that is one observation keeps its newest: an older file would undo what is known.

    The same file may be given another day.
    """
    path = project.settings.paths.warehouse
    if not path.exists():
        return
    with warehouse.open_reader(path) as con:
        newest = warehouse.newest_night_of(con, unit.platform, unit.account)
    if newest is None or newest <= unit.night:
        return
    of_newest = landing.newest(project.settings.paths.landing, unit.platform, unit.account, newest)
    if of_newest is None or of_newest.run_id != mark:
        raise ConfigError(
            f"{unit.platform} {unit.account}: a file of {newest} is imported already and this one is of {unit.night}: "
            "nothing was changed"
        )


def _replace(project: Project, con: Any, unit: Unit) -> list[date]:
    """Only now that gate 1 let the new file pass do the others leave the tables."""
    known = warehouse.loaded_nights(con, unit.platform, unit.account)
    others = sorted(night for night in known if night != unit.night)
    warehouse.drop(
        con,
        [(unit.platform, unit.account, night) for night in others],
        sources=project.sources,
        files=landing.files,
        runs=partial(runs, project),
    )
    for night in others:
        warehouse.record_notes(con, night, _step(unit), [])
    return others


def _step(unit: Unit) -> str:
    """The name under which notes of a file are kept: one import never replaces what another noted."""
    return f"import {unit.platform}/{unit.account}"


def _judge(project: Project, con: Any, unit: Unit, run_id: str) -> None:
    """Gate 1 over the file, and whatever else waits for it."""
    waiting = warehouse.waiting(con)
    report = check(con, waiting, unit.night, run_id)
    with warehouse.transaction(con):
        aside = settle(project, con, waiting, report, unit.night)
    if (unit.platform, unit.account) in aside:
        failures = tuple(report.critical)
        raise QualityError(
            f"{unit.platform} {unit.account}, {unit.night}: gate 1 refused the file, its records are set aside: "
            + "; ".join(failures),
            failures,
        )


def _imported(
    unit: Unit, state: str, records: Mapping[str, int], absent: Mapping[str, str], notes: Iterable[str]
) -> Imported:
    return Imported(
        unit.platform,
        unit.account,
        unit.night.isoformat(),
        unit.window.since.isoformat(),
        state,
        dict(records),
        dict(absent),
        tuple(notes),
    )
