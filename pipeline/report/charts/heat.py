"""A week as a heat map: a row a weekday, a column an hour, five steps of one colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pipeline.report.charts.drawing import HEAT, WIDTH, draw, over

_ROW = 24


@dataclass(frozen=True)
class Hour:
    """One cell: ``weekday`` 1 Monday to 7, ``hour`` 0 to 23, its value, and what a hand over it reads.

    ``is_sure`` False: too few posts to decide anything from it; drawn smaller.
    """

    weekday: int
    hour: int
    value: float
    tip: str
    is_sure: bool = True


def heat_map(hours: Sequence[Hour], weekdays: Sequence[str], label: str, language: str) -> Markup:
    """``weekdays`` are the names of Monday to Sunday. Hours without a value stay empty; empty without any."""
    import altair as alt

    if not hours:
        return Markup("")
    steps = _steps([each.value for each in hours])
    rows = [
        {"weekday": weekdays[each.weekday - 1], "hour": each.hour, "step": step, "tip": each.tip,
         "size": 1 if each.is_sure else 0}
        for each, step in zip(hours, steps, strict=True)
    ]  # fmt: skip
    plain: dict[str, Any] = {"domain": False, "ticks": False, "grid": False}
    hours_axis = alt.Axis(**plain, labelAngle=0, values=list(range(0, 24, 3)))
    with alt.utils.schemapi.debug_mode(False):
        cells = (
            over(rows)
            .mark_square(opacity=1, stroke="var(--soft)", strokeWidth=0.5)
            .encode(
                x=alt.X("hour:O", title=None, axis=hours_axis).scale(domain=list(range(24))),
                y=alt.Y("weekday:O", title=None, axis=alt.Axis(**plain)).scale(domain=list(weekdays)),
                color=alt.Color("step:O", legend=None, scale=alt.Scale(domain=list(range(5)), range=list(HEAT))),
                size=alt.Size("size:O", legend=None, scale=alt.Scale(domain=[0, 1], range=[60, 260])),
                description="tip:N",
            )
        )  # fmt: skip
        return draw(cells.properties(width=WIDTH, height=7 * _ROW), label, language)


def _steps(values: Sequence[float]) -> list[int]:
    """Fifths of the way from the lowest value to the highest."""
    low, high = min(values), max(values)
    return [min(4, int(5 * (value - low) / (high - low))) if high > low else 2 for value in values]
