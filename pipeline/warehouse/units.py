"""Units in transactions: small new ones together, a replaced one alone, its later nights after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import duckdb

from pipeline.errors import LandingError, VigieError, WarehouseError
from pipeline.warehouse import ledger, stream_nights
from pipeline.warehouse.frugality import Means
from pipeline.warehouse.ledger import LOADED, PASSED, QUARANTINED, Account, Entry, UnitNight
from pipeline.warehouse.nights import Nights, Read, name_of
from pipeline.warehouse.state import BROKEN, broken, transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest, Unit

Runs = Callable[[str, str, date], Sequence["Manifest"]]
"""All landed runs of a platform's account and night, oldest first."""

# Units smaller than this share a transaction, up to so many records: many small ones are cheap then.
SHARED_RECORDS = 20_000


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


def records_of(manifest: Manifest) -> int:
    """How many records a landed unit holds."""
    return sum(stream.records for stream in manifest.streams.values())


class Units:
    """One call's view of the ledger, kept in step with what is committed."""

    def __init__(
        self, con: DuckDBPyConnection, nights: Nights, runs: Runs, means: Means, units: Sequence[UnitNight]
    ) -> None:
        self.con, self.nights, self.runs, self.means = con, nights, runs, means
        self.accounts = ledger.read(con, units)
        nights.expect([night for _, _, night in units])

    def groups(
        self, manifests: Sequence[Manifest], night: date, *, again: bool = False
    ) -> Iterator[list[Manifest] | UnitLoad]:
        """What to load, in order; small new units of one night together, known ones as they are unless ``again``."""
        group: list[Manifest] = []
        for manifest in manifests:
            if not again and self._is_known(manifest, night):
                yield [*group]
                group = []
                yield UnitLoad(manifest.unit, "already")
                continue
            shares = group and group[0].unit.night == manifest.unit.night and self._is_small_and_new(manifest)
            if group and not (shares and sum(map(records_of, [*group, manifest])) <= SHARED_RECORDS):
                yield group
                group = []
            group = [*group, manifest]
            if not self._is_small_and_new(manifest):
                yield group
                group = []
        yield group

    def load(self, group: list[Manifest] | UnitLoad) -> Iterator[UnitLoad]:
        """Load a group in one transaction; if anything is amiss, each of its units in its own."""
        if isinstance(group, UnitLoad):
            yield group
            return
        if len(group) > 1:
            try:
                yield from self._together(group)
            except (VigieError, duckdb.Error) as error:
                self._stop_if_broken(group[0].unit, error)
            else:
                return
        for manifest in group:
            try:
                yield self._with_enough(self._replace, manifest)
            except (VigieError, duckdb.Error) as error:
                self._stop_if_broken(manifest.unit, error)
                yield UnitLoad(manifest.unit, "failed", error=_told(manifest.unit, error))

    def set_aside(self, name: UnitNight, reason: str) -> None:
        """Take a unit-night out of the raw tables, or go back to what was accepted of it before."""
        account = self._account(name)
        entry = account.nights.get(name[2])
        if entry is None or entry.state == QUARANTINED:
            return
        later = account.after(name[2])
        accepted = self._accepted(name, entry)
        with transaction(self.con):
            self.nights.forget(name, later)
            if accepted:
                read = self.nights.read(accepted, history=account.has_before(name[2]))
                self.nights.write_down([read.judged(PASSED, accepted.sha256, replace=True)])
            else:
                self.nights.quarantine(name, reason)
            self._again(name, account, later)
        account.nights[name[2]] = Entry.of(accepted, PASSED, accepted.sha256) if accepted else entry.moved(QUARANTINED)

    def drop(self, name: UnitNight) -> None:
        """Forget a unit-night wholly, also in the ledger; later ones are read again as if it had never been."""
        account = self._account(name)
        if name[2] not in account.nights:
            return
        later = account.after(name[2])
        with transaction(self.con):
            self.nights.forget(name, later)
            ledger.forget(self.con, name)
            stream_nights.forget(self.con, name)
            self._again(name, account, later)
        del account.nights[name[2]]

    def _is_known(self, manifest: Manifest, night: date) -> bool:
        entry = self._account(name_of(manifest.unit)).nights.get(manifest.unit.night)
        if entry is None:
            return False
        if entry.state == QUARANTINED and manifest.unit.night == night:
            return False
        return entry.sha256 == manifest.sha256 or ledger.instant(manifest.observed_at) < entry.observed_at

    def _is_small_and_new(self, manifest: Manifest) -> bool:
        account, night = self._account(name_of(manifest.unit)), manifest.unit.night
        return records_of(manifest) <= SHARED_RECORDS and night not in account.nights and not account.after(night)

    def _account(self, name: UnitNight) -> Account:
        return self.accounts[name[0], name[1]]

    def _together(self, group: Sequence[Manifest]) -> list[UnitLoad]:
        with transaction(self.con):
            read = [self.nights.read(m, history=self._account(name_of(m.unit)).has_before(m.unit.night)) for m in group]
            self.nights.write_down([one.judged(LOADED, None, replace=False) for one in read])
        for manifest in group:
            self._account(name_of(manifest.unit)).nights[manifest.unit.night] = Entry.of(manifest, LOADED, None)
        return [_loaded(one) for one in read]

    def _replace(self, manifest: Manifest) -> UnitLoad:
        """Load one unit: whatever is there of its night goes, later nights are read again."""
        unit = manifest.unit
        account = self._account(name_of(unit))
        entry = account.nights.get(unit.night)
        later = account.after(unit.night)
        accepted = entry.accepted_sha256 if entry else None
        with transaction(self.con):
            if entry or later:
                self.nights.forget(name_of(unit), later)
            read = self.nights.read(manifest, history=account.has_before(unit.night))
            self.nights.write_down([read.judged(LOADED, accepted, replace=entry is not None)])
            self._again(name_of(unit), account, later)
        account.nights[unit.night] = Entry.of(manifest, LOADED, accepted)
        return _loaded(read, later)

    def _with_enough(self, do: Callable[[Manifest], UnitLoad], manifest: Manifest) -> UnitLoad:
        """With little memory first; a unit for which that is not enough gets all that the settings allow."""
        try:
            return do(manifest)
        except duckdb.OutOfMemoryException:
            if not self.means.lift():
                raise
            return do(manifest)

    def _again(self, name: UnitNight, account: Account, later: Sequence[date]) -> None:
        """Read later nights again, each from the very run that the ledger knows."""
        for night in later:
            entry = account.nights[night]
            manifest = self._run(name[0], name[1], night, entry.sha256, entry.run_id)
            if manifest is None:
                raise LandingError(
                    f"{name[0]} {name[1]} {night}: the landing no longer has the run that was loaded "
                    f"({entry.run_id}); an earlier night cannot be loaded without it"
                )
            read = self.nights.read(manifest, history=True)
            self.nights.write_down([read.judged(entry.state, entry.accepted_sha256, replace=True)])

    def _accepted(self, name: UnitNight, entry: Entry) -> Manifest | None:
        if entry.accepted_sha256 is None or entry.accepted_sha256 == entry.sha256:
            return None
        return self._run(*name, entry.accepted_sha256)

    def _run(self, platform: str, account: str, night: date, sha256: str, run_id: str | None = None) -> Manifest | None:
        """The run of that content: the one of that name, where a later one said the same; else the newest."""
        found = [run for run in self.runs(platform, account, night) if run.sha256 == sha256]
        return next((run for run in found if run.run_id == run_id), found[-1] if found else None)

    def _stop_if_broken(self, unit: Unit, error: Exception) -> None:
        """A failing database is no unit's fault and ends the process."""
        if isinstance(error, WarehouseError):
            raise error
        if isinstance(error, BROKEN):
            raise broken(self.con, f"{unit.platform} {unit.account} {unit.night}", error) from error


def _loaded(read: Read, later: Sequence[date] = ()) -> UnitLoad:
    c = read.counts
    return UnitLoad(
        read.manifest.unit,
        "loaded",
        c.landed,
        c.loaded,
        c.unchanged,
        c.duplicates,
        c.quarantined,
        rederived=tuple(later),
    )


def _told(unit: Unit, error: VigieError | duckdb.Error) -> VigieError:
    if isinstance(error, VigieError):
        return error
    return LandingError(f"{unit.platform} {unit.account} {unit.night}: {str(error).partition(chr(10))[0]}")
