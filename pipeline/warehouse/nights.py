"""One unit-night at a time: read it from its files, forget it, write down what became of it.

All of it inside the caller's transaction.
"""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import LandingError
from pipeline.warehouse import ledger, quarantine, stream_nights
from pipeline.warehouse.ledger import Counts, UnitNight
from pipeline.warehouse.names import raw_table
from pipeline.warehouse.storing import store
from pipeline.warehouse.task import Task
from pipeline.warehouse.touched import touch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest, Source, Unit

Files = Callable[["Manifest", str], Sequence[str]]
"""The local paths of one stream's part files, in the manifest's order."""


@dataclass(frozen=True)
class Read:
    """A unit-night that was read into the raw tables, and what the ledger shall say of it."""

    manifest: Manifest
    counts: Counts = field(default_factory=Counts)
    touched: dict[str, date] = field(default_factory=dict)
    newest_day: dict[str, date | None] = field(default_factory=dict)
    state: str = ledger.LOADED
    accepted_sha256: str | None = None
    replace: bool = False

    def judged(self, state: str, accepted_sha256: str | None, *, replace: bool) -> Read:
        """With its state; ``replace`` says that the ledger has an older row of the same night."""
        return changed(self, state=state, accepted_sha256=accepted_sha256, replace=replace)


def name_of(unit: Unit) -> UnitNight:
    return unit.platform, unit.account, unit.night


class Nights:
    """Reads and forgets unit-nights on one connection. ``expect`` first, with the nights concerned."""

    def __init__(self, con: DuckDBPyConnection, sources: Mapping[str, Source], files: Files) -> None:
        self.con, self.sources, self.files = con, sources, files
        self._told: set[UnitNight] = set()

    def expect(self, nights: Sequence[date]) -> None:
        """Look once which unit-nights have rows that would have to go."""
        self._told = stream_nights.known(self.con, nights)

    def read(self, manifest: Manifest, *, history: bool) -> Read:
        """All streams of one landed night; ``history``: the account has earlier nights to compare with."""
        read = Read(manifest)
        for stream in self.sources[manifest.unit.platform].STREAMS:
            if stream.name not in manifest.streams:
                continue
            paths = tuple(self.files(manifest, stream.name))
            _verify(manifest, stream.name, paths)
            stored = store(self.con, Task(stream, manifest, paths, history))
            read.counts.add(stored.counts)
            read.newest_day[stream.name] = stored.newest_day
            if stored.touched:
                read.touched[stream.name] = stored.touched
        return read

    def write_down(self, nights: Sequence[Read]) -> None:
        """The ledger, coverage and the days that models must build again, for several at once."""
        for one in nights:
            name = name_of(one.manifest.unit)
            if one.replace:
                ledger.forget(self.con, name)
            if name in self._told:
                stream_nights.forget(self.con, name)
            self._told.add(name)
        touch(
            self.con,
            [
                (unit.platform, unit.account, stream, day, unit.night)
                for one in nights
                for unit in [one.manifest.unit]
                for stream, day in one.touched.items()
            ],
        )
        ledger.write(self.con, [(one.manifest, one.counts, one.state, one.accepted_sha256) for one in nights])
        rows = [
            row
            for one in nights
            for row in stream_nights.of_unit(
                one.manifest, self.sources[one.manifest.unit.platform].STREAMS, one.newest_day
            )
        ]
        stream_nights.insert(self.con, rows)

    def forget(self, name: UnitNight, later: Sequence[date]) -> None:
        """Remove the night and all later ones of the account; what changes with them is touched."""
        platform, account, night = name
        for stream in self.sources[platform].STREAMS:
            table = raw_table(platform, stream.name)
            row = self.con.execute(
                f"select min(_day) from {table} where _account = ? and _night >= ?", [account, night]
            ).fetchone()
            if row and row[0]:
                touch(self.con, [(platform, account, stream.name, row[0], night)])
                self.con.execute(f"delete from {table} where _account = ? and _night >= ?", [account, night])
        quarantine.forget(self.con, platform, account, [night, *later])

    def quarantine(self, name: UnitNight, reason: str) -> None:
        """The unit-night stays in the ledger as quarantined, with the reason; its rows are gone."""
        records = ledger.move(self.con, name, ledger.QUARANTINED)
        quarantine.unit(self.con, *name, reason, records)


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
