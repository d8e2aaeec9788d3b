"""The DuckDB file of a publication: written aside, closed, opened again and compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import PublishError
from pipeline.publish.content import Table, checksum, quoted, quoted_name, quoted_text
from pipeline.publish.generations import Content, Publication

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STORAGE_VERSION = "v1.0.0"
READ_ONLY = 0o444


class ContentDiffersError(PublishError):
    """The file does not hold the rows that were measured."""


def build(con: DuckDBPyConnection, file: Path, tables: Mapping[str, Table], draft: Publication) -> None:
    con.execute(f"attach {quoted_text(str(file))} as publication (storage_version '{STORAGE_VERSION}')")
    try:
        con.begin()
        try:
            _copy(con, tables, draft)
            con.commit()
        except BaseException:
            con.rollback()
            raise
        con.execute("checkpoint publication")
    finally:
        con.execute("detach publication")
    verify(con, file, draft.content)
    file.chmod(READ_ONLY)


def _copy(con: DuckDBPyConnection, tables: Mapping[str, Table], draft: Publication) -> None:
    for schema in sorted({name.partition(".")[0] for name in tables}):
        con.execute(f"create schema publication.{schema}")
    for name in tables:
        con.execute(f"create table publication.{quoted_name(name)} as select * from {quoted_name(name)}")  # noqa: S608
        _describe(con, f"publication.{quoted_name(name)}", tables[name])
    con.execute(
        "create table publication._publish as select ?::varchar as generation, ?::date as night, "
        "?::varchar as code_version, ?::timestamp as published_at, ?::integer as tables, ?::bigint as rows",
        [
            draft.generation,
            draft.night,
            draft.code_version,
            draft.published_at,
            len(tables),
            sum(draft.rows.values()),
        ],
    )


def _describe(con: DuckDBPyConnection, relation: str, table: Table) -> None:
    """What a row is and what each column means, where drivers and BI tools look for it."""
    said = [f"comment on table {relation} is {quoted_text(table.comment)}"] if table.comment else []
    for column, comment in table.comments.items():
        said.append(f"comment on column {relation}.{quoted(column)} is {quoted_text(comment)}")
    if said:
        con.execute(";".join(said))


def verify(con: DuckDBPyConnection, file: Path, content: Content) -> None:
    """Compare row counts and checksums of a closed file with what it should hold."""
    if file.with_name(file.name + ".wal").exists():
        raise PublishError(f"{file}: a write-ahead log lies beside the file, so it was not closed; publish again")
    con.execute(f"attach {quoted_text(str(file))} as candidate (read_only)")
    try:
        for table, months in content.items():
            found = sum(count for count, _ in months.values())
            expected = sum(int(total) for _, total in months.values())
            if checksum(con, f"candidate.{quoted_name(table)}") != (found, expected):
                raise ContentDiffersError(f"{file}: {table} differs from the warehouse; publish again")
    finally:
        con.execute("detach candidate")
