"""A landed night against the last observation of each key: what changed, what is new, what vanished.

Temporary tables: ``last`` (the last observation of each key of the account), ``stage`` (what was
read, narrow: only rows that changed keep their text, from which they are stored).
"""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipeline.errors import LandingError
from pipeline.warehouse import quarantine, reading
from pipeline.warehouse.names import listed
from pipeline.warehouse.task import Stored, Task

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The key (as a number) and the content of every row that was read.
SEEN = "select kh, _hash from stage"


@dataclass(frozen=True)
class Found:
    """What is in ``stage``. ``strangers``: rows without a recent observation that may have an older one."""

    rows: int
    keys: int
    changed: int
    strangers: int
    touched: date | None
    newest_day: date | None
    quarantined: int = 0


def day_sql(task: Task) -> str:
    """The record's reporting day; where it has none, the night. Takes the parameter ``$night``."""
    return f"coalesce(try(cast(({task.stream.day}) as date)), $night)"


def remember_last(con: DuckDBPyConnection, task: Task) -> None:
    """The last observation of each key since the window began: a scan of recent nights only."""
    con.execute(
        f"create or replace temp table last as {_last_sql(task, 'r._night >= $since and r._night < $night')}",
        {**task.here, "since": task.manifest.unit.window.since},
    )


def compare(con: DuckDBPyConnection, task: Task, files: Sequence[str], records: int, stored: Stored) -> Found:
    """Read ``files``, store what differs from ``last``, add to ``stored``; ``stage`` stays for the caller."""
    how = task.how
    careful = reading.expect(con, how, files, records)
    read = {"night": task.manifest.unit.night, "files": list(files)}
    con.execute(f"create or replace temp table stage as {_stage_sql(task, 'all' if careful else 'plain')}", read)
    found = _measure(con, task)
    if found.rows < records and not careful:
        con.execute(f"insert into stage {_stage_sql(task, 'doubtful')}", read)
        reading.fell_short(con, how, files)
        found = _measure(con, task)
    if found.strangers and _meet_strangers(con, task):
        found = _measure(con, task)
    quarantined = 0
    if found.rows < records:
        quarantined = quarantine.records(con, how, task.stream.name, task.manifest, files)
    if found.rows + quarantined != records:
        raise LandingError(f"{task}: {found.rows + quarantined} records are in files that should hold {records}")
    counts = stored.counts
    counts.landed += records
    counts.loaded += _insert(con, task) if found.changed else 0
    counts.unchanged += found.rows - found.changed
    counts.quarantined += quarantined
    stored.touch(found.touched)
    stored.see(found.newest_day)
    return Found(**{**found.__dict__, "quarantined": quarantined})


def mark_vanished(con: DuckDBPyConnection, task: Task, stored: Stored, seen: str) -> None:
    """A record whose day was read and which the answer lacks is gone: its last values, marked absent.

    ``seen`` has the key of every record as ``kh``. One that cannot even be read for its key may be any
    of them: its NULL makes ``not in`` true of none, so nothing is said to be deleted.
    """
    how, window = task.how, task.manifest.unit.window
    columns = listed(how.names)
    row = con.execute(
        f"""insert into {task.table}
        (_account, _night, _day, _run_id, _observed_at, _absent, _hash, _unknown, {columns})
        select $account, $night, r._day, $run, $observed, true, r._hash, r._unknown, {listed(how.names, "r.")}
        from last l join {task.table} r on r._night = l._night and {reading.key_hash(how, "r.")} = l.kh
        where r._account = $account and r._night >= $since
            and not l._absent and l._day between $since and $until and l.kh not in (select kh from {seen})""",
        {**task.seal, "since": window.since, "until": window.until},
    ).fetchone()
    if row and row[0]:
        first = con.execute(
            f"select min(_day) from {task.table} where _account = $account and _night = $night and _absent", task.here
        ).fetchone()
        stored.touch(first[0] if first else None)


def _last_sql(task: Task, nights: str, only: str = "") -> str:
    # The key as one number: content is compared as well, and that has the key in it.
    return f"""select {reading.key_hash(task.how, "r.")} as kh, max(r._night) as _night,
        max_by(r._hash, r._night) as _hash, max_by(r._absent, r._night) as _absent, max_by(r._day, r._night) as _day
        from {task.table} r {only} where r._account = $account and {nights} group by kh"""


def _stage_sql(task: Task, which: str) -> str:
    how = task.how
    return f"""select {listed(how.key, "s.")}, s.kh, s._hash, s._day, s._unknown,
            l._hash is null as _stranger, l._day as _day_before,
            l._hash is null or l._absent or l._hash <> s._hash as _changed,
            case when l._hash is null or l._absent or l._hash <> s._hash then s.json end as _json
        from (
            select *, {reading.key_hash(how)} as kh, {day_sql(task)} as _day from ({reading.rows_sql(how, which)})
        ) s left join last l on l.kh = s.kh"""


def _measure(con: DuckDBPyConnection, task: Task) -> Found:
    """Everything that must be known of ``stage`` before it is stored, in one query."""
    # What is read by its own day, or dated by its key, was never seen before that day.
    dated = task.stream.absence_means_deleted or task.how.dated_by_key
    old = "_day < $since" if dated else "true"
    row = con.execute(
        f"""select count(*), count(distinct kh), count(*) filter (where _changed),
            count(*) filter (where _stranger and {old}),
            min(least(_day, _day_before)) filter (where _changed), max(_day)
        from stage""",
        {"since": task.manifest.unit.window.since} if dated else {},
    ).fetchone()
    if row is None:
        raise LandingError(f"{task}: nothing could be counted")
    return Found(*row)


def _meet_strangers(con: DuckDBPyConnection, task: Task) -> int:
    """Compare rows of ``stage`` that were not seen since the window began with all of the past.

    Returns how many were seen before.
    """
    keys = listed(task.stream.key)
    only = f"semi join (select {keys} from stage where _stranger) using ({keys})"
    row = con.execute(
        "update stage set _changed = o._absent or o._hash <> stage._hash, _day_before = o._day"
        f" from ({_last_sql(task, 'r._night < $since', only)}) o where _stranger and o.kh = stage.kh",
        {"account": task.manifest.unit.account, "since": task.manifest.unit.window.since},
    ).fetchone()
    return int(row[0]) if row else 0


def _insert(con: DuckDBPyConnection, task: Task) -> int:
    how = task.how
    columns = listed(how.names)
    row = con.execute(
        f"""insert into {task.table}
        (_account, _night, _day, _run_id, _observed_at, _absent, _hash, _unknown, {columns})
        select $account, $night, _day, $run, $observed, false, _hash, _unknown, {listed(how.names, "s.")}
        from (select _day, _hash, _unknown, json_transform(_json, {how.shape}) as s from stage where _changed)""",
        task.seal,
    ).fetchone()
    return int(row[0]) if row else 0
