"""``quality.quarantine``: what was kept out of the raw tables, why, and where to find it."""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest

# Rows with a line of their own per stream and night; the rest of a reason is one row with a count.
_MOST_LINES = 1000


def records(con: DuckDBPyConnection, stream: str, manifest: Manifest, files: Sequence[str]) -> None:
    """Write down the rows of ``stage`` that have a reason, each with its file and line."""
    unit = manifest.unit
    con.execute(
        f"""insert into quality.quarantine
        with bad as (
            select _file, coalesce(_json::varchar, '') as json, _reason from stage where _reason is not null
        ),
        line as (
            select filename as _file, coalesce(json::varchar, '') as json,
                row_number() over (partition by filename order by nth) as line
            from (
                select filename, json, row_number() over () as nth
                from read_ndjson_objects($files, filename = true, ignore_errors = true)
            )
        ),
        named as (
            select _reason, md5(json) as record_hash, _file, line,
                row_number() over (partition by _reason order by _file, line) as nth
            from line join (select distinct * from bad) using (_file, json)
        )
        select $night, $platform, $account, $stream, _reason, record_hash, _file, line, 1
        from named where nth <= {_MOST_LINES}
        union all
        select $night, $platform, $account, $stream, _reason, null, null, null, count(*)
        from named where nth > {_MOST_LINES} group by _reason""",
        {
            "files": list(files),
            "night": unit.night,
            "platform": unit.platform,
            "account": unit.account,
            "stream": stream,
        },
    )


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
