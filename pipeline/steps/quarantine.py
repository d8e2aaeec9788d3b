"""What the first gate or the load set aside: looked at, let in again through the gate, or given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from pipeline import landing, warehouse
from pipeline.errors import ConfigError
from pipeline.steps.load import build_views, check, decide, runs
from pipeline.steps.project import Project
from pipeline.steps.timing import Stopwatch
from pipeline.streams import Manifest
from pipeline.warehouse import Acted, Entry


@dataclass(frozen=True)
class Release:
    """What became of a release. ``outcome``: ``passed``, ``set aside`` again, or ``failed``; ``why`` says why not."""

    entry: Entry
    outcome: str
    why: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.outcome == "passed"


def quarantine(project: Project, *, dropped: bool = False) -> list[Entry]:
    """What stands in quarantine, newest night first; also what people dropped, where that is asked for."""
    with warehouse.open_reader(project.settings.paths.warehouse) as con:
        return [entry for entry in warehouse.quarantined(con) if dropped or entry.dropped_at is None]


def quarantined(project: Project, identity: str) -> tuple[Entry, list[Acted], bytes | None]:
    """One entry, what was done about it, and its record as the platform gave it (None for a whole unit).

    Raises ConfigError for an id that nothing has, LandingError where the file cannot be read.
    """
    with warehouse.open_reader(project.settings.paths.warehouse) as con:
        entry = _entry(con, identity)
        log = warehouse.acts(con, entry.id)
    return entry, log, _record(project, entry)


def release(project: Project, identity: str, reason: str, person: str, *, now: Callable[[], datetime]) -> Release:
    """Read the entry's unit-night again from the landing and let the first gate judge it.

    What passes is in the raw tables, and in the marts after the next transform; what does not stays where it was, and
    a night that had passed without the entry stays as it was. Either is written into the log. Raises ConfigError for
    an id that nothing has or a unit whose landing is gone.
    """
    with _opened(project, "quarantine release") as con:
        entry = _entry(con, identity)
        manifest = landing.newest(project.settings.paths.landing, entry.platform, entry.account, entry.night)
        if manifest is None:
            raise ConfigError(f"{identity}: nothing is left in the landing of {_named(entry)}; fetch that night again")
        try:
            with warehouse.transaction(con):
                found = _let_in(_read_again(project, con, entry, manifest, now))
        except _NotLetInError as refused:
            found = refused.found
        _write(con, entry, "released", reason, person, found.outcome, now)
    return found


def drop(project: Project, identity: str, reason: str, person: str, *, now: Callable[[], datetime]) -> Entry:
    """Give the entry up: it is no longer listed, and nobody is told of it again. Its file stays in the landing."""
    with _opened(project, "quarantine drop") as con:
        entry = _entry(con, identity)
        _write(con, entry, "dropped", reason, person, "dropped", now)
    return entry


class _NotLetInError(Exception):
    """Carries what became of a release out of the transaction that it rolls back."""

    def __init__(self, found: Release) -> None:
        super().__init__()
        self.found = found


def _read_again(project: Project, con: Any, entry: Entry, manifest: Manifest, now: Callable[[], datetime]) -> Release:
    """The unit-night as today's code reads it, though the ledger may know its content; then the gate."""
    done = warehouse.load(
        con,
        [manifest],
        project.sources,
        night=entry.night,
        files=landing.files,
        runs=partial(runs, project),
        again=True,
    )
    if failed := [str(unit.error) for unit in done if unit.state == "failed"]:
        return Release(entry, "failed", tuple(failed))
    build_views(con)
    waiting = warehouse.waiting(con)
    report = check(con, waiting, entry.night, Stopwatch(now).run_id)
    if entry.unit in decide(project, con, waiting, report):
        return Release(entry, "set aside", tuple(report.critical))
    still = [each for each in warehouse.quarantined(con) if each.tells_of_the_same_as(entry)]
    return Release(entry, "set aside", (still[0].reason,)) if still else Release(entry, "passed")


def _let_in(found: Release) -> Release:
    """The same; raises what takes it back where it would change a night that stood without the entry."""
    if not found.passed and (found.outcome == "failed" or found.entry.stream is not None):
        raise _NotLetInError(found)
    return found


def _entry(con: Any, identity: str) -> Entry:
    known = {entry.id: entry for entry in warehouse.quarantined(con)}
    fitting = [known[name] for name in known if name.startswith(identity)] if len(identity) >= 4 else []
    if len(fitting) != 1:
        raise ConfigError(f"{identity}: nothing in quarantine has this id. See: vigie quarantine list --all")
    return fitting[0]


def _record(project: Project, entry: Entry) -> bytes | None:
    if entry.landing_file is None or entry.line is None or entry.stream is None:
        return None
    found = (landing.record(run, entry.stream, entry.landing_file, entry.line) for run in runs(project, *entry.unit))
    return next((record for record in found if record is not None), None)


@contextmanager
def _opened(project: Project, command: str) -> Iterator[Any]:
    settings = project.settings
    with warehouse.open_warehouse(
        settings.paths.warehouse, settings.storage, sealed=False, command=command, night=None
    ) as con:
        warehouse.ensure_tables(con, project.sources)
        yield con


def _write(
    con: Any, entry: Entry, act: Any, reason: str, person: str, outcome: str, now: Callable[[], datetime]
) -> None:
    at = now().replace(tzinfo=None)
    warehouse.write_act(con, entry, act, person=person, reason=reason, outcome=outcome, at=at)


def _named(entry: Entry) -> str:
    return f"{entry.platform} {entry.account} of {entry.night}"
