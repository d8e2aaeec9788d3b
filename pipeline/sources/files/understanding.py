"""What was understood of an export: for people to look at before anything of it is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from pipeline.sources.files.columns import METRICS
from pipeline.sources.files.rows import Identity

MOST_TOLD = 50
MOST_SHOWN = 3


class Problem(NamedTuple):
    """A row that cannot be read: where it begins, why, and the same with the cell for the person's eyes."""

    line: int
    what: str
    shown: str


@dataclass(frozen=True)
class Understood:
    """Everything that was understood of a file before anything of it is stored.

    ``columns``: name in the file and column of ours. ``left_out``: why rows are rightly no records, how
    many and the first line of each. ``problems`` are the first of ``bad`` rows. ``unconfirmed``: what the
    mapping takes to be so, and nobody has compared with a real file.
    """

    file: str
    mapping: str
    kind: str
    encoding: str
    part: str
    header_line: int
    language: str | None
    day_order: str | None
    identity: Identity
    exported: date | None
    since: date | None
    until: date | None
    records: int
    bad: int
    columns: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    left_out: tuple[tuple[str, int, int], ...]
    problems: tuple[Problem, ...]
    first: tuple[Mapping[str, Any], ...]
    unconfirmed: str | None = None

    @property
    def metrics(self) -> tuple[str, ...]:
        """The numbers that the file brings, in our order."""
        there = {target for _, target in self.columns}
        return tuple(name for name in METRICS[self.kind] if name in there)


@dataclass
class Seen:
    """What is counted while rows go by."""

    records: int = 0
    bad: int = 0
    since: date | None = None
    until: date | None = None
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    first_left_out: dict[str, int] = field(default_factory=dict)
    first: list[bytes] = field(default_factory=list)

    def record(self, day: date, record: bytes) -> None:
        self.records += 1
        if self.since is None or day < self.since:
            self.since = day
        if self.until is None or day > self.until:
            self.until = day
        if self.records <= MOST_SHOWN:
            self.first.append(record)

    def problem(self, problem: Problem) -> None:
        self.bad += 1
        if self.bad <= MOST_TOLD:
            self.problems.append(problem)

    def leave_out(self, line: int, why: str, rows: int = 1) -> None:
        """``line`` is the first of the ``rows``."""
        self.left_out[why] += rows
        self.first_left_out[why] = min(line, self.first_left_out.get(why, line))

    @property
    def reasons(self) -> tuple[tuple[str, int, int], ...]:
        """Why rows are rightly no records, how many and the first line of each."""
        found = [(why, rows, self.first_left_out[why]) for why, rows in self.left_out.items()]
        return tuple(sorted(found, key=lambda each: each[2]))
