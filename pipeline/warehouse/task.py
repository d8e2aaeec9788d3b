"""What is to be stored, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pipeline.warehouse.ledger import Counts, instant
from pipeline.warehouse.names import raw_table
from pipeline.warehouse.reading import Reading

if TYPE_CHECKING:
    from pipeline.streams import Manifest, Stream, StreamFiles


@dataclass(frozen=True)
class Task:
    """One stream of one landed unit-night. ``history``: the account has earlier nights."""

    stream: Stream
    manifest: Manifest
    files: tuple[str, ...]
    history: bool

    @property
    def how(self) -> Reading:
        return Reading.of(self.stream)

    @property
    def table(self) -> str:
        return raw_table(self.manifest.unit.platform, self.stream.name)

    @property
    def landed(self) -> StreamFiles:
        return self.manifest.streams[self.stream.name]

    @property
    def here(self) -> dict[str, object]:
        """Parameters that pick this unit-night's rows of the table."""
        return {"account": self.manifest.unit.account, "night": self.manifest.unit.night}

    @property
    def seal(self) -> dict[str, object]:
        """Parameters of every row that is stored: whose, of which night, seen by which run and when."""
        return {**self.here, "run": self.manifest.run_id, "observed": instant(self.manifest.observed_at)}

    def __str__(self) -> str:
        unit = self.manifest.unit
        return f"{unit.platform} {unit.account} {unit.night} {self.stream.name}"


@dataclass
class Stored:
    """What storing one stream of one night did. ``touched`` is the earliest day that changed."""

    counts: Counts = field(default_factory=Counts)
    touched: date | None = None
    newest_day: date | None = None

    def touch(self, day: date | None) -> None:
        self.touched = min(filter(None, (self.touched, day)), default=None)

    def see(self, day: date | None) -> None:
        self.newest_day = max(filter(None, (self.newest_day, day)), default=None)
