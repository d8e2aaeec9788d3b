"""From the first request to committed, typed rows: against the mere download of the same bytes.

Three lines: ``landing`` is the time, ``landing_memory`` the peak of the process that did it, and
``landing_memory_growth`` that peak for four times as many records.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import server
from tests.bench.measure import Line, alternate, child, folder, median, paired_ratio, peak, runs, say

RECORDS = 1_000_000
MOST_MB = 500
NAMES = ("landing", "landing_memory", "landing_memory_growth")


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    records = round(RECORDS * scale)
    with folder("landing") as place:
        with server.running(place, records) as port:
            mine, plain = alternate(
                lambda: child("landing:ours", port=port, records=records, place=place),
                lambda: child("landing:download", port=port, records=records),
                runs(scale),
            )
        least = min(mine, key=lambda result: float(result["seconds"]))
        more = {"records": records, "mb": plain[0]["mb"]}
        if "landing" in wanted:
            steps = {name: least[name] for name in ("fetch_seconds", "load_seconds", "cpu_seconds")}
            yield Line(
                "landing",
                paired_ratio(mine, plain),
                2.5,
                median(mine),
                peak(mine),
                {**more, "peer_seconds": median(plain), "peer_cpu_seconds": median(plain, "cpu_seconds"), **steps},
            )
        if "landing_memory" in wanted:
            yield Line("landing_memory", peak(mine) / MOST_MB, 1, median(mine), peak(mine), more)
        if "landing_memory_growth" in wanted:
            yield _growth(place, 4 * records, peak(mine))


def _growth(place: Path, records: int, peak_before: float) -> Line:
    with server.running(place, records) as port:
        found = child("landing:ours", port=port, records=records, place=place)
    say(f"  {records:,} records: {found['seconds']:.2f} s, {found['peak_mb']:.0f} MB")
    return Line(
        "landing_memory_growth",
        found["peak_mb"] / peak_before,
        1.3,
        found["seconds"],
        found["peak_mb"],
        {"records": records, "peak_mb_before": peak_before},
    )


def ours(port: int, records: int, place: str) -> dict[str, Any]:
    """Fetch, land and load with the pipeline's own parts and its default settings.

    Imports are in neither time: DuckDB imports pandas at the first parameter of a process.
    """
    import pandas as pd  # noqa: F401

    from pipeline import landing, warehouse
    from pipeline.http import Session
    from pipeline.settings import Storage
    from tests.bench import post_metrics as platform

    home = Path(place) / "ours"
    shutil.rmtree(home, ignore_errors=True)
    start, worked = time.perf_counter(), time.process_time()
    with Session(platform="bench", account="104001", night=platform.NIGHT, base=f"http://127.0.0.1:{port}") as http:
        manifest = landing.write(
            str(home / "landing"),
            platform.UNIT,
            "run",
            platform.fetch(http, announced=records),
            (platform.STREAM,),
            api_version="1",
            clock=lambda: http.first_date or "",
            requests=lambda: http.requests,
        )
    fetched = time.perf_counter()
    with warehouse.open_warehouse(
        home / "warehouse.duckdb", Storage(), sealed=False, command="bench", night=platform.NIGHT
    ) as con:
        warehouse.ensure_tables(con, platform.SOURCES)
        (load,) = warehouse.load(
            con,
            [manifest],
            platform.SOURCES,
            night=platform.NIGHT,
            files=landing.files,
            runs=lambda *_: [manifest],
        )
        committed, worked = time.perf_counter(), time.process_time() - worked
        rows = con.execute("select count(*) from raw.bench_post_metrics").fetchall()[0][0]
    if load.error or rows != records:
        raise SystemExit(f"{rows} rows of {records} records: {load.error}")
    shutil.rmtree(home)
    return {
        "seconds": committed - start,
        "fetch_seconds": fetched - start,
        "load_seconds": committed - fetched,
        "cpu_seconds": worked,
        "rows": rows,
    }


def download(port: int, records: int) -> dict[str, Any]:
    """The same answers with requests alone, thrown away as they come."""
    import requests

    size = 0
    start, worked = time.perf_counter(), time.process_time()
    with requests.Session() as session:
        for page in range(server.pages(records)):
            size += len(session.get(f"http://127.0.0.1:{port}/records?after={page}").content)
    return {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - worked, "mb": size / 1e6}
