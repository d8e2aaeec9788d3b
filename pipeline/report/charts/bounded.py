"""A value look by look inside the bounds that hold at every look, and the line of no difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from pipeline.report.charts.drawing import COLOURS, HEIGHT, WIDTH, draw, over
from pipeline.report.charts.lines import time_axis


@dataclass(frozen=True)
class Look:
    """What was known of a difference on a day, and its bounds."""

    day: date
    value: float
    low: float
    high: float


def bounded(looks: Sequence[Look], label: str, language: str, format_: str = "+.0%") -> Markup:
    """The looks over their days; empty with fewer than two.

    The axis is that of the later half of the looks: the first ones know next to nothing, and their bounds would
    press everything else flat.
    """
    import altair as alt

    if len(looks) < 2:
        return Markup("")
    low, high = _span(looks)
    rows = [
        {
            "day": look.day.isoformat(),
            "value": min(max(look.value, low), high),
            "low": max(look.low, low),
            "high": min(look.high, high),
        }
        for look in looks
    ]
    with alt.utils.schemapi.debug_mode(False):
        x = time_axis(looks[0].day.isoformat(), looks[-1].day.isoformat(), language)
        axis = alt.Axis(format=format_, tickCount=4, domain=False, ticks=False)
        y = alt.Y("value:Q", title=None, axis=axis).scale(domain=[low, high], nice=True)
        band = over(rows).mark_area(opacity=0.2, color=COLOURS[0]).encode(x=x, y="low:Q", y2="high:Q")
        line = over(rows).mark_line(strokeWidth=2, color=COLOURS[0]).encode(x=x, y=y)
        none = over([{"value": 0}]).mark_rule(strokeDash=[4, 3], color="var(--soft)").encode(y="value:Q")
        return draw(alt.layer(line, band, none).properties(width=WIDTH, height=HEIGHT), label, language)


def _span(looks: Sequence[Look]) -> tuple[float, float]:
    late = looks[len(looks) // 2 :]
    return min(0.0, *(look.low for look in late)), max(0.0, *(look.high for look in late))
