"""Line charts as inline SVG: no script, no request, readable without colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from markupsafe import Markup, escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, LABEL = 640, 200, 58, 92, 12, 26, 18
STROKES = ("#0b5cad", "#b3441e", "#2f7d32", "#6a3d9a", "#8a6d00", "#00707a")


@dataclass(frozen=True)
class Point:
    """A day's value; None breaks the line. ``final`` False is drawn dashed."""

    day: date
    value: float | None
    final: bool = True


@dataclass(frozen=True)
class Series:
    name: str
    points: Sequence[Point]


def line_chart(series: Sequence[Series], label: str, language: str) -> Markup:
    """The series over their days on one axis from its own minimum; empty markup without any value."""
    values = [p.value for s in series for p in s.points if p.value is not None]
    days = sorted({p.day for s in series for p in s.points})
    if not values or len(days) < 2:
        return Markup("")
    low, high = _bounds(values)
    parts = [_axis(low, high, days, language)]
    strokes = {one.name: STROKES[i % len(STROKES)] for i, one in enumerate(series)}
    parts += [_line(one, days, low, high, strokes[one.name]) for one in series]
    parts += [_name(name, y, strokes[name]) for name, y in _apart(series, low, high)]
    return Markup(  # noqa: S704 – numbers are formatted here, and every text is escaped where it is put in
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">' + "".join(parts) + "</svg>"
    )


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    low = 0.0 if low >= 0 and low < 0.5 * high else low
    return (low, high) if high > low else (low - 1, high + 1)


def _x(day: date, days: Sequence[date]) -> float:
    span = (days[-1] - days[0]).days
    return LEFT + (WIDTH - LEFT - RIGHT) * (day - days[0]).days / span


def _y(value: float, low: float, high: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low))


def _axis(low: float, high: float, days: Sequence[date], language: str) -> str:
    out = []
    for value in (low, (low + high) / 2, high):
        y = _y(value, low, high)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        out.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_short(value, language)}</text>')
    for day, anchor in ((days[0], "start"), (days[-1], "end")):
        text = day.strftime("%d/%m/%Y") if language == "fr" else day.isoformat()
        out.append(f'<text x="{_x(day, days):.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{text}</text>')
    return "".join(out)


def _line(series: Series, days: Sequence[date], low: float, high: float, stroke: str) -> str:
    """Runs of present values; a provisional run starts at the last final point, so the line holds together."""
    out, previous = [], None
    for (present, final), run in groupby(series.points, key=lambda p: (p.value is not None, p.final)):
        points = list(run)
        if not present:
            previous = None
            continue
        drawn = ([previous] if previous else []) + points
        path = " ".join(f"{_x(p.day, days):.1f},{_y(float(p.value or 0), low, high):.1f}" for p in drawn)
        style = "" if final else ' stroke-dasharray="3 3"'
        out.append(f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="2"{style}/>')
        previous = points[-1]
    return "".join(out)


def _apart(series: Sequence[Series], low: float, high: float) -> list[tuple[str, float]]:
    """Where each line's name stands: at its last value, pushed down where two would overlap."""
    ends = []
    for one in series:
        last = next((p.value for p in reversed(one.points) if p.value is not None), None)
        if one.name and last is not None:
            ends.append((_y(float(last), low, high), one.name))
    placed: list[tuple[str, float]] = []
    for y, name in sorted(ends, reverse=True):
        room = placed[-1][1] - LABEL if placed else float(HEIGHT - BOTTOM)
        placed.append((name, min(y, room)))
    return placed


def _name(name: str, y: float, stroke: str) -> str:
    return f'<text x="{WIDTH - RIGHT + 6}" y="{y + 4:.1f}" fill="{stroke}">{escape(name)}</text>'


def _short(value: float, language: str) -> str:
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            text = f"{value / size:.2f}".rstrip("0").rstrip(".") + unit
            break
    else:
        text = f"{value:.1f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "fr" else text
