"""The Parquet of a publication: one folder a table and month; unchanged months are hard links."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.publish.content import Table, month_expression, quoted, quoted_name, quoted_text
from pipeline.publish.generations import PARQUET, Content, Publication

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


_PART = "part_of_publication"


def build(
    con: DuckDBPyConnection,
    folder: Path,
    tables: Mapping[str, Table],
    content: Content,
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
    """Folders ``month=2026-10``, by another name first: a table may have a column ``month`` of its own."""
    part = month_expression(table)
    order = f"order by {', '.join(map(quoted, table.key))}" if table.key else ""
    said = f", kv_metadata {{vigie: {quoted_text(_said(table))}}}" if table.comment else ""
    chosen = ", ".join(map(quoted_text, months))
    con.execute(
        f"copy (select *, {part} as {_PART} from {quoted_name(name)} where {part} in ({chosen}) {order}) "  # noqa: S608
        f"to {quoted_text(str(home))} (format parquet, compression zstd, partition_by ({_PART}), "
        f"filename_pattern 'data_{{i}}', overwrite_or_ignore{said})"
    )
    for month in months:
        (home / f"{_PART}={month}").rename(home / f"month={month}")


def _said(table: Table) -> str:
    """What a row and each column means, as JSON: DuckDB writes no text beside a single Parquet column."""
    return json.dumps({"comment": table.comment, "columns": dict(table.comments)}, ensure_ascii=False)


def _parquet_home(publication: Publication, name: str, month: str) -> Path:
    generation = publication.path.parent / "generations" / publication.generation
    return generation / PARQUET / name / f"month={month}"


def _link_tree(source: Path, target: Path) -> None:
    target.mkdir()
    for file in source.iterdir():
        os.link(file, target / file.name)
