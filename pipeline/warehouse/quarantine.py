"""``quality.quarantine``: what was kept out of the raw tables, why, and where to find it."""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.warehouse.reading import Reading, misfits_sql

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest

# Records with a row of their own per file and reason; the rest of a reason is one row with a count.
_MOST_LINES = 1000


def records(con: DuckDBPyConnection, how: Reading, stream: str, manifest: Manifest, files: Sequence[str]) -> int:
    """Write down what is no row in ``files``, each with its line. Returns how many.

    The temporary table ``misfit`` then holds the keys (``kh``) of these records, NULL where a key
    cannot be read.
    """
    unit = manifest.unit
    con.execute(
        "create or replace temp table misfit (filename varchar, line bigint, json json, _reason varchar, kh ubigint)"
    )
    for file in files:
        # One file at a time: a row's number in it is its line only when nothing else is read.
        source = (
            "(select json, filename, row_number() over () as line"
            " from read_ndjson_objects($files, filename = true, ignore_errors = true))"
        )
        con.execute(f"insert into misfit {misfits_sql(how, source)}", {"files": [file]})
    con.execute(
        f"""insert into quality.quarantine
        with numbered as (
            select *, row_number() over (partition by filename, _reason order by line) as nth from misfit
        )
        select $night, $platform, $account, $stream, _reason, md5(json::varchar), filename, line, 1
        from numbered where nth <= {_MOST_LINES}
        union all
        select $night, $platform, $account, $stream, _reason, null, filename, null, count(*)
        from numbered where nth > {_MOST_LINES} group by _reason, filename""",
        {"night": unit.night, "platform": unit.platform, "account": unit.account, "stream": stream},
    )
    row = con.execute("select count(*) from misfit").fetchone()
    return int(row[0]) if row else 0


def unit(con: DuckDBPyConnection, platform: str, account: str, night: date, reason: str, rows: int) -> None:
    """Write down that a whole unit-night was set aside."""
    con.execute(
        "insert into quality.quarantine values (?, ?, ?, null, ?, null, null, null, ?)",
        [night, platform, account, reason, rows],
    )


def forget(con: DuckDBPyConnection, platform: str, account: str, nights: Sequence[date]) -> None:
    """Remove what was written of these nights of an account: they are about to be read again."""
    con.execute(
        "delete from quality.quarantine where platform = ? and account = ?"
        f" and night in ({', '.join('?' * len(nights))})",
        [platform, account, *nights],
    )
