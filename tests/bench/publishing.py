"""What a publication costs beyond a copy, and that it writes no month of Parquet without need."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from tests.bench import night
from tests.bench.measure import Line, median, peak

NAMES = ("publish", "parquet_months")


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    """A new night on the same history: a second publication, against a bare copy of the published tables."""
    found = night.measured(scale)
    seconds, most = median(found.long, "publish_seconds"), peak(found.long)
    if "publish" in wanted:
        pairs = zip(found.long, found.copies, strict=True)
        yield Line(
            "publish",
            statistics.median(run["publish_seconds"] / copy["seconds"] for run, copy in pairs),
            1.3,
            seconds,
            most,
            {
                "peer_seconds": median(found.copies),
                "rows": found.long[0]["rows"],
                "first_seconds": found.first_publication_seconds,
            },
        )
    if "parquet_months" in wanted:
        written, touched = found.long[0]["parts_written"], found.touched["parts"]
        yield Line(
            "parquet_months", written / touched, 1, seconds, most, {"parts_written": written, "parts_touched": touched}
        )


def bare(source: str, target: str) -> dict[str, Any]:
    """The published tables into a new file, with nothing but DuckDB's own copy."""
    import duckdb

    from pipeline.settings import Storage

    con = duckdb.connect(config={"memory_limit": Storage().memory_limit, "preserve_insertion_order": False})
    start = time.perf_counter()
    con.execute(f"attach '{source}' as old (read_only); attach '{target}' as new")
    con.execute("copy from database old to new")
    con.execute("checkpoint new; detach new")
    return {"seconds": time.perf_counter() - start}


def touched(old: str, new: str) -> dict[str, Any]:
    """In how many parts (a month of a table, or a whole table) two publications differ.

    Told by another digest than the one that a publication decides by.
    """
    import duckdb

    from pipeline.steps import publishing

    start = time.perf_counter()
    con = duckdb.connect()
    con.execute(f"attach '{old}' as old (read_only); attach '{new}' as new (read_only)")
    parts = 0
    for name, table in publishing.tables().items():
        month = f"strftime(t.{table.month}, '%Y-%m')" if table.month else "'all'"
        content = " full join ".join(
            f"(select {month} as month, count(*) as n, sum((md5_number(t::varchar) >> 64)::hugeint) as digest"
            f" from {file}.{name} as t group by 1) as {file}_content"
            for file in ("old", "new")
        )
        row = con.execute(
            f"select count(*) from {content} using (month)"
            " where (old_content.n, old_content.digest) is distinct from (new_content.n, new_content.digest)"
        ).fetchone()
        parts += row[0] if row else 0
    return {"seconds": time.perf_counter() - start, "parts": parts}
