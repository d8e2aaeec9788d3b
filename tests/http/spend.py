"""``python -m tests.http.spend <base> <state> <requests> <keep>``: one process of several that share a limit.

Prints how many requests were answered; ends with 3 where the quota is exhausted.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.errors import QuotaExhausted
from pipeline.http import Rates, Session, judge_status, x_headers
from pipeline.settings import Secret


def main() -> int:
    base, state, times, keep = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    with Session(
        platform="x",
        account="1",
        night=None,
        base=base,
        headers={"Authorization": Secret("env:TOKEN", "Bearer token-of-eighteen-letters")},
        rates=Rates(read=x_headers, keep=keep),
        state=state,
    ) as http:
        try:
            for _ in range(times):
                http.get("posts", judge=judge_status)
        except QuotaExhausted:
            return 3
        finally:
            print(http.requests, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
