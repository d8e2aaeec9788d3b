"""Names in SQL: quoted, so that any platform's field name is only ever a name."""

from __future__ import annotations

from collections.abc import Iterable

# What the warehouse itself knows of each observation, before the stream's own columns.
OWN_COLUMNS = {
    "_account": "VARCHAR",
    "_night": "DATE",
    "_day": "DATE",
    "_run_id": "VARCHAR",
    "_observed_at": "TIMESTAMP",
    "_absent": "BOOLEAN",
    "_hash": "UBIGINT",
    "_unknown": "JSON",
}


def quoted(name: str) -> str:
    """``name`` as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """``value`` as a SQL string."""
    return "'" + value.replace("'", "''") + "'"


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Identifiers with commas between, each with ``prefix`` (a table's alias) before it."""
    return ", ".join(f"{prefix}{quoted(name)}" for name in names)


def raw_table(platform: str, stream: str) -> str:
    """The raw table of a stream, quoted: ``raw."facebook_posts"``."""
    return f"raw.{quoted(f'{platform}_{stream}')}"
