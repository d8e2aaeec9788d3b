"""Weeks of names as a grid: a row a name, a column a week; its form and colour say how bad a week was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from pipeline.report.charts.drawing import COLOURS, draw, over

# Columns are narrow enough that letters can be read on a phone, beside the longest names of tables.
_ROW, _COLUMN = 22, 8
# Browsers write wider than the room that is reckoned for a text.
_LETTER = 7.2
_KINDS = ["critical", "warning"]


@dataclass(frozen=True)
class Week:
    """What failed of ``name`` in the week that begins with ``monday``: rules, critical and not, and nights."""

    name: str
    monday: date
    critical: int
    warnings: int
    nights: int


def weeks_by_name(
    weeks: Sequence[Week],
    tips: Sequence[str],
    mondays: Sequence[date],
    names: Sequence[str],
    label: str,
    language: str,
) -> Markup:
    """``mondays`` are all weeks of the grid, ``names`` its rows; ``tips`` what a hand over each of ``weeks`` reads.

    A diamond has something critical in it. A mark is as large as many nights of its week failed. Empty without weeks.
    """
    import altair as alt

    if not weeks:
        return Markup("")
    cells = [
        {"name": week.name, "week": week.monday.isoformat(), "kind": _KINDS[0 if week.critical else 1],
         "nights": week.nights, "tip": tip}
        for week, tip in zip(weeks, tips, strict=True)
    ]  # fmt: skip
    plain: dict[str, Any] = {"domain": False, "ticks": False}
    # Every fourth week has its number: all of them would not fit.
    labelled = [monday.isoformat() for monday in mondays[3::4]]
    number = "'" + ("S" if language == "fr" else "W") + "' + timeFormat(toDate(datum.value + 'T12:00'), '%V')"
    with alt.utils.schemapi.debug_mode(False):
        x_axis = alt.Axis(**plain, grid=False, labelAngle=0, values=labelled, labelExpr=number, labelOverlap=False)
        y_axis = alt.Axis(**plain, grid=True, labelLimit=0, minExtent=_LETTER * max(map(len, names)))
        marks = (
            over(cells)
            .mark_point(filled=True, opacity=1)
            .encode(
                x=alt.X("week:O", title=None, axis=x_axis).scale(domain=[monday.isoformat() for monday in mondays]),
                y=alt.Y("name:O", title=None, axis=y_axis).scale(domain=list(names)),
                color=alt.Color("kind:N", legend=None,
                                scale=alt.Scale(domain=_KINDS, range=["var(--bad)", COLOURS[0]])),
                shape=alt.Shape("kind:N", legend=None, scale=alt.Scale(domain=_KINDS, range=["diamond", "circle"])),
                size=alt.Size("nights:Q", legend=None, scale=alt.Scale(domain=[1, 7], range=[30, 70])),
                description="tip:N",
            )
        )  # fmt: skip
        return draw(marks.properties(width=_COLUMN * len(mondays), height=_ROW * len(names)), label, language)
