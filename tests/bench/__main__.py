"""``python -m tests.bench``: all benchmarks, or some, one JSON object a line."""

from __future__ import annotations

import argparse
import importlib
import time

from tests.bench.measure import say

# In this order: what needs the synthetic history comes together and makes it once.
MODULES = (
    "help",
    "runner",
    "fetch_overhead",
    "landing",
    "orders",
    "imports",
    "night_of_200",
    "backfill_requests",
    "transform_growth",
    "gate2",
    "publishing",
    "models_full",
    "attribution",
    "forecasts",
    "conversions",
    "kpis",
    "as_of",
)

_EPILOG = """Each line: name, ratio (at most its limit), seconds and peak_mb of ours, and what it was compared with.

examples:
  python -m tests.bench
  python -m tests.bench --only landing --only runner
  python -m tests.bench --scale 0.01      everything on a hundredth of the data; the ratios then say little
"""


def main() -> None:
    parts = {name: importlib.import_module(f"tests.bench.{name}") for name in MODULES}
    known = [name for part in parts.values() for name in part.NAMES]
    options = _options(known)
    wanted = frozenset(options.only or known)
    for part in parts.values():
        if wanted.isdisjoint(part.NAMES):
            continue
        say(", ".join(name for name in part.NAMES if name in wanted))
        start = time.perf_counter()
        for line in part.lines(options.scale, wanted):
            print(line.text(), flush=True)
        say(f"  took {time.perf_counter() - start:.0f} s")


def _options(known: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Speed and memory as ratios, one JSON object a line; progress goes to standard error.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=known, metavar="NAME", help=f"one of {', '.join(known)}")
    parser.add_argument("--scale", type=float, default=1.0, metavar="SHARE", help="share of the data (default 1.0)")
    options = parser.parse_args()
    if not 0 < options.scale <= 1:
        parser.error("--scale is more than 0 and at most 1")
    return options


if __name__ == "__main__":
    main()
