"""The days before an account's first night: read backwards, newest first, as far as its platform goes.

Each stretch is one unit, named by its last day, which lies before every night that was read in time: a
newer observation is never replaced by an older one. What landed stays; the same command goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from pipeline import landing, warehouse
from pipeline.errors import VigieError
from pipeline.http import redact
from pipeline.settings import Account
from pipeline.steps.fetch import Fetched, fetch
from pipeline.steps.importing import load_unit
from pipeline.steps.project import Project
from pipeline.steps.publishing import Published, publish_night
from pipeline.steps.tell import write_report
from pipeline.steps.transform import transform
from pipeline.streams import Unit, Window

# The longest stretch that is read as one: a failure costs one stretch, and every stretch costs its first requests.
A_STRETCH = 366


@dataclass(frozen=True)
class Stretch:
    """What a backfill will ask one account for, newest first; ``notes`` say what it will not, and why."""

    platform: str
    account: str
    units: tuple[Unit, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Backfilled:
    """What became of one unit. ``error`` is None where it was read and stored; ``stored`` counts records."""

    platform: str
    account: str
    since: str
    until: str
    records: int
    requests: int
    stored: int = 0
    notes: tuple[str, ...] = ()
    error: str | None = None
    message: str | None = None


def plan_backfill(
    project: Project, since: date, until: date, *, today: date, platform: str | None = None
) -> list[Stretch]:
    """The stretches of every account between two days (both inclusive), in the order of the settings."""
    return [
        _stretch(project, account, since, until, today)
        for account in project.settings.accounts
        if platform in (None, account.platform)
    ]


def _stretch(project: Project, account: Account, since: date, until: date, today: date) -> Stretch:
    notes = []
    known = landing.first_window(project.settings.paths.landing, account.platform, account.id)
    if known is not None and known.since <= until:
        notes.append(f"the days from {known.since} on were read already")
        until = known.since - timedelta(days=1)
    reach = project.source_of(account).HISTORY_DAYS
    oldest = today - timedelta(days=reach) if reach is not None else date.min
    if since < oldest:
        notes.append(f"the platform gives nothing of the days before {oldest} any more: it keeps {reach} days")
        since = oldest
    units = []
    while since <= until:
        first = max(since, until - timedelta(days=A_STRETCH - 1))
        units.append(Unit(account.platform, account.id, until, Window(first, until)))
        until = first - timedelta(days=1)
    return Stretch(account.platform, account.id, tuple(units), tuple(notes))


def backfill(
    project: Project,
    stretches: Sequence[Stretch],
    *,
    now: Callable[[], datetime],
    on_unit: Callable[[Backfilled], None] = lambda _: None,
) -> list[Backfilled]:
    """Fetch and load every unit: platforms side by side, an account's newest days first.

    An account stops at its first failure (a spent quota names its reset); the others go on. What landed
    before and was never loaded, because that run was killed, is loaded too. Nothing is published:
    ``serve_backfill`` does that once, at the end.
    """
    waiting = [(_told(unit, 0, 0), unit) for stretch in stretches for unit in _waiting(project, stretch)]
    jobs = [
        list(group)
        for _, group in groupby(sorted(stretches, key=lambda each: each.platform), key=lambda each: each.platform)
    ]
    done: list[_Done] = []
    if jobs:
        with ThreadPoolExecutor(len(jobs)) as side_by_side:
            fetched = side_by_side.map(lambda job: _platform(project, job, now, on_unit), jobs)
            done = [one for platform in fetched for one in platform]
    return [_stored(project, one, unit, now) for one, unit in (*waiting, *done)]


def _waiting(project: Project, stretch: Stretch) -> list[Unit]:
    """Units of the account that landed and that the warehouse does not know."""
    paths = project.settings.paths
    landed = landing.nights(paths.landing, stretch.platform, stretch.account)
    known: set[date] = set()
    if paths.warehouse.exists():
        with warehouse.open_reader(paths.warehouse) as con:
            known = warehouse.loaded_nights(con, stretch.platform, stretch.account)
    found = (landing.newest(paths.landing, stretch.platform, stretch.account, night) for night in landed)
    return [manifest.unit for manifest in found if manifest is not None and manifest.unit.night not in known]


_Done = tuple[Backfilled, Unit | None]


def _platform(
    project: Project,
    stretches: Iterable[Stretch],
    now: Callable[[], datetime],
    on_unit: Callable[[Backfilled], None],
) -> list[_Done]:
    done: list[_Done] = []
    for stretch in stretches:
        for unit in stretch.units:
            told, landed = _fetched(project, unit, now)
            on_unit(told)
            done.append((told, landed))
            if landed is None:
                break
    return done


def _fetched(project: Project, unit: Unit, now: Callable[[], datetime]) -> _Done:
    try:
        found: Fetched = fetch(project, unit, now=now)
    except VigieError as error:
        return _told(unit, 0, 0, type(error).__name__, redact(str(error))), None
    return _told(unit, found.records, found.requests), unit


def _told(unit: Unit, records: int, requests: int, error: str | None = None, message: str | None = None) -> Backfilled:
    since, until = unit.window.since.isoformat(), unit.window.until.isoformat()
    return Backfilled(unit.platform, unit.account, since, until, records, requests, error=error, message=message)


def _stored(project: Project, told: Backfilled, unit: Unit | None, now: Callable[[], datetime]) -> Backfilled:
    """Load what landed and let gate 1 judge it; the warehouse has one writer, so one after the other."""
    manifest = landing.newest(project.settings.paths.landing, unit.platform, unit.account, unit.night) if unit else None
    if manifest is None:
        return told
    try:
        loaded = load_unit(project, manifest, now=now)
    except VigieError as error:
        return replace(told, error=type(error).__name__, message=redact(str(error)))
    absent = tuple(f"{stream}: {reason}" for stream, reason in loaded.absent.items())
    return replace(told, stored=loaded.stored, notes=(*loaded.notes, *absent))


def serve_backfill(project: Project, night: date, *, now: Callable[[], datetime]) -> Published:
    """Build what the old days touch, publish it as of ``night``, the newest one, and write the report."""
    transform(project, night, now=now)
    published = publish_night(project, night, now=now)
    write_report(project)
    return published
