"""Years of nights in the warehouse, made by SQL in seconds, then transformed and published by the real steps.

A prepared history is kept in ``var/bench`` for as long as the code that made it stays as it is.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench.brand import PAGES
from tests.bench.measure import ROOT, WORK, child, folder, say

TWO_YEARS, TWO_MONTHS = 730, 61
_KEPT = 4


def prepared(full_nights: int, scale: float) -> Path:
    """A folder with the warehouse after so many nights, its publication, and the landing of one more.

    A scale that leaves no two pages has fewer nights.
    """
    nights = max(10, round(full_nights * min(1.0, scale * PAGES / 2)))
    home = WORK / f"history-{nights}-{scale}-{_code()}"
    if not home.exists():
        _forget_old()
        say(f"  making {nights} nights of history")
        with folder("making") as place:
            for step in ("fill", "transform", "publish"):
                done = child(f"history:{step}", home=place, nights=nights, scale=scale)
                say(f"    {step}: {done['seconds']:.1f} s, {done['peak_mb']:.0f} MB {done.get('rows', '')}")
            shutil.copytree(place, home, copy_function=os.link, symlinks=True)
    return home


def copied(home: Path, target: Path) -> Path:
    """A warehouse of one's own; what is never written again (landing, publication) is linked."""
    for name in ("landing", "published"):
        shutil.copytree(home / name, target / name, copy_function=os.link, symlinks=True)
    for file in home.glob("warehouse.duckdb*"):
        if file.is_file():
            shutil.copy2(file, target / file.name)
    return target


def _code() -> str:
    """Changes when anything does that a history is made from."""
    digest = hashlib.sha256()
    for pattern in ("pipeline/**/*.py", "sql/**/*.*", "expectations/*.json", "tests/bench/[bh]*.*"):
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _forget_old() -> None:
    kept = sorted(WORK.glob("history-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in kept[_KEPT - 1 :]:
        shutil.rmtree(old)


def fill(home: str, nights: int, scale: float) -> dict[str, Any]:
    """Raw tables, ledger and coverage of the nights before the new one; the new night's landing."""
    from pipeline import warehouse
    from tests.bench import brand

    project = brand.project(Path(home), scale)
    last = brand.NIGHT - timedelta(days=1)
    first = last - timedelta(days=nights - 1)
    start = time.perf_counter()
    with warehouse.open_warehouse(
        project.settings.paths.warehouse, project.settings.storage, sealed=False, command="bench", night=last
    ) as con:
        warehouse.ensure_tables(con, project.sources)
        con.execute(f"set variable pages = {brand.pages(scale)}")
        for file in ("history.sql", "history_sites.sql"):
            con.execute((Path(__file__).parent / file).read_text(encoding="utf-8"))
        with warehouse.transaction(con):
            rows = sum(store(con, *table, first, last) for table in made_streams(con, project.sources))
            note_nights(con, first, last)
        _land(con, project)
    return {"seconds": time.perf_counter() - start, "rows": rows}


def made_streams(con: Any, sources: Any) -> Iterator[tuple[str, Any]]:
    """Platform and stream of every macro of records."""
    made = {name for (name,) in con.execute("select function_name from duckdb_functions()").fetchall()}
    for platform, source in sources.items():
        for stream in source.STREAMS:
            if f"{platform}_{stream.name}" in made:
                yield platform, stream


def store(con: Any, platform: str, stream: Any, first: date, last: date) -> int:
    """One stream's observations into its raw table, typed and hashed as the load does it.

    What is there already is not told again: the first of these nights looks back, and finds it unchanged.
    """
    shape = "{" + ", ".join(f'"{name}": "{kind}"' for name, kind in stream.columns.items()) + "}"
    columns = ", ".join(f's."{name}" as "{name}"' for name in stream.columns)
    row = con.execute(
        f"insert into raw.{platform}_{stream.name} by name"
        f" select *, cast({stream.day} as date) as _day from ("
        f" select account as _account, night as _night, 'bench' as _run_id, false as _absent, hash(s) as _hash,"
        f" cast(night + 1 as timestamp) + interval 3 hours as _observed_at, {columns}"
        f" from (select account, night, json_transform(record, '{shape}') as s"
        f" from {platform}_{stream.name}(date '{first}', date '{last}', false))) as told"
        f" anti join raw.{platform}_{stream.name} as known"
        f" on told._account = known._account and told._hash = known._hash"
    ).fetchone()
    return int(row[0])


def note_nights(con: Any, first: date, last: date) -> None:
    """What the ledger says of these nights: every account answered, every stream was delivered."""
    con.execute(_LEDGER, {"first": first, "last": last})
    con.execute(_STREAM_NIGHTS, {"first": first, "last": last})


_UNITS = """
    select platform, account, night, reach
    from (
        select 'facebook' as platform, account, 28 as reach from pages()
        union all values ('matomo', '1', 3), ('woocommerce', 'boutique', 3)
    ),
    (select unnest(generate_series($first::date, $last::date, interval 1 day))::date as night)
"""
_LEDGER = f"""
    insert into ops.ledger by name
    select platform, account, night, 'bench' as run_id, 'bench' as manifest_sha256, night - reach as window_since,
        night as window_until, night + 1 + interval 3 hours as observed_at, 0 as records, 0 as loaded,
        0 as unchanged, 0 as duplicates, 0 as quarantined, 'passed' as state, 'bench' as accepted_sha256
    from ({_UNITS})
"""
_STREAM_NIGHTS = f"""
    insert into ops.stream_night by name
    select platform, account, night, stream, true as delivered, 100 as rows, 'unverifiable' as verified,
        night + 1 + interval 3 hours as observed_at, night - 1 as newest_day
    from ({_UNITS}) join (
        values ('facebook', 'page'), ('facebook', 'page_insights'), ('facebook', 'posts'), ('matomo', 'visits'),
            ('matomo', 'referrer_types'), ('matomo', 'socials'), ('matomo', 'campaigns'), ('matomo', 'goals'),
            ('woocommerce', 'orders'), ('woocommerce', 'refunds')
    ) as streams (platform, stream) using (platform)
"""


def _land(con: Any, project: Any) -> None:
    """The new night of every account, whole, through the real landing."""
    from pipeline import landing
    from pipeline.streams import Absent, Page, Unit, Window
    from tests.bench import brand

    night = brand.NIGHT
    said: dict[tuple[str, str], dict[str, list[bytes]]] = {}
    for platform, stream in made_streams(con, project.sources):
        rows = con.execute(
            f"select account, record::varchar from {platform}_{stream.name}(date '{night}', date '{night}', true)"
            " order by account, record"
        ).fetchall()
        for account, record in rows:
            said.setdefault((platform, account), {}).setdefault(stream.name, []).append(record.encode())
    for (platform, account), streams in said.items():
        source = project.sources[platform]
        window = Window(night - timedelta(days=source.RESTATEMENT_DAYS), night)
        items = [
            Page(stream.name, streams.get(stream.name, []))
            if not stream.optional
            else Absent(stream.name, "the site sells nothing")
            for stream in source.STREAMS
        ]
        landing.write(
            project.settings.paths.landing,
            Unit(platform, account, night, window),
            "bench",
            items,
            source.STREAMS,
            api_version=source.API_VERSION,
            clock=lambda: brand.clock(night)().isoformat(),
            requests=lambda: 1,
        )


def transform(home: str, nights: int, scale: float) -> dict[str, Any]:
    """Every model over the whole history, and gate 2 over every row."""
    from pipeline import steps
    from tests.bench import brand

    last = brand.NIGHT - timedelta(days=1)
    done = steps.transform(brand.project(Path(home), scale), last, now=brand.clock(last))
    return {"seconds": done.seconds, "rows": done.rows}


def publish(home: str, nights: int, scale: float) -> dict[str, Any]:
    """The first publication: every month of Parquet is written."""
    from pipeline import steps
    from tests.bench import brand

    last = brand.NIGHT - timedelta(days=1)
    done = steps.publish_night(brand.project(Path(home), scale), last, now=brand.clock(last))
    (Path(home) / "first.txt").write_text(str(done.seconds), encoding="utf-8")
    return {"seconds": done.seconds, "rows": sum(done.publication.rows.values())}
