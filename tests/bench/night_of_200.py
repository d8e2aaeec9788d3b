"""A night of 200 accounts over all platforms, with limits that count: how long it takes against the least possible.

The least is what the limits allow for the requests that were counted: a window that is full is over at
its reset. Sleeps of everybody are left out of the machine's time, not of the measured one. The limits
that the platforms tell of are a tenth of the real ones, so that they bind; the pipeline is not told.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

from pipeline.simulator.platforms import ACCOUNTS
from tests.bench import platforms
from tests.bench.measure import Line, Result, child, folder, say

NAMES = ("night_of_200", "night_refusals", "night_limit_used", "night_memory", "night_memory_growth")
COPIES, SHARE = ceil(200 / len(ACCOUNTS)) - 1, 0.1
MOST_MB = 400
# Posts a day of the large pages: some forty times as many pages of posts in the window of a night.
FEW_POSTS, MANY_POSTS = 1.2, 60.0


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    with platforms.running() as url:
        if not wanted.isdisjoint(NAMES[:4]):
            yield from (line for line in _night(url, scale) if line.name in wanted)
        if "night_memory_growth" in wanted:
            yield _growth(url, scale)


def _night(url: str, scale: float) -> Iterator[Line]:
    copies = round(COPIES * scale)
    platforms.begin(url, share=SHARE, nights=40)
    with folder("night-of-200") as place:
        done = child("night_of_200:fetch", url=url, home=place, copies=copies, night=platforms.LAST_NIGHT)
    met = platforms.limits(url)
    began = datetime.fromisoformat(done["began"])
    least = max(limit.least_seconds(began) for limit in met)
    used = {f"{one.platform}: {one.name}": spent for one in met if (spent := one.share_used()) is not None}
    binding = {name: spent for name, spent in used.items() if "requests of an address" in name}
    seconds, peak = float(done["seconds"]), float(done["peak_mb"])
    more = {key: done[key] for key in ("accounts", "requests", "failed", "worked_seconds", "cpu_seconds")}
    refusing = {f"{one.platform}: {one.name}": one.refused for one in met if one.refused}
    say(f"  {more}, {done['errors']}, limits {binding}, refusals {refusing}")
    yield Line("night_of_200", seconds / least, 1.15, seconds, peak, {"least_seconds": least, **more})
    refused = sum(refusing.values()) + int(done["failed"])
    more_of = {"refused": refused, "requests": done["requests"], "limits": len(met)}
    yield Line("night_refusals", 1 + refused, 1, seconds, peak, more_of)
    worst = min(binding.values())
    yield Line("night_limit_used", 0.95 / worst, 1, seconds, peak, {"least_share_used": worst, "limits": len(binding)})
    yield Line("night_memory", peak / MOST_MB, 1, seconds, peak, {"accounts": done["accounts"]})


def _growth(url: str, scale: float) -> Line:
    """The same account with many times the pages; what the answers are about is the same."""
    few, many = ([_pages(url, posts) for _ in range(3 if scale >= 0.1 else 1)] for posts in (FEW_POSTS, MANY_POSTS))
    small, large = (statistics.median(float(run["peak_mb"]) for run in runs) for runs in (few, many))
    more = {"peer_peak_mb": small, "records": many[0]["records"], "peer_records": few[0]["records"]}
    return Line("night_memory_growth", large / small, 1.1, float(many[0]["seconds"]), large, more)


def _pages(url: str, posts: float) -> Result:
    platforms.begin(url, share=1, nights=40, posts_per_day=posts)
    with folder("night-pages") as place:
        return child("night_of_200:fetch", url=url, home=place, copies=0, night=platforms.LAST_NIGHT, only=["facebook"])


def fetch(url: str, home: str, copies: int, night: str, only: list[str] | None = None) -> dict[str, Any]:
    """The fetch of all accounts in one process, as ``vigie run`` does it."""
    import time
    from datetime import date
    from importlib import import_module

    from pipeline import simulator, steps
    from pipeline.simulator import copies as copied
    from pipeline.simulator.platforms import PLATFORMS
    from tests.bench.skipping import SkippedTime

    file, last = Path(home) / "vigie.toml", date.fromisoformat(night)
    text = simulator.settings_toml(url, last_night=last, platforms=only or tuple(PLATFORMS), copies=copies)
    file.write_text(text, encoding="utf-8")
    secrets = {**simulator.environment(), **copied.environment(copies, last)}
    project = steps.open_project(file, {**os.environ, **secrets})
    units = steps.plan(project, last)
    instant = datetime.fromisoformat(platforms.control(url, "clock")["instant"])
    clock = SkippedTime(instant, lambda seconds: platforms.control(url, "clock", advance=seconds))
    module: Any = import_module("pipeline.steps.fetch")
    one, cpu = module.fetch, time.process_time()

    def counted(*arguments: Any, **named: Any) -> Any:
        with clock.unit():
            return one(*arguments, **named)

    module.fetch = counted
    _sleep_by(clock)
    with clock.running():
        done = steps.fetch_all(project, units, now=lambda: datetime.fromtimestamp(clock.time(), UTC))
        elapsed = clock.elapsed()
    failed = [f"{unit.platform} {unit.account}: {unit.message}" for unit in done if not unit.ok]
    return {
        "began": instant.isoformat(),
        "seconds": elapsed,
        "worked_seconds": elapsed - clock.skipped,
        "cpu_seconds": time.process_time() - cpu,
        "accounts": len(done),
        "records": sum(unit.records for unit in done),
        "requests": sum(unit.requests for unit in done),
        "failed": len(failed),
        "errors": failed[:5],
    }


def _sleep_by(clock: Any) -> None:
    """A session took the sleep of this process when its class was made."""
    from pipeline.http import Session

    defaults: Any = Session.__init__.__kwdefaults__
    defaults["sleep"] = clock.sleep
