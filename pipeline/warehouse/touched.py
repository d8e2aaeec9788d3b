"""From which day on the raw tables changed since the models were last built."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.warehouse.inserting import insert
from pipeline.warehouse.state import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def touch(con: DuckDBPyConnection, days: Sequence[tuple[str, str, str, date]]) -> None:
    """Write platform, account, stream and the earliest day that changed, in the caller's transaction."""
    insert(con, "ops.touched", None, days)


def touched(con: DuckDBPyConnection) -> dict[str, date]:
    """Raw table (``raw.facebook_posts``) → earliest day that changed since ``clear_touched``."""
    rows = con.execute("select 'raw.' || platform || '_' || stream, min(day) from ops.touched group by all").fetchall()
    return dict(rows)


def clear_touched(con: DuckDBPyConnection) -> None:
    """The models have seen every change; in the transaction that built them."""
    with transaction(con):
        con.execute("delete from ops.touched")
