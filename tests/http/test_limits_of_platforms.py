"""Sources against platforms that count: limits are used up and never overdrawn, a spent quota stops one platform."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

import pytest

from dags.pools import pools
from pipeline import simulator, steps
from pipeline.http import Session
from pipeline.simulator import copies
from pipeline.simulator.platforms import FACES, PLATFORMS
from pipeline.simulator.server import Server
from pipeline.simulator.wire import Request
from pipeline.streams import Unit
from tests.bench.skipping import SkippedTime

NIGHT = date(2026, 11, 2)
NOW = datetime(2026, 11, 3, 3, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Server]:
    with simulator.serve(nights=40, limits=True) as playing:
        yield playing


def project(server: Server, folder: Path, *platforms: str, of: int = 0) -> steps.Project:
    file = folder / "vigie.toml"
    file.write_text(simulator.settings_toml(server.url, platforms=platforms, copies=of), encoding="utf-8")
    return steps.open_project(file, {**os.environ, **simulator.environment(), **copies.environment(of, NIGHT)})


def fetch(brand: steps.Project, platform: str | None = None) -> dict[str, steps.Fetched]:
    done = steps.fetch_all(brand, steps.plan(brand, NIGHT, platform), now=lambda: NOW)
    return {f"{unit.platform} {unit.account}": unit for unit in done}


def spend(server: Server, face: str, request: Request) -> None:
    """Somebody else has used up what this request is charged to."""
    allowance = FACES[face].allowance
    assert allowance is not None
    while server.simulator.meter.charge(face, allowance, request, NOW).refusal is None:
        pass


def refused(server: Server) -> int:
    return sum(int(str(one["refused"])) for one in server.simulator.meter.as_json())


@pytest.fixture
def skipping(monkeypatch: pytest.MonkeyPatch) -> Iterator[SkippedTime]:
    """Sleeps of everybody cost nothing; the platforms, in the same process, live by the same clock."""
    clock = SkippedTime(NOW, lambda _: None)
    module: Any = import_module("pipeline.steps.fetch")
    one = module.fetch

    def counted(*arguments: Any, **named: Any) -> Any:
        with clock.unit():
            return one(*arguments, **named)

    monkeypatch.setattr(module, "fetch", counted)
    defaults: Any = Session.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "sleep", clock.sleep)
    with clock.running():
        yield clock


def test_a_tight_limit_is_used_up_never_overdrawn_and_waited_for_no_longer_than_its_reset(
    server: Server, tmp_path: Path, skipping: SkippedTime
) -> None:
    server.simulator.clock.run(running=True)
    server.simulator.meter.switch(on=True, share=0.1)
    begin = skipping.elapsed()
    done = fetch(project(server, tmp_path, "mastodon", of=2))
    seconds = skipping.elapsed() - begin
    assert {unit.message for unit in done.values()} == {None}
    (bucket,) = server.simulator.meter.as_json()
    used: Any = bucket["used"]
    assert bucket["refused"] == 0
    *full, _last = used.values()
    assert len(full) >= 4
    assert sum(full) >= 0.95 * 30 * len(full)
    windows = -(-sum(used.values()) // 30)
    least = 300 * (windows - 1)
    assert least - 1 <= seconds <= 1.15 * least


def test_a_spent_quota_of_linkedin_names_midnight_is_asked_once_by_all_and_stops_nobody_else(
    server: Server, tmp_path: Path, skipping: SkippedTime
) -> None:
    server.simulator.clock.run(running=True)
    spend(server, "linkedin", Request("GET", "/linkedin/rest/posts", ()))
    before = refused(server)
    brand = project(server, tmp_path, "linkedin", "mastodon", of=2)
    done = fetch(brand)
    stopped = {name: unit for name, unit in done.items() if not unit.ok}
    assert len(stopped) == 6
    assert {unit.error for unit in stopped.values()} == {"QuotaExhausted"}
    assert all("linkedin" in name for name in stopped)
    assert any("midnight UTC" in str(unit.message) for unit in stopped.values())
    assert all("2026-11-04" in str(u.message) or "midnight UTC" in str(u.message) for u in stopped.values())
    # Two were on their way at once; the others, and another attempt at the night, knew of it.
    asked = refused(server) - before
    assert 1 <= asked <= 2
    assert {unit.error for unit in fetch(brand, "linkedin").values()} == {"QuotaExhausted"}
    assert refused(server) - before == asked


def test_spent_units_of_youtube_name_midnight_in_california_and_stop_only_who_shares_them(
    server: Server, tmp_path: Path
) -> None:
    owner = Request("GET", "/youtube/v3/channels", (), {"authorization": "Bearer one"})
    spend(server, "youtube", owner)
    done = fetch(project(server, tmp_path, "youtube", "bluesky"))
    stopped = {name: unit for name, unit in done.items() if not unit.ok}
    (unit,) = stopped.values()
    assert (unit.account, unit.error) == ("UCsimAtelierMarin4Canal1", "QuotaExhausted")
    assert "2026-11-03 08:00" in str(unit.message) or "midnight" in str(unit.message)


def test_by_hand_a_platform_has_as_many_units_at_once_as_its_pool_in_airflow(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand = project(server, tmp_path, *PLATFORMS, of=1)
    slots = {name: int(str(pool["slots"])) for name, pool in pools(tmp_path / "vigie.toml").items()}
    assert {f"vigie_{name}" for name in PLATFORMS} | {"vigie_warehouse"} == slots.keys()
    at_once, most, lock = Counter[str](), Counter[str](), Lock()

    def counted(_project: steps.Project, unit: Unit, *, now: Any) -> steps.Fetched:
        del now
        with lock:
            at_once[unit.platform] += 1
            most[unit.platform] = max(most[unit.platform], at_once[unit.platform])
        # Until the others have come, however slow their threads are; then long enough for one too many.
        until = monotonic() + 5
        while most[unit.platform] < slots[f"vigie_{unit.platform}"] and monotonic() < until:
            sleep(0.005)
        sleep(0.02)
        with lock:
            at_once[unit.platform] -= 1
        return steps.Fetched(unit.platform, unit.account, unit.night.isoformat(), "", None, 0, 0)

    monkeypatch.setattr(import_module("pipeline.steps.fetch"), "fetch", counted)
    assert len(fetch(brand)) == len(brand.settings.accounts)
    assert {f"vigie_{name}": count for name, count in most.items()} == {
        name: count for name, count in slots.items() if name != "vigie_warehouse"
    }


def test_two_ways_to_write_an_instance_spend_one_limit(server: Server, tmp_path: Path) -> None:
    brand = project(server, tmp_path, "mastodon", "bluesky", of=1)
    fetch(brand)
    state = brand.settings.paths.state
    assert sorted(file.name.partition("-")[0] for file in (state / "budgets").iterdir()) == ["bluesky", "mastodon"]


def test_a_year_of_statistics_takes_more_than_one_call(server: Server, tmp_path: Path) -> None:
    brand = project(server, tmp_path, "wordpress")
    (stretch,) = steps.plan_backfill(brand, NIGHT - timedelta(days=365), NIGHT, today=NIGHT + timedelta(days=1))
    (unit,) = stretch.units
    assert steps.fetch(brand, unit, now=lambda: NOW).ok
    counts: Any = server.simulator.state()["requests"]
    assert [count for path, count in counts["by_path"].items() if path.endswith("/stats/visits")] == [2]
