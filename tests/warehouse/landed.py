"""A small landing of real files, for tests of the load: records in, manifests and paths out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import zstandard

from pipeline import warehouse
from pipeline.settings import Storage
from pipeline.streams import Manifest, Source, Stream, StreamFiles, Unit, Window

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

POSTS = Stream(
    name="posts",
    columns={"id": "VARCHAR", "created": "VARCHAR", "text": "VARCHAR", "likes": "BIGINT", "more": "JSON"},
    key=("id",),
    day="try_cast(left(created, 10) as date)",
    absence_means_deleted=True,
)
DAYS = Stream(
    name="days",
    columns={
        "day": "VARCHAR",
        "views": "BIGINT",
        "rate": "DOUBLE",
        "cost": "DECIMAL(18,4)",
        "final": "BOOLEAN",
    },
    key=("day",),
    day="try_cast(day as date)",
)
ORDERS = Stream(
    name="orders",
    columns={"id": "BIGINT", "created": "VARCHAR", "status": "VARCHAR", "total": "DECIMAL(18,4)"},
    key=("id",),
    day="try_cast(left(created, 10) as date)",
)
STREAMS = (POSTS, DAYS, ORDERS)
PLATFORM = "harbour"
SOURCES: Mapping[str, Source] = {PLATFORM: cast("Source", SimpleNamespace(PLATFORM=PLATFORM, STREAMS=STREAMS))}
FIRST = date(2026, 10, 1)

Record = Mapping[str, Any] | bytes


@contextmanager
def opened(path: Path) -> Iterator[DuckDBPyConnection]:
    """A writing connection to a database that has the tables of ``SOURCES``."""
    with warehouse.open_warehouse(path, Storage(), sealed=False, command="test", night=FIRST) as con:
        warehouse.ensure_tables(con, SOURCES)
        yield con


class Landed:
    """Files under one folder; ``land`` writes a run, ``files`` and ``runs`` are what the load asks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known: dict[tuple[str, str, date], list[Manifest]] = {}

    def land(
        self,
        night: date,
        streams: Mapping[str, Sequence[Record] | str],
        *,
        account: str = "1",
        platform: str = PLATFORM,
        back: int = 7,
        parts: int = 1,
        run: str | None = None,
    ) -> Manifest:
        """Land a run of the night; a stream given as text is absent for that reason."""
        runs = self.known.setdefault((platform, account, night), [])
        run_id = run or f"run-{night}-{len(runs) + 1}"
        folder = self.root / platform / account / night.isoformat() / run_id
        folder.mkdir(parents=True, exist_ok=True)
        found = {name: self._stream(folder, name, content, parts) for name, content in streams.items()}
        content = json.dumps([[n, [f["sha256"] for f in s.files], s.absent] for n, s in sorted(found.items())])
        manifest = Manifest(
            unit=Unit(platform, account, night, Window(night - timedelta(days=back), night)),
            run_id=run_id,
            api_version="1",
            observed_at=f"{night + timedelta(days=1)}T03:00:00Z",
            requests=1,
            streams=found,
            sha256=hashlib.sha256(content.encode()).hexdigest(),
            folder=str(folder),
        )
        runs.append(manifest)
        return manifest

    def _stream(self, folder: Path, name: str, content: Sequence[Record] | str, parts: int) -> StreamFiles:
        if isinstance(content, str):
            return StreamFiles(name, (), 0, absent=content)
        size = -(-len(content) // parts) or 1
        files = [
            write_part(folder / f"{name}-{nth + 1:04}.jsonl.zst", content[first : first + size])
            for nth, first in enumerate(range(0, len(content), size))
        ]
        return StreamFiles(name, tuple(files), len(content), announced=len(content), verified="total")

    def files(self, manifest: Manifest, stream: str) -> list[str]:
        return [str(Path(manifest.folder) / str(part["name"])) for part in manifest.streams[stream].files]

    def runs(self, platform: str, account: str, night: date) -> list[Manifest]:
        return self.known.get((platform, account, night), [])

    def all(self) -> Iterator[Manifest]:
        for runs in self.known.values():
            yield from runs


def write_part(file: Path, records: Sequence[Record]) -> dict[str, object]:
    """One part file, a record per line; bytes are written as they are."""
    lines = [r if isinstance(r, bytes) else json.dumps(r, separators=(",", ":")).encode() for r in records]
    raw = b"".join(line + b"\n" for line in lines)
    packed = zstandard.ZstdCompressor(level=1).compress(raw)
    file.write_bytes(packed)
    return {
        "name": file.name,
        "sha256": hashlib.sha256(packed).hexdigest(),
        "records": len(lines),
        "bytes": len(raw),
    }


def post(id: str, night: date, likes: object = 1, **more: object) -> dict[str, object]:  # noqa: A002
    """A plain record of the posts stream, made on ``night``."""
    return {
        "id": id,
        "created": f"{night}T12:00:00",
        "text": "ahoy",
        "likes": likes,
        "more": {"a": [1, 2]},
        **more,
    }
