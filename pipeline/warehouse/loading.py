"""Landed units into the raw tables: each unit in its own transaction, with its ledger row.

A night is loaded by forgetting it and every later night of its account, then reading them again
from the landing in order. So loading twice changes nothing, and neither does the order in which
nights were loaded.
"""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb

from pipeline.errors import LandingError, VigieError, WarehouseError
from pipeline.warehouse import ledger, quarantine, stream_nights
from pipeline.warehouse.ledger import LOADED, QUARANTINED, Account, Counts, Entry, UnitNight
from pipeline.warehouse.names import raw_table
from pipeline.warehouse.state import START_AGAIN, transaction
from pipeline.warehouse.storing import store
from pipeline.warehouse.task import Task
from pipeline.warehouse.touched import touch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest, Source, Unit

Files = Callable[["Manifest", str], Sequence[str]]
"""The local paths of one stream's part files, in the manifest's order."""

Runs = Callable[[str, str, date], Sequence["Manifest"]]
"""All landed runs of a platform's account and night, oldest first."""

# After these nothing that this process does with the database can be relied on.
_OF_THE_DATABASE = (
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
)


@dataclass(frozen=True)
class UnitLoad:
    """What became of one unit. ``rederived`` are the later nights that were read again after it."""

    unit: Unit
    state: Literal["loaded", "already", "failed"]
    records: int = 0
    loaded: int = 0
    unchanged: int = 0
    duplicates: int = 0
    quarantined: int = 0
    error: VigieError | None = None
    rederived: tuple[date, ...] = ()


def load(
    con: DuckDBPyConnection,
    manifests: Sequence[Manifest],
    sources: Mapping[str, Source],
    *,
    night: date,
    files: Files,
    runs: Runs,
    on_unit: Callable[[UnitLoad], None] = lambda _: None,
) -> list[UnitLoad]:
    """Load each unit that the ledger does not know with this content; the newest run of each counts.

    One unit's failure (SourceChanged, LandingError) rolls back that unit alone and comes back as its
    ``error``. A unit that gate 1 set aside is tried again only when its night is ``night``. Raises
    WarehouseError when the database itself fails: then the process must end and start again.
    """
    newest = {(m.unit.night, m.unit.platform, m.unit.account): m for m in manifests}
    ordered = [newest[key] for key in sorted(newest)]
    loader = _Loader(con, sources, files, runs, [_name(m.unit) for m in ordered])
    results = []
    for manifest in ordered:
        result = loader.load(manifest, night)
        on_unit(result)
        results.append(result)
    return results


def set_aside(
    con: DuckDBPyConnection,
    units: Sequence[UnitNight],
    reason: str,
    *,
    sources: Mapping[str, Source],
    files: Files,
    runs: Runs,
) -> None:
    """Gate 1 refused these unit-nights: their rows leave the raw tables, their files stay.

    What gate 1 had accepted of the same night before comes back; later nights are read again.
    """
    loader = _Loader(con, sources, files, runs, units)
    for unit in sorted(units, key=lambda unit: unit[2]):
        loader.set_aside(unit, reason)


def _name(unit: Unit) -> UnitNight:
    return unit.platform, unit.account, unit.night


class _Loader:
    """One call's view of the ledger, kept in step with what it writes."""

    def __init__(
        self,
        con: DuckDBPyConnection,
        sources: Mapping[str, Source],
        files: Files,
        runs: Runs,
        units: Sequence[UnitNight],
    ) -> None:
        self.con, self.sources, self.files, self.runs = con, sources, files, runs
        self.accounts = ledger.read(con, units)
        self.told = stream_nights.known(con, [night for _, _, night in units])

    def load(self, manifest: Manifest, night: date) -> UnitLoad:
        unit = manifest.unit
        account = self.accounts[unit.platform, unit.account]
        entry = account.nights.get(unit.night)
        if entry and entry.sha256 == manifest.sha256 and not (entry.state == QUARANTINED and unit.night == night):
            return UnitLoad(unit, "already")
        try:
            counts, later = self._replace(manifest, account, entry)
        except VigieError as error:
            if isinstance(error, WarehouseError):
                raise
            return UnitLoad(unit, "failed", error=error)
        except duckdb.Error as error:
            return UnitLoad(unit, "failed", error=self._failure(unit, error))
        return UnitLoad(
            unit,
            "loaded",
            counts.landed,
            counts.loaded,
            counts.unchanged,
            counts.duplicates,
            counts.quarantined,
            rederived=tuple(later),
        )

    def set_aside(self, name: UnitNight, reason: str) -> None:
        platform, account_id, night = name
        account = self.accounts[platform, account_id]
        entry = account.nights.get(night)
        if entry is None or entry.state == QUARANTINED:
            return
        later = account.after(night)
        accepted = self._accepted(name, entry)
        with transaction(self.con):
            self._forget(name, later)
            if accepted:
                self._night(accepted, account.has_before(night), ledger.PASSED, accepted.sha256)
                account.nights[night] = Entry(accepted.run_id, accepted.sha256, ledger.PASSED, accepted.sha256)
            else:
                row = self.con.execute(
                    "update ops.ledger set state = 'quarantined' where platform = ? and account = ? and night = ?"
                    " returning records",
                    [platform, account_id, night],
                ).fetchone()
                account.nights[night] = Entry(entry.run_id, entry.sha256, QUARANTINED, None)
                quarantine.unit(self.con, platform, account_id, night, reason, int(row[0]) if row else 0)
            self._again(name, account, later)

    def _accepted(self, name: UnitNight, entry: Entry) -> Manifest | None:
        if entry.accepted_sha256 in (None, entry.sha256):
            return None
        return next((run for run in self.runs(*name) if run.sha256 == entry.accepted_sha256), None)

    def _replace(self, manifest: Manifest, account: Account, entry: Entry | None) -> tuple[Counts, list[date]]:
        unit = manifest.unit
        later = account.after(unit.night)
        accepted = entry.accepted_sha256 if entry else None
        with transaction(self.con):
            if entry or later:
                self._forget(_name(unit), later)
            counts = self._night(manifest, account.has_before(unit.night), LOADED, accepted, replace=entry is not None)
            self._again(_name(unit), account, later)
        account.nights[unit.night] = Entry(manifest.run_id, manifest.sha256, LOADED, accepted)
        return counts, later

    def _again(self, name: UnitNight, account: Account, later: Sequence[date]) -> None:
        """Read later nights again, each from the very run that the ledger knows."""
        platform, account_id, _ = name
        for night in later:
            entry = account.nights[night]
            landed = self.runs(platform, account_id, night)
            manifest = next((run for run in reversed(landed) if run.sha256 == entry.sha256), None)
            if manifest is None:
                raise LandingError(
                    f"{platform} {account_id} {night}: the landing no longer has the run that was loaded "
                    f"({entry.run_id}); an earlier night cannot be loaded without it"
                )
            self._night(manifest, True, entry.state, entry.accepted_sha256)

    def _forget(self, name: UnitNight, later: Sequence[date]) -> None:
        """Remove the night and all later ones of the account; what changes with them is touched."""
        platform, account, night = name
        for stream in self.sources[platform].STREAMS:
            table = raw_table(platform, stream.name)
            row = self.con.execute(
                f"select min(_day) from {table} where _account = ? and _night >= ?", [account, night]
            ).fetchone()
            if row and row[0]:
                touch(self.con, platform, account, {stream.name: row[0]})
                self.con.execute(f"delete from {table} where _account = ? and _night >= ?", [account, night])
        quarantine.forget(self.con, platform, account, [night, *later])

    def _night(
        self, manifest: Manifest, history: bool, state: str, accepted: str | None, *, replace: bool = True
    ) -> Counts:
        """All streams of one landed night, then what the ledger and coverage say of it."""
        unit = manifest.unit
        total = Counts()
        touched: dict[str, date] = {}
        newest: dict[str, date | None] = {}
        for stream in self.sources[unit.platform].STREAMS:
            if stream.name not in manifest.streams:
                continue
            paths = tuple(self.files(manifest, stream.name))
            _verify(manifest, stream.name, paths)
            stored = store(self.con, Task(stream, manifest, paths, history))
            total.add(stored.counts)
            newest[stream.name] = stored.newest_day
            if stored.touched:
                touched[stream.name] = stored.touched
        touch(self.con, unit.platform, unit.account, touched)
        ledger.write(self.con, manifest, total, state, accepted, replace=replace)
        stream_nights.of_unit(
            self.con, manifest, self.sources[unit.platform].STREAMS, newest, replace=_name(unit) in self.told
        )
        self.told.add(_name(unit))
        return total

    def _failure(self, unit: Unit, error: duckdb.Error) -> VigieError:
        """What a database error means: this unit's data, or the end of this process."""
        words = str(error).partition("\n")[0]
        if isinstance(
            error,
            duckdb.FatalException | duckdb.InternalException | duckdb.IOException | duckdb.OutOfMemoryException,
        ):
            raise WarehouseError(f"{unit.platform} {unit.account} {unit.night}: {words}; {START_AGAIN}") from error
        return LandingError(f"{unit.platform} {unit.account} {unit.night}: {words}")


def _verify(manifest: Manifest, stream: str, paths: Sequence[str]) -> None:
    """The bytes are those that were landed. Raises LandingError naming the file."""
    for part, path in zip(manifest.streams[stream].files, paths, strict=True):
        try:
            with Path(path).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise LandingError(f"{path}: cannot be read ({error.strerror})") from error
        if found != part["sha256"]:
            raise LandingError(f"{path}: the file is not the one that was landed (its sha256 differs)")
