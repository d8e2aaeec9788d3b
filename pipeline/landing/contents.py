"""The manifest of a run: what it holds, as JSON, and the hash by which equal contents are known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from pipeline import __version__
from pipeline.errors import LandingError
from pipeline.streams import Manifest, Note, StreamFiles, Unit, Window

_VERSION = 1


class _File(msgspec.Struct):
    name: str
    sha256: str
    records: int
    bytes: int


class _Stream(msgspec.Struct):
    files: list[_File]
    records: int
    announced: int | None
    verified: str
    absent: str | None


class _Window(msgspec.Struct):
    since: date
    until: date


class _Note(msgspec.Struct):
    kind: str
    message: str


class _Document(msgspec.Struct):
    version: int
    platform: str
    account: str
    night: date
    run_id: str
    sequence: int
    window: _Window
    api_version: str
    observed_at: str
    requests: int
    bytes: int
    vigie: str
    streams: dict[str, _Stream]
    notes: list[_Note]
    sha256: str


@dataclass(frozen=True)
class Landed:
    """A manifest and its place among the runs of its unit: the highest ``sequence`` is the newest."""

    sequence: int
    manifest: Manifest


def content_hash(window: Window, streams: Mapping[str, StreamFiles]) -> str:
    """SHA-256 of what was read, not of when or by which run: an equal answer has an equal hash."""
    content = {
        "window": [window.since.isoformat(), window.until.isoformat()],
        "streams": {
            name: [
                [[file["sha256"], file["records"], file["bytes"]] for file in stream.files],
                stream.records,
                stream.announced,
                stream.verified,
                stream.absent,
            ]
            for name, stream in streams.items()
        },
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def encode(landed: Landed) -> bytes:
    """The manifest as JSON for machines and people."""
    manifest, unit = landed.manifest, landed.manifest.unit
    document = _Document(
        version=_VERSION,
        platform=unit.platform,
        account=unit.account,
        night=unit.night,
        run_id=manifest.run_id,
        sequence=landed.sequence,
        window=_Window(unit.window.since, unit.window.until),
        api_version=manifest.api_version,
        observed_at=manifest.observed_at,
        requests=manifest.requests,
        bytes=sum(_int(file["bytes"]) for stream in manifest.streams.values() for file in stream.files),
        vigie=__version__,
        streams={name: _stream(stream) for name, stream in manifest.streams.items()},
        notes=[_Note(note.kind, note.message) for note in manifest.notes],
        sha256=manifest.sha256,
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def decode(content: bytes, folder: str) -> Landed:
    """The manifest that lies in ``folder``. LandingError where it is damaged or says what is not so."""
    try:
        document = msgspec.json.decode(content, type=_Document)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LandingError(f"{folder}: the manifest is damaged: {error}") from None
    if document.version != _VERSION:
        raise LandingError(f"{folder}: a manifest of version {document.version} needs a newer Vigie")
    streams = {
        name: StreamFiles(
            name,
            tuple(msgspec.structs.asdict(file) for file in stream.files),
            stream.records,
            stream.announced,
            stream.verified,
            stream.absent,
        )
        for name, stream in document.streams.items()
    }
    window = Window(document.window.since, document.window.until)
    if document.sha256 != content_hash(window, streams):
        raise LandingError(f"{folder}: the manifest was changed: its content does not give its own hash")
    for name, stream in document.streams.items():
        if sum(file.records for file in stream.files) != stream.records:
            raise LandingError(f"{folder}: the manifest counts the records of {name} in two ways")
    manifest = Manifest(
        unit=Unit(document.platform, document.account, document.night, window),
        run_id=document.run_id,
        api_version=document.api_version,
        observed_at=document.observed_at,
        requests=document.requests,
        streams=streams,
        notes=tuple(Note(note.kind, note.message) for note in document.notes),
        sha256=document.sha256,
        folder=folder,
    )
    return Landed(document.sequence, manifest)


def _stream(stream: StreamFiles) -> _Stream:
    files = [msgspec.convert(dict(file), _File) for file in stream.files]
    return _Stream(files, stream.records, stream.announced, stream.verified, stream.absent)


def _int(value: Any) -> int:
    return int(value)
