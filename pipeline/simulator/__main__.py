"""``python -m pipeline.simulator [port] [seed] [nights]``: serve the simulated platforms until Ctrl-C."""

from __future__ import annotations

import sys

from pipeline.simulator.server import run_forever

if __name__ == "__main__":
    port, seed, nights = [*map(int, sys.argv[1:4]), *(8765, 7, 90)[len(sys.argv) - 1 :]]
    run_forever(port, seed, nights)
