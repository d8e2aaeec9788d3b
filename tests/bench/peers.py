"""``python -m tests.bench.peers``: the same records through another tool, in the same run.

dlt gets an environment of its own in ``var/bench/dlt``, from the pins and hashes in ``dlt.lock``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from tests.bench import server
from tests.bench.measure import ROOT, WORK, Line, Result, alternate, child, folder, median, peak, runs, say

RECORDS = 200_000
LOCK = Path(__file__).with_name("dlt.lock")

_EPILOG = """examples:
  python -m tests.bench.peers
  python -m tests.bench.peers --scale 0.05
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.peers",
        description="The same 200,000 records through dlt, one JSON object a line; its ratio is at least its limit.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--scale", type=float, default=1.0, metavar="SHARE", help="share of the records (default 1.0)")
    print(against_dlt(parser.parse_args().scale).text(), flush=True)


def against_dlt(scale: float) -> Line:
    """``ratio`` is dlt's seconds over ours: here more is better."""
    records, python = round(RECORDS * scale), _environment()
    with folder("peers") as place, server.running(place, records) as port:
        mine, theirs = alternate(
            lambda: child("landing:ours", port=port, records=records, place=place),
            lambda: _dlt(python, place / "dlt", port, records),
            runs(scale),
        )
    return Line(
        "landing_vs_dlt",
        statistics.median(a["seconds"] / b["seconds"] for a, b in zip(theirs, mine, strict=True)),
        8,
        median(mine),
        peak(mine),
        {
            "at_least": True,
            "peer_seconds": median(theirs),
            "peer_peak_mb": peak(theirs),
            "rows": mine[0]["rows"],
            "peer_rows": theirs[0]["rows"],
        },
    )


def _environment() -> Path:
    """dlt's Python, installed again when the pins change."""
    home, mark = WORK / "dlt", WORK / "dlt" / "dlt.lock"
    python = home / "bin" / "python"
    if mark.exists() and mark.read_bytes() == LOCK.read_bytes():
        return python
    say("  installing dlt")
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, home], check=True)
    command = [uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", *_index(), str(LOCK)]
    subprocess.run(command, check=True, cwd=ROOT)
    shutil.copy2(LOCK, mark)
    return python


def _index() -> list[str]:
    """pip's own configuration of its index, where somebody has one."""
    pip = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    found = subprocess.run(pip, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return ["--default-index", found.stdout.strip()] if found.stdout.strip() else []


def _dlt(python: Path, place: Path, port: int, records: int) -> Result:
    from tests.bench.post_metrics import STREAM

    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    script = Path(__file__).with_name("dlt_peer.py")
    command = [str(python), str(script), str(port), str(records), str(place), json.dumps(dict(STREAM.columns))]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    say(f"    dlt: {found['steps']}")
    return found


if __name__ == "__main__":
    main()
