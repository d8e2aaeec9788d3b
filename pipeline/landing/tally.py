"""Counting what a unit gave against what it announced and what was declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.errors import LandingError, SourceChanged
from pipeline.http import one_line, redact
from pipeline.landing.parts import PartFile, Writer
from pipeline.streams import Absent, Note, Page, Stream, StreamFiles, Yield


@dataclass
class _Count:
    records: int = 0
    announced: int | None = None
    absent: str | None = None


class Tally:
    """Takes the items of a unit one by one, hands their records on, and closes the account at the end."""

    def __init__(self, streams: Mapping[str, Stream]) -> None:
        self._streams = streams
        self._counts: dict[str, _Count] = {}
        self.notes: list[Note] = []

    def take(self, items: Iterable[Yield], writer: Writer) -> None:
        for item in items:
            if isinstance(item, Note):
                self.notes.append(Note(item.kind, _safe(item.message)))
            elif isinstance(item, Absent):
                self._absent(item)
            else:
                self._page(item, writer)

    def _page(self, page: Page, writer: Writer) -> None:
        count = self._count(page.stream)
        if count.absent is not None:
            raise SourceChanged(f"stream {page.stream}: records came after it was called absent")
        count.records += len(page.records)
        if page.announced is not None:
            count.announced = page.announced
        if not page.records:
            return
        if not all(page.records):
            raise SourceChanged(f"stream {page.stream}: an empty record")
        writer.put(page.stream, page.records)

    def _absent(self, absent: Absent) -> None:
        count = self._count(absent.stream)
        if count.records:
            raise SourceChanged(f"stream {absent.stream}: called absent after {count.records} records came")
        count.absent = _safe(absent.reason) or "no reason given"

    def _count(self, stream: str) -> _Count:
        if stream not in self._streams:
            raise SourceChanged(f"stream {_safe(stream)} is not declared")
        return self._counts.setdefault(stream, _Count())

    def check(self) -> None:
        """SourceChanged where a declared stream never came, or not as many records as announced."""
        for name, stream in self._streams.items():
            if name not in self._counts and not stream.optional:
                raise SourceChanged(f"stream {name}: neither records nor a reason for their absence came")
        for name, count in self._counts.items():
            if count.announced is not None and count.announced != count.records:
                raise SourceChanged(
                    f"stream {name}: {count.announced} records were announced, {count.records} came; "
                    "a page was lost, came twice, or the list changed while it was read"
                )

    def files(self, parts: Mapping[str, Iterable[PartFile]]) -> dict[str, StreamFiles]:
        """What the manifest says of each stream. LandingError where the files hold another number of records."""
        return {name: self._files(name, count, list(parts.get(name, ()))) for name, count in self._counts.items()}

    def _files(self, name: str, count: _Count, parts: list[PartFile]) -> StreamFiles:
        described = tuple(
            {"name": part.name, "sha256": part.sha256, "records": part.records, "bytes": part.bytes} for part in parts
        )
        written = sum(part.records for part in parts)
        if written != count.records:
            raise LandingError(f"{written} records of {name} were written, {count.records} were counted")
        if count.announced is not None:
            verified = "total"
        else:
            verified = "days" if self._streams[name].every_day else "unverifiable"
        return StreamFiles(name, described, count.records, count.announced, verified, count.absent)


def _safe(text: str) -> str:
    return one_line(redact(text))
