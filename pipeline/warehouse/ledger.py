"""What was loaded: one row per unit-night, written in the transaction of the data it speaks of."""

# ruff: noqa: S608 - only question marks are put into the statements

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pipeline.warehouse.inserting import insert
from pipeline.warehouse.past import change, retire, stamp
from pipeline.warehouse.state import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest

LOADED, PASSED, QUARANTINED = "loaded", "passed", "quarantined"

_ONE = "platform = ? and account = ? and night = ?"

UnitNight = tuple[str, str, date]
"""Platform, account and night."""


@dataclass
class Counts:
    """What became of the records of one unit-night. ``landed`` is the sum of the other four."""

    landed: int = 0
    loaded: int = 0
    unchanged: int = 0
    duplicates: int = 0
    quarantined: int = 0

    def add(self, other: Counts) -> None:
        self.landed += other.landed
        self.loaded += other.loaded
        self.unchanged += other.unchanged
        self.duplicates += other.duplicates
        self.quarantined += other.quarantined

    @property
    def accounted(self) -> int:
        return self.loaded + self.unchanged + self.duplicates + self.quarantined


@dataclass(frozen=True)
class Entry:
    """A row of the ledger, as far as loading needs it."""

    run_id: str
    sha256: str
    state: str
    accepted_sha256: str | None
    observed_at: datetime

    @classmethod
    def of(cls, manifest: Manifest, state: str, accepted: str | None) -> Entry:
        return cls(manifest.run_id, manifest.sha256, state, accepted, instant(manifest.observed_at))

    def moved(self, state: str) -> Entry:
        return replace(self, state=state)


@dataclass
class Account:
    """The nights of one account from the first one concerned on, and whether there is any before."""

    has_earlier: bool = False
    nights: dict[date, Entry] = field(default_factory=dict)

    def after(self, night: date) -> list[date]:
        """Later nights whose data are in the raw tables, in order."""
        return sorted(n for n, entry in self.nights.items() if n > night and entry.state != QUARANTINED)

    def has_before(self, night: date) -> bool:
        return self.has_earlier or any(known < night for known in self.nights)


def read(con: DuckDBPyConnection, units: Iterable[UnitNight]) -> dict[tuple[str, str], Account]:
    """The ledger of the accounts of ``units`` from their earliest night on, in one query."""
    units = list(units)
    accounts = {(platform, account): Account() for platform, account, _ in units}
    if not units:
        return accounts
    first = min(night for _, _, night in units)
    for platform, account in con.execute(
        "select distinct platform, account from ops.ledger where night < ?", [first]
    ).fetchall():
        if (platform, account) in accounts:
            accounts[platform, account].has_earlier = True
    rows = con.execute(
        "select platform, account, night, run_id, manifest_sha256, state, accepted_sha256, observed_at"
        " from ops.ledger where night >= ?",
        [first],
    ).fetchall()
    for platform, account, night, *entry in rows:
        if (platform, account) in accounts:
            accounts[platform, account].nights[night] = Entry(*entry)
    return accounts


def write(con: DuckDBPyConnection, rows: Sequence[tuple[Manifest, Counts, str, str | None]]) -> None:
    """One row for each unit-night: its manifest, counts, state and the content accepted of it."""
    values: list[tuple[object, ...]] = []
    now = stamp(con)
    for manifest, counts, state, accepted in rows:
        unit = manifest.unit
        who = (unit.platform, unit.account, unit.night, manifest.run_id, manifest.sha256)
        when = (unit.window.since, unit.window.until, instant(manifest.observed_at))
        many = (counts.landed, counts.loaded, counts.unchanged, counts.duplicates, counts.quarantined)
        values.append((*who, *when, *many, state, accepted, now))
    insert(con, "ops.ledger", None, values)


def forget(con: DuckDBPyConnection, name: UnitNight) -> None:
    """Remove the row of a unit-night, in the caller's transaction."""
    retire(con, "ops.ledger", _ONE, name)


def move(con: DuckDBPyConnection, name: UnitNight, state: str) -> int:
    """Give a unit-night another state; returns how many records it had."""
    change(con, "ops.ledger", "state", state, _ONE, name)
    row = con.execute(f"select records from ops.ledger where {_ONE}", list(name)).fetchone()
    return int(row[0]) if row else 0


def accept(con: DuckDBPyConnection, units: Sequence[UnitNight]) -> None:
    """Gate 1 let these units pass: ``loaded`` becomes ``passed``. One transaction."""
    if not units:
        return
    with transaction(con):
        con.execute(
            "update ops.ledger set state = 'passed', accepted_sha256 = manifest_sha256"
            f" where state = 'loaded' and (platform, account, night) in ({marks(len(units), 3)})",
            [value for unit in units for value in unit],
        )


def marks(rows: int, columns: int) -> str:
    """Question marks for ``rows`` tuples of ``columns`` parameters."""
    return ", ".join(["(" + ", ".join("?" * columns) + ")"] * rows)


def instant(moment: str) -> datetime:
    """ISO text of an instant as the UTC datetime without zone that the tables hold."""
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None)
