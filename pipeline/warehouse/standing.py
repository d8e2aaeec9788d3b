"""Where things stand, for the steps and for people: read from the ledger and the journal."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import duckdb

from pipeline.warehouse.ledger import UnitNight

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipeline.warehouse.journal import Note


def loaded_nights(con: DuckDBPyConnection, platform: str, account: str) -> set[date]:
    """Nights of an account that the ledger knows, also those that gate 1 set aside."""
    rows = con.execute("select night from ops.ledger where platform = ? and account = ?", [platform, account])
    return {night for (night,) in rows.fetchall()}


def successors(con: DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """By platform and id of an account the id of the one that continues it, as the settings say."""
    found = con.execute("select platform, account, continued_by from seed.continued").fetchall()
    return {(platform, old): new for platform, old, new in found}


def platforms(con: DuckDBPyConnection) -> frozenset[str]:
    """The platforms of which the ledger knows any night: all others have nothing to stage."""
    return frozenset(name for (name,) in con.execute("select distinct platform from ops.ledger").fetchall())


def waiting(con: DuckDBPyConnection) -> list[UnitNight]:
    """Unit-nights that were loaded and that gate 1 has not judged yet, oldest first."""
    return con.execute(
        "select platform, account, night from ops.ledger where state = 'loaded' order by night, platform, account"
    ).fetchall()


def newest_night(con: DuckDBPyConnection) -> date | None:
    """The newest night that gate 1 let pass, of any account; None before the first."""
    row = con.execute("select max(night) from ops.ledger where state = 'passed'").fetchone()
    return row[0] if row else None


def newest_night_of(con: DuckDBPyConnection, platform: str, account: str) -> date | None:
    """The newest night of an account that gate 1 let pass; None before the first."""
    row = con.execute(
        "select max(night) from ops.ledger where state = 'passed' and platform = ? and account = ?",
        [platform, account],
    ).fetchone()
    return row[0] if row else None


def newest_states(con: DuckDBPyConnection) -> dict[tuple[str, str], dict[str, Any]]:
    """Platform and account → ``last_night`` (ISO text) in the ledger and its ``state``."""
    rows = con.execute(
        "select platform, account, max(night), max_by(state, night) from ops.ledger group by all order by all"
    ).fetchall()
    return {
        (platform, account): {"last_night": night.isoformat(), "state": state}
        for platform, account, night, state in rows
    }


def last_run(con: DuckDBPyConnection) -> dict[str, Any] | None:
    """The newest night that any step wrote of, and how each of its steps ended; None before the first."""
    rows = con.execute(
        "select night, step, state, seconds, error from quality.run"
        " where night = (select max(night) from quality.run) order by started_at"
    ).fetchall()
    if not rows:
        return None
    steps = {step: f"{state}: {error}" if error else state for _, step, state, _, error in rows}
    return {"night": rows[0][0].isoformat(), "seconds": round(sum(row[3] or 0 for row in rows), 3), **steps}


def set_aside_units(con: DuckDBPyConnection, night: date) -> list[tuple[str, str, str]]:
    """Platform, account and reason of each unit of the night that gate 1 set aside."""
    return con.execute(
        "select platform, account, reason from quality.quarantine where night = ? and stream is null order by all",
        [night],
    ).fetchall()


def failed_steps(con: DuckDBPyConnection, night: date) -> list[tuple[str, str, str | None]]:
    """Step, state and error of each step of the night that did not end as it should."""
    return con.execute(
        "select step, state, error from quality.run where night = ? and state <> 'done' order by started_at", [night]
    ).fetchall()


_FINDINGS: Final = (
    "select kind, null, site, message from core.finding order by all",
    """
    select 'no_forecast', platform, coalesce(account, site), string_agg(reason, '; ' order by metric)
    from kpi.forecast_gap
    group by platform, account, site
    order by all
    """,
)


def findings(con: DuckDBPyConnection) -> list[Note]:
    """What the models could not make sense of (``core.finding``), and what has no forecast (``kpi.forecast_gap``).

    Kind, platform, account or site, message.
    """
    rows: list[Note] = []
    for sql in _FINDINGS:
        with suppress(duckdb.CatalogException):
            rows += con.execute(sql).fetchall()
    return rows


def has_table(con: DuckDBPyConnection, name: str) -> bool:
    """Whether the warehouse has the table ``schema.name``."""
    schema, _, table = name.partition(".")
    found = con.execute(
        "select count(*) from duckdb_tables() where database_name = current_database()"
        " and schema_name = ? and table_name = ?",
        [schema, table],
    ).fetchone()
    return bool(found and found[0])
