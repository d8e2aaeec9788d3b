"""What the figures rest on: what is missing, what was restated, which expectations failed, what ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.report import judged
from pipeline.report.blocks import Block, Card, Cell, Column, Points, Section, Table, Text
from pipeline.report.view import Row, View

_SHOWN = 20


@dataclass(frozen=True)
class Ending:
    """Something that ends on a day, in the report's language. ``is_near``: nobody should wait any longer."""

    day: date
    when: str
    whose: str
    what: str
    advice: str
    is_near: bool


def section(view: View) -> Section:
    """Of the last night of the period, and of the corrections that came within it."""
    found = [_missing(view), _failures(view), judged.card(view), _restated(view), _notes(view), _steps(view)]
    return Section("quality", view.say("quality"), [card for card in found if card])


def ending_section(view: View, ending: Sequence[Ending]) -> Section | None:
    if not ending:
        return None
    rows = [
        [Cell(view.write.day(one.day), below=one.when, tone="bad" if one.is_near else ""),
         Cell(f"{one.whose} · {one.what}", below=one.advice)]
        for one in ending
    ]  # fmt: skip
    table = Table(view.say("ending"), view.words("day", "what"), rows)
    return Section("ending", view.say("ending"), [table])


def missing(view: View) -> list[Row]:
    """Streams that the last night should have had."""
    return view.rows(
        "select platform, account, stream, reason from kpi.coverage_daily "
        "where day = ? and expected and not delivered order by all",
        view.until,
    )


def _missing(view: View) -> Card:
    found = missing(view)
    blocks: list[Block] = [Text(view.say("nothing_missing"))]
    if found:
        rows = [
            [view.account(row["platform"], row["account"]), row["stream"], Cell(row["reason"] or "–", tone="bad")]
            for row in found
        ]
        blocks = [Table(view.say("missing"), view.words("account", "stream", "reason"), rows, headed=2)]
    return Card(view.say("missing"), blocks)


def _failures(view: View) -> Card:
    found = view.rows(
        'select "table", expectation, severity, unexpected_count as unexpected from quality.result '
        'where night = ? and not success order by severity, gate, "table", expectation',
        view.until,
    )
    blocks: list[Block] = [Text(view.say("nothing_failed"))]
    if found:
        rows = [
            [
                row["table"],
                row["expectation"].replace("_", " "),
                Cell(view.say(row["severity"]), tone="bad" if row["severity"] == "critical" else ""),
                view.write.number(row["unexpected"]),
            ]
            for row in found
        ]
        columns = [*view.words("table", "expectation", "severity"), Column(view.say("unexpected"), is_number=True)]
        blocks = [Table(view.say("expectations"), columns, rows, headed=2)]
    return Card(view.say("expectations"), blocks)


def _restated(view: View) -> Card | None:
    """Days of the period whose value a platform has changed since it was first told; the largest changes first."""
    if not view.has("kpi.restatement", "metric", "first_value", "last_value", "changes", "is_final"):
        return None
    found = view.rows(
        """
        select
            platform, account, metric, day, first_value, last_value, changes, is_final,
            last_value / nullif(first_value, 0) - 1 as moved
        from kpi.restatement
        where day between ? and ? and changes > 0 and last_value is distinct from first_value
        order by abs(moved) desc nulls last, day desc, platform, account, metric
        limit ?
        """,
        view.since,
        view.until,
        _SHOWN,
    )
    if not found:
        return None
    write = view.write
    rows: list[list[str | Cell]] = [
        [
            view.account(row["platform"], row["account"]),
            view.label(row["metric"]),
            Cell(write.day(row["day"]), below=None if row["is_final"] else view.say("provisional")),
            write.number(row["first_value"]),
            write.number(row["last_value"]),
            "–" if row["moved"] is None else write.signed(write.percent(row["moved"])),
            write.number(row["changes"]),
        ]
        for row in found
    ]
    columns = [
        *view.words("account", "metric", "day"),
        *(view.column(name, view.say(name)) for name in ("first_value", "last_value")),
        Column(view.say("moved"), is_number=True),
        view.column("changes", view.say("changes")),
    ]
    return Card(view.say("restated"), [Table(view.say("restated"), columns, rows, headed=3)])


def _notes(view: View) -> Card | None:
    """What a person should know of the night; what ends soon has a place of its own."""
    found = view.rows(
        "select platform, account, message from quality.note "
        "where night = ? and kind <> 'expires_soon' order by kind, platform, account, message",
        view.until,
    )
    points = [(f"{row['message']} ({view.account(row['platform'], row['account'])})".replace(" ()", ""), None, None)
              for row in found]  # fmt: skip
    return Card(view.say("notes"), [Points(points)]) if points else None


def _steps(view: View) -> Card | None:
    found = view.rows(
        "select step, state, rows, seconds, error from quality.run where night = ? order by started_at, step",
        view.until,
    )
    rows: list[list[str | Cell]] = [
        [
            row["step"],
            Cell(
                row["state"] + (f": {row['error']}" if row["error"] else ""),
                tone="" if row["state"] in ("done", "passed") else "bad",
            ),
            view.write.number(row["rows"]),
            view.write.number(row["seconds"], 2),
        ]
        for row in found
    ]
    columns = [*view.words("step", "state"), *(Column(view.say(name), is_number=True) for name in ("rows", "seconds"))]
    return Card(view.say("ran"), [Table(view.say("ran"), columns, rows)]) if rows else None
