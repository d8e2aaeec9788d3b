"""What a chart is made of, and what of it stands in the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup


@dataclass(frozen=True)
class Point:
    """A day's value; None breaks the line. ``final`` False is drawn as provisional; ``tip`` is its tooltip."""

    day: date
    value: float | None
    final: bool = True
    tip: str | None = None


@dataclass(frozen=True)
class Series:
    """One line of a chart; ``name`` is empty where there is only one."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Chart:
    """A drawing with what it shows in words, and the numbers behind it as the cells of a table."""

    title: str
    finding: str
    svg: Markup
    head: Sequence[str]
    body: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
