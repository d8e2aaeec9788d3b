"""Fetch one unit over HTTP into the landing. Runs on any machine; touches no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from pipeline import landing
from pipeline.errors import VigieError
from pipeline.http import Limits, Session, Spool, redact
from pipeline.settings import Account
from pipeline.steps import datasets
from pipeline.steps.project import Project
from pipeline.steps.telling import telling
from pipeline.streams import Manifest, Unit


@dataclass(frozen=True)
class Fetched:
    """What became of one unit. Small enough for a message between tasks: a folder and counts."""

    platform: str
    account: str
    night: str
    run_id: str
    folder: str | None
    records: int
    requests: int
    error: str | None = None
    message: str | None = None

    @property
    def ok(self) -> bool:
        return self.error is None

    def summary(self) -> dict[str, Any]:
        return asdict(self)


def fetch(project: Project, unit: Unit, *, now: Callable[[], datetime], limits: Limits | None = None) -> Fetched:
    """Fetch and land one unit. ``now`` names the run, and dates it where the platform sends no clock.

    Raises the SourceError or LandingError of the unit after its failure was written beside the
    landing, so that coverage can say why the night lacks it.
    """
    with telling(project, "fetch", unit.night, now=now) as told:
        manifest = _land(project, unit, now, limits)
        told.inputs = lambda: [datasets.platform(manifest)]
        told.outputs = lambda: datasets.landed(manifest, project.sources[unit.platform])
    records = sum(stream.records for stream in manifest.streams.values())
    return Fetched(
        unit.platform,
        unit.account,
        unit.night.isoformat(),
        manifest.run_id,
        manifest.folder,
        records,
        manifest.requests,
    )


def _land(project: Project, unit: Unit, now: Callable[[], datetime], limits: Limits | None) -> Manifest:
    account = project.settings.account(unit.platform, unit.account)
    source = project.sources[unit.platform]
    run_id = f"{now():%Y%m%dT%H%M%S%fZ}"
    root = project.settings.paths.landing
    # Before the scheduler's own time-out, which leaves nobody the time to write down why.
    limits = limits or Limits(session=0.95 * project.settings.schedule.fetch_timeout)
    with source.open_session(account, unit.night, limits) as http, _resumed(http, account, unit):
        try:
            return landing.write(
                root,
                unit,
                run_id,
                source.fetch(account, unit, http),
                source.STREAMS,
                api_version=source.API_VERSION,
                clock=lambda: http.first_date or f"{now():%Y-%m-%dT%H:%M:%SZ}",
                requests=lambda: http.requests,
            )
        except VigieError as error:
            landing.record_failure(root, unit, error, run_id, f"{now():%Y-%m-%dT%H:%M:%SZ}")
            raise


@contextmanager
def _resumed(http: Session, account: Account, unit: Unit) -> Iterator[None]:
    """Go on from the answers that an attempt at this unit kept before it was stopped."""
    secrets = [*account.secrets.values(), *([account.person_key] if account.person_key else [])]
    window = f"{unit.window.since} {unit.window.until}"
    name = f"{unit.platform}\n{unit.account}\n{unit.night}\n{window}"
    spool = Spool.open(account.state / "spool" if account.state else None, name, secrets)
    if spool is None:
        yield
        return
    with spool:
        http.resume(spool)
        try:
            yield
        except VigieError:
            # What the platform answered is at fault: it must be asked again from the start.
            if not http.interrupted:
                spool.drop()
            raise
        spool.drop()


def fetch_all(
    project: Project,
    units: Iterable[Unit],
    *,
    now: Callable[[], datetime],
    on_unit: Callable[[Fetched], None] = lambda _: None,
) -> list[Fetched]:
    """Fetch many units by hand: platforms side by side, one platform's accounts within its own slots.

    One unit's failure never stops another: it comes back as a Fetched with an error.
    """
    by_platform = groupby(sorted(units, key=lambda u: u.platform), key=lambda u: u.platform)
    jobs = [(platform, list(group)) for platform, group in by_platform]

    def one(unit: Unit) -> Fetched:
        try:
            done = fetch(project, unit, now=now)
        except VigieError as error:
            done = _failed(unit, error)
        on_unit(done)
        return done

    def platform_units(job: tuple[str, list[Unit]]) -> list[Fetched]:
        platform, group = job
        with ThreadPoolExecutor(min(project.sources[platform].POOL_SLOTS, len(group))) as slots:
            return list(slots.map(one, group))

    if not jobs:
        return []
    with ThreadPoolExecutor(len(jobs)) as side_by_side:
        return [done for group in side_by_side.map(platform_units, jobs) for done in group]


def _failed(unit: Unit, error: VigieError) -> Fetched:
    name, message = type(error).__name__, redact(str(error))
    return Fetched(unit.platform, unit.account, unit.night.isoformat(), "", None, 0, 0, name, message)
