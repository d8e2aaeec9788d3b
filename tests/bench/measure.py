"""A measured part is a function in a process of its own; a benchmark is a line of JSON."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Not the system's folder of temporary files: that may be memory, and a disk is what is measured.
WORK = ROOT / "var" / "bench"


@dataclass(frozen=True)
class Line:
    """One benchmark's outcome. ``seconds`` and ``peak_mb`` are ours; ``more`` says what they rest on."""

    name: str
    ratio: float
    limit: float
    seconds: float
    peak_mb: float
    more: Mapping[str, object] = field(default_factory=dict)

    def text(self) -> str:
        shown = {
            "name": self.name,
            "ratio": round(self.ratio, 3),
            "limit": self.limit,
            "seconds": round(self.seconds, 3),
            "peak_mb": round(self.peak_mb, 1),
            **{key: round(value, 3) if isinstance(value, float) else value for key, value in self.more.items()},
        }
        return json.dumps(shown)


Result = Mapping[str, Any]
"""What a part returns, at least ``seconds``; ``child`` adds ``peak_mb`` of its process."""


def child(part: str, **arguments: object) -> dict[str, Any]:
    """Run ``module:function`` of this package in a new process and give what it returns."""
    command = [sys.executable, "-m", "tests.bench.child", part, json.dumps(arguments, default=str)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def runs(scale: float) -> int:
    """How often a pair is measured: a small scale only shows that everything works."""
    return 3 if scale >= 0.1 else 1


def alternate(ours: Callable[[], Result], peer: Callable[[], Result], times: int) -> tuple[list[Result], list[Result]]:
    """Both parts in turns, each ``times`` times; the first of a pair changes from pair to pair."""
    mine: list[Result] = []
    theirs: list[Result] = []
    for run in range(times):
        pair = [(mine, ours), (theirs, peer)]
        for found, part in pair if run % 2 == 0 else reversed(pair):
            found.append(part())
        say(f"  pair {run + 1} of {times}: {mine[-1]['seconds']:.2f} s against {theirs[-1]['seconds']:.2f} s")
    return mine, theirs


def median(results: Sequence[Result], key: str = "seconds") -> float:
    return statistics.median(float(result[key]) for result in results)


def paired_ratio(mine: Sequence[Result], theirs: Sequence[Result]) -> float:
    """Median of the ratios of the pairs: what slows the machine for a while slows both of a pair."""
    return statistics.median(float(a["seconds"]) / float(b["seconds"]) for a, b in zip(mine, theirs, strict=True))


def peak(results: Sequence[Result]) -> float:
    return max(float(result["peak_mb"]) for result in results)


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """An empty folder on the project's disk, removed afterwards."""
    WORK.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{name}-", dir=WORK) as path:
        yield Path(path)
