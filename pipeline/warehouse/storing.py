"""One stream of one landed night into its raw table, every record accounted for.

The first night of an account goes straight from the files into the table. Later nights are compared
with the last observation of each key, and only what differs is stored.
"""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.errors import LandingError, SourceChanged
from pipeline.warehouse import comparing, quarantine, reading
from pipeline.warehouse.names import listed
from pipeline.warehouse.task import Stored, Task

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.warehouse.ledger import Counts

# Records that are compared at once: little enough for a small machine.
BATCH_RECORDS = 400_000


def store(con: DuckDBPyConnection, task: Task) -> Stored:
    """Read, judge, compare and insert one stream.

    Raises SourceChanged when one night gives the same key with different content, LandingError
    when the files do not hold the records that the manifest says.
    """
    stored = _store_after_others(con, task) if task.history else _store_first(con, task)
    counts, landed = stored.counts, task.landed.records
    if not counts.landed == counts.accounted == landed:
        raise LandingError(
            f"{task}: {landed} records landed, {counts.loaded} loaded + {counts.unchanged} unchanged + "
            f"{counts.duplicates} duplicates + {counts.quarantined} quarantined = {counts.accounted}"
        )
    return stored


def _store_first(con: DuckDBPyConnection, task: Task) -> Stored:
    """Nothing to compare with: all rows of all files in one pass, whatever their number."""
    stored = Stored()
    records = task.landed.records
    if not records:
        return stored
    how, files = task.how, list(task.files)
    careful = reading.expect(con, how, files, records)
    loaded = _insert(con, task, "all" if careful else "plain")
    if loaded < records and not careful:
        # Before anything is learned of them: what is known to be clean is doubtful no more.
        loaded += _insert(con, task, "doubtful")
        reading.fell_short(con, how, files)
    counts = stored.counts
    counts.loaded = loaded
    if loaded < records:
        counts.quarantined = quarantine.records(con, how, task.stream.name, task.manifest, files)
    counts.landed = counts.loaded + counts.quarantined
    row = con.execute(
        "select count(*), min(first), max(last) from (select min(_day) as first, max(_day) as last"
        f" from {task.table} where _account = $account and _night = $night group by {reading.key_hash(how)})",
        task.here,
    ).fetchone()
    keys, first, last = row or (0, None, None)
    stored.touch(first)
    stored.see(last)
    if keys < loaded:
        settle_duplicates(con, task, counts, f"(select {reading.key_hash(how)} as kh, _hash from {_tonight(task)})")
    return stored


def _insert(con: DuckDBPyConnection, task: Task, which: str) -> int:
    columns = listed(task.how.names)
    row = con.execute(
        f"""insert into {task.table}
        (_account, _night, _day, _run_id, _observed_at, _absent, _hash, _unknown, {columns})
        select $account, $night, {comparing.day_sql(task)}, $run, $observed, false, _hash, _unknown, {columns}
        from ({reading.rows_sql(task.how, which)})""",
        {**task.seal, "files": list(task.files)},
    ).fetchone()
    return int(row[0]) if row else 0


def _store_after_others(con: DuckDBPyConnection, task: Task) -> Stored:
    stored = Stored()
    batches = list(_batches(task.landed.files, task.files))
    vanishing = task.stream.absence_means_deleted and task.landed.absent is None
    if batches or vanishing:
        comparing.remember_last(con, task)
    many = len(batches) != 1
    if many:
        con.execute("create or replace temp table seen (kh ubigint, _hash ubigint)")
    misfits = False
    for records, files in batches:
        found = comparing.compare(con, task, files, records, stored)
        misfits = misfits or found.quarantined > 0
        if many:
            con.execute(f"insert into seen {comparing.SEEN}")
            if found.quarantined:
                con.execute("insert into seen select kh, null from misfit")
        elif found.keys < found.rows:
            settle_duplicates(con, task, stored.counts, f"({comparing.SEEN})")
    if len(batches) > 1:
        settle_duplicates(con, task, stored.counts, "seen")
    if vanishing:
        seen = "seen" if many else f"({comparing.SEEN}{' union all select kh, null from misfit' if misfits else ''})"
        comparing.mark_vanished(con, task, stored, seen)
    return stored


def _batches(parts: Sequence[Mapping[str, object]], files: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Part files in groups of about ``BATCH_RECORDS`` records, with the records each group holds."""
    group: list[str] = []
    total = 0
    for part, file in zip(parts, files, strict=True):
        records = int(str(part["records"]))
        if group and total + records > BATCH_RECORDS:
            yield total, group
            group, total = [], 0
        group.append(file)
        total += records
    if total:
        yield total, group


def settle_duplicates(con: DuckDBPyConnection, task: Task, counts: Counts, seen: str) -> None:
    """Equal duplicates of a key: one stays. Different content under one key: nobody knows which is true.

    ``seen`` has a row (``kh``, ``_hash``) for each row that was read; ``_hash`` is NULL for misfits.
    """
    row = con.execute(
        "select count(*), coalesce(sum(n), 0), count(*) filter (where conflict), min(kh) filter (where conflict)"
        f" from (select kh, count(*) as n, min(_hash) <> max(_hash) as conflict from {seen} where _hash is not null"
        " group by kh having count(*) > 1)",
        task.here if "$" in seen else {},
    ).fetchone()
    twice, rows, conflicts, example = row or (0, 0, 0, None)
    key = listed(task.stream.key)
    if conflicts:
        which = con.execute(
            f"select {key} from {_tonight(task)} and {reading.key_hash(task.how)} = $example limit 1",
            {**task.here, "example": example},
        ).fetchone()
        raise SourceChanged(
            f"{task}: {conflicts} records came twice with different content in one night, for example {which}"
        )
    if not twice:
        return
    removed = con.execute(
        f"delete from {task.table} where _account = $account and _night = $night and rowid in (select rowid from ("
        f"select rowid, row_number() over (partition by {key} order by _unknown, rowid) as nth from {_tonight(task)})"
        " where nth > 1)",
        task.here,
    ).fetchone()
    gone = int(removed[0]) if removed else 0
    counts.duplicates = rows - twice
    counts.loaded -= gone
    counts.unchanged -= counts.duplicates - gone


def _tonight(task: Task) -> str:
    return f"{task.table} where _account = $account and _night = $night"
