"""Write a table of the truth to a file that others can compare with: Parquet or CSV."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pipeline.simulator.truth.table import Table

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS: Final = ("parquet", "csv")
# What a spreadsheet takes for the beginning of a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write(table: Table, format_: Literal["parquet", "csv"], out: Path) -> Path:
    """Write ``table`` to ``out`` and return it. ValueError for another format.

    In CSV an absent value is an empty field, a list is joined by blanks, an instant is ISO UTC, and a text
    that a spreadsheet would run as a formula has an apostrophe before it. Parquet has texts as they are.
    """
    if format_ not in FORMATS:
        raise ValueError(f"the truth is exported as {' or '.join(FORMATS)}, not as {format_!r}")
    out.parent.mkdir(parents=True, exist_ok=True)
    if format_ == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(_arrow(table), out)
        return out
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        writer.writerows([_text(value) for value in row] for row in table.rows)
    return out


def _arrow(table: Table) -> pa.Table:
    import pyarrow as pa

    kinds = {
        "VARCHAR": pa.string(),
        "VARCHAR[]": pa.list_(pa.string()),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        "DECIMAL(18,4)": pa.decimal128(18, 4),
    }
    arrays = [pa.array([row[place] for row in table.rows], type=kinds[kind]) for place, kind in enumerate(table.types)]
    return pa.Table.from_arrays(arrays, names=list(table.columns))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, str)):
        text = " ".join(value) if isinstance(value, tuple) else value
        return f"'{text}" if text.startswith(FORMULA) else text
    return str(value)
