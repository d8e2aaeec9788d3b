"""Every platform that is asked over HTTP, found by existing, and what a night of it is without faults.

A new source with a face in the simulator is tested by all of ``test_every_source_*.py`` from the day on
which it exists: no list names the platforms.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pytest
import zstandard

from pipeline import landing, sources
from pipeline.errors import SourceError
from pipeline.simulator.platforms import FACES, PLATFORMS, accounts
from pipeline.streams import Manifest
from tests.faults.bending import Bender, concerns
from tests.faults.brand import NIGHT, Brand, brand
from tests.test_architecture import SENT_BY_FORMS

# Forms send to the inbox, which nobody asks over HTTP: its faults are those of test_inbox_*.py.
ASKED: Final = tuple(
    name for name in sources.names() if sources.module(name).ORIGIN == "api" and name not in SENT_BY_FORMS
)
ACCOUNTS: Final = tuple((account.platform, account.id) for account in accounts(set(PLATFORMS) - {*SENT_BY_FORMS}))
FACE_NAMES: Final = tuple(FACES)
# Those that answer in XML, and the others.
XML_NAMES = ("ecb",)
JSON_NAMES = tuple(name for name in FACE_NAMES if name not in XML_NAMES)
# As large as a night must be to have pages to lose, as small as many nights must be to be read quickly.
WORLD: Final[Mapping[str, Any]] = {"nights": 12, "posts_per_day": 2.5}

Records = Mapping[str, tuple[bytes, ...]]


def offering(kind: str) -> list[str]:
    """The faces that can fail in this way."""
    return [name for name, face in FACES.items() if kind in face.refusals or kind in face.distortions]


@dataclass(frozen=True)
class Night:
    """What is landed of one account: the records of each stream, and why others have none."""

    records: Records
    absent: Mapping[str, str]
    manifest: Manifest = field(compare=False)

    @classmethod
    def of(cls, manifest: Manifest) -> Night:
        told = {name: read(manifest, name) for name in manifest.streams}
        absent = {name: stream.absent for name, stream in manifest.streams.items() if stream.absent}
        return cls(told, absent, manifest)

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(records) for name, records in self.records.items()}


def read(manifest: Manifest, stream: str) -> tuple[bytes, ...]:
    """The landed records of a stream."""
    lines: list[bytes] = []
    for file in landing.files(manifest, stream):
        with Path(file).open("rb") as packed:
            lines += zstandard.ZstdDecompressor().stream_reader(packed).read().splitlines()
    return tuple(lines)


def keys(platform: str, stream: str, records: tuple[bytes, ...]) -> Counter[tuple[str, ...]]:
    """The identities of records: how often each came."""
    declared = next(each for each in sources.module(platform).STREAMS if each.name == stream)
    told = map(json.loads, records)
    return Counter(tuple(json.dumps(record.get(name)) for name in declared.key) for record in told)


class Everyone(Brand):
    """The brand on all platforms, with its clean nights, and a hand in every answer."""

    bender: Bender
    _tokens: Path
    _granting: set[str]
    _clean: dict[tuple[str, str], Night]
    _faces: dict[tuple[str, str], Counter[str]]

    @cached_property
    def _elsewhere(self) -> set[tuple[str, str]]:
        """Accounts that were read as of another day last: their tokens may be of that day."""
        return set()

    def begin(self, folder: Path, *, reading: bool) -> None:
        """Read every account once without faults."""
        self._tokens = folder / "tokens"
        self._tokens.mkdir(parents=True)
        self.move(folder / "clean")
        self.bender, self._clean, self._faces = Bender(self.server), {}, {}
        if not reading:
            return
        for unit in self.accounts:
            self._clean[unit], self._faces[unit] = self._counted(unit)
        # A face that is asked once, and not when the same account is read again, gives tokens that are kept.
        again = Counter(name for unit in self.accounts for name in self._counted(unit)[1])
        self._granting = {name for name in FACES if not again[name]}

    def _counted(self, unit: tuple[str, str]) -> tuple[Night, Counter[str]]:
        """A night of this account, and how often it asked each face."""
        self.bender.listen()
        night = Night.of(self.land(*unit))
        asked = [name for request in self.bender.asked for name, face in FACES.items() if concerns(face, request)]
        self.bender.straighten()
        return night, Counter(asked)

    def move(self, folder: Path) -> None:
        """Land somewhere else from now on. A token that was replaced stays replaced, whoever lands."""
        self.root = folder / "landing"
        (folder / "state").mkdir(parents=True)
        (folder / "state" / "tokens").symlink_to(self._tokens)

    def clean(self, platform: str, account: str) -> Night:
        """The night without faults."""
        return self._clean[platform, account]

    def reader(self, face: str) -> tuple[str, str]:
        """The first account that asks this face; where that gives tokens, it has none yet."""
        unit = next(unit for unit in self.accounts if self._faces[unit][face])
        if unit in self._elsewhere:
            self._come_back(unit)
        kept = self.root.parent / "state" / "tokens"
        if face in self._granting and kept.is_symlink():
            kept.unlink()
        return unit

    def _come_back(self, unit: tuple[str, str]) -> None:
        """Read the account's own night, so that no token has to be renewed while answers are bent."""
        here = self.root
        self.move(here.parent / "again")
        self.land(*unit)
        self.root = here

    def land(self, platform: str, account: str, night: date = NIGHT, *, late: int = 0, **how: Any) -> Manifest:
        """As ever; and remember whose tokens may be of another day."""
        change = self._elsewhere.add if late or night != NIGHT else self._elsewhere.discard
        change((platform, account))
        return super().land(platform, account, night, late=late, **how)

    def middle(self, face: str) -> int:
        """How many requests of its reader come before the one in the middle."""
        return next(faces[face] for faces in self._faces.values() if faces[face]) // 2

    def night(self, platform: str, account: str, **how: Any) -> Night:
        return Night.of(self.land(platform, account, **how))

    def refuses(self, platform: str, account: str, kind: type[SourceError] = SourceError, **how: Any) -> SourceError:
        """The error that the night ends with; nothing of it is landed, and its words are one printable line."""
        with pytest.raises(kind) as caught:
            self.land(platform, account, **how)
        assert self.landed(platform, account) == 0
        told = str(caught.value)
        assert told.startswith(f"{platform} {account}"), told
        assert told.isprintable(), told
        return caught.value

    def believed(self, platform: str, account: str) -> tuple[Night | None, str]:
        """The night; or None, with nothing landed, and the words with which the source refused to believe it."""
        try:
            return self.night(platform, account), ""
        except SourceError as error:
            told = str(error)
        assert self.landed(platform, account) == 0
        return None, told

    def heal(self) -> None:
        super().heal()
        self.bender.straighten()


@contextmanager
def everyone(folder: Path, *, reading: bool = True, **world: Any) -> Iterator[Everyone]:
    """The brand on every platform; without ``reading`` its clean nights are not known."""
    with brand(folder, ASKED, **{**WORLD, **world}) as running:
        found = Everyone(running.server, running.root, running.accounts)
        found.begin(folder, reading=reading)
        yield found
