"""The goals of the brand: how far each is, where it should be today, and what it would take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.report.blocks import Cell, Column, Table
from pipeline.report.view import Row, View

TONES: Final = {"attained": "good", "on_pace": "good", "off_pace": "bad", "missed": "bad", "unknown": "soft"}
_NEEDED = ("goal", "metric", "target", "comparison", "current_value", "attained_share", "state", "day")


def goals(view: View) -> list[Row]:
    """Each goal whose time meets the period, as it stood on its last day; those that need somebody first."""
    if not view.has("kpi.goal", *_NEEDED):
        return []
    found = view.rows(
        """
        select * from kpi.goal
        where period_start <= $until and period_end >= $since and day <= $until
        qualify row_number() over (partition by goal order by day desc) = 1
        order by
            list_position(['missed', 'off_pace', 'unknown', 'on_pace', 'attained'], state), period_end, goal
        """,
        since=view.since,
        until=view.until,
    )
    return [row for row in found if row["state"] in TONES]


def table(view: View, found: Sequence[Row]) -> Table | None:
    if not found:
        return None
    columns = [
        *view.words("goal", "state"),
        *(Column(view.say(name), is_number=True) for name in ("current_value", "expected_today", "target")),
        *view.words("attained_share"),
        *(Column(view.say(name), is_number=True) for name in ("forecast_end", "probability", "needed_per_day")),
    ]
    return Table(view.say("goals"), columns, [_cells(view, row) for row in found])


def _cells(view: View, row: Row) -> list[str | Cell]:
    share = row["attained_share"]
    drawn = None if share is None else max(0.0, min(1.0, float(share)))
    return [
        Cell(row["goal"], below=f"{view.label(row['metric'])} · {view.write.day(row['period_end'])}"),
        Cell(view.say(f"goal_{row['state']}"), tone=TONES[row["state"]]),
        valued(view, row["metric"], row["current_value"]),
        valued(view, row["metric"], row.get("expected_today")),
        ("≤ " if row["comparison"] == "at_most" else "≥ ") + valued(view, row["metric"], row["target"]),
        Cell(view.write.percent(share, 0), share=drawn),
        valued(view, row["metric"], row.get("forecast_end")),
        view.write.percent(row.get("probability"), 0),
        valued(view, row["metric"], row.get("needed_per_day"), 1),
    ]


def valued(view: View, metric: str, value: object, digits: int = 0) -> str:
    """A value of any metric, as the unit that the registry gives it is written."""
    unit = (view.definitions.get(metric) or {}).get("unit")
    if unit in ("ratio", "probability"):
        return view.write.percent(value, 2)
    if unit == "currency":
        return view.write.money(value)
    return view.write.number(value, digits if unit not in ("per day", "index") else 1)
