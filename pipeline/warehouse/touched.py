"""From which day on the raw tables changed since the models were last built."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from pipeline.warehouse.ledger import marks
from pipeline.warehouse.state import transaction

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def touch(con: DuckDBPyConnection, platform: str, account: str, days: Mapping[str, date]) -> None:
    """Write the earliest changed day of each stream, in the caller's transaction."""
    if days:
        con.execute(
            f"insert into ops.touched values {marks(len(days), 4)}",  # noqa: S608 - only question marks
            [value for stream, day in days.items() for value in (platform, account, stream, day)],
        )


def touched(con: DuckDBPyConnection) -> dict[str, date]:
    """Raw table (``raw.facebook_posts``) → earliest day that changed since ``clear_touched``."""
    rows = con.execute("select 'raw.' || platform || '_' || stream, min(day) from ops.touched group by all").fetchall()
    return dict(rows)


def clear_touched(con: DuckDBPyConnection) -> None:
    """The models have seen every change; in the transaction that built them."""
    with transaction(con):
        con.execute("delete from ops.touched")
