"""What the operating system says about a folder, as a sentence that a person can act on."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from pipeline.errors import LandingError

_FULL = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota is used up",
    errno.EFBIG: "a file may not grow further",
}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def landing_error(error: OSError, place: str, *, needed: int | None = None) -> LandingError:
    """``place`` cannot be written or read; ``needed`` bytes were about to be written there."""
    if error.errno in _FULL:
        more = "more space" if needed is None else f"at least {needed} more bytes"
        return LandingError(f"{place}: {_FULL[error.errno]}: {more} needed, {free_bytes(place)} free")
    if error.errno in _FORBIDDEN:
        return LandingError(f"{place}: {error.strerror}: the landing must be writable for the user who runs the night")
    return LandingError(f"{place}: {error.strerror or type(error).__name__}")


def free_bytes(place: str) -> int:
    """Free bytes where ``place`` is or will be; 0 where nobody can tell."""
    path = Path(place)
    for candidate in (path, *path.parents):
        try:
            return shutil.disk_usage(candidate).free
        except OSError:
            continue
    return 0
