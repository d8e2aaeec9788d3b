"""``quality.run``, ``quality.result``, ``quality.note``: what the steps say of a night.

Each writer replaces what the same night and step (or gate) said before, in one transaction (the
caller's, where one is open): a re-run leaves no second row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.warehouse.inserting import insert
from pipeline.warehouse.state import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Note = tuple[str, str | None, str | None, str]
"""Kind, platform, account and message."""


def record_step(
    con: DuckDBPyConnection,
    *,
    night: date,
    step: str,
    state: str,
    rows: int | None,
    seconds: float | None,
    error: str | None,
    started_at: datetime | None,
) -> None:
    """How a step of the night ended. ``started_at`` is UTC without zone."""
    with transaction(con):
        con.execute("delete from quality.run where night = ? and step = ?", [night, step])
        con.execute(
            "insert into quality.run values (?, ?, ?, ?, ?, ?, ?)",
            [night, step, state, rows, seconds, error, started_at],
        )


def record_results(con: DuckDBPyConnection, night: date, gate: int, rows: Sequence[tuple[object, ...]]) -> None:
    """Results of one gate, in the column order of ``quality.result``."""
    with transaction(con):
        con.execute("delete from quality.result where night = ? and gate = ?", [night, gate])
        insert(con, "quality.result", None, rows)


def notes_before(con: DuckDBPyConnection, night: date, step: str) -> list[tuple[date, str | None, str | None, str]]:
    """What a step noted in the nights before: night, platform, account and message."""
    return con.execute(
        "select night, platform, account, message from quality.note where night < ? and step = ? order by all",
        [night, step],
    ).fetchall()


def record_notes(con: DuckDBPyConnection, night: date, step: str, notes: Sequence[Note]) -> None:
    """What a step noticed in the night that a person should know; equal notes are one."""
    with transaction(con):
        con.execute("delete from quality.note where night = ? and step = ?", [night, step])
        insert(con, "quality.note", None, [(night, *note, step) for note in dict.fromkeys(notes)])
