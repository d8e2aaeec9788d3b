"""Importing Great Expectations costs seconds: a process does it once, however many nights and gates it has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import sys

loaded = []

class Counting:
    def find_spec(self, name, path=None, target=None):
        if name == "great_expectations":
            loaded.append(name)
        return None

sys.meta_path.insert(0, Counting())

from datetime import date

import duckdb

import pipeline.cli.app
from pipeline import steps
from pipeline.steps import gates
from pipeline.steps.transform import judge
from tests.quality.clean_brand import build, stage

assert loaded == [], "the command line imports it before a gate runs"
steps.prepare()
made = set()
for _ in range(2):
    with duckdb.connect() as con:
        build(stage(con))
        made.add(gates.gate(con))
        for night in (date(2026, 11, 1), date(2026, 11, 2)):
            judge(con, {"kpi.site_daily": None}, night, "r1")
print(len(loaded), len(made))
"""


def test_a_process_imports_it_once_and_makes_one_gate() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1", "1"]
