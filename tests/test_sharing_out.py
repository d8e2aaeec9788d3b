"""Tests of one long replay run in one process, one after the other, and what takes long begins first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import LONG, REPLAYS, ROOT, together

CONFTEST = """
import os
import pytest

@pytest.fixture(scope="session")
def year(tmp_path_factory):
    with open(os.environ["PLAYED"], "a") as file:
        file.write(f"{os.getpid()}\\n")
"""
LOOKS = """
import time
import pytest

@pytest.mark.parametrize("n", range(3))
def test_looks(year: object, n: int) -> None:
    time.sleep(0.05)
"""


def test_a_replay_that_many_files_look_at_is_played_in_one_process_once(tmp_path: Path) -> None:
    nights = tmp_path / "tests" / "nights"
    nights.mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider\n")
    (tmp_path / "tests" / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (nights / "conftest.py").write_text(CONFTEST)
    for name in ("a", "b", "c", "d"):
        (nights / f"test_{name}.py").write_text(LOOKS)
        (nights / f"test_{name}_alone.py").write_text(LOOKS.replace("year: object, ", ""))
    played = tmp_path / "played"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-q"],
        cwd=tmp_path,
        env={**os.environ, "PLAYED": str(played)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "24 passed" in done.stdout, done.stdout + done.stderr
    assert len(played.read_text().split()) == 1


def test_every_file_that_is_said_to_take_long_is_there_and_every_replay_is_looked_at() -> None:
    assert [file for file in LONG if not (ROOT / file).is_file()] == []
    files = [str(file.relative_to(ROOT)) for file in (ROOT / "tests" / "nights").glob("test_*.py")]
    assert {together(file) for file in files} > set(REPLAYS)
