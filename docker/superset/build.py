"""``python -m docker.superset.build``: the dashboards in Superset's own export format, from their short definition.

Columns and their types come from the SQL, planned in an empty warehouse; labels and meanings from the registry.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from docker.superset.charts import chart
from docker.superset.datasets import DATABASE, VERSION, database, dataset, formats, known_as
from pipeline import registry
from pipeline.steps.suites import empty_warehouse

HERE: Final = Path(__file__).parent
EXPORT: Final = HERE / "export"
# Rows of a dashboard are measured in steps of eight pixels.
_HEIGHTS: Final = {"number": 18, "lines": 50, "columns": 50, "heat": 50, "rows": 58, "table": 58}
_OTHERWISE: Final = {"publication": 26, "coverage": 70}
# What each dashboard shows when it is opened; whoever reads it chooses otherwise at its left edge.
LATELY: Final = "Last quarter"
# A publication says of itself what it is, in a table that no SQL makes: see pipeline/publish/file.py.
PUBLISH: Final = {
    "generation": "VARCHAR", "night": "DATE", "code_version": "VARCHAR", "published_at": "TIMESTAMP",
    "tables": "INTEGER", "rows": "BIGINT",
}  # fmt: skip


def definition() -> dict[str, Any]:
    """The short definition, as it is written."""
    read: dict[str, Any] = yaml.safe_load((HERE / "definition.yml").read_text("utf-8"))
    return read


def columns(relations: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Names and types of the columns of each relation. ValueError for a relation that is not published."""
    with empty_warehouse() as con:
        found = {}
        for relation in relations:
            if relation == "main._publish":
                found[relation] = PUBLISH
                continue
            rows = con.execute(
                "select column_name, data_type from duckdb_columns() where schema_name || '.' || table_name = ?"
                " and database_name = current_database() order by column_index",
                [relation],
            ).fetchall()
            if not rows:
                raise ValueError(f"{relation}: the publication has no such table")
            found[relation] = dict(rows)
    return found


def build(said: Mapping[str, Any], tables: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """Every file of the export by its path; ``tables`` has the columns of each dataset."""
    known = registry.read(HERE.parent.parent / "sql" / "metrics.yml")
    files = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard", "timestamp": "2026-11-01T00:00:00+00:00"},
        f"databases/{DATABASE}.yaml": database(),
    }
    for relation, of in said["datasets"].items():
        files[f"datasets/{DATABASE}/{relation}.yaml"] = dataset(relation, of, tables[relation], known)
    for name, of in said["charts"].items():
        _refuse_unknown(name, of, files[f"datasets/{DATABASE}/{of['of']}.yaml"])
        time, written = said["datasets"][of["of"]].get("time"), formats(of["of"], tables[of["of"]], known)
        files[f"charts/{name}.yaml"] = chart(name, of, time, written)
    for slug, of in said["dashboards"].items():
        files[f"dashboards/{slug}.yaml"] = dashboard(slug, of, said["charts"], said["datasets"])
    return files


def _refuse_unknown(name: str, of: Mapping[str, Any], table: Mapping[str, Any]) -> None:
    """A chart asks for what its dataset has; Superset would tell it only to who opens the dashboard."""
    columns = {column["column_name"] for column in table["columns"]}
    metrics = {metric["metric_name"] for metric in table["metrics"]}
    wanted = {*of.get("columns", ()), *of.get("by", ()), of.get("order", "").lstrip("-"), of.get("across", "")} - {""}
    if missing := sorted((wanted - columns) | (set(of.get("metrics", ())) - metrics)):
        raise ValueError(f"{name}: {of['of']} has no {', '.join(missing)}; write what it has in definition.yml")


def dashboard(
    slug: str, of: Mapping[str, Any], charts: Mapping[str, Any], datasets: Mapping[str, Any]
) -> dict[str, Any]:
    """One dashboard: rows of charts, and its filters of time and network."""
    shown = [name for row in of["rows"] for name in row]
    numbers = {name: number for number, name in enumerate(charts, 1)}
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "parents": ["ROOT_ID"], "children": []},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": of["title"]}},
    }
    for number, row in enumerate(of["rows"], 1):
        _lay(position, f"ROW-{number}", row, charts, numbers)
    timeless = [numbers[name] for name in shown if charts[name].get("timeless")]
    return {
        "dashboard_title": of["title"],
        "description": of["description"],
        "slug": f"vigie-{slug}",
        "uuid": known_as("dashboard", slug),
        "published": True,
        "version": VERSION,
        "position": position,
        "metadata": {
            "color_scheme": "supersetColors",
            "cross_filters_enabled": True,
            "refresh_frequency": 0,
            "native_filter_configuration": [_of_time(slug, timeless), _of_network(slug, shown, charts, datasets)],
        },
    }


def _lay(
    position: dict[str, Any], row: str, widths: Mapping[str, int], charts: Mapping[str, Any], numbers: Mapping[str, int]
) -> None:
    """Put the charts of a row beside each other."""
    above = ["ROOT_ID", "GRID_ID"]
    ids = {name: f"CHART-{name}" for name in widths}
    position["GRID_ID"]["children"].append(row)
    position[row] = {
        "id": row, "type": "ROW", "parents": above, "children": list(ids.values()),
        "meta": {"background": "BACKGROUND_TRANSPARENT"},
    }  # fmt: skip
    for name, width in widths.items():
        meta = {
            "width": width,
            "height": _OTHERWISE.get(name, _HEIGHTS[charts[name]["kind"]]),
            "chartId": numbers[name],
            "uuid": known_as("chart", name),
            "sliceName": charts[name]["title"],
        }
        position[ids[name]] = {"id": ids[name], "type": "CHART", "children": [], "parents": [*above, row], "meta": meta}


def _of_time(slug: str, timeless: list[int]) -> dict[str, Any]:
    return {
        "id": f"NATIVE_FILTER-{slug}-time",
        "name": "Time",
        "type": "NATIVE_FILTER",
        "filterType": "filter_time",
        "targets": [{}],
        "defaultDataMask": {"extraFormData": {"time_range": LATELY}, "filterState": {"value": LATELY}},
        "controlValues": {},
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": timeless},
    }


def _of_network(slug: str, shown: list[str], charts: Mapping[str, Any], datasets: Mapping[str, Any]) -> dict[str, Any]:
    """One network or several; which there are is read from a table that has all of this dashboard's."""
    tables = [charts[name]["of"] for name in shown]
    source = next(relation for relation in ("conversion.margin_daily", "kpi.account_daily", "kpi.coverage_daily")
                  if relation in tables and relation in datasets)  # fmt: skip
    return {
        "id": f"NATIVE_FILTER-{slug}-network",
        "name": "Network",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [{"datasetUuid": known_as("dataset", source), "column": {"name": "platform"}}],
        "defaultDataMask": {"extraFormData": {}, "filterState": {}},
        "controlValues": {"multiSelect": True, "enableEmptyFilter": False, "searchAllOptions": False},
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
    }


def write(files: Mapping[str, Any], folder: Path) -> None:
    """Replace the folder by these files."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text(content), encoding="utf-8")


def text(content: Any) -> str:
    """As a file of the export has it; always the same for the same content."""
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def main() -> None:
    """Write the export anew."""
    said = definition()
    write(build(said, columns(said["datasets"])), EXPORT)
    sys.stdout.write(f"{EXPORT}: {sum(1 for _ in EXPORT.rglob('*.yaml'))} files\n")


if __name__ == "__main__":
    main()
