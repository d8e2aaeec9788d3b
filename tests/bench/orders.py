"""A hundred thousand orders of a shop, landed and then loaded: how much memory that takes.

A line for each platform of shops. The ratio is the peak of the process that lands them against what it may be;
the shop is a process of its own that makes its answers as they are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

from tests.bench import shop
from tests.bench.measure import Line, child, folder, say

ORDERS = 100_000
MOST_MB = 400
PLATFORMS: Final = ("shopify", "woocommerce")
NAMES = tuple(f"{name}_orders_memory" for name in PLATFORMS)
NIGHT = date(2026, 11, 2)


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    orders = max(300, round(ORDERS * scale))
    for platform, name in zip(PLATFORMS, NAMES, strict=True):
        if name not in wanted:
            continue
        with folder(name) as place:
            with shop.running(orders) as port:
                landed = child("orders:land", platform=platform, port=port, orders=orders, place=place)
            loaded = child("orders:load", platform=platform, orders=orders, place=place)
        say(f"  {platform}: {orders:,} orders landed with {landed['peak_mb']:.0f} MB")
        more = {"orders": orders, "mb": landed["mb"]}
        loading = {"load_seconds": loaded["seconds"], "load_peak_mb": loaded["peak_mb"]}
        yield Line(name, landed["peak_mb"] / MOST_MB, 1, landed["seconds"], landed["peak_mb"], {**more, **loading})


def land(platform: str, port: int, orders: int, place: str) -> dict[str, Any]:
    """Fetch and land one account with a window of three years. Raises SystemExit where an order is missing."""
    from pipeline import landing, sources
    from pipeline.streams import Unit, Window

    root, source = Path(place) / "landing", sources.module(platform)
    there = _account(platform, port)
    unit = Unit(platform, "shop", NIGHT, Window(date(2023, 11, 2), NIGHT))
    start = time.perf_counter()
    with source.open_session(there, NIGHT) as http:
        manifest = landing.write(
            str(root),
            unit,
            "run",
            source.fetch(there, unit, http),
            source.STREAMS,
            api_version=source.API_VERSION,
            clock=lambda: http.first_date or "",
            requests=lambda: http.requests,
        )
    if manifest.streams["orders"].records != orders:
        raise SystemExit(f"{manifest.streams['orders'].records} of {orders} orders landed")
    size = sum(file.stat().st_size for file in root.rglob("*") if file.is_file())
    return {"seconds": time.perf_counter() - start, "mb": size / 1e6}


def load(platform: str, orders: int, place: str) -> dict[str, Any]:
    """What was landed becomes rows, in a process of its own as in a night."""
    import pandas as pd  # noqa: F401

    from pipeline import landing, sources, warehouse
    from pipeline.settings import Storage

    home, source = Path(place), sources.module(platform)
    start = time.perf_counter()
    (manifest,) = landing.manifests(str(home / "landing"), platform=platform, account="shop")
    with warehouse.open_warehouse(
        home / "warehouse.duckdb", Storage(), sealed=False, command="bench", night=NIGHT
    ) as con:
        warehouse.ensure_tables(con, {platform: source})
        (loaded,) = warehouse.load(
            con, [manifest], {platform: source}, night=NIGHT, files=landing.files, runs=lambda *_: [manifest]
        )
        rows = con.execute(f"select count(*) from raw.{platform}_orders").fetchall()[0][0]
    if loaded.error or rows != orders:
        raise SystemExit(f"{rows} rows of {orders} orders: {loaded.error}")
    return {"seconds": time.perf_counter() - start}


def _account(platform: str, port: int) -> Any:
    from pipeline import sources
    from pipeline.settings import Account, Secret

    source, base = sources.module(platform), f"http://127.0.0.1:{port}"
    names = source.CREDENTIALS or ("token",)
    told = {
        "platform": platform,
        "id": "shop",
        "name": "Shop",
        "base": base,
        "time_zone": "Europe/Paris",
        "secrets": {name: Secret(f"env:{name}", f"a-{name}-of-the-bench") for name in names},
        "options": {**source.OPTIONS, **({"results_base": base, "bulk_above": 100} if platform == "shopify" else {})},
    }
    return cast("Account", SimpleNamespace(**told, person_key=None, state=None))
