"""A year's backfill of every account: the requests that were made, against the fewest that the contracts allow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.measure import Line, child, folder, say

NAMES = ("backfill_requests",)
DAYS = 365


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    """The ratio is that of the platform which comes off worst; ``overall`` that of all requests together."""
    days = max(100, round(DAYS * scale))
    with folder("backfill") as place:
        found = child("backfill_requests:read", home=place, days=days)
    for name, made, least in found["rules"]:
        say(f"  {name}: {made} requests, the fewest are {least}")
    ratios = {name: made / least for name, (made, least) in found["platforms"].items() if made or least}
    worst = max(ratios, key=ratios.__getitem__)
    made, least = (sum(counts[nth] for counts in found["platforms"].values()) for nth in (0, 1))
    more = {"requests": made, "least": least, "overall": made / least, "worst": worst, "records": found["records"]}
    by_platform = {f"{name}_ratio": round(ratio, 3) for name, ratio in sorted(ratios.items())}
    yield Line(
        "backfill_requests",
        ratios[worst],
        1.05,
        found["seconds"],
        found["peak_mb"],
        {**more, "days": days, **by_platform},
    )


def read(home: str, days: int) -> dict[str, Any]:
    """Plan and fetch as ``vigie backfill`` does, and look at what was asked on the other side."""
    import time

    from pipeline import simulator, steps
    from pipeline.simulator.face import Face
    from pipeline.simulator.platforms import PLATFORMS
    from pipeline.simulator.wire import Reply, Request
    from pipeline.steps.fetch import fetch
    from tests.bench import contracts

    asked: list[contracts.Asked] = []
    with simulator.serve(nights=days + 30) as server:
        played: Any = server.simulator
        answer = played._plain

        def noted(face: Face, request: Request) -> Reply:
            reply: Reply = answer(face, request)
            asked.append((request, reply))
            return reply

        # Every request is answered anew, so that one that is made twice is seen twice.
        played._plain, played._kept = noted, partial(_anew, played)
        night = played.world.nights[-1]
        file = Path(home) / "vigie.toml"
        file.write_text(simulator.settings_toml(server.url, platforms=tuple(PLATFORMS)), encoding="utf-8")
        project = steps.open_project(file, {**os.environ, **simulator.environment()})
        today = night + timedelta(days=1)
        stretches = steps.plan_backfill(project, today - timedelta(days=days), night, today=today)
        platforms: dict[str, tuple[int, int]] = {}
        start, records, rules = time.perf_counter(), 0, []
        for stretch in stretches:
            asked.clear()
            for unit in stretch.units:
                records += fetch(project, unit, now=lambda: played.clock.now).records
            # Without rules it must ask nothing: forms send to the inbox by themselves.
            counted = contracts.counted(asked, contracts.rules(days).get(stretch.platform, ()))
            made, least = platforms.get(stretch.platform, (0, 0))
            platforms[stretch.platform] = (made + counted.made, least + counted.least)
            rules += [
                (f"{stretch.platform} {stretch.account} {rule}", *counts) for rule, counts in counted.by_rule.items()
            ]
    return {"seconds": time.perf_counter() - start, "records": records, "platforms": platforms, "rules": rules}


def _anew(played: Any, face: Any, request: Any, *, packed: bool) -> Any:
    from pipeline.simulator.wire import rendered

    return rendered(played._plain(face, request), played.clock.now, packed=packed)
