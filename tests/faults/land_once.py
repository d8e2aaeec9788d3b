"""Lands one unit again and again in processes of its own, each broken at another file operation.

``python -m tests.faults.land_once <folder> <kill|EIO|ENOSPC>`` forks one child for every file
operation of a landing (create, write, sync, rename, remove, make a folder). The child is killed
before that operation, or the operation fails with that error. After each, the parent looks at what
readers would see, lands once more, and looks again. One JSON object a line.

``limit`` lands more than the system's limit of a file's size allows, ``full`` more than the disk holds.
"""

from __future__ import annotations

import errno
import io
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import landing
from pipeline.errors import LandingError, SourceError, VigieError
from pipeline.streams import Manifest, Page, Stream, Unit, Window, Yield

NIGHT = date(2026, 11, 2)
UNIT = Unit("facebook", "104001", NIGHT, Window(date(2026, 10, 6), NIGHT))
STREAMS = (Stream("posts", {"id": "BIGINT"}, ("id",), "day"), Stream("insights", {"id": "BIGINT"}, ("id",), "day"))
OPERATIONS = ("mkdir", "fsync", "rename", "unlink", "rmdir", "open")
UNREACHED = 77


def items(records: int = 3000, *, noise: int = 500) -> Iterator[Yield]:
    """Two streams. The first ``noise`` records are random, so that the compressor writes before the end."""
    for start in range(0, records, 500):
        numbers = range(start, start + 500)
        texts = [os.urandom(150).hex() if number < noise else "0" * 300 for number in numbers]
        page = [f'{{"id": {number}, "text": "{text}"}}'.encode() for number, text in zip(numbers, texts, strict=True)]
        yield Page("posts", page, records)
    yield Page("insights", [b'{"id": 1}'], 1)


def land(root: Path, run: str, what: Iterator[Yield] | None = None) -> Manifest:
    return landing.write(
        str(root), UNIT, run, what or items(), STREAMS, api_version="1", clock=lambda: "", requests=lambda: 1
    )


class Breaking:
    """Counts file operations of this process and breaks at one of them."""

    def __init__(self, at: int, how: str) -> None:
        self.count, self.at, self.how = 0, at, how

    def step(self, what: object) -> None:
        self.count += 1
        if self.count == self.at:
            if self.how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            number = getattr(errno, self.how)
            raise OSError(number, os.strerror(number), str(what))

    def install(self) -> None:
        for name in OPERATIONS:
            setattr(os, name, self._around(getattr(os, name)))
        plain = io.open

        def opened(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
            if "x" not in mode:
                return plain(file, mode, *rest, **more)
            self.step(file)
            return self._watched(plain(file, mode, *rest, **more))

        io.open = opened

    def _around(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def broken(*args: Any, **more: Any) -> Any:
            self.step(args[:1])
            return operation(*args, **more)

        return broken

    def _watched(self, file: Any) -> Any:
        breaking = self

        class Watched(io.BufferedWriter):
            def write(self, data: Any) -> int:
                breaking.step(self.name)
                return super().write(data)

        return Watched(file.detach())


def broken_child(root: Path, run: str, at: int, how: str) -> int:
    """Exit status of a landing that breaks at operation ``at``; negative for a signal."""
    child = os.fork()
    if child == 0:
        status = UNREACHED
        try:
            breaking = Breaking(at, how)
            breaking.install()
            land(root, run)
            status = 0 if breaking.count >= at else UNREACHED
        except LandingError as error:
            status = 4 if str(root) in str(error) else 5
        except SourceError:
            status = 6
        except BaseException:  # noqa: BLE001 - whatever else: the parent must hear of it
            status = 7
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def look(root: Path) -> dict[str, Any]:
    """What a reader sees, and whether all of it is whole."""
    runs = landing.manifests(str(root))
    for run in runs:
        landing.verify(run)
    night = root / "facebook/104001/2026-11-02"
    left = [p.name for p in night.iterdir() if p.name.endswith(".partial")] if night.is_dir() else []
    records = [sum(stream.records for stream in run.streams.values()) for run in runs]
    return {"runs": [run.run_id for run in runs], "records": records, "left": left}


def sweep(folder: Path, how: str) -> None:
    at = 0
    while True:
        at += 1
        root = folder / f"{how}-{at}"
        landing.record_failure(str(root), UNIT, VigieError("yesterday's try"), "run-0", "")
        status = broken_child(root, "run-1", at, how)
        after = look(root)
        land(root, "run-2")
        again = look(root)
        failures = len(landing.failures(str(root), NIGHT))
        print(json.dumps({"at": at, "status": status, "after": after, "again": again, "failures": failures}))
        if status == UNREACHED:
            return


def refused(folder: Path) -> None:
    """Lands more than fits and tells what was said and what is left."""
    try:
        land(folder, "run-1", items(30_000, noise=30_000))
    except LandingError as error:
        print(json.dumps({"message": str(error), "after": look(folder)}))


def main() -> None:
    folder, how = Path(sys.argv[1]), sys.argv[2]
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    if how in {"limit", "full"}:
        refused(folder)
    else:
        sweep(folder, how)


if __name__ == "__main__":
    main()
