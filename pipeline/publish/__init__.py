"""The publication: a read-only DuckDB file and Parquet, made aside and swapped in by one rename.

::

    published/
      vigie.duckdb  -> current/vigie.duckdb     what people open (mode 0444)
      parquet       -> current/parquet          <schema>.<table>/month=YYYY-MM/*.parquet
      manifest.json -> current/manifest.json
      current       -> generations/<id>         the one link that a publication swaps
      generations/<id>/…                        this one and the previous ones

A reader that has the old file open keeps it; a reader that opens anew sees the new generation, the
file and the Parquet together. A month of Parquet that did not change is a hard link to the file of
the previous generation. The file is written in the storage version of DuckDB 1.0, without
constraints, so that older drivers open it. Nothing ever opens a published file for writing.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import durable
from pipeline.errors import PublishError
from pipeline.publish import file, generations, parquet
from pipeline.publish.content import Table, checksum, measure
from pipeline.publish.file import ContentDiffersError
from pipeline.publish.generations import (
    CURRENT,
    FILE,
    MANIFEST,
    PARQUET,
    Content,
    Publication,
    before,
    current,
)

write_parquet = parquet.build

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = [
    "ContentDiffersError",
    "Publication",
    "Table",
    "before",
    "checksum",
    "current",
    "measure",
    "publish",
    "rollback",
    "write_parquet",
]


def publish(
    con: DuckDBPyConnection,
    folder: Path,
    tables: Mapping[str, Table],
    *,
    night: date,
    code_version: str,
    published_at: datetime,
    keep: int = 7,
) -> Publication:
    """Build the next generation from the warehouse behind ``con``, verify it, swap it in.

    ``tables`` maps relations (``kpi.post``) to how they are partitioned. Tables of the schema
    ``quality`` speak of the run, not of the brand: they are published, but a night whose other
    tables are equal to the present generation's makes no new one (``new`` is False).

    Raises PublishError, naming what to do; the previous publication is then untouched. It is a
    ContentDiffersError when the file did not hold what was measured: then measure everything.
    """
    folder.mkdir(parents=True, exist_ok=True)
    generations.sweep(folder)
    previous = current(folder)
    before_it = previous.content if previous else {}
    content = {name: measure(con, name, table, before_it.get(name, {})) for name, table in tables.items()}
    if previous and previous.night == night and _marts(previous.content) == _marts(content):
        return replace(previous, new=False)
    _refuse_wal(folder)
    generation = f"{night:%Y%m%d}-{generations.last_sequence(folder) + 1:06d}"
    draft = Publication(
        folder / FILE, folder / PARQUET, generation, night, code_version, f"{published_at:%Y-%m-%dT%H:%M:%SZ}", content
    )
    building = folder / "generations" / f".building-{generation}"
    try:
        _preflight(folder, previous)
        building.mkdir(parents=True)
        done = _write(con, building, tables, draft, previous)
        (building / MANIFEST).write_text(generations.to_text(done), encoding="utf-8")
        generations.sync_tree(building)
        building.rename(folder / "generations" / generation)
        durable.sync(folder / "generations")
        generations.point_to(folder, generation)
    except Exception as error:
        shutil.rmtree(building, ignore_errors=True)
        if isinstance(error, PublishError):
            raise
        raise PublishError(
            f"{folder}: the night of {night} was not published: {error}. Readers still have the previous "
            "publication; mend the cause and run `vigie publish` again"
        ) from error
    generations.prune(folder, keep)
    return done


def rollback(folder: Path) -> Publication:
    """Swap the previous generation back in, by the same single rename. The newer one stays on disk."""
    previous = before(folder)
    if previous is None:
        raise PublishError(f"{folder}: there is no earlier publication to return to")
    generations.point_to(folder, previous.generation)
    return previous


def _write(
    con: DuckDBPyConnection,
    building: Path,
    tables: Mapping[str, Table],
    draft: Publication,
    previous: Publication | None,
) -> Publication:
    """The file and the Parquet side by side: each waits for its disk while the other computes."""
    with ThreadPoolExecutor(1, "parquet") as beside, con.cursor() as reader:
        months = beside.submit(parquet.build, reader, building / PARQUET, tables, draft.content, previous)
        file.build(con, building / FILE, tables, draft)
        return replace(draft, months_written=tuple(months.result()))


def _marts(content: Content) -> dict[str, dict[str, tuple[int, str]]]:
    return {t: {m: (c[0], c[1]) for m, c in months.items()} for t, months in content.items() if not _is_quality(t)}


def _is_quality(table: str) -> bool:
    return table.startswith("quality.")


def _refuse_wal(folder: Path) -> None:
    for wal in (folder / f"{FILE}.wal", folder / CURRENT / f"{FILE}.wal"):
        if wal.exists():
            raise PublishError(
                f"{wal}: somebody opened the publication for writing and left this log; with it beside a new file "
                "nobody could open that. Close that program, move the log away, and run `vigie publish` again"
            )


def _preflight(folder: Path, previous: Publication | None) -> None:
    """A publication needs room for a second copy of itself, and some to work in."""
    size = previous.path.stat().st_size if previous and previous.path.exists() else 0
    need, free = max(3 * size, 16 * 2**20), shutil.disk_usage(folder).free
    if free < need:
        raise PublishError(
            f"{folder}: {need:,} bytes must be free to publish, {free:,} are; make room and publish again"
        )
