"""What the warehouse makes of a landed night: the real load and the platform's own staging views."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import landing, models, sources, warehouse
from pipeline.settings import Storage
from pipeline.streams import Manifest
from pipeline.warehouse import UnitLoad
from tests.faults.brand import NIGHT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SQL = Path(__file__).parents[2] / "sql"
SOURCES = {name: sources.module(name) for name in sources.names()}
# What differs between two readings of the same night.
_OURS = {"account", "_account", "_run_id", "_observed_at"}
Rows = Mapping[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Staged:
    """One loaded unit: what became of its records, why some were set aside, and the rows of each view."""

    unit: UnitLoad
    reasons: tuple[str, ...]
    rows: Rows


class Staging:
    """One warehouse for many nights: each is loaded as an account of its own."""

    def __init__(self, con: DuckDBPyConnection) -> None:
        self._con = con
        self._numbers = itertools.count(1)
        warehouse.ensure_tables(con, SOURCES)
        views = [model for model in models.read(SQL) if model.relation.startswith("staging.")]
        models.build(con, views, {})
        self._views = [model.relation for model in views if not model.relation.endswith("_daily_stream")]

    def load(self, manifest: Manifest) -> Staged:
        """Load a landed unit. Nothing but a unit's own error may come of it."""
        platform, account = manifest.unit.platform, f"{manifest.unit.account}~{next(self._numbers)}"
        told = replace(manifest, unit=replace(manifest.unit, account=account))
        night = told.unit.night
        [unit] = warehouse.load(self._con, [told], SOURCES, night=night, files=landing.files, runs=lambda *_: [told])
        reasons = self._con.execute("select distinct reason from quality.quarantine where account = ?", [account])
        found = tuple(str(reason) for (reason,) in reasons.fetchall())
        return Staged(unit, found, {view: self._rows(view, account) for view in self._of(platform)})

    def column(self, view: str, name: str, staged: Staged) -> list[Any]:
        """One column of a view's rows."""
        place = self._columns(view).index(name)
        return [row[place] for row in staged.rows[view]]

    def has(self, view: str, name: str) -> bool:
        return name in self._columns(view)

    def _of(self, platform: str) -> list[str]:
        return [view for view in self._views if view.startswith(f"staging.{platform}_")]

    def _columns(self, view: str) -> list[str]:
        told = self._con.execute(f"describe {view}").fetchall()
        return [name for name, *_ in told if name not in _OURS]

    def _rows(self, view: str, account: str) -> list[tuple[Any, ...]]:
        names = ", ".join(f'"{name}"' for name in self._columns(view))
        asked = f"select {names} from {view} where account = ? order by all"
        rows = self._con.execute(asked, [account]).fetchall()
        return [tuple("the account" if cell == account else cell for cell in row) for row in rows]


@contextmanager
def staging(path: Path) -> Iterator[Staging]:
    with warehouse.open_warehouse(path, Storage(), sealed=False, command="test", night=NIGHT) as con:
        yield Staging(con)
