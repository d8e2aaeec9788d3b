"""Takeout archives of Google+ for tests: whole ones of two languages, and a way to make crooked ones."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.settings import Account, Secret
from pipeline.sources import google_plus
from pipeline.streams import Note, Page, Yield
from tests.sources.reading import FIXTURES

DOCUMENTS = FIXTURES / "google_plus"
MADE = (2019, 3, 10, 12, 0, 0)
GERMAN = {
    "Takeout/archive_browser.html": "browser.html",
    "Takeout/Google+ Stream/Beiträge/20131105 - Neu im Laden.json": "post.json",
    "Takeout/Google+ Stream/Beiträge/20140201 - Ein Bild.json": "quiet.json",
    "Takeout/Google+ Stream/Beiträge/20150630.json": "reshare.json",
    "Takeout/Google+ Stream/Aktivitäten/20100629.json": "theirs.json",
    "Takeout/Google+-Kreise/Kreise.json": "circles.json",
}
FRENCH = {
    "Takeout/archive_browser.html": "browser.html",
    "Takeout/Flux Google+/Publications/20160304 - La veste.html": "page.html",
    "Takeout/Flux Google+/Publications/20170809 - Repartagé.html": "page_reshared.html",
}


def document(name: str) -> bytes:
    return (DOCUMENTS / name).read_bytes()


def archive(
    path: Path, members: Mapping[str, bytes] | Iterable[tuple[str, bytes]], made: tuple[int, ...] = MADE
) -> Path:
    """A zip archive of these members, all of one day."""
    named = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in named:
            about = zipfile.ZipInfo(name, made)  # type: ignore[arg-type]
            about.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(about, content)
    return path


def takeout(path: Path, layout: Mapping[str, str] = GERMAN, **made: Any) -> Path:
    """A whole archive of the fixtures."""
    return archive(path, {name: document(of) for name, of in layout.items()}, **made)


def reader(key: str | None = "a key of sixteen letters") -> Account:
    """Who reads: with a key people are told apart."""
    secret = Secret("env:person_key", key) if key else None
    return Account("google_plus", "104000000000000000001", "Test", "", "UTC", person_key=secret)


@dataclass
class Taken:
    """Everything that reading files gave."""

    posts: list[bytes]
    comments: list[bytes]
    notes: list[Note]

    @property
    def text(self) -> str:
        return b"\n".join((*self.posts, *self.comments)).decode() + " ".join(note.message for note in self.notes)


def taken(*files: Path, account: Account | None = None, night: date | None = None) -> Taken:
    """Read files as the import does."""
    found = google_plus.survey(files)
    items: list[Yield] = list(google_plus.read(files, account or reader(), night or found.night, found, lambda _: None))
    records: dict[str, list[bytes]] = {"posts": [], "comments": []}
    for item in items:
        if isinstance(item, Page):
            records[item.stream] += item.records
    return Taken(records["posts"], records["comments"], [item for item in items if isinstance(item, Note)])


@dataclass(frozen=True)
class Entry:
    """One member as its local header and the directory tell it; what is None is told truly."""

    name: bytes
    packed: bytes
    method: int = 8
    flags: int = 0x800
    unpacked: int | None = None
    crc: int | None = None
    mode: int = 0o100644
    content: bytes = b""


def deflated(name: str, content: bytes, **told: Any) -> Entry:
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    return Entry(name.encode(), pack.compress(content) + pack.flush(), content=content, **told)


def crooked(path: Path, entries: Iterable[Entry]) -> Path:
    """An archive that says of its members whatever it is told to say."""
    directory, count = [], 0
    with path.open("wb") as file:
        for entry in entries:
            size = len(entry.content) if entry.unpacked is None else entry.unpacked
            crc = zlib.crc32(entry.content) if entry.crc is None else entry.crc
            what = (entry.flags, entry.method, 0x6000, 0x4E6A, crc, len(entry.packed), size, len(entry.name))
            place = file.tell()
            file.write(struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 20, *what, 0) + entry.name + entry.packed)
            directory.append(
                struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\x01\x02", 0x314, 20, *what, 0, 0, 0, 0, entry.mode << 16, place)
                + entry.name
            )
            count += 1
        start, size = file.tell(), sum(map(len, directory))
        file.writelines(directory)
        file.write(struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, size, start, 0))
    return path
