"""``python -m tests.http.reader <base> <state>``: a process that reads all pages; prints how many records came."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.errors import SourceError
from tests.http.granting import read, session


def main() -> int:
    with session(sys.argv[1], Path(sys.argv[2])) as http:
        try:
            print(len(read(http)), flush=True)
        except SourceError as error:
            print(error, flush=True)
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
