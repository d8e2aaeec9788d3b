"""Lines over days: what is provisional is dashed, what is forecast is dotted inside its bounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from pipeline.report.charts.chart import Point, Series
from pipeline.report.charts.drawing import COLOURS, HEIGHT, WIDTH, draw, over

if TYPE_CHECKING:
    import altair as alt

_DASHES: Final = {"final": [1, 0], "provisional": [4, 3], "forecast": [1, 3]}
# Where a line hardly moves, an axis from 0 would show nothing.
_FROM_ZERO: Final = 0.5


@dataclass(frozen=True)
class Fan:
    """A day ahead: the value expected, and the bounds that hold in 80 and 95 of 100 cases."""

    day: date
    value: float
    low_80: float
    high_80: float
    low_95: float
    high_95: float


def lines(
    series: Sequence[Series],
    label: str,
    language: str,
    *,
    fan: Sequence[Fan] = (),
    marked: Sequence[Point] = (),
    format_: str = "~s",
) -> Markup:
    """The series over their days, up to six of them; empty without two days that have a value.

    ``marked`` points stand out; ``format_`` is of d3-format, for the values' axis.
    """
    import altair as alt

    rows = [row for one in series for row in _runs(one, fan)]
    days = {row["day"] for row in rows if row["value"] is not None}
    if len(days) < 2:
        return Markup("")
    values = [row["value"] for row in rows if row["value"] is not None]
    values += [bound for each in fan for bound in (each.low_95, each.high_95)]
    with alt.utils.schemapi.debug_mode(False):
        x, y = time_axis(min(days), max(days), language), value_axis(values, format_)
        layers = [*_bands(fan, x, y), _line(rows, series, x, y), *_points(series, marked, x, y)]
        if len(series) > 1:
            layers.append(_names(series, x))
        chart = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)
        return draw(chart, label, language)


def time_axis(first: str, last: str, language: str) -> alt.X:
    """Days as they are, in no time zone but their own; months alone where there are many."""
    import altair as alt

    is_long = (date.fromisoformat(last) - date.fromisoformat(first)).days > 120
    near = "%-d %b" if language == "fr" else "%b %-d"
    axis = alt.Axis(
        format="%b %Y" if is_long else near,
        tickCount=6,
        grid=False,
        labelOverlap=True,
        labelSeparation=10,
        labelFlush=True,
    )
    return alt.X("day:T", title=None, axis=axis).scale(type="utc")


def value_axis(values: Sequence[float], format_: str) -> alt.Y:
    """From 0, or from near the lowest value where all are far from it."""
    import altair as alt

    low, high = min(values), max(values)
    axis = alt.Axis(format=format_, tickCount=4, domain=False, ticks=False)
    return alt.Y("value:Q", title=None, axis=axis).scale(zero=low < _FROM_ZERO * high or low <= 0, nice=True)


def _runs(series: Series, fan: Sequence[Fan]) -> Iterator[dict[str, Any]]:
    """Stretches of one kind; each begins at the last point before it, so that the line holds together."""
    previous: Point | None = None
    run = 0
    for (present, final), points in groupby(series.points, key=lambda p: (p.value is not None, p.final)):
        stretch = list(points)
        run += 1
        if present:
            kind = "final" if final else "provisional"
            yield from (_row(series, point, kind, run) for point in ([previous] if previous else []) + stretch)
        previous = stretch[-1] if present else None
    ahead = [Point(each.day, each.value) for each in fan]
    yield from (_row(series, p, "forecast", run + 1) for p in ([previous] if previous and ahead else []) + ahead)


def _row(series: Series, point: Point, kind: str, run: int) -> dict[str, Any]:
    value = None if point.value is None else float(point.value)
    return {
        "day": point.day.isoformat(),
        "value": value,
        "kind": kind,
        "run": f"{series.name} {run}",
        "name": series.name,
    }


def _line(rows: list[dict[str, Any]], series: Sequence[Series], x: alt.X, y: alt.Y) -> alt.Chart:
    import altair as alt

    dashes = alt.Scale(domain=list(_DASHES), range=list(_DASHES.values()))
    dash = alt.StrokeDash("kind:N", scale=dashes, legend=None)
    line = over(rows).mark_line(strokeWidth=2, strokeJoin="round")
    drawn: alt.Chart = line.encode(x=x, y=y, color=_colour(series), detail="run:N", strokeDash=dash)
    return drawn


def _colour(series: Sequence[Series]) -> alt.Color:
    import altair as alt

    names = [one.name for one in series]
    palette = [COLOURS[place % len(COLOURS)] for place in range(len(names))]
    return alt.Color("name:N", legend=None, scale=alt.Scale(domain=names, range=palette))


def _bands(fan: Sequence[Fan], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    drawn = []
    for width, opacity in (("95", 0.15), ("80", 0.3)):
        rows = [
            {
                "day": each.day.isoformat(),
                "value": getattr(each, f"low_{width}"),
                "high": getattr(each, f"high_{width}"),
            }
            for each in fan
        ]
        area = over(rows).mark_area(opacity=opacity, color=COLOURS[0])
        drawn.append(area.encode(x=x, y=y, y2="high:Q"))
    return drawn if fan else []


def _points(series: Sequence[Series], marked: Sequence[Point], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Where a hand may rest and read; what is marked is seen too, by its form and not by its colour alone."""
    told = [_row(one, p, "", 0) | {"tip": p.tip} for one in series for p in one.points if p.tip and p.value is not None]
    seen = [_row(series[0], point, "", 0) | {"tip": point.tip or ""} for point in marked]
    drawn = []
    if told:
        rest = over(told).mark_point(size=120, filled=True, color="transparent")
        drawn.append(rest.encode(x=x, y=y, description="tip:N"))
    if seen:
        mark = over(seen).mark_point(shape="diamond", size=90, color="var(--bad)", strokeWidth=2)
        drawn.append(mark.encode(x=x, y=y, description="tip:N"))
    return drawn


def _names(series: Sequence[Series], x: alt.X) -> alt.Chart:
    """Each line's name at its end, pushed apart where two would overlap: no legend to look up."""
    import altair as alt

    ends = []
    for one in series:
        last = next((point for point in reversed(one.points) if point.value is not None), None)
        if last is not None:
            ends.append(_row(one, last, "", 0))
    _push_apart(ends, series)
    names = over(ends).mark_text(align="left", dx=6, baseline="middle")
    drawn: alt.Chart = names.encode(x=x, y=alt.Y("place:Q", title=None), text="name:N", color=_colour(series))
    return drawn


def _push_apart(ends: list[dict[str, Any]], series: Sequence[Series]) -> None:
    """Give each end a ``place`` on the axis at least a line's height above the one below."""
    values = [float(p.value) for one in series for p in one.points if p.value is not None]
    room = 16 / HEIGHT * max((max(values) - min(0.0, *values)), 1e-9)
    below = float("-inf")
    for end in sorted(ends, key=lambda row: row["value"]):
        end["place"] = max(end["value"], below + room)
        below = end["place"]
