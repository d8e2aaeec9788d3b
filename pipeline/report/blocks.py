"""What a page consists of: sections of blocks. The templates know how each kind of block looks, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pipeline.report.charts import Chart


@dataclass(frozen=True)
class Text:
    """A paragraph. ``tone``: "" or ``soft``, ``bad``, ``strong``."""

    kind: ClassVar = "text"
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Column:
    """Head of a column; ``definition`` explains it to a hand over it."""

    label: str
    is_number: bool = False
    is_day: bool = False
    definition: str | None = None


@dataclass(frozen=True)
class Cell:
    """A cell that is more than its text: a tone, a second line, or a bar as long as its ``share`` (0–1)."""

    text: str
    tone: str = ""
    below: str | None = None
    share: float | None = None


@dataclass(frozen=True)
class Table:
    """Rows under their columns; the first ``headed`` cells of a row name it."""

    kind: ClassVar = "table"
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str | Cell]]
    headed: int = 1


@dataclass(frozen=True)
class Fact:
    """One figure with its name, and what it is compared with."""

    label: str
    value: str
    notes: Sequence[str] = ()
    definition: str | None = None


@dataclass(frozen=True)
class Facts:
    """Figures beside each other; ``large`` where they are the first thing to be read."""

    kind: ClassVar = "facts"
    facts: Sequence[Fact]
    large: bool = False


@dataclass(frozen=True)
class Drawn:
    """Charts beside each other where there is room."""

    kind: ClassVar = "drawn"
    charts: Sequence[Chart]


@dataclass(frozen=True)
class Points:
    """A list; each entry a sentence and the section it is from (its id and name), where there is one."""

    kind: ClassVar = "points"
    points: Sequence[tuple[str, str | None, str | None]]
    numbered: bool = False


Block = Text | Table | Facts | Drawn | Points


@dataclass(frozen=True)
class Card:
    """A part of a section that has a name of its own."""

    kind: ClassVar = "card"
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Section:
    """A part of the page; ``id`` is where links lead."""

    id: str
    title: str
    blocks: Sequence[Block | Card]
