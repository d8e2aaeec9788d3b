"""Datasets in Superset's format, from the tables of the publication and the registry of metrics.

A column that may be summed becomes a metric that sums it; one whose last value stands, a metric that takes the
newest; a ratio, a ratio of sums over the rows of which both parts are known. Whatever may not be added up becomes no
metric at all, so nobody can add up people by dragging a column into a chart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from pipeline.registry import Metric, Registry

# Everything is known by its name: made again, it is the same, and an import replaces instead of doubling it.
NAMESPACE: Final = UUID("9a1c5c0e-6f0d-4c57-9d1e-2b8f5f3b7a10")
VERSION: Final = "1.0.0"
DATABASE: Final = "Vigie"
# What Superset's own settings point at the newest generation; nothing is written by whoever opens it so.
ADDRESS: Final = "duckdb:////srv/vigie/published/vigie.duckdb?access_mode=read_only"
_FORMATS: Final = {
    "ratio": ".2%", "probability": ".0%", "currency": ",.2f", "index": ",.1f", "count": ",d", "people": ",d",
    "days": ",d", "percent": ",.0f",
}  # fmt: skip
# What may be anything: four digits that say something.
_PLAIN: Final = ",.4~r"


def known_as(*words: str) -> str:
    """The identity of something in the export, by its kind and name."""
    return str(uuid5(NAMESPACE, "/".join(words)))


def database() -> dict[str, Any]:
    """The connection to the publication: to be read and explored, never written."""
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": ADDRESS,
        "uuid": known_as("database", DATABASE),
        "version": VERSION,
        "expose_in_sqllab": True,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "allow_run_async": False,
        "extra": {"allows_virtual_table_explore": True},
    }


def dataset(relation: str, said: Mapping[str, Any], columns: Mapping[str, str], registry: Registry) -> dict[str, Any]:
    """One table of the publication; ``said`` is what the definition has of it, ``columns`` its names and types."""
    schema, _, table = relation.partition(".")
    time = said.get("time")
    return {
        "table_name": table,
        "schema": schema,
        "main_dttm_col": time,
        "description": f"The table {relation} of the publication.",
        "database_uuid": known_as("database", DATABASE),
        "uuid": known_as("dataset", relation),
        "version": VERSION,
        "filter_select_enabled": True,
        "columns": [
            *(_column(relation, name, kind, registry) for name, kind in columns.items()),
            *(_made(name, label, sql) for name, (label, sql) in said.get("columns", {}).items()),
        ],
        "metrics": [
            *_of_registry(relation, columns, said.get("denominators", ()), time, registry),
            *(_metric(name, label, sql) for name, (label, sql) in said.get("metrics", {}).items()),
        ],
    }


def formats(relation: str, columns: Collection[str], registry: Registry) -> dict[str, str]:
    """How the numbers of a table are written, by column, in the notation of d3."""
    known = {name: metric for name in columns if (metric := registry.metric(relation, name))}
    return {name: _format(metric, registry) for name, metric in known.items()}


def _format(metric: Metric, registry: Registry) -> str:
    """Parts of one kind are a percentage of each other; euros or seconds by visit, and euros by euro, are a number."""
    above = registry.metrics.get(metric.numerator or "")
    if metric.unit == "ratio" and above and above.unit in {"currency", "seconds"}:
        return ",.2f"
    return _FORMATS.get(metric.unit, _PLAIN)


def _column(relation: str, name: str, kind: str, registry: Registry) -> dict[str, Any]:
    return {
        "column_name": name,
        "verbose_name": registry.label(relation, name, "en") or name.replace("_", " ").capitalize(),
        "description": registry.definition(relation, name, "en"),
        "type": kind,
        "is_dttm": kind in {"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"},
        "groupby": True,
        "filterable": True,
        "is_active": True,
    }


def _made(name: str, label: str, sql: str) -> dict[str, Any]:
    """A text that is made of a column, where Superset would not show the column as people read it."""
    return {"column_name": name, "verbose_name": label, "type": "VARCHAR", "expression": sql, "is_active": True}


def _metric(name: str, label: str, sql: str, meaning: str | None = None, form: str | None = None) -> dict[str, Any]:
    return {
        "metric_name": name,
        "verbose_name": label,
        "description": meaning,
        "expression": sql,
        "d3format": form,
    }


def _of_registry(
    relation: str, columns: Mapping[str, str], below: Collection[str], time: str | None, registry: Registry
) -> Sequence[dict[str, Any]]:
    """A metric for each column of the table that may be asked for over many rows."""
    known = {name: metric for name in columns if (metric := registry.metric(relation, name))}
    made = []
    for name, metric in known.items():
        sql = _sql(name, metric, known, below, time)
        if sql:
            made.append(_metric(name, metric.label_en, sql, metric.description, _format(metric, registry)))
    return made


def _sql(
    name: str, metric: Metric, known: Mapping[str, Metric], below: Collection[str], time: str | None
) -> str | None:
    if metric.additivity == "sum":
        return f'sum("{name}")'
    above, under = known.get(metric.numerator or ""), known.get(metric.denominator or "")
    if above and under:
        if above.additivity != "sum" or not (under.additivity == "sum" or under.name in below):
            return None
        return (
            f'sum("{above.name}") FILTER (WHERE "{under.name}" IS NOT NULL)'
            f' / nullif(sum("{under.name}") FILTER (WHERE "{above.name}" IS NOT NULL), 0)'
        )
    # One account at a time: of several, the newest day of one of them.
    return f'max_by("{name}", "{time}")' if time and metric.additivity == "last" else None
