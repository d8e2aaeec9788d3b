"""``python -m pipeline.simulator``: serve the simulated platforms until Ctrl-C; the first line is the address."""

from __future__ import annotations

import argparse

from pipeline.simulator.server import run_forever


def main() -> None:
    """Options: --port (0: any free one), --host, --seed, --nights."""
    options = argparse.ArgumentParser(prog="python -m pipeline.simulator", description=__doc__)
    options.add_argument("--port", type=int, default=0, help="0 takes any free one")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--nights", type=int, default=90)
    chosen = options.parse_args()
    run_forever(chosen.port, chosen.seed, chosen.nights, host=chosen.host)


if __name__ == "__main__":
    main()
