"""The machine: versions, folders that can be written, room on disk, and who holds the warehouse."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline import __version__
from pipeline.doctor.finding import Finding, State
from pipeline.settings import Settings

# Older ones lose every row when the disk fills during a checkpoint.
OLDEST_DUCKDB = (1, 5, 5)
OLDEST_PYTHON = (3, 11)
# A night writes a copy of the warehouse's changes, of the publication, and spills beside them.
TIMES_THE_WAREHOUSE = 3
LEAST_FREE = 256 * 2**20
_NEEDED = ("duckdb", "great-expectations", "pandas", "requests", "zstandard")


def versions() -> Iterator[Finding]:
    """Python, DuckDB and the other libraries that a night cannot do without."""
    running = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        yield Finding("fail", "versions", "python", running, "install Python 3.11 or newer")
    else:
        yield Finding("ok", "versions", "python", running)
    yield Finding("ok", "versions", "vigie", __version__)
    for name in _NEEDED:
        yield _library(name)


def _library(name: str) -> Finding:
    try:
        found = version(name)
    except PackageNotFoundError:
        return Finding("fail", "versions", name, "is not installed", "install Vigie again, from its lock")
    if name == "duckdb" and _numbers(found) < OLDEST_DUCKDB:
        return Finding("fail", "versions", name, f"{found} loses data when the disk is full", "install 1.5.5 or newer")
    return Finding("ok", "versions", name, found)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


def folders(settings: Settings) -> Iterator[Finding]:
    """Whether each folder exists, or can be made, and takes a file."""
    for name, folder in _places(settings).items():
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        try:
            with tempfile.TemporaryFile(dir=existing):
                pass
        except OSError as error:
            user = f"the user {os.getuid()}"
            yield Finding("fail", "folders", name, f"{existing}: {error.strerror}", f"let {user} write there")
            continue
        told = str(folder) if existing == folder else f"{folder} (will be made)"
        yield Finding("ok", "folders", name, told)
    file = settings.paths.warehouse
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        yield Finding("fail", "folders", "warehouse", f"{file}: cannot be written", f"let the user {os.getuid()} do so")


def _places(settings: Settings) -> dict[str, Path]:
    paths, spill = settings.paths, settings.storage.temp_directory
    places = {"warehouse": paths.warehouse.parent, "publication": paths.publication}
    if "://" not in paths.landing:
        places["landing"] = Path(paths.landing)
    return places | ({"spill": spill} if spill else {})


def disk(settings: Settings) -> Iterator[Finding]:
    """Room on each disk that a night writes to."""
    file = settings.paths.warehouse
    size = file.stat().st_size if file.exists() else 0
    need = max(TIMES_THE_WAREHOUSE * size, LEAST_FREE)
    seen: set[int] = set()
    for name, folder in _places(settings).items():
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        device = existing.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(existing).free
        told = f"{existing}: {_bytes(free)} free, a night needs {_bytes(need)}"
        state: State = "fail" if free < need else "warn" if free < 2 * need else "ok"
        yield Finding(state, "disk", name, told, "" if state == "ok" else "make room, or move the folder")


def _bytes(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"


def lock(settings: Settings) -> Iterator[Finding]:
    """Who holds the warehouse."""
    file, held = _lock_file(settings), holder(settings)
    if held:
        yield Finding("warn", "lock", str(file), held, "wait until it has ended")
    else:
        yield Finding("ok", "lock", str(file), "nobody holds the warehouse")


def holder(settings: Settings) -> str | None:
    """Who holds the warehouse, in words; None for nobody. Takes a shared lock for an instant."""
    file = _lock_file(settings)
    if not file.exists():
        return None
    with file.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _holder(handle.read(4096))
    return None


def _lock_file(settings: Settings) -> Path:
    return settings.paths.warehouse.with_name(settings.paths.warehouse.name + ".lock")


def _holder(content: bytes) -> str:
    try:
        who = json.loads(content)
        return f"held by pid {who['pid']} ({who['command']}) since {who['since']}"
    except (ValueError, KeyError, TypeError):
        return "held by a process that does not say who it is"
