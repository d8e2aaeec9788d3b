"""``python -m tests.bench.child landing:ours '{"port": 8000}'``: one part, then its peak memory."""

from __future__ import annotations

import importlib
import json
import resource
import sys
from pathlib import Path


def peak_mb() -> float:
    """The most memory that this process has held. Not rusage alone: that counts the parent before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def main() -> None:
    module, _, function = sys.argv[1].partition(":")
    part = getattr(importlib.import_module(f"tests.bench.{module}"), function)
    found = part(**json.loads(sys.argv[2]))
    print(json.dumps({**found, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
