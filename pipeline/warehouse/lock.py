"""One writer at a time: a lock file beside the warehouse that says who holds it.

The lock is the operating system's (``flock``): it ends with the process that holds it, however that
ends, so it is never stale. The text in the file is only for the message.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.errors import WarehouseBusy, WarehouseError


def lock_file(path: Path) -> Path:
    """The lock file of the warehouse ``path``."""
    return path.with_name(path.name + ".lock")


@contextmanager
def hold(path: Path, *, command: str, night: date | None) -> Iterator[None]:
    """Hold the warehouse ``path`` for this process while the block runs.

    Raises WarehouseBusy at once when another process holds it, WarehouseError when the folder does
    not allow the lock file to be written.
    """
    file = lock_file(path)
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise WarehouseError(f"{file}: cannot be written ({error.strerror}); the warehouse needs its folder") from error
    try:
        _take(handle, file)
        _sign(handle, command, night)
        yield
    finally:
        # The name stays: removing it would let a third process lock a file that nobody else sees.
        os.close(handle)


def _take(handle: int, file: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise WarehouseError(f"{file}: cannot be locked ({error.strerror})") from error
        raise WarehouseBusy(f"{file}: the warehouse is {_holder(handle)}") from None


def _sign(handle: int, command: str, night: date | None) -> None:
    text = json.dumps(
        {
            "pid": os.getpid(),
            "since": _started(),
            "host": socket.gethostname(),
            "command": command,
            "night": night.isoformat() if night else None,
        }
    )
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)


def _started() -> str:
    # For a person who waits at the lock: it never enters the data.
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _holder(handle: int) -> str:
    """What the file says of its holder, as words; the holder may be just about to write it."""
    try:
        who = json.loads(os.pread(handle, 4096, 0))
        return f"held by pid {who['pid']} on {who['host']} ({who['command']}) since {who['since']}"
    except (ValueError, KeyError, TypeError):
        return "held by another process that has only just started"
