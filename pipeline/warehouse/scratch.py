"""A database in memory for one piece of work: it holds little, and what is more lies in a folder that goes with it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipeline.warehouse.inserting import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# However many rows there are: what does not fit is written to the folder.
_MEMORY = "100MB"
_THREADS = 2


class Scratch:
    """``con`` and ``folder`` live as long as this object does; nothing of them remains."""

    def __init__(self, near: Path | None = None) -> None:
        """``near``: a folder on the disk that is meant for data. Where it is not there, the system's is used."""
        place = tempfile.mkdtemp(prefix="vigie-", dir=near if near and near.is_dir() else None)
        weakref.finalize(self, shutil.rmtree, place, ignore_errors=True)
        self.folder = Path(place)
        self.con: DuckDBPyConnection = duckdb.connect(
            config={
                "memory_limit": _MEMORY,
                "threads": _THREADS,
                "temp_directory": str(self.folder / "spilled"),
                "autoinstall_known_extensions": False,
            }
        )
        self.con.execute("set global TimeZone = 'UTC'; set enable_progress_bar = false")
        allowed = place.replace("'", "''")
        self.con.execute(f"set allowed_directories = ['{allowed}']; set enable_external_access = false")

    def insert(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        """Rows into all columns of a table, in their order."""
        insert(self.con, table, None, rows)
