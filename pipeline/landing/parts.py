"""Records on their way into compressed part files, in a thread of their own.

While the next page is downloaded, this thread joins, compresses, hashes and writes the last one:
all four release the interpreter's lock. What waits between the two is bounded in bytes. However a
platform cuts its pages, the same records give the same files, byte for byte.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import IO

import zstandard

from pipeline.errors import LandingError, VigieError
from pipeline.landing.faults import landing_error
from pipeline.landing.stores import Store

MOST_RECORDS = 200_000
# A part is what one thread reads: many of them keep every thread of the load busy to the end.
MOST_BYTES = 16 * 2**20
# Enough to bridge a slow answer or a slow disk, little enough to stay in the processor's cache.
_MOST_WAITING = 4 * 2**20
_LEVEL = 1
# A JSON string cannot contain a raw line break, so every one stands between two tokens.
_BREAKS = bytes.maketrans(b"\r\n", b"  ")


@dataclass(frozen=True)
class PartFile:
    """One finished file: ``bytes`` as written (compressed), ``sha256`` of these bytes."""

    name: str
    sha256: str
    records: int
    bytes: int


class _Part:
    """A file that is being written."""

    def __init__(self, store: Store, name: str) -> None:
        self.name = name
        self.records = 0
        self.raw = 0
        self._written = 0
        self._place = store.place
        self._digest = hashlib.sha256()
        self._pack = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=False).compressobj()
        self._file: IO[bytes] = store.create(name)

    def add(self, lines: bytes, records: int) -> None:
        self.records += records
        self.raw += len(lines)
        self._write(self._pack.compress(lines))

    def _write(self, packed: bytes) -> None:
        if not packed:
            return
        self._digest.update(packed)
        try:
            self._file.write(packed)
        except OSError as error:
            raise landing_error(error, self._place, needed=len(packed)) from error
        self._written += len(packed)

    def finish(self, store: Store) -> PartFile:
        self._write(self._pack.flush())
        store.finish(self._file)
        return PartFile(self.name, self._digest.hexdigest(), self.records, self._written)

    def drop(self) -> None:
        """Closes the file as it is: the run that it belongs to will not exist."""
        with contextlib.suppress(OSError):
            self._file.close()


class Writer:
    """Part files of all streams of one run. ``put`` from one thread, then ``close`` or ``abandon``."""

    def __init__(self, store: Store, *, most_records: int = MOST_RECORDS, most_bytes: int = MOST_BYTES) -> None:
        self._store = store
        self._most_records, self._most_bytes = most_records, most_bytes
        self._open: dict[str, _Part] = {}
        self._done: dict[str, list[PartFile]] = {}
        self._waiting: deque[tuple[str, Sequence[bytes], int]] = deque()
        self._waiting_bytes = 0
        self._ended = self._abandoned = False
        self._failure: VigieError | None = None
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="landing", daemon=True)
        self._thread.start()

    def put(self, stream: str, records: Sequence[bytes]) -> None:
        """Queues the records of a page. Waits while too much is queued; LandingError of the thread."""
        size = sum(map(len, records)) + len(records)
        with self._change:
            while self._waiting and self._waiting_bytes + size > _MOST_WAITING and self._failure is None:
                self._change.wait()
            if self._failure is not None:
                raise self._failure
            self._waiting.append((stream, records, size))
            self._waiting_bytes += size
            self._change.notify_all()

    def close(self) -> dict[str, list[PartFile]]:
        """Waits for everything to be durable; the files of each stream, in order."""
        self._end(abandoned=False)
        if self._failure is not None:
            raise self._failure
        return self._done

    def abandon(self) -> None:
        """Stops the thread and closes its files; what is queued is dropped."""
        self._end(abandoned=True)

    def _end(self, *, abandoned: bool) -> None:
        with self._change:
            self._ended = True
            self._abandoned = self._abandoned or abandoned
            self._change.notify_all()
        self._thread.join()

    def _run(self) -> None:
        try:
            while (work := self._next()) is not None:
                self._land(*work)
            if not self._abandoned:
                for stream in list(self._open):
                    self._finish(stream)
        except OSError as error:
            self._fail(landing_error(error, self._store.place))
        except VigieError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other thread must not wait for ever
            self._fail(LandingError(f"{self._store.place}: cannot be written: {type(error).__name__}"))
        finally:
            for part in self._open.values():
                part.drop()

    def _next(self) -> tuple[str, Sequence[bytes], int] | None:
        with self._change:
            while not self._waiting and not self._ended:
                self._change.wait()
            if not self._waiting or self._abandoned:
                return None
            work = self._waiting.popleft()
            self._waiting_bytes -= work[2]
            self._change.notify_all()
            return work

    def _land(self, stream: str, records: Sequence[bytes], size: int) -> None:
        """``size``: bytes of all records with their line ends."""
        while records:
            part = self._open.get(stream) or self._begin(stream)
            end = len(records)
            if part.records + end > self._most_records or part.raw + size > self._most_bytes:
                end = self._fitting(part, records)
            lines = _lines(records[:end])
            part.add(lines, end)
            records, size = records[end:], size - len(lines)
            if part.records >= self._most_records or part.raw >= self._most_bytes:
                self._finish(stream)

    def _fitting(self, part: _Part, records: Sequence[bytes]) -> int:
        """How many of the records go into the part: the one that reaches a limit is its last."""
        sizes = list(accumulate(len(record) + 1 for record in records))
        return min(self._most_records - part.records, 1 + bisect_left(sizes, self._most_bytes - part.raw))

    def _begin(self, stream: str) -> _Part:
        number = len(self._done.get(stream, ())) + 1
        part = self._open[stream] = _Part(self._store, f"{stream}-{number:04d}.jsonl.zst")
        return part

    def _finish(self, stream: str) -> None:
        part = self._open[stream]
        self._done.setdefault(stream, []).append(part.finish(self._store))
        del self._open[stream]

    def _fail(self, failure: VigieError) -> None:
        with self._change:
            self._failure = failure
            self._waiting.clear()
            self._change.notify_all()


def _lines(records: Sequence[bytes]) -> bytes:
    """One record a line, each ended by a line feed."""
    lines = b"\n".join([*records, b""])
    if lines.count(b"\n") != len(records) or b"\r" in lines:
        lines = b"\n".join([*(record.translate(_BREAKS) for record in records), b""])
    return lines
