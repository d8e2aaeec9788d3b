"""Charts as inline SVG, drawn by Vega-Altair: no script, no request, colours of the page, a table behind each."""

from __future__ import annotations

from pipeline.report.charts.bars import bars_of_days
from pipeline.report.charts.bounded import Look, bounded
from pipeline.report.charts.chart import Chart, Point, Series
from pipeline.report.charts.heat import heat_map
from pipeline.report.charts.lines import Fan, lines

__all__ = ["Chart", "Fan", "Look", "Point", "Series", "bars_of_days", "bounded", "heat_map", "lines"]
