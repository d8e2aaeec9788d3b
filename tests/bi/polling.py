"""``python -m tests.bi.polling FILE UNTIL``: opens the published file again and again until UNTIL is there.

Prints one JSON object: how often it was read, the errors by kind, how many answers mixed two generations, how many
different generations were seen, and how often an older one came after a newer one.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import duckdb

# What each table of a generation holds is the number of that generation: see test_swaps.py.
ASKED = """
select
    split_part((select generation from _publish), '-', 2)::int,
    (select min(followers) from kpi.account_daily), (select max(followers) from kpi.account_daily),
    (select min("rows") from kpi.coverage_daily), (select max("rows") from kpi.coverage_daily),
    (select min(reach) from kpi.post), (select max(reach) from kpi.post)
"""


def poll(file: Path, until: Path) -> dict[str, object]:
    """Read until the other file appears."""
    seen: list[int] = []
    errors: Counter[str] = Counter()
    reads = mixed = 0
    while not until.exists():
        try:
            with duckdb.connect(str(file), read_only=True) as con:
                (numbers,) = con.execute(ASKED).fetchall()
        except duckdb.Error as error:
            errors["lock" if "lock" in str(error).lower() else type(error).__name__ + ": " + str(error)[:200]] += 1
        else:
            reads += 1
            mixed += len(set(numbers)) != 1
            seen.append(numbers[0])
        time.sleep(0.05)
    backward = sum(later < earlier for earlier, later in pairwise(seen))
    return {"reads": reads, "errors": errors, "mixed": mixed, "generations": len(set(seen)), "backward": backward}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(poll(Path(sys.argv[1]), Path(sys.argv[2]))) + "\n")
