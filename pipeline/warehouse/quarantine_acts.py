"""What stands in quarantine, by an id that people can name, and the log of what they did about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal

from pipeline.warehouse.inserting import insert
from pipeline.warehouse.standing import has_table
from pipeline.warehouse.state import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Act = Literal["released", "dropped"]

# The same record of the same night has the same id, however often it is read again.
_ENTRIES: Final = """
    with entries as (
        select
            left(md5(concat_ws(chr(31), night, platform, account, coalesce(stream, ''), reason,
                coalesce(record_hash, ''), coalesce(landing_file, ''), coalesce(line, 0))), 10) as id,
            night, platform, account, stream, reason, record_hash, landing_file, line, rows
        from quality.quarantine
    ),
    last_acts as (
        select id, arg_max(act, nth) as act, arg_max(acted_at, nth) as acted_at from {log} group by id
    )
    select
        entries.id, night, platform, account, stream, reason, record_hash, landing_file, line, rows,
        case when last_acts.act = 'dropped' then last_acts.acted_at end as dropped_at
    from entries left join last_acts on entries.id = last_acts.id
    order by night desc, platform, account, stream nulls first, reason, landing_file, line
"""


# A warehouse of an older version has no log until something is written.
_NO_LOG: Final = "(select null::varchar as id, null::varchar as act, null::timestamp as acted_at, 0 as nth where false)"


@dataclass(frozen=True)
class Entry:
    """One thing that was set aside: a record of a stream, or a whole unit-night where ``stream`` is None.

    ``rows`` are the records it stands for. ``dropped_at`` is UTC without zone; None while nobody dropped it.
    """

    id: str
    night: date
    platform: str
    account: str
    stream: str | None
    reason: str
    record_hash: str | None
    landing_file: str | None
    line: int | None
    rows: int
    dropped_at: datetime | None

    @property
    def unit(self) -> tuple[str, str, date]:
        return self.platform, self.account, self.night

    def tells_of_the_same_as(self, other: Entry) -> bool:
        """Whether the other tells of the same record, or whole night, perhaps out of another run."""
        return (self.unit, self.stream, self.record_hash) == (other.unit, other.stream, other.record_hash) and (
            self.record_hash is not None or self.reason == other.reason
        )


@dataclass(frozen=True)
class Acted:
    """One line of the log. ``outcome`` says what came of the act."""

    id: str
    act: str
    acted_at: datetime
    person: str
    reason: str
    platform: str
    account: str
    night: date
    stream: str | None
    rows: int
    outcome: str


def quarantined(con: DuckDBPyConnection) -> list[Entry]:
    """Everything that stands in quarantine, newest night first."""
    # lines are only added, and two may bear the same time
    log = "(select *, rowid as nth from ops.quarantine_act)" if has_table(con, "ops.quarantine_act") else _NO_LOG
    return [Entry(*row) for row in con.execute(_ENTRIES.format(log=log)).fetchall()]


def acts(con: DuckDBPyConnection, identity: str | None = None) -> list[Acted]:
    """The log, newest act first; that of one id, where it is given."""
    if not has_table(con, "ops.quarantine_act"):
        return []
    rows = con.execute(
        "select id, act, acted_at, person, reason, platform, account, night, stream, rows, outcome"
        " from ops.quarantine_act where $id is null or id = $id order by rowid desc",
        {"id": identity},
    ).fetchall()
    return [Acted(*row) for row in rows]


def write_act(
    con: DuckDBPyConnection, entry: Entry, act: Act, *, person: str, reason: str, outcome: str, at: datetime
) -> None:
    """One more line of the log, which is never changed; ``at`` is UTC without zone."""
    with transaction(con):
        insert(
            con,
            "ops.quarantine_act",
            None,
            [(entry.id, act, at, person, reason, *entry.unit, entry.stream, entry.rows, outcome)],
        )
