"""Landed units into the raw tables, with their rows in the ledger: all of a unit or nothing of it.

A night is loaded by forgetting it and every later night of its account, then reading them again
from the landing in order. So loading twice changes nothing, and neither does the order in which
nights were loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.warehouse.frugality import frugal
from pipeline.warehouse.ledger import UnitNight
from pipeline.warehouse.nights import Files, Nights, name_of
from pipeline.warehouse.units import SHARED_RECORDS, Runs, UnitLoad, Units, records_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest, Source


def load(
    con: DuckDBPyConnection,
    manifests: Sequence[Manifest],
    sources: Mapping[str, Source],
    *,
    night: date,
    files: Files,
    runs: Runs,
    again: bool = False,
    on_unit: Callable[[UnitLoad], None] = lambda _: None,
) -> list[UnitLoad]:
    """Load each unit that the ledger does not know with this content; of several runs the last counts.

    ``again``: also what is known, because it would be read otherwise now.

    ``files`` gives the local paths of a stream's part files, ``runs`` all landed runs of a unit. One
    unit's failure (SourceChanged, LandingError) rolls back that unit alone and comes back as its
    ``error``. A unit that gate 1 set aside is tried again only when its night is ``night``, and an
    observation never replaces one that was made later. Raises WarehouseError when the database
    itself fails: then the process must end and start again.
    """
    newest = {(m.unit.night, m.unit.platform, m.unit.account): m for m in manifests}
    ordered = [newest[key] for key in sorted(newest)]
    results = []
    with frugal(con, many=any(records_of(m) > SHARED_RECORDS for m in ordered)) as means:
        loader = Units(con, Nights(con, sources, files), runs, means, [name_of(m.unit) for m in ordered])
        for group in loader.groups(ordered, night, again=again):
            for result in loader.load(group):
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
    with frugal(con, many=False) as means:
        loader = Units(con, Nights(con, sources, files), runs, means, units)
        for unit in sorted(units, key=lambda unit: unit[2]):
            loader.set_aside(unit, reason)


def drop(
    con: DuckDBPyConnection,
    units: Sequence[UnitNight],
    *,
    sources: Mapping[str, Source],
    files: Files,
    runs: Runs,
) -> None:
    """Something newer takes the place of these unit-nights: rows and ledger forget them, their files stay."""
    with frugal(con, many=False) as means:
        loader = Units(con, Nights(con, sources, files), runs, means, units)
        for unit in sorted(units, key=lambda unit: unit[2]):
            loader.drop(unit)
