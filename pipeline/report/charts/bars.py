"""A bar a day: what is provisional is hollow with a dashed edge."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.report.charts.chart import Point
from pipeline.report.charts.drawing import COLOURS, DIAMOND, HEIGHT, WIDTH, draw, over
from pipeline.report.charts.lines import time_axis


def bars_of_days(
    points: Sequence[Point], label: str, language: str, *, marked: Sequence[Point] = (), format_: str = "~s"
) -> Markup:
    """The points as bars from 0; a day without a value has none. Empty where no day has one."""
    import altair as alt

    rows = [
        {"day": p.day.isoformat(), "value": float(p.value), "kind": "final" if p.final else "provisional",
         "tip": p.tip or ""}
        for p in points
        if p.value is not None
    ]  # fmt: skip
    if not rows:
        return Markup("")
    seen = [{"day": p.day.isoformat(), "value": p.value, "tip": p.tip or ""} for p in marked if p.value is not None]
    kinds = ["final", "provisional"]
    # Bars are drawn around their day: half a day of room on both sides.
    width = max(2.0, 0.7 * WIDTH / max(1, (points[-1].day - points[0].day).days + 1))
    with alt.utils.schemapi.debug_mode(False):
        x = time_axis(points[0].day.isoformat(), points[-1].day.isoformat(), language)
        axis = alt.Axis(format=format_, tickCount=4, domain=False, ticks=False)
        y = alt.Y("value:Q", title=None, axis=axis)
        bars = (
            over(rows)
            .mark_bar(width=width, stroke=COLOURS[0], strokeWidth=1)
            .encode(
                x=x,
                y=y,
                description="tip:N",
                fill=alt.Fill("kind:N", legend=None, scale=alt.Scale(domain=kinds, range=[COLOURS[0], "var(--tint)"])),
                strokeDash=alt.StrokeDash("kind:N", legend=None, scale=alt.Scale(domain=kinds, range=[[1, 0], [2, 2]])),
            )
        )
        drawn = [bars]
        if seen:
            mark = over(seen).mark_point(**DIAMOND)
            drawn.append(mark.encode(x=x, y=y, description="tip:N"))
        return draw(alt.layer(*drawn).properties(width=WIDTH, height=HEIGHT), label, language)
