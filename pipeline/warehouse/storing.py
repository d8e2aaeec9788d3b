"""``stage`` → raw table: only what differs from the last observation, and what has vanished."""

# ruff: noqa: S608 - names are quoted in names.py, values are parameters

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipeline.errors import LandingError, SourceChanged
from pipeline.warehouse import quarantine, reading
from pipeline.warehouse.ledger import Counts, instant
from pipeline.warehouse.names import listed, quoted, raw_table
from pipeline.warehouse.reading import Reading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.streams import Manifest, Stream, StreamFiles

# Records that are typed at once: enough for all cores, little enough for a small machine.
BATCH_RECORDS = 400_000


@dataclass
class Stored:
    """What storing one stream of one night did. ``touched`` is the earliest day that changed."""

    counts: Counts
    touched: date | None = None
    newest_day: date | None = None


@dataclass(frozen=True)
class Task:
    """One stream of one landed unit-night. ``history``: the account has earlier nights here."""

    stream: Stream
    manifest: Manifest
    files: tuple[str, ...]
    history: bool

    @property
    def table(self) -> str:
        return raw_table(self.manifest.unit.platform, self.stream.name)

    @property
    def landed(self) -> StreamFiles:
        return self.manifest.streams[self.stream.name]

    def __str__(self) -> str:
        unit = self.manifest.unit
        return f"{unit.platform} {unit.account} {unit.night} {self.stream.name}"


def store(con: DuckDBPyConnection, task: Task) -> Stored:
    """Read, judge, compare and insert one stream; every record is accounted for or it raises.

    Raises SourceChanged when one night gives the same key with different content, LandingError
    when the files do not hold the records that the manifest says.
    """
    stored = Stored(Counts())
    batches = list(_batches(task.landed.files, task.files))
    how = Reading.of(task.stream)
    alone = len(batches) == 1
    if task.history:
        _last(con, task, how)
    if not alone:
        con.execute("create or replace temp table seen (kh ubigint, _hash ubigint, _lost boolean)")
    for records, files in batches:
        found = _store_batch(con, task, records, files, stored)
        if not alone:
            con.execute(f"insert into seen {_seen_sql(how)}")
        elif found.keys < found.valid:
            con.execute(f"create or replace temp table seen as {_seen_sql(how)}")
            _settle_duplicates(con, task, stored.counts)
    if len(batches) > 1:
        _settle_duplicates(con, task, stored.counts)
    if task.stream.absence_means_deleted and task.history and task.landed.absent is None:
        _mark_vanished(con, task, stored, f"({_seen_sql(how)})" if alone else "seen")
    _account_for(task, stored.counts)
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


def _store_batch(con: DuckDBPyConnection, task: Task, records: int, files: list[str], stored: Stored) -> _Found:
    """One batch into the raw table; what was found in it is added to ``stored``."""
    how = Reading.of(task.stream)
    reading.stage(con, how, files, task.manifest.unit.night)
    found = _measure(con, task, how)
    if found.doubtful:
        reading.judge(con, how)
        found = _measure(con, task, how)
    if found.rows != records:
        raise LandingError(f"{task}: the files hold {found.rows} records, their manifest says {records}")
    if found.strangers:
        _older(con, task, how)
        found = _measure(con, task, how)
    if found.quarantined:
        quarantine.records(con, task.stream.name, task.manifest, files)
    loaded = _insert(con, task, how) if found.changed else 0
    stored.counts.add(Counts(records, loaded, found.valid - found.changed, 0, found.quarantined))
    stored.touched = _earliest(stored.touched, found.touched)
    stored.newest_day = max(filter(None, (stored.newest_day, found.newest_day)), default=None)
    return found


def _seen_sql(how: Reading) -> str:
    """The key of every row of ``stage`` as one number, NULL where it cannot be read."""
    readable = " and ".join(f"{quoted(key)} is not null" for key in how.key)
    return (
        f"select case when {readable} then {reading.key_hash(how)} end as kh, _hash,"
        " _reason is not null as _lost from stage"
    )


@dataclass(frozen=True)
class _Found:
    """What is in ``stage``. ``strangers``: rows without a last observation that may yet have one."""

    rows: int
    doubtful: int
    quarantined: int
    keys: int
    changed: int
    strangers: int
    touched: date | None
    newest_day: date | None

    @property
    def valid(self) -> int:
        return self.rows - self.quarantined


_CHANGED = "_reason is null and (l._hash is null or l._absent or l._hash <> s._hash)"


def _measure(con: DuckDBPyConnection, task: Task, how: Reading) -> _Found:
    """Everything that must be known of the batch before it is stored, in one query."""
    strangers, before = "0", "s._day"
    changed = "_reason is null"
    if task.history:
        # A stream that is read by its own day cannot have an observation older than its window.
        recent = "s._day < $since" if task.stream.absence_means_deleted else "true"
        strangers = f"count(*) filter (where _reason is null and l._hash is null and {recent})"
        changed, before = _CHANGED, "least(s._day, l._day)"
    parameters = {"since": task.manifest.unit.window.since} if "$since" in strangers else {}
    row = con.execute(
        f"""select count(*), count(_file), count(_reason),
            count(distinct {reading.key_hash(how, "s.")}) filter (where _reason is null),
            count(*) filter (where {changed}), {strangers},
            min({before}) filter (where {changed}), max(s._day) filter (where _reason is null)
        from stage s {_joined(how) if task.history else ""}""",
        parameters,
    ).fetchone()
    if row is None:
        raise LandingError(f"{task}: nothing could be counted")
    return _Found(*row)


def _joined(how: Reading) -> str:
    return "left join last l on " + " and ".join(f"l.{quoted(k)} = s.{quoted(k)}" for k in how.key)


def _last(con: DuckDBPyConnection, task: Task, how: Reading) -> None:
    """The last observation of each key since the window began: a scan of recent nights only."""
    con.execute(
        f"create or replace temp table last as {_last_sql(task, how, 'r._night >= $since and r._night < $night')}",
        {**_bounds(task), "night": task.manifest.unit.night},
    )


def _older(con: DuckDBPyConnection, task: Task, how: Reading) -> None:
    """The same for records of ``stage`` that were not seen since then, from all of the past."""
    same = " and ".join(f"l.{quoted(k)} = s.{quoted(k)}" for k in how.key)
    new = f"select {listed(how.key)} from stage s where _reason is null and not exists (from last l where {same})"
    con.execute(
        f"insert into last {_last_sql(task, how, 'r._night < $since', f'semi join ({new}) using ({listed(how.key)})')}",
        _bounds(task),
    )


def _last_sql(task: Task, how: Reading, nights: str, only: str = "") -> str:
    keys = listed(how.key, "r.")
    return f"""select {keys}, max(r._night) as _night, max_by(r._hash, r._night) as _hash,
        max_by(r._absent, r._night) as _absent, max_by(r._day, r._night) as _day
        from {task.table} r {only} where r._account = $account and {nights} group by {keys}"""


def _bounds(task: Task) -> dict[str, object]:
    unit = task.manifest.unit
    return {"account": unit.account, "since": unit.window.since}


def _insert(con: DuckDBPyConnection, task: Task, how: Reading) -> int:
    unit, columns = task.manifest.unit, listed(how.names)
    changed, joined = (_CHANGED, _joined(how)) if task.history else ("_reason is null", "")
    row = con.execute(
        f"""insert into {task.table}
        (_account, _night, _day, _run_id, _observed_at, _absent, _hash, _unknown, {columns})
        select ?, ?, s._day, ?, ?, false, s._hash, s._unknown, {listed(how.names, "s.")}
        from stage s {joined} where {changed}""",
        [unit.account, unit.night, task.manifest.run_id, instant(task.manifest.observed_at)],
    ).fetchone()
    return int(row[0]) if row else 0


def _settle_duplicates(con: DuckDBPyConnection, task: Task, counts: Counts) -> None:
    """Equal duplicates of a key: one stays. Different content under one key: nobody knows which is true."""
    row = con.execute(
        "select count(*), coalesce(sum(n), 0), count(*) filter (where conflict), min(kh) filter (where conflict)"
        " from (select kh, count(*) as n, min(_hash) <> max(_hash) as conflict from seen where not _lost group by kh"
        " having count(*) > 1)"
    ).fetchone()
    twice, rows, conflicts, example = row or (0, 0, 0, None)
    unit, key = task.manifest.unit, listed(task.stream.key)
    here = {"account": unit.account, "night": unit.night}
    if conflicts:
        which = con.execute(
            f"select {key} from {task.table} where _account = $account and _night = $night"
            f" and {reading.key_hash(Reading.of(task.stream))} = $example limit 1",
            {**here, "example": example},
        ).fetchone()
        raise SourceChanged(
            f"{task}: {conflicts} records came twice with different content in one night, for example {which}"
        )
    if not twice:
        return
    removed = con.execute(
        f"delete from {task.table} where _account = $account and _night = $night and rowid in (select rowid from ("
        f" select rowid, row_number() over (partition by {key} order by _unknown, rowid) as nth"
        f" from {task.table} where _account = $account and _night = $night) where nth > 1)",
        here,
    ).fetchone()
    gone = int(removed[0]) if removed else 0
    counts.duplicates = rows - twice
    counts.loaded -= gone
    counts.unchanged -= counts.duplicates - gone


def _mark_vanished(con: DuckDBPyConnection, task: Task, stored: Stored, seen: str) -> None:
    """A record whose day was read and which the answer lacks is gone: its last values, marked absent.

    A record that cannot even be read for its key may be any of them: its NULL in ``seen`` makes
    ``not in`` true of none, so nothing is said to be deleted.
    """
    how, unit = Reading.of(task.stream), task.manifest.unit
    columns = listed(how.names)
    on = " and ".join(f"r.{quoted(k)} = l.{quoted(k)}" for k in how.key)
    row = con.execute(
        f"""insert into {task.table}
        (_account, _night, _day, _run_id, _observed_at, _absent, _hash, _unknown, {columns})
        select r._account, $night, r._day, $run, $observed, true, r._hash, r._unknown, {listed(how.names, "r.")}
        from last l join {task.table} r on r._account = $account and r._night = l._night and r._night >= $since and {on}
        where not l._absent and l._day between $since and $until
            and {reading.key_hash(how, "l.")} not in (select kh from {seen})""",
        {
            **_bounds(task),
            "night": unit.night,
            "until": unit.window.until,
            "run": task.manifest.run_id,
            "observed": instant(task.manifest.observed_at),
        },
    ).fetchone()
    if row and row[0]:
        touched = con.execute(
            f"select min(_day) from {task.table} where _account = ? and _night = ? and _absent",
            [unit.account, unit.night],
        ).fetchone()
        stored.touched = _earliest(stored.touched, touched[0] if touched else None)


def _account_for(task: Task, counts: Counts) -> None:
    if not counts.landed == counts.accounted == task.landed.records:
        raise LandingError(
            f"{task}: {task.landed.records} records landed, {counts.loaded} loaded + {counts.unchanged} unchanged + "
            f"{counts.duplicates} duplicates + {counts.quarantined} quarantined = {counts.accounted}"
        )


def _earliest(*days: date | None) -> date | None:
    return min(filter(None, days), default=None)
