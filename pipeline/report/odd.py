"""Days out of the ordinary: what was expected, what came, and what is known to explain it."""

from __future__ import annotations

from pipeline.report.blocks import Cell, Section, Table, Text
from pipeline.report.goals import valued
from pipeline.report.view import Row, View

_SHOWN = 15


def anomalies(view: View) -> list[Row]:
    """The final days of the period beyond their bounds, explained ones too, the most surprising first."""
    if not view.has("kpi.anomaly", "is_anomaly", "score", "explained_by"):
        return []
    return view.rows(
        "select * from kpi.anomaly where day between ? and ? and is_final "
        "and (is_anomaly or explained_by is not null and (value < low or value > high)) "
        "order by abs(score) desc nulls last, day desc, metric, platform, account, site",
        view.since,
        view.until,
    )


def section(view: View) -> Section | None:
    found = anomalies(view)
    if not found:
        return None
    columns = [
        *view.words("day", "account", "metric"),
        view.column("value", view.say("value")),
        view.column("expected", view.say("expected")),
        view.column("score", view.say("score")),
        *view.words("known"),
    ]
    rows = [_cells(view, row) for row in found[:_SHOWN]]
    table = Table(view.say("anomalies"), columns, rows, headed=3)
    return Section("anomalies", view.say("anomalies"), [table, Text(view.say("anomaly_method"), "soft")])


def sentence(view: View, row: Row) -> str:
    """What a person would say of it."""
    return view.say(
        f"odd_{row['direction']}",
        metric=view.label(row["metric"]),
        name=_whose(view, row),
        day=view.write.day(row["day"]),
        value=valued(view, row["metric"], row["value"]),
        low=valued(view, row["metric"], row["low"]),
        high=valued(view, row["metric"], row["high"]),
    )


def _cells(view: View, row: Row) -> list[str | Cell]:
    low, high = (valued(view, row["metric"], row[bound]) for bound in ("low", "high"))
    known = row["explained_by"] or view.say(f"kind_{row['kind']}")
    return [
        Cell(view.write.day(row["day"]), below=None if row["is_final"] else view.say("provisional")),
        _whose(view, row),
        view.label(row["metric"]),
        valued(view, row["metric"], row["value"]),
        Cell(valued(view, row["metric"], row["expected"]), below=view.say("between", low=low, high=high)),
        view.write.signed(view.write.number(row["score"], 1)),
        known,
    ]


def _whose(view: View, row: Row) -> str:
    return str(row["site"]) if row.get("site") else view.account(row["platform"], row["account"])
