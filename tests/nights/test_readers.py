"""What BI tools and notebooks find in a publication: comments, and the same rows in the file and in the Parquet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from pipeline import publish, registry
from pipeline.steps.dictionary import tables
from tests.integration.drivers import installed
from tests.models.warehouse import SQL
from tests.nights.replaying import Replay

REGISTRY = registry.read(SQL / "metrics.yml")
# Money, counters that are sums, a ratio, days, texts: what a driver could bend.
LOOKED_AT = ("kpi.post_daily", "kpi.account_daily", "kpi.post", "conversion.margin_daily", "conversion.event")

COMMENTS = """
import json, sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
found = con.execute(
    "select schema_name || '.' || table_name, column_name, comment from duckdb_columns()"
    " where database_name = current_database() and schema_name in ('kpi', 'conversion')"
).fetchall()
said = con.execute("select schema_name || '.' || table_name, comment from duckdb_tables()").fetchall()
print(json.dumps([duckdb.__version__, found, said]))
"""


@pytest.fixture(scope="module")
def publication(ninety: Replay) -> publish.Publication:
    found = publish.current(ninety.project.settings.paths.publication)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def con(publication: publish.Publication) -> Any:
    with duckdb.connect(publication.path, read_only=True) as opened:
        yield opened


def test_the_oldest_python_driver_shows_what_every_table_and_column_of_a_mart_means(
    publication: publish.Publication, ninety: Replay, tmp_path: Path
) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", COMMENTS, str(publication.path)],
        env={**os.environ, "PYTHONPATH": str(installed("oldest-driver.txt", tmp_path))},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    version, columns, said = json.loads(shown.stdout)
    assert version.startswith("1.2.")
    marts = {table.name: table.columns for table in tables()}
    assert {(table, column) for table, column, _ in columns} == {(t, c) for t, names in marts.items() for c in names}
    language = ninety.project.settings.language
    for table, column, comment in columns:
        meaning = REGISTRY.definition(table, column, language)
        assert meaning, f"{table}.{column}"
        assert meaning in (comment or ""), f"{table}.{column}: {comment}"
    assert {table for table, comment in said if comment} >= marts.keys()


def test_the_duckdb_command_line_reads_a_mart_and_its_comments(
    publication: publish.Publication, con: Any, tmp_path: Path
) -> None:
    asked = (
        "select count(*) as rows, sum(gross_margin)::varchar as margin from conversion.margin_daily;"
        "select comment from duckdb_columns() where table_name = 'margin_daily' and column_name = 'gross_margin';"
    )
    shown = subprocess.run(
        [str(installed("oldest-cli.txt", tmp_path) / "bin/duckdb"), "-readonly", "-json", str(publication.path)],
        input=asked,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    numbers, said = (json.loads(part)[0] for part in shown.stdout.replace("]\n[", "]\0[").split("\0"))
    expected = con.execute("select count(*), sum(gross_margin)::varchar from conversion.margin_daily").fetchone()
    assert (numbers["rows"], numbers["margin"]) == expected
    assert "marge" in said["comment"].lower() or "margin" in said["comment"].lower()


@pytest.mark.parametrize("name", LOOKED_AT)
def test_pyarrow_polars_and_pandas_read_from_the_parquet_what_the_file_has(
    name: str, publication: publish.Publication, con: Any
) -> None:
    folder = publication.parquet.resolve() / name
    described = con.execute(f"describe {name}").fetchall()
    decimals = [column for column, kind, *_ in described if kind.startswith("DECIMAL")]
    counters = [column for column, kind, *_ in described if kind in ("BIGINT", "INTEGER")]
    sums = ", ".join(f"sum({column}), count({column})" for column in (*decimals, *counters)) or "1"
    (rows, *expected) = con.execute(f"select count(*), {sums} from {name}").fetchone()
    wanted = dict(zip((*decimals, *counters), zip(expected[::2], expected[1::2], strict=True), strict=True))

    arrow = ds.dataset(folder, partitioning="hive").to_table()
    assert arrow.num_rows == rows
    assert [column for column in arrow.column_names if column != "month"] == [
        column for column, *_ in described if column != "month"
    ]
    assert all(pa.types.is_decimal(arrow.schema.field(column).type) for column in decimals)
    polars = pl.scan_parquet(f"{folder}/**/*.parquet", hive_partitioning=True).collect()
    pandas = pd.read_parquet(folder, dtype_backend="pyarrow")
    assert polars.height == len(pandas) == rows
    for column, (total, known) in wanted.items():
        assert (pc.sum(arrow[column]).as_py(), len(arrow) - arrow[column].null_count) == (total, known), column
        assert polars[column].null_count() == pandas[column].isna().sum() == rows - known, column
        if column in decimals and total is not None:
            assert polars[column].sum() == pandas[column].sum() == Decimal(total), column


def test_the_months_of_the_folders_are_those_of_the_rows(publication: publish.Publication, con: Any) -> None:
    folder = publication.parquet.resolve() / "kpi.post_daily"
    by_month = ds.dataset(folder, partitioning=ds.partitioning(pa.schema([("month", pa.string())]), flavor="hive"))
    found = by_month.to_table(columns=["month", "day"]).group_by("month").aggregate([("day", "count")]).to_pylist()
    expected = con.execute("select strftime(day, '%Y-%m'), count(*) from kpi.post_daily group by 1").fetchall()
    assert {row["month"]: row["day_count"] for row in found} == dict(expected)
    assert len(found) > 1


def test_each_parquet_file_of_a_mart_says_what_its_columns_mean(publication: publish.Publication) -> None:
    files = sorted((publication.parquet / "kpi.account_daily").rglob("*.parquet"))
    said = json.loads(pq.read_schema(files[-1]).metadata[b"vigie"])
    assert set(said["columns"]) == set(pq.read_schema(files[-1]).names)
