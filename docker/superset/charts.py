"""Charts in Superset's format: what each kind of the definition asks and looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from docker.superset.datasets import VERSION, known_as

Said = Mapping[str, Any]
WHOLE_TIME: Final = "No filter"
# Dates as anywhere in the world; a week is named by its Monday.
_DAY: Final = "%Y-%m-%d"
_MANY: Final = 10_000


def chart(name: str, said: Said, time: str | None, formats: Mapping[str, str]) -> dict[str, Any]:
    """One chart; ``time`` is the time column of its dataset. KeyError for a kind that is not known.

    ``formats`` is how numbers of the dataset's columns are written, where the registry knows it.
    """
    viz_type, form = _KINDS[said["kind"]](said, time)
    if "columns" in said:
        form["column_config"] = {name: {"d3NumberFormat": formats[name]} for name in said["columns"] if name in formats}
    return {
        "slice_name": said["title"],
        "viz_type": viz_type,
        "params": {"viz_type": viz_type, **_asked(said, time), **form, **said.get("form", {})},
        "dataset_uuid": known_as("dataset", said["of"]),
        "uuid": known_as("chart", name),
        "version": VERSION,
    }


def _asked(said: Said, time: str | None) -> dict[str, Any]:
    """What every kind asks: the rows that count, and when."""
    filters = [{"clause": "WHERE", "expressionType": "SQL", "sqlExpression": said["where"]}] if "where" in said else []
    if time:
        filters.append(
            {"clause": "WHERE", "expressionType": "SIMPLE", "subject": time, "operator": "TEMPORAL_RANGE",
             "comparator": WHOLE_TIME}
        )  # fmt: skip
    return {"adhoc_filters": filters, "row_limit": said.get("limit", _MANY)}


def _number(said: Said, _: str | None) -> tuple[str, dict[str, Any]]:
    return "big_number_total", {
        "metric": said["metrics"][0], "y_axis_format": said["format"], "header_font_size": 0.4,
        "subtitle": said.get("below", ""), "subtitle_font_size": 0.15,
    }  # fmt: skip


def _series(said: Said, time: str | None) -> dict[str, Any]:
    return {
        "x_axis": time,
        "time_grain_sqla": said["grain"],
        "metrics": said["metrics"],
        "groupby": said.get("by", []),
        "y_axis_format": said["format"],
        "tooltipTimeFormat": _DAY,
        "x_axis_time_format": "%d %b",
        "rich_tooltip": True,
        "show_legend": True,
        "legendType": "scroll",
        "legendOrientation": "top",
        "order_desc": True,
        "truncate_metric": True,
        "x_axis_sort_asc": True,
        "zoomable": False,
    }


def _lines(said: Said, time: str | None) -> tuple[str, dict[str, Any]]:
    return "echarts_timeseries_line", {**_series(said, time), "truncateYAxis": True, "seriesType": "line", **_MARKERS}


def _columns(said: Said, time: str | None) -> tuple[str, dict[str, Any]]:
    return "echarts_timeseries_bar", {**_series(said, time), "stack": "Stack", "orientation": "vertical"}


def _heat(said: Said, _: str | None) -> tuple[str, dict[str, Any]]:
    return "heatmap_v2", {
        "x_axis": said["across"],
        "time_grain_sqla": "P1D",
        "groupby": said["by"][0],
        "metric": said["metrics"][0],
        "value_format": said["format"],
        "x_axis_time_format": _DAY,
        "sort_x_axis": "alpha_asc",
        "sort_y_axis": "alpha_desc",
        "normalize_across": "heatmap",
        "linear_color_scheme": said.get("colours", "superset_seq_1"),
        "legend_type": "continuous",
        "show_legend": True,
        "show_percentage": False,
        "border_color": {"r": 255, "g": 255, "b": 255, "a": 1},
        "border_width": 1,
        "xscale_interval": -1,
        "yscale_interval": 1,
        "bottom_margin": "auto",
        "left_margin": "auto",
    }


def _rows(said: Said, _: str | None) -> tuple[str, dict[str, Any]]:
    """Rows as they stand in the table: nothing is added up."""
    order = said.get("order", "")
    return "table", {
        "query_mode": "raw",
        "all_columns": said["columns"],
        "order_by_cols": [f'["{order.lstrip("-")}", {str(not order.startswith("-")).lower()}]'] if order else [],
        **_TABLE,
    }


def _table(said: Said, _: str | None) -> tuple[str, dict[str, Any]]:
    """Sums and ratios by what they are of."""
    return "table", {"query_mode": "aggregate", "groupby": said["by"], "metrics": said["metrics"], **_TABLE}


# A day between two that are not known is a point, not a line.
_MARKERS: Final = {"markerEnabled": True, "markerSize": 3}
_TABLE: Final = {
    "table_timestamp_format": _DAY,
    "include_search": True,
    "show_cell_bars": False,
    "show_totals": False,
    "color_pn": False,
    "page_length": 10,
    "order_desc": True,
}
_KINDS: Final[Mapping[str, Callable[[Said, str | None], tuple[str, dict[str, Any]]]]] = {
    "number": _number, "lines": _lines, "columns": _columns, "heat": _heat, "rows": _rows, "table": _table,
}  # fmt: skip
