"""A folder of Parquet that is read while the publication is swapped under it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.dataset as ds

from pipeline.publish import Publication, Table, publish

MONTHS, ROWS = 3, 3000


def published(folder: Path, generation: int) -> Publication:
    """A publication whose every row has the number of its generation, in three months."""
    with duckdb.connect() as con:
        con.execute("create schema kpi")
        con.execute(
            "create table kpi.post as select date '2026-08-01' + to_months(i::int % 3) as day, ?::bigint as written"
            " from range(3000) t(i)",
            [generation],
        )
        return publish(
            con,
            folder,
            {"kpi.post": Table("day")},
            night=date(2026, 11, generation),
            code_version="test",
            published_at=datetime(2026, 11, 3),
        )


def test_who_goes_to_the_generation_first_reads_one_whole_generation_across_a_swap(tmp_path: Path) -> None:
    first = published(tmp_path, 1)
    # The links end here: what follows is a folder that no publication touches until it is cleared away.
    folder = first.parquet.resolve() / "kpi.post"
    arrow = ds.dataset(folder, partitioning="hive")
    batches = arrow.to_batches(batch_readahead=0, fragment_readahead=0)
    read = next(batches).num_rows
    polars = pl.scan_parquet(f"{folder}/**/*.parquet", hive_partitioning=True)
    second = published(tmp_path, 2)
    read += sum(batch.num_rows for batch in batches)
    assert read == ROWS
    lazily = polars.group_by("written").len().collect()
    assert lazily.rows() == [(1, ROWS)]
    after = ds.dataset(second.parquet.resolve() / "kpi.post", partitioning="hive").to_table()
    assert after["written"].unique().to_pylist() == [2]
    assert len(after["month"].unique()) == MONTHS


def test_who_goes_through_the_link_may_meet_both_generations(tmp_path: Path) -> None:
    first = published(tmp_path, 1)
    polars = pl.scan_parquet([str(file) for file in sorted((first.parquet / "kpi.post").rglob("*.parquet"))])
    published(tmp_path, 2)
    assert polars.collect()["written"].unique().to_list() == [2]
