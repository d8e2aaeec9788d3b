"""What BI tools show beside a table and its columns: the definitions, in one language, as plain sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.registry.definitions import Dimension, Metric, Registry
from pipeline.registry.pages import Line, Table, pages


@dataclass(frozen=True)
class Comments:
    """Of one table: what a row is, and what each column means."""

    table: str
    columns: dict[str, str] = field(default_factory=dict)


def comments(registry: Registry, tables: Iterable[Table], language: str) -> dict[str, Comments]:
    """Table → its comments. A column that nobody defines has none."""
    return {
        page.name: Comments(page.row, {line.column: _sentence(line) for line in page.lines if line.meaning})
        for page in pages(registry, tables, language)
    }


def _sentence(line: Line) -> str:
    """``New followers: people who … (people; may be added up)``: people see it without the dictionary."""
    measure = "; ".join(part for part in (line.unit, line.additivity) if part)
    return f"{line.label}: {line.meaning}" + (f" ({measure})" if measure else "")


def abbreviations(registry: Registry, columns: Iterable[str]) -> set[str]:
    """Parts of columns' names that need a glossary: no label or definition spells them out, nor does ``words``."""
    entries: list[Metric | Dimension] = [*registry.metrics.values(), *registry.dimensions.values()]
    entries += [metric for narrowed in registry.tables.values() for metric in narrowed.values()]
    prose = " ".join(f"{each.label_en} {each.description}" for each in entries).lower()
    known = {*re.findall(r"[a-z0-9]+", prose), *registry.words}
    return {word for column in columns for word in column.split("_")} - known
