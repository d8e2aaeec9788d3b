"""The registry as the rows that SQL publishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.registry.definitions import Metric, Registry

SEED_COLUMNS: Final = (
    "name",
    "label_en",
    "label_fr",
    "description",
    "unit",
    "numerator",
    "denominator",
    "additivity",
    "window_days",
    "platform",
    "native_name",
    "valid_from",
    "valid_to",
    "documentation",
)


def seed_rows(registry: Registry) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Columns and rows of ``seed.metric``: one row per metric and native name, one for a metric without.

    A definition that holds in one table only is named with it: ``conversion.daily.visits``.
    """
    named = list(registry.metrics.items())
    for table, entries in registry.tables.items():
        named += [(f"{table}.{name}", metric) for name, metric in entries.items()]
    return SEED_COLUMNS, [row for name, metric in named for row in _rows(name, metric)]


def _rows(name: str, metric: Metric) -> list[tuple[object, ...]]:
    definition = (
        name,
        metric.label_en,
        metric.label_fr,
        metric.description,
        metric.unit,
        metric.numerator,
        metric.denominator,
        metric.additivity,
        metric.window_days,
    )
    if not metric.native:
        return [(*definition, None, None, None, None, None)]
    return [
        (*definition, native.platform, native.name, native.valid_from, native.valid_to, native.documentation)
        for native in metric.native
    ]
