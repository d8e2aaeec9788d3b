"""Where the files of a run go: a local folder, renamed when whole, or an object store.

Both keep one promise: a run without its manifest does not exist. Locally everything is written
aside, made durable and renamed at once. An object store cannot rename, so the manifest, which is
one object and appears at once, is uploaded after everything else.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from io import BufferedReader
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from pipeline import durable
from pipeline.errors import LandingError
from pipeline.landing.faults import free_bytes, landing_error

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

MANIFEST = "manifest.json"
# Below this a manifest may not fit: said before the first request.
_LEAST_FREE = 2**20


class Store(Protocol):
    """The files of one run under way. ``place`` names the folder in messages."""

    place: str

    def create(self, name: str) -> IO[bytes]: ...

    def finish(self, file: IO[bytes]) -> None:
        """Closes the file; from here on its bytes survive a power cut."""

    def seal(self, manifest: bytes, run: str) -> str:
        """Makes the run exist as ``run`` and returns its folder."""

    def discard(self) -> None:
        """Removes whatever the run wrote."""


class LocalStore:
    """A folder aside, ``.<run>.<random>.partial``, in the folder of the night."""

    def __init__(self, night: Path, run: str) -> None:
        self._night = night
        self._aside = night / f".{run}.{secrets.token_hex(4)}.partial"
        self.place = str(night)
        try:
            _make_durably(night)
            # Left by a run that was killed; a run that still lives finds its folder gone and ends.
            for stale in night.glob(".*.partial"):
                shutil.rmtree(stale)
            self._aside.mkdir()
        except OSError as error:
            raise landing_error(error, self.place) from error
        if free_bytes(self.place) < _LEAST_FREE:
            self.discard()
            raise LandingError(
                f"{self.place}: the disk is full: {_LEAST_FREE} bytes needed, {free_bytes(self.place)} free"
            )

    def create(self, name: str) -> IO[bytes]:
        return (self._aside / name).open("xb")

    def finish(self, file: IO[bytes]) -> None:
        file.flush()
        os.fsync(file.fileno())
        file.close()

    def seal(self, manifest: bytes, run: str) -> str:
        try:
            with self.create(MANIFEST) as file:
                file.write(manifest)
                self.finish(file)
        except OSError as error:
            raise landing_error(error, self.place, needed=len(manifest)) from error
        durable.sync(self._aside)
        target = self._night / run
        self._aside.rename(target)
        durable.sync(self._night)
        return str(target)

    def discard(self) -> None:
        shutil.rmtree(self._aside, ignore_errors=True)


class ObjectStore:
    """Objects under ``<night>/<run>.<random>/``: two attempts never write to the same name."""

    def __init__(self, system: AbstractFileSystem, night: str, run: str) -> None:
        self._system = system
        self._folder = f"{night}/{run}.{secrets.token_hex(4)}"
        self._names: list[str] = []
        self.place = system.unstrip_protocol(night)
        with contextlib.suppress(NotImplementedError):
            system.makedirs(self._folder, exist_ok=True)

    def create(self, name: str) -> IO[bytes]:
        self._names.append(name)
        return cast("IO[bytes]", self._system.open(f"{self._folder}/{name}", "wb"))

    def finish(self, file: IO[bytes]) -> None:
        file.close()

    def seal(self, manifest: bytes, run: str) -> str:  # noqa: ARG002 - the name was chosen at the start
        for name in self._names:
            self._system.info(f"{self._folder}/{name}")
        self._system.pipe_file(f"{self._folder}/{MANIFEST}", manifest)
        return str(self._system.unstrip_protocol(self._folder))

    def discard(self) -> None:
        with contextlib.suppress(OSError):
            self._system.rm(self._folder, recursive=True)


class Place:
    """The root of a landing, local or not, with the few things that reading it needs."""

    def __init__(self, root: str) -> None:
        self._system: AbstractFileSystem | None = None
        self.root = root
        if "://" in root:
            from fsspec.core import url_to_fs
            from fsspec.implementations.local import LocalFileSystem

            system, self.root = url_to_fs(root)
            self._system = None if isinstance(system, LocalFileSystem) else system
        self.root = self.root.rstrip("/") or "/"

    def store(self, folder: str, run: str) -> Store:
        path = f"{self.root}/{folder}"
        return LocalStore(Path(path), run) if self._system is None else ObjectStore(self._system, path, run)

    def url(self, path: str) -> str:
        """The path as everybody else can open it."""
        return path if self._system is None else str(self._system.unstrip_protocol(path))

    def match(self, pattern: str) -> list[str]:
        """Paths below the root that match, without those of runs under way, sorted."""
        if self._system is None:
            found = [str(path) for path in Path(self.root).glob(pattern)]
        else:
            found = [str(path) for path in cast("list[Any]", self._system.glob(f"{self.root}/{pattern}"))]
        return sorted(path for path in found if "/." not in path[len(self.root) :])

    def read(self, path: str) -> bytes:
        return Path(path).read_bytes() if self._system is None else cast("bytes", self._system.cat_file(path))

    def open(self, path: str) -> BufferedReader:
        return cast("BufferedReader", Path(path).open("rb") if self._system is None else self._system.open(path, "rb"))

    def write(self, folder: str, name: str, content: bytes) -> None:
        """One small file, at once or not at all."""
        path = f"{self.root}/{folder}"
        if self._system is not None:
            self._system.pipe_file(f"{path}/{name}", content)
            return
        _make_durably(Path(path))
        aside = Path(path) / f".{name}.{secrets.token_hex(4)}"
        with aside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(Path(path) / name)
        durable.sync(Path(path))

    def remove(self, folder: str, name: str) -> None:
        path = f"{self.root}/{folder}/{name}"
        with contextlib.suppress(FileNotFoundError):
            Path(path).unlink() if self._system is None else self._system.rm_file(path)


def _make_durably(folder: Path) -> None:
    """Creates the folder and its parents so that each new name survives a power cut."""
    if folder.is_dir():
        return
    _make_durably(folder.parent)
    folder.mkdir(exist_ok=True)
    durable.sync(folder.parent)
