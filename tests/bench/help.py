"""What ``vigie --help`` costs beyond the library that prints it: processor time, the same in a busy machine."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.bench.measure import Line, alternate, child, median, paired_ratio, peak

NAMES = ("help",)
TIMES = 5
_OURS = "from pipeline.cli import main; main()"
_PEER = "import typer; app = typer.Typer(); app.command('a')(lambda: None); app.command('b')(lambda: None); app()"


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    """Not scaled: the help is as long as it is."""
    mine, bare = alternate(lambda: child("help:ours"), lambda: child("help:peer"), TIMES if scale >= 0.1 else 1)
    yield Line("help", paired_ratio(mine, bare), 1.5, median(mine), peak(mine), {"peer_seconds": median(bare)})


def ours() -> dict[str, Any]:
    """The root command's help."""
    return _cost(_OURS)


def peer() -> dict[str, Any]:
    """The help of two commands that do nothing."""
    return _cost(_PEER)


def _cost(code: str) -> dict[str, Any]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code, "--help"], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}
