"""The registry as the rows that SQL publishes: what every metric is, and what each platform calls it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.registry.definitions import Registry

DEFINITION: Final = (
    "name",
    "label_en",
    "label_fr",
    "description",
    "description_fr",
    "unit",
    "numerator",
    "denominator",
    "additivity",
    "window_days",
)
NATIVE: Final = ("platform", "name", "valid_from", "valid_to", "documentation")
UNPUBLISHED: Final = ("staging.", "core.")
Rows = tuple[Sequence[str], list[tuple[object, ...]]]


def definition_rows(registry: Registry) -> Rows:
    """Columns and rows of ``seed.metric``: one row per metric.

    A definition that holds in one mart only is named with it: ``conversion.daily.visits``.
    """
    named = list(registry.metrics.items())
    for table, entries in registry.tables.items():
        if table.startswith(UNPUBLISHED):
            continue
        named += [(f"{table}.{name}", metric) for name, metric in entries.items()]
    return DEFINITION, [(name, *(getattr(metric, field) for field in DEFINITION[1:])) for name, metric in named]


def native_rows(registry: Registry) -> Rows:
    """Columns and rows of ``seed.metric_native``: one row per metric and name that a platform has for it."""
    columns = ("name", *("native_name" if field == "name" else field for field in NATIVE))
    return columns, [
        (name, *(getattr(native, field) for field in NATIVE))
        for name, metric in registry.metrics.items()
        for native in metric.native
    ]
