"""What is known of incidents and messages: one small SQLite file in ``[paths] state``.

Not in the warehouse: that has one writer, and people must be told while it is held, broken, or not there. Every change
is one transaction, and is on disk when it returns: what is decided and the messages of it come together or not at all.

An incident is open until ``ended_at``; at most one of a key is. A message is ``due``, ``sending`` (a process has it in
hand), ``delivered``, ``superseded`` by a newer digest, or ``given_up``; of one mark and channel there is one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from pipeline.errors import ConfigError

FILE: Final = "alerts.sqlite"
# How long a process waits for another that writes: each does so for milliseconds.
_PATIENCE: Final = 30.0

_TABLES: Final = """
create table if not exists incident (
    id integer primary key autoincrement, key text not null, rule text not null, severity text not null,
    owner text not null, what text not null, look text not null, detail text, touches text, cause text,
    began_night text not null, began_on text not null, began_at text not null, last_night text not null,
    told_on text, acked_by text, acked_at text, snoozed_until text, ended_night text, ended_at text
);
create unique index if not exists one_open on incident (key) where ended_at is null;
create table if not exists message (
    id integer primary key autoincrement, mark text not null, channel text not null, kind text not null,
    severity text not null, title text not null, body text not null, incidents text not null,
    written_at text not null, state text not null default 'due', attempts integer not null default 0,
    next_at text not null, error text, delivered_at text, stands_in_for text,
    unique (mark, channel)
);
create table if not exists told (night text primary key, at text not null);
create table if not exists beat (name text primary key, at text not null);
"""


@dataclass(frozen=True)
class Incident:
    """One row: what is wrong since when, and what people did about it. Days and times are ISO texts, in UTC."""

    id: int
    key: str
    rule: str
    severity: str
    owner: str
    what: str
    look: str
    detail: str | None
    touches: str | None
    cause: str | None
    began_night: str
    began_on: str
    began_at: str
    last_night: str
    told_on: str | None
    acked_by: str | None
    acked_at: str | None
    snoozed_until: str | None
    ended_night: str | None
    ended_at: str | None

    @property
    def began_day(self) -> date:
        return date.fromisoformat(self.began_on)


@dataclass(frozen=True)
class Written:
    """One message to one channel, and what has become of it."""

    id: int
    mark: str
    channel: str
    kind: str
    severity: str
    title: str
    body: str
    incidents: str
    written_at: str
    state: str
    attempts: int
    next_at: str
    error: str | None
    delivered_at: str | None
    stands_in_for: str | None


Row = TypeVar("Row", Incident, Written)


def stamp(moment: datetime) -> str:
    """An instant as the file keeps it: texts that sort as the instants do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """An open file. Reading needs nothing; writing happens inside ``change``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.con = connection

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which begins by being the only one that writes."""
        self.con.execute("begin immediate")
        try:
            yield self.con
        except BaseException:
            self.con.execute("rollback")
            raise
        self.con.execute("commit")

    def incidents(self, where: str = "true", *values: object) -> list[Incident]:
        return self._all(Incident, "incident", where, values)

    def messages(self, where: str = "true", *values: object) -> list[Written]:
        return self._all(Written, "message", where, values)

    def value(self, sql: str, *values: object) -> Any:
        row = self.con.execute(sql, values).fetchone()
        return row[0] if row else None

    def _all(self, kind: type[Row], table: str, where: str, values: tuple[object, ...]) -> list[Row]:
        columns = ", ".join(field.name for field in fields(kind))
        found = self.con.execute(f"select {columns} from {table} where {where} order by id", values)  # noqa: S608 - ours
        return [kind(*row) for row in found]


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """The store in the folder of the state, made where it is not there. ConfigError where it cannot be."""
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(f"{file}: alerts cannot be kept there ({error}); see [paths] state") from error
    try:
        try:
            # No file beside it: the folder may be a network's.
            connection.execute("pragma journal_mode = delete")
            connection.execute("pragma synchronous = full")
            connection.executescript(_TABLES)
        except sqlite3.Error as error:
            raise ConfigError(f"{file}: cannot be used ({error}): move it away to begin anew") from error
        yield Store(connection)
    finally:
        connection.close()
