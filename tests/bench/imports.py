"""A CSV of a million posts, from the file to committed, typed rows: against DuckDB's own reading of it into a table.

Three lines: ``import_csv`` is the time,
``import_csv_memory`` the peak of the process that did it, ``import_csv_memory_growth`` that peak against the
one for a quarter of the rows.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tests.bench.measure import Line, alternate, child, folder, median, paired_ratio, peak, runs, say

if TYPE_CHECKING:
    from pipeline.streams import Source

ROWS = 1_000_000
MOST_MB = 400
NAMES = ("import_csv", "import_csv_memory", "import_csv_memory_growth")

_HEADER = "Post id,Date,Text,Link,Impressions,Likes,Comments,Shares,Clicks,Saves\n"
_EXPORTED, _FIRST = date(2026, 11, 20), date(2016, 1, 1)
# What the load may keep in memory; what is more lies on the disk.
_MEMORY = "200MB"


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    rows = round(ROWS * scale)
    with folder("import") as place:
        size = _write(place / "posts.csv", rows)
        mine, plain = alternate(
            lambda: child("imports:ours", place=place, rows=rows),
            lambda: child("imports:read_csv", place=place, rows=rows),
            runs(scale),
        )
        least = min(mine, key=lambda result: float(result["seconds"]))
        more = {"rows": rows, "mb": size / 1e6}
        if "import_csv" in wanted:
            steps = {
                name: least[name] for name in ("understand_seconds", "land_seconds", "load_seconds", "cpu_seconds")
            }
            peer = {"peer_seconds": median(plain), "peer_cpu_seconds": median(plain, "cpu_seconds")}
            yield Line("import_csv", paired_ratio(mine, plain), 20, median(mine), peak(mine), {**more, **peer, **steps})
        if "import_csv_memory" in wanted:
            yield Line("import_csv_memory", peak(mine) / MOST_MB, 1, median(mine), peak(mine), more)
        if "import_csv_memory_growth" in wanted:
            yield _growth(place, rows, peak(mine))


def _growth(place: Path, rows: int, peak_of_all: float) -> Line:
    quarter = rows // 4
    _write(place / "posts.csv", quarter)
    found = child("imports:ours", place=place, rows=quarter)
    say(f"  {quarter:,} rows: {found['seconds']:.2f} s, {found['peak_mb']:.0f} MB")
    ratio = peak_of_all / found["peak_mb"]
    more = {"rows": rows, "peer_rows": quarter, "peer_peak_mb": found["peak_mb"]}
    return Line("import_csv_memory_growth", ratio, 1.3, found["seconds"], peak_of_all, more)


def _write(path: Path, rows: int) -> int:
    """Posts of ten years, every day some hundreds; texts with commas, between quotes."""
    draw = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEADER)
        for nth in range(rows):
            day = _FIRST + timedelta(days=nth % 3_900)
            counts = ",".join(str(int(draw.lognormvariate(mean, 1))) for mean in (7, 4, 2, 2, 3, 1))
            file.write(f'{10**17 + nth * 7919},{day},"Post {nth}, one of many",https://p.example/{nth},{counts}\n')
    return path.stat().st_size


def ours(place: str, rows: int) -> dict[str, Any]:
    """Understand, land and load with the command's own parts; gate 1 and the tables cost what they cost any night."""
    import pandas as pd  # noqa: F401

    from pipeline import landing, warehouse
    from pipeline.settings import Storage
    from pipeline.sources import files

    home = Path(place) / "ours"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    choices = files.Choices(today=date(2026, 11, 22), platform="x", account="atelier", exported=_EXPORTED)
    start, worked = time.perf_counter(), time.process_time()
    export = files.open_file(
        Path(place) / "posts.csv", "generic_posts", choices, scratch=lambda: warehouse.Scratch(home)
    )
    unit, understood = export.unit(), time.perf_counter()
    manifest = landing.write(
        str(home / "landing"),
        unit,
        export.mark,
        export.items(),
        files.STREAMS,
        api_version=files.API_VERSION,
        clock=lambda: f"{_EXPORTED}T00:00:00+00:00",
        requests=lambda: 0,
    )
    in_bulk = export.reading.in_bulk
    del export
    landed = time.perf_counter()
    sources = {files.PLATFORM: cast("Source", files)}
    with warehouse.open_warehouse(
        home / "warehouse.duckdb", Storage(memory_limit=_MEMORY), sealed=False, command="bench", night=unit.night
    ) as con:
        warehouse.ensure_tables(con, sources)
        (load,) = warehouse.load(
            con, [manifest], sources, night=unit.night, files=landing.files, runs=lambda *_: [manifest]
        )
        ended, worked = time.perf_counter(), time.process_time() - worked
        (stored,) = con.execute("select count(*) from raw.files_posts").fetchall()[0]
    if load.error or stored != rows or (rows > 100_000 and not in_bulk):
        raise SystemExit(f"{stored} rows of {rows}, in bulk: {in_bulk}, {load.error}")
    shutil.rmtree(home)
    return {
        "seconds": ended - start,
        "understand_seconds": understood - start,
        "land_seconds": landed - understood,
        "load_seconds": ended - landed,
        "cpu_seconds": worked,
    }


def read_csv(place: str, rows: int) -> dict[str, Any]:
    """The same file by DuckDB alone into a table on the same disk, with its own guesses at the types."""
    import duckdb

    database = Path(place) / "plain.duckdb"
    start, worked = time.perf_counter(), time.process_time()
    with duckdb.connect(database) as con:
        con.execute("create table posts as select * from read_csv($1)", [str(Path(place) / "posts.csv")])
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
        (stored,) = con.execute("select count(*) from posts").fetchall()[0]
    if stored != rows:
        raise SystemExit(f"{stored} rows of {rows}")
    database.unlink()
    return {"seconds": seconds, "cpu_seconds": worked}
