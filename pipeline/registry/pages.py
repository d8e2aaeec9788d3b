"""The data dictionary: for each table what a row is and what each column means, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.registry.definitions import Metric, Native, Registry

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("Data dictionary", "Dictionnaire des données"),
    "rules": (
        (
            "Absent is NULL, never 0. A ratio stands beside its numerator and denominator. What may not be added up "
            "is never summed over days, accounts or posts."
        ),
        (
            "Absent veut dire NULL, jamais 0. Un ratio est à côté de son numérateur et de son dénominateur. Ce qui ne "
            "s'additionne pas n'est jamais sommé sur des jours, des comptes ou des publications."
        ),
    ),
    "row": ("One row per {key}.", "Une ligne par {key}."),
    "column": ("Column", "Colonne"),
    "label": ("Label", "Libellé"),
    "unit": ("Unit", "Unité"),
    "additivity": ("Added up over days, accounts, posts", "Sommé sur jours, comptes, publications"),
    "meaning": ("Meaning", "Définition"),
    "natives": ("On the platforms", "Sur les plateformes"),
    "one_of": ("One of", "L'un de"),
    "names": ("What the platforms call them", "Comment les plateformes les appellent"),
    "metric": ("Metric", "Indicateur"),
    "platform": ("Platform", "Plateforme"),
    "name": ("Name", "Nom"),
    "from": ("From", "Du"),
    "to": ("To", "Au"),
    "source": ("Source", "Source"),
}
UNITS_FR: Final[Mapping[str, str]] = {
    "people": "personnes", "count": "nombre", "ratio": "ratio", "probability": "probabilité", "index": "indice",
    "percent": "pour cent", "per day": "par jour", "seconds": "secondes", "minutes": "minutes", "days": "jours",
    "currency": "devise", "currency of the event": "devise de l'événement",
    "that of the metric": "celle de l'indicateur",
    "standard deviations": "écarts types",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table as it is built: its columns in order, and those that identify a row."""

    name: str
    key: Sequence[str]
    columns: Sequence[str]


@dataclass(frozen=True)
class Line:
    """One column: every text is in the language of the dictionary, empty where there is nothing to say."""

    column: str
    label: str
    unit: str
    additivity: str
    meaning: str
    natives: str


@dataclass(frozen=True)
class Page:
    """One table."""

    name: str
    row: str
    lines: Sequence[Line]


def word(key: str, language: str) -> str:
    """A word of the dictionary itself."""
    return WORDS[key][1 if language == "fr" else 0]


def pages(registry: Registry, tables: Iterable[Table], language: str) -> list[Page]:
    """A page for each table."""
    return [
        Page(
            table.name,
            word("row", language).format(
                key=", ".join(_key(registry, table, column, language) for column in table.key)
            ),
            [_line(registry, table.name, column, language) for column in table.columns],
        )
        for table in tables
    ]


def names(registry: Registry) -> list[tuple[str, Native]]:
    """Every name that a platform has or had, with its metric."""
    return [(name, native) for name, metric in sorted(registry.metrics.items()) for native in metric.native]


def _key(registry: Registry, table: Table, column: str, language: str) -> str:
    label = registry.label(table.name, column, language) or column
    return label[0].lower() + label[1:]


def _line(registry: Registry, table: str, column: str, language: str) -> Line:
    metric = registry.metric(table, column)
    return Line(
        column=column,
        label=registry.label(table, column, language) or "",
        unit=_unit(metric, language),
        additivity=registry.value_label("additivity", metric.additivity, language) or "" if metric else "",
        meaning=_meaning(registry, table, column, language),
        natives=_natives(registry.metrics[column].native if column in registry.metrics else ()),
    )


def _unit(metric: Metric | None, language: str) -> str:
    if metric is None:
        return ""
    if metric.numerator and metric.denominator:
        return f"{metric.numerator} / {metric.denominator}"
    return UNITS_FR[metric.unit] if language == "fr" else metric.unit


def _meaning(registry: Registry, table: str, column: str, language: str) -> str:
    meaning = registry.definition(table, column, language) or ""
    few = registry.values.get(column, {}) if registry.metric(table, column) is None else {}
    if not few:
        return meaning
    chosen = ", ".join(f"{value} ({registry.value_label(column, value, language)})" for value in few)
    return f"{meaning} {word('one_of', language)}: {chosen}."


def _natives(natives: Iterable[Native]) -> str:
    """The names that are valid still; exports of people have a section of their own."""
    valid = [native for native in natives if native.valid_to is None and not native.form]
    return "; ".join(f"{native.platform}: {native.name}" for native in valid)
