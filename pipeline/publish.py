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

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import PublishError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STORAGE_VERSION = "v1.0.0"
FILE, PARQUET, MANIFEST, CURRENT = "vigie.duckdb", "parquet", "manifest.json", "current"
GENERATION = re.compile(r"\d{8}-(\d{6})")
READ_ONLY = 0o444


@dataclass(frozen=True)
class Table:
    """A table to publish: the column whose month partitions its Parquet, and its key."""

    month: str | None = None
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class Publication:
    """One generation as readers see it. ``content``: row count and checksum by table and month."""

    path: Path
    parquet: Path
    generation: str
    night: date
    code_version: str
    published_at: str
    content: Mapping[str, Mapping[str, tuple[int, str]]]
    months_written: tuple[str, ...] = ()
    new: bool = field(default=True, compare=False)

    @property
    def rows(self) -> dict[str, int]:
        return {table: sum(count for count, _ in months.values()) for table, months in self.content.items()}


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

    Raises PublishError, naming what to do; the previous publication is then untouched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    previous = current(folder)
    content = {name: _content(con, name, table.month) for name, table in tables.items()}
    if previous and previous.night == night and _marts(previous.content) == _marts(content):
        return replace(previous, new=False)
    _refuse_wal(folder)
    generation = f"{night:%Y%m%d}-{_last_sequence(folder) + 1:06d}"
    draft = Publication(
        folder / FILE, folder / PARQUET, generation, night, code_version, f"{published_at:%Y-%m-%dT%H:%M:%SZ}", content
    )
    building = folder / "generations" / f".building-{generation}"
    try:
        _preflight(folder, previous)
        building.mkdir(parents=True)
        _build_file(con, building / FILE, tables, draft)
        months = _build_parquet(con, building / PARQUET, tables, content, previous)
        done = replace(draft, months_written=tuple(months))
        (building / MANIFEST).write_text(_to_json(done), encoding="utf-8")
        _sync_tree(building)
        building.rename(folder / "generations" / generation)
        _sync_folder(folder / "generations")
        _point_to(folder, generation)
    except Exception as error:
        shutil.rmtree(building, ignore_errors=True)
        if isinstance(error, PublishError):
            raise
        raise PublishError(
            f"{folder}: the night of {night} was not published: {error}. Readers still have the previous "
            "publication; mend the cause and run `vigie publish` again"
        ) from error
    _prune(folder, keep)
    return done


def current(folder: Path) -> Publication | None:
    """What readers see now; None before the first publication. PublishError if it is damaged."""
    file = folder / CURRENT / MANIFEST
    if not file.exists():
        return None
    return _from_json(folder, file)


def generations(folder: Path) -> list[str]:
    """The generations that are kept, oldest first."""
    root = folder / "generations"
    found = [p.name for p in root.iterdir() if GENERATION.fullmatch(p.name)] if root.is_dir() else []
    return sorted(found, key=lambda name: name.rpartition("-")[2])


def before(folder: Path) -> Publication | None:
    """The generation that ``rollback`` would bring back; None if there is none."""
    now = current(folder)
    older = [g for g in generations(folder) if now and g.rpartition("-")[2] < now.generation.rpartition("-")[2]]
    return _from_json(folder, folder / "generations" / older[-1] / MANIFEST) if older else None


def rollback(folder: Path) -> Publication:
    """Swap the previous generation back in, by the same single rename. The newer one stays on disk."""
    previous = before(folder)
    if previous is None:
        raise PublishError(f"{folder}: there is no earlier publication to return to")
    _point_to(folder, previous.generation)
    return previous


def verify(con: DuckDBPyConnection, file: Path, content: Mapping[str, Mapping[str, tuple[int, str]]]) -> None:
    """Compare row counts and checksums of a closed file with what it should hold."""
    if file.with_name(file.name + ".wal").exists():
        raise PublishError(f"{file}: a write-ahead log lies beside the file, so it was not closed; publish again")
    con.execute(f"attach {_text(str(file))} as candidate (read_only)")
    try:
        for table, months in content.items():
            found = sum(count for count, _ in months.values())
            expected = _whole(months)
            if _sum(con, f"candidate.{_name(table)}") != (found, expected):
                raise PublishError(f"{file}: {table} differs from the warehouse; publish again")
    finally:
        con.execute("detach candidate")


def _content(con: DuckDBPyConnection, table: str, month: str | None) -> dict[str, tuple[int, str]]:
    """Row count and order-free checksum per month; a table without a month column has one part."""
    part = f"coalesce(strftime({month}, '%Y-%m'), 'none')" if month else "'all'"
    rows = con.execute(
        f"select {part}, count(*), sum(hash(t)::hugeint)::varchar from {_name(table)} t group by 1 order by 1"  # noqa: S608
    ).fetchall()
    return {m: (count, total) for m, count, total in rows}


def _sum(con: DuckDBPyConnection, name: str) -> tuple[int, int]:
    count, total = con.execute(f"select count(*), sum(hash(t)::hugeint)::varchar from {name} t").fetchall()[0]  # noqa: S608
    return count, int(total or 0)


def _whole(months: Mapping[str, tuple[int, str]]) -> int:
    return sum(int(total) for _, total in months.values())


def _marts(content: Mapping[str, Mapping[str, tuple[int, str]]]) -> dict[str, dict[str, tuple[int, str]]]:
    return {t: {m: (c[0], c[1]) for m, c in months.items()} for t, months in content.items() if not _is_quality(t)}


def _is_quality(table: str) -> bool:
    return table.startswith("quality.")


def _build_file(con: DuckDBPyConnection, file: Path, tables: Mapping[str, Table], draft: Publication) -> None:
    con.execute(f"attach {_text(str(file))} as publication (storage_version '{STORAGE_VERSION}')")
    try:
        for schema in sorted({name.partition(".")[0] for name in tables}):
            con.execute(f"create schema publication.{schema}")
        for name in tables:
            con.execute(f"create table publication.{_name(name)} as select * from {_name(name)}")  # noqa: S608
        con.execute(
            "create table publication._publish as select ?::varchar as generation, ?::date as night, "
            "?::varchar as code_version, ?::timestamp as published_at, ?::integer as tables, ?::bigint as rows",
            [draft.generation, draft.night, draft.code_version, draft.published_at, len(tables), sum(draft.rows.values())],
        )
        con.execute("checkpoint publication")
    finally:
        con.execute("detach publication")
    verify(con, file, draft.content)
    file.chmod(READ_ONLY)


def _build_parquet(
    con: DuckDBPyConnection,
    folder: Path,
    tables: Mapping[str, Table],
    content: Mapping[str, Mapping[str, tuple[int, str]]],
    previous: Publication | None,
) -> list[str]:
    """Write the parts whose content changed, link the others; return the written parts' names."""
    written: list[str] = []
    for name, table in tables.items():
        old = previous.content.get(name, {}) if previous else {}
        home = folder / name
        home.mkdir(parents=True)
        changed = []
        for month, part in content[name].items():
            source = _parquet_home(previous, name, month) if previous else None
            if source and source.is_dir() and tuple(old.get(month, ())) == part:
                _link_tree(source, home / f"month={month}")
            else:
                changed.append(month)
        if changed:
            _write_months(con, home, name, table, changed)
            written += [f"{name}/{month}" for month in changed]
    return written


def _write_months(con: DuckDBPyConnection, home: Path, name: str, table: Table, months: list[str]) -> None:
    part = f"coalesce(strftime({table.month}, '%Y-%m'), 'none')" if table.month else "'all'"
    order = f"order by {', '.join(map(_quoted, table.key))}" if table.key else ""
    chosen = ", ".join(map(_text, months))
    con.execute(
        f"copy (select *, {part} as month from {_name(name)} where {part} in ({chosen}) {order}) "  # noqa: S608
        f"to {_text(str(home))} (format parquet, compression zstd, partition_by (month), "
        "filename_pattern 'data_{i}', overwrite_or_ignore)"
    )


def _parquet_home(publication: Publication, name: str, month: str) -> Path:
    generation = publication.path.parent / "generations" / publication.generation
    return generation / PARQUET / name / f"month={month}"


def _link_tree(source: Path, target: Path) -> None:
    target.mkdir()
    for file in source.iterdir():
        os.link(file, target / file.name)


def _refuse_wal(folder: Path) -> None:
    for file in (folder / f"{FILE}.wal", folder / CURRENT / f"{FILE}.wal"):
        if file.exists():
            raise PublishError(
                f"{file}: somebody opened the publication for writing and left this log; with it beside a new file "
                "nobody could open that. Close that program, move the log away, and run `vigie publish` again"
            )


def _preflight(folder: Path, previous: Publication | None) -> None:
    """A publication needs room for a second copy of itself, and some to work in."""
    size = previous.path.stat().st_size if previous and previous.path.exists() else 0
    need, free = max(3 * size, 16 * 2**20), shutil.disk_usage(folder).free
    if free < need:
        raise PublishError(f"{folder}: {need:,} bytes must be free to publish, {free:,} are; make room and publish again")


def _sweep(folder: Path) -> None:
    """Remove what a killed publication left: unfinished generations and links that were not swapped."""
    for left in (*folder.glob("generations/.building-*"), *folder.glob(".*.new")):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()


def _last_sequence(folder: Path) -> int:
    return max((int(g.rpartition("-")[2]) for g in generations(folder)), default=0)


def _point_to(folder: Path, generation: str) -> None:
    """The commit point: one rename of one link. The outer names are made once and never change."""
    _swap_link(folder, CURRENT, f"generations/{generation}")
    for name in (FILE, PARQUET, MANIFEST):
        if not (folder / name).is_symlink():
            _swap_link(folder, name, f"{CURRENT}/{name}")
    _sync_folder(folder)


def _swap_link(folder: Path, name: str, target: str) -> None:
    new = folder / f".{name}.new"
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.rename(folder / name)


def _prune(folder: Path, keep: int) -> None:
    now = current(folder)
    old = [g for g in generations(folder) if now and g != now.generation][: -max(keep - 1, 1)]
    for generation in old:
        shutil.rmtree(folder / "generations" / generation)


def _sync_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync_folder(path)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _to_json(publication: Publication) -> str:
    kept = {k: v for k, v in asdict(publication).items() if k not in {"path", "parquet", "new"}}
    return json.dumps({"version": 1, **kept, "night": publication.night.isoformat()}, indent=1, sort_keys=True) + "\n"


def _from_json(folder: Path, file: Path) -> Publication:
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        content = {t: {m: (int(c[0]), str(c[1])) for m, c in months.items()} for t, months in raw["content"].items()}
        return Publication(
            folder / FILE, folder / PARQUET, raw["generation"], date.fromisoformat(raw["night"]), raw["code_version"],
            raw["published_at"], content, tuple(raw["months_written"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PublishError(f"{file}: the publication's manifest cannot be read ({error}); run `vigie rollback`") from error


def _name(relation: str) -> str:
    return ".".join(_quoted(part) for part in relation.split("."))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
