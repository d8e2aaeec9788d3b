"""Serve an inbox in this process and end it, as a power cut does, at a named moment of the first message.

    take_once.py SPOOL MOMENT

``never`` ends nothing; ``written``: the file has its content and not its name; ``named``: it has its name,
which is not on disk for certain; ``durable``: everything is done but the answer.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline import durable
from pipeline.sources.inbox import spool
from pipeline.sources.inbox.desk import Desk
from pipeline.sources.inbox.server import Inbox
from tests.sources.reading import account


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(call: Callable[..., Any]) -> Callable[..., Any]:
    def both(*args: Any) -> None:
        call(*args)
        die()

    return both


def main(folder: Path, moment: str) -> None:
    there = replace(account("inbox", "http://127.0.0.1:9", spool=str(folder)), site="shop")
    desk = Desk([there])
    desk.try_out()
    if moment == "written":
        spool._write = then_die(spool._write)
    elif moment == "named":
        durable.sync = die  # type: ignore[assignment]
    elif moment == "durable":
        durable.sync = then_die(durable.sync)
    inbox = Inbox(("127.0.0.1", 0), desk)
    sys.stdout.write(f"{inbox.url}\n")
    sys.stdout.flush()
    inbox.serve_forever(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
