"""What a definition is: metrics, what platforms call them, dimensions, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

ADDITIVITY: Final = ("sum", "last", "none")
LANGUAGES: Final = ("en", "fr")


@dataclass(frozen=True)
class Native:
    """What a platform calls a metric, from when to when, and where it says so."""

    platform: str
    name: str
    documentation: str
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def form(self) -> str:
        """Which of a person's exports has it (``linkedin: Clicks (total)``); empty for what is asked."""
        form, colon, _ = self.name.partition(": ")
        return form if colon else ""

    def overlaps(self, other: Native) -> bool:
        """Whether both names are said to stand for one metric in one answer on one day."""
        return (
            (self.platform, self.form) == (other.platform, other.form)
            and (self.valid_from or date.min) <= (other.valid_to or date.max)
            and (other.valid_from or date.min) <= (self.valid_to or date.max)
        )


@dataclass(frozen=True)
class Metric:
    """One metric. ``additivity``: may its values be added up over days, networks and posts (``sum``),
    does the last one stand (``last``), or neither (``none``)?

    ``numerator`` and ``denominator`` of a ratio are columns of the same table; ``elsewhere`` says where
    the parts are when they cannot be.
    """

    name: str
    label_en: str
    label_fr: str
    description: str
    description_fr: str
    unit: str
    additivity: str
    numerator: str | None = None
    denominator: str | None = None
    window_days: int | None = None
    elsewhere: str | None = None
    native: tuple[Native, ...] = ()


@dataclass(frozen=True)
class Dimension:
    """A key, label, flag or time: a column that is no metric."""

    name: str
    label_en: str
    label_fr: str
    description: str
    description_fr: str


@dataclass(frozen=True)
class Choice:
    """One of the few values that a dimension may have, as people read it."""

    label_en: str
    label_fr: str


@dataclass(frozen=True)
class Registry:
    """All definitions. ``tables`` has what a name means in one table where that is narrower, ``values`` what a
    dimension may be that can only be a few things, ``words`` what parts of columns' names mean that no text spells out.
    """

    metrics: Mapping[str, Metric]
    tables: Mapping[str, Mapping[str, Metric]]
    dimensions: Mapping[str, Dimension]
    values: Mapping[str, Mapping[str, Choice]]
    words: Mapping[str, str] = field(default_factory=dict)

    def metric(self, table: str, column: str) -> Metric | None:
        """The definition of a column of a table (``kpi.post``); None when it is no metric."""
        return self.tables.get(table, {}).get(column) or self.metrics.get(column)

    def knows(self, table: str, column: str) -> bool:
        """Whether a column of a table is defined at all."""
        return self.metric(table, column) is not None or column in self.dimensions

    def label(self, table: str, column: str, language: str) -> str | None:
        """What people call a column, in ``en`` or ``fr``; None when it is not defined."""
        entry = self._entry(table, column)
        return None if entry is None else entry.label_fr if language == "fr" else entry.label_en

    def definition(self, table: str, column: str, language: str) -> str | None:
        """What a column of a table means, in ``en`` or ``fr``: its tooltip; None when it is not defined."""
        entry = self._entry(table, column)
        if entry is None:
            return None
        return entry.description_fr if language == "fr" else entry.description

    def value_label(self, column: str, value: str, language: str) -> str | None:
        """What people call a value of a dimension; None for what is its own name, such as a campaign."""
        choice = self.values.get(column, {}).get(value)
        return None if choice is None else choice.label_fr if language == "fr" else choice.label_en

    def _entry(self, table: str, column: str) -> Metric | Dimension | None:
        return self.metric(table, column) or self.dimensions.get(column)
