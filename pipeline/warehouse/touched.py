"""From which day, and from which night on, the raw tables changed since the models were last built."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.warehouse.inserting import insert
from pipeline.warehouse.state import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def touch(con: DuckDBPyConnection, days: Sequence[tuple[str, str, str, date, date]]) -> None:
    """Write platform, account, stream, the earliest day that changed and the night that tells of it.

    In the caller's transaction.
    """
    insert(con, "ops.touched", None, days)


def touched(con: DuckDBPyConnection) -> dict[str, date]:
    """Raw table (``raw.facebook_posts``) → earliest day that changed since ``clear_touched``."""
    rows = con.execute("select 'raw.' || platform || '_' || stream, min(day) from ops.touched group by all").fetchall()
    return dict(rows)


def touched_nights(con: DuckDBPyConnection) -> dict[str, date]:
    """Raw table → earliest night with observations that came or went since ``clear_touched``, where it is known."""
    rows = con.execute(
        "select 'raw.' || platform || '_' || stream, min(night) from ops.touched group by all"
        " having count(night) = count(*)"
    ).fetchall()
    return dict(rows)


def clear_touched(con: DuckDBPyConnection) -> None:
    """The models have seen every change; in the transaction that built them."""
    with transaction(con):
        con.execute("delete from ops.touched")
