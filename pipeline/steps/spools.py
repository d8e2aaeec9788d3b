"""What the inbox keeps, thrown away when it is old and a landed night has it: never before."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from pipeline import landing
from pipeline.errors import VigieError
from pipeline.settings import Account
from pipeline.sources.inbox.spool import Record, Spool, Stored
from pipeline.steps.plan import LONGEST_REACH
from pipeline.steps.project import Project

log = logging.getLogger(__name__)

# A night may reach back so far to close a gap, and finds everything then.
KEPT = timedelta(days=LONGEST_REACH + 30)
# Nobody has been writing for that long.
_A_DAY = 86_400.0


def prune_spools(project: Project, *, now: Callable[[], datetime]) -> int:
    """Remove what every landed night had long ago, and what a crash left half written; how many records went.

    A spool that cannot be read now is left as it is: the night of its account says why.
    """
    gone = 0
    for account in project.settings.accounts:
        if account.platform == "inbox":
            try:
                gone += _prune(project, account, now())
            except (VigieError, OSError) as error:
                log.warning("inbox %s: nothing was thrown away: %s", account.id, error)
    return gone


def _prune(project: Project, account: Account, now: datetime) -> int:
    spool = Spool(account)
    for part in spool.folder.glob("*.part"):
        # One that is being written has its name for some milliseconds.
        with suppress(FileNotFoundError):
            if now.timestamp() - part.stat().st_mtime > _A_DAY:
                part.unlink()
    old = [stored for stored in spool.records() if _received(stored.record) < now - KEPT]
    by_day: dict[date, list[Stored]] = {}
    for stored in old:
        by_day.setdefault(_received(stored.record).astimezone(ZoneInfo(account.time_zone)).date(), []).append(stored)
    safe = [file for day, found in by_day.items() for file in _landed(project, account, day, found)]
    for file in safe:
        file.unlink(missing_ok=True)
    return len(safe)


def _received(record: Record) -> datetime:
    return datetime.fromisoformat(record["received_at"] or "").astimezone(UTC)


def _landed(project: Project, account: Account, day: date, found: list[Stored]) -> Iterator[Path]:
    """The files of one day of which a night that landed has this word, or a newer one on the same request."""
    root = project.settings.paths.landing
    for night in landing.nights(root, account.platform, account.id, since=day):
        manifest = landing.newest(root, account.platform, account.id, night)
        if manifest is None or not manifest.unit.window.since <= day <= night:
            continue
        told = {record["id"]: _received(record) for record in map(_record, landing.records(manifest, "messages"))}
        yield from (each.file for each in found if told.get(each.record["id"], _NEVER) >= _received(each.record))
        return


_NEVER = datetime.min.replace(tzinfo=UTC)


def _record(line: bytes) -> Record:
    return msgspec.json.decode(line, type=Record)
