"""Airflow's own commands, several in one process: ``python -m dags.commands db migrate -- pools import FILE``.

Importing Airflow takes longer than most of its commands.
"""

from __future__ import annotations

import sys
from itertools import groupby


def run(*words: str) -> None:
    """``airflow WORDS`` in this process; ends it where the command does."""
    from airflow.__main__ import main as airflow

    sys.argv = ["airflow", *words]
    airflow()


def main() -> None:
    """Run the commands of the command line, which ``--`` separates, one after the other."""
    for ends, words in groupby(sys.argv[1:], key=lambda word: word == "--"):
        if not ends:
            run(*words)


if __name__ == "__main__":
    main()
