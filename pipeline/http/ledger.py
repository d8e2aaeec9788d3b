"""What was spent of every limit, in one small file that all sessions, processes and machines share.

The file is locked for a fraction of a millisecond around each change. It needs no care: one that
cannot be read is begun anew, one that cannot be written is replaced by memory, and what a dead
process had reserved is free again when its window ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)

_MOST_BYTES = 2**20
# Who holds a lock for so many seconds was stopped in the middle, or its machine is gone.
_LONGEST_LOCK = 10.0


class Entry(msgspec.Struct, omit_defaults=True):
    """One bucket. ``pending`` is reserved by requests under way, of the window ``window``.

    ``limit`` 0: nothing is known but when it resets. ``next_at``: the next step of a paced limit.
    """

    limit: float = 0.0
    remaining: float = 0.0
    resets_at: float | None = None
    pending: float = 0.0
    window: int = 0
    next_at: float = 0.0


class Books(msgspec.Struct, omit_defaults=True):
    """Everything of one platform and credential. ``skew``: the platform's clock minus the machine's."""

    skew: float = 0.0
    buckets: dict[str, Entry] = msgspec.field(default_factory=dict)


class Ledger:
    """The books of one platform and credential, on disk where there is a folder for them."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._books = Books()
        self._written = b""
        self._handle: int | None = None
        self._lock = threading.Lock()

    def is_begun(self) -> bool:
        """Whether anything was ever written down."""
        try:
            return self._file is None or self._handle is not None or self._file.exists()
        except OSError:
            # A folder that may not be looked into: opening it will say so.
            return True

    @contextmanager
    def open(self) -> Iterator[Books]:
        """The books, for this thread alone; what it changes is kept."""
        with self._lock:
            handle = self._locked()
            if handle is None:
                yield self._books
                return
            try:
                self._read(handle)
                yield self._books
                self._write(handle)
            finally:
                fcntl.lockf(handle, fcntl.LOCK_UN)

    def _locked(self) -> int | None:
        """The file, locked; None where there is none, or none that can be used."""
        if self._file is None:
            return None
        try:
            handle = self._opened(self._file)
            patience = time.monotonic() + _LONGEST_LOCK
            while True:
                try:
                    fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() > patience:
                        raise
                    time.sleep(0.001)
                else:
                    return handle
        except OSError as error:
            self._give_up(error)
            return None

    def _opened(self, file: Path) -> int:
        if self._handle is not None and os.fstat(self._handle).st_nlink == 0:
            # A person removed the file.
            os.close(self._handle)
            self._handle = None
        if self._handle is None:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._handle

    def _give_up(self, error: OSError) -> None:
        log.warning("%s cannot be used (%s): the budget is kept in memory", self._file, error.strerror)
        self._file = None

    def _read(self, handle: int) -> None:
        """The first line counts: a shorter one may have been written over a longer one."""
        data = os.pread(handle, _MOST_BYTES, 0)
        line, end, _ = data.partition(b"\n")
        if end and line == self._written:
            return
        self._written = line
        try:
            self._books = msgspec.json.decode(line, type=Books) if end else Books()
        except (msgspec.DecodeError, RecursionError):
            self._books = Books()

    def _write(self, handle: int) -> None:
        line = msgspec.json.encode(self._books)
        if line != self._written:
            try:
                os.pwrite(handle, line + b"\n", 0)
            except OSError as error:
                self._give_up(error)
        self._written = line


_ledgers: dict[Path, Ledger] = {}
_guard = threading.Lock()


def ledger(state: Path | None, platform: str, spender: str) -> Ledger:
    """The ledger that every session of this process shares for a platform and a spender (a credential, an app).

    ``spender`` is hashed so shortly that nothing can be learnt from the file's name.
    """
    if state is None:
        return Ledger(None)
    digest = hashlib.blake2b(spender.encode(), digest_size=5, person=b"budget").hexdigest()
    file = state.resolve() / "budgets" / f"{platform}-{digest}.json"
    with _guard:
        return _ledgers.setdefault(file, Ledger(file))


def _forget() -> None:
    """A child process has locks and handles of its own."""
    global _guard  # noqa: PLW0603 - the parent's may be held by a thread that does not exist here
    _guard = threading.Lock()
    _ledgers.clear()


os.register_at_fork(after_in_child=_forget)
