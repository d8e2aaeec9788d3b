"""The load as a process of its own, so that it can be killed, starved and raced.

``python -m tests.faults.load_once <folder> [--warehouse FILE] [--no-room-check] [--pause]`` loads what
``land`` put into the folder, night by night, and ends with the exit code of the error it met.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipeline import warehouse
from pipeline.errors import VigieError
from pipeline.settings import Storage
from pipeline.warehouse import opening
from tests.warehouse.landed import FIRST, SOURCES, Landed, Record, post

ROOT = Path(__file__).parents[2]


def land(folder: Path, *, nights: int = 4, posts: int = 400, noise: int = 60) -> None:
    """A few nights of two accounts, each restating the one before; ``noise`` bytes a post do not compress."""
    draw = random.Random(7)
    landed = Landed(folder / "landing")
    for number in range(nights):
        night = FIRST + timedelta(days=number)
        for account in ("1", "2"):
            told: list[Record] = []
            for n in range(posts):
                # Most posts of the days before are as they were, one in seven has more likes.
                day = FIRST + timedelta(days=n % (number + 1))
                likes = number if n % 7 == 0 else 0
                told.append(post(f"{account}_{n}", day, likes, text=random.Random(n).randbytes(noise // 2).hex()))
            draw.shuffle(told)
            days: list[Record] = [
                {
                    "day": str(FIRST + timedelta(days=d)),
                    "views": 10 * d + number,
                    "rate": 0.5,
                    "cost": 1,
                    "final": d < number,
                }
                for d in range(number + 1)
            ]
            landed.land(night, {"posts": told, "days": days, "orders": "no shop"}, account=account)
    (folder / "landed.pickle").write_bytes(pickle.dumps(landed))


def recall(folder: Path) -> Landed:
    landed: Landed = pickle.loads((folder / "landed.pickle").read_bytes())
    return landed


def load(folder: Path, path: Path, *, on_night: Callable[[], None] = lambda: None) -> None:
    """Load everything into ``path``, one opening for each night as the nightly run does it."""
    landed = recall(folder)
    manifests = sorted(landed.all(), key=lambda m: m.unit.night)
    for night in dict.fromkeys(m.unit.night for m in manifests):
        with warehouse.open_warehouse(path, Storage(), sealed=False, command="load", night=night) as con:
            warehouse.ensure_tables(con, SOURCES)
            tonight = [m for m in manifests if m.unit.night == night]
            done = warehouse.load(con, tonight, SOURCES, night=night, files=landed.files, runs=landed.runs)
            for unit in done:
                if unit.error:
                    raise unit.error
            on_night()


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that a load writes, but the number of its commits."""
    tables = ["raw.harbour_posts", "raw.harbour_days", "ops.ledger", "ops.stream_night", "quality.quarantine"]
    with warehouse.open_reader(path) as con:
        return {table: con.execute(f"select * from {table} order by all").fetchall() for table in tables}


def start(folder: Path, *arguments: str, before: Sequence[str] = (), **options: Any) -> subprocess.Popen[str]:
    """The load in a process of its own; ``before`` is what runs it, such as strace."""
    command = [*before, sys.executable, "-m", "tests.faults.load_once", str(folder), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )


def run(folder: Path, *arguments: str, before: Sequence[str] = (), **options: Any) -> tuple[int, str]:
    """Exit code and all output of a load."""
    process = start(folder, *arguments, before=before, **options)
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--warehouse", type=Path)
    parser.add_argument("--no-room-check", action="store_true")
    parser.add_argument("--pause", action="store_true", help="say 'loaded' and wait for a line after each night")
    given = parser.parse_args()
    if given.no_room_check:
        opening.LEAST_FREE = 0

    def pause() -> None:
        print("loaded", flush=True)
        sys.stdin.readline()

    try:
        load(
            given.folder,
            given.warehouse or given.folder / "warehouse.duckdb",
            on_night=pause if given.pause else lambda: None,
        )
    except VigieError as error:
        print(f"{type(error).__name__}: {error}")
        return error.exit_code
    print("done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
