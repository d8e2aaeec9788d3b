"""The benchmarks run and say what they should, on a thousandth of the data; how fast is not looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from pipeline.simulator.platforms import ACCOUNTS
from tests.bench.__main__ import MODULES
from tests.bench.measure import ROOT, Line, paired_ratio

NAMES = {
    "help",
    "runner",
    "fetch_overhead",
    "landing",
    "landing_memory",
    "landing_memory_growth",
    "shopify_orders_memory",
    "woocommerce_orders_memory",
    "import_csv",
    "import_csv_memory",
    "import_csv_memory_growth",
    "night_of_200",
    "night_refusals",
    "night_limit_used",
    "night_memory",
    "night_memory_growth",
    "backfill_requests",
    "transform_growth",
    "gate2",
    "gates",
    "gates_memory",
    "publish",
    "parquet_months",
    "models_full",
    "attribution",
    "attribution_memory",
    "forecast",
    "forecast_memory",
    "conversion_models",
    "conversion_history",
    "kpi_models",
    "kpi_memory",
    "kpi_night",
    "as_of",
    "as_of_a_year_ago",
}


def bench(*arguments: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.bench", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def lines() -> dict[str, dict[str, Any]]:
    return {line["name"]: line for line in bench("--scale", "0.001")}


def test_every_benchmark_prints_one_line_with_its_ratio_and_limit(lines: dict[str, dict[str, Any]]) -> None:
    assert lines.keys() == NAMES
    for line in lines.values():
        assert list(line)[:5] == ["name", "ratio", "limit", "seconds", "peak_mb"]
        assert line["limit"] > 0
        assert line["seconds"] > 0
        assert line["peak_mb"] > 10


def test_each_line_says_how_much_it_measured(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["landing"]["records"] == 1000
    assert lines["landing"]["peer_seconds"] > 0
    assert lines["fetch_overhead"]["requests"] == 20
    assert lines["fetch_overhead"]["cpu_ms"] > 0
    assert lines["fetch_overhead"]["peer_cpu_ms"] > 0
    assert lines["landing_memory_growth"]["records"] == 4000
    for platform in ("shopify", "woocommerce"):
        assert lines[f"{platform}_orders_memory"]["orders"] == 300
        assert lines[f"{platform}_orders_memory"]["load_peak_mb"] > 10
    assert lines["import_csv"]["rows"] == 1000
    assert lines["import_csv"]["peer_seconds"] > 0
    assert lines["night_of_200"]["accounts"] == len(ACCOUNTS)
    assert lines["night_of_200"]["failed"] == 0
    assert lines["night_of_200"]["least_seconds"] > 60
    assert lines["night_of_200"]["worked_seconds"] < lines["night_of_200"]["seconds"]
    assert lines["night_refusals"]["refused"] == 0
    assert lines["night_memory_growth"]["records"] > 5 * lines["night_memory_growth"]["peer_records"]
    assert lines["backfill_requests"]["requests"] >= lines["backfill_requests"]["least"] > 100
    assert lines["transform_growth"]["rows"] > 5 * lines["transform_growth"]["peer_rows"]
    assert lines["models_full"]["models"] > 20
    assert lines["attribution"]["journeys"] == 1000
    assert lines["attribution"]["weights"] > 7 * 1000
    assert lines["forecast"]["series"] == 10
    assert lines["conversion_models"]["models"] > 20
    assert lines["conversion_models"]["journeys"] > 100
    assert lines["conversion_history"]["conversions"] > 1.5 * lines["conversion_history"]["peer_conversions"]
    assert lines["gate2"]["seconds"] < lines["gate2"]["night_seconds"]
    assert lines["gates"]["expectations"] > 100
    assert lines["gates"]["rows"] > 0


def test_a_new_night_writes_exactly_the_parts_of_parquet_that_it_changed(lines: dict[str, dict[str, Any]]) -> None:
    months = lines["parquet_months"]
    assert months["parts_written"] == months["parts_touched"] > 0


def test_one_benchmark_can_be_chosen() -> None:
    (line,) = bench("--only", "runner", "--scale", "0.01")
    assert line["name"] == "runner"


@pytest.mark.parametrize("arguments", [("--only", "nothing"), ("--scale", "0"), ("--scale", "2")])
def test_an_impossible_choice_is_refused_with_its_usage(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "tests.bench", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage: python -m tests.bench" in done.stderr


def test_the_help_has_examples() -> None:
    for module in ("tests.bench", "tests.bench.peers"):
        done = subprocess.run(
            [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert f"python -m {module} --" in done.stdout


def test_every_benchmark_has_a_file_of_its_own() -> None:
    assert len(set(MODULES)) == len(MODULES) >= 6


def test_a_ratio_is_the_median_of_its_pairs() -> None:
    mine = [{"seconds": 2.0}, {"seconds": 30.0}, {"seconds": 6.0}]
    theirs = [{"seconds": 1.0}, {"seconds": 10.0}, {"seconds": 3.0}]
    assert paired_ratio(mine, theirs) == 2.0
    line = json.loads(Line("x", 1.23456, 2, 0.5, 99.99, {"rows": 3}).text())
    assert line == {"name": "x", "ratio": 1.235, "limit": 2, "seconds": 0.5, "peak_mb": 100.0, "rows": 3}
