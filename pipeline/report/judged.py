"""What the gates found over the weeks: per table and week what failed, and how long until it was mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from pipeline.report.blocks import Block, Card, Cell, Column, Drawn, Table, Text
from pipeline.report.charts import Chart
from pipeline.report.charts.weeks import Week, weeks_by_name
from pipeline.report.view import View, rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WEEKS: Final = 26
_TABLES, _EPISODES = 15, 20

# A table is not judged in every night: mended is what held when it was judged next.
_EPISODES_SQL: Final = """
    with judged as (
        select
            night, "table", expectation, bool_and(success) as success, min(severity) as severity,
            sum(unexpected_count) as unexpected
        from quality.result
        where severity <> 'info' and night <= $until and ($table is null or "table" = $table)
        group by all
    ),
    numbered as (
        select
            *,
            count_if(begins) over (partition by "table", expectation order by night) as episode
        from (
            select
                *,
                not success and coalesce(lag(success) over (partition by "table", expectation order by night), true)
                    as begins
            from judged
        )
    )
    select
        "table", expectation, min(severity) filter (not success) as severity,
        min(night) as since,
        list(night order by night) filter (not success) as nights,
        min(night) filter (success) as mended,
        min(night) filter (success) - min(night) as days,
        max(unexpected) filter (not success) as unexpected
    from numbered
    where episode > 0
    group by "table", expectation, episode
    having max(night) filter (not success) >= $since
    order by mended is not null, since desc, severity, "table", expectation
"""


@dataclass(frozen=True)
class Episode:
    """One expectation from the night it first failed (``since``) to the one it held again (``mended``, None: not yet).

    ``nights`` are those in which it failed. ``days`` lie between the two; ``unexpected`` rows in its worst night.
    """

    table: str
    expectation: str
    severity: str
    since: date
    nights: tuple[date, ...]
    mended: date | None
    days: int | None
    unexpected: int | None


def first_monday(until: date, weeks: int) -> date:
    """The Monday with which so many weeks begin, of which ``until`` lies in the last."""
    return until - timedelta(days=until.weekday() + 7 * (weeks - 1))


def episodes(con: DuckDBPyConnection, until: date, weeks: int = WEEKS, table: str | None = None) -> list[Episode]:
    """All that failed in the ``weeks`` up to the night ``until``, what is not mended first, the newest first."""
    since = first_monday(until, weeks)
    found = rows(con, _EPISODES_SQL, since=since, until=until, table=table)
    return [Episode(**{**row, "nights": tuple(night for night in row["nights"] if night >= since)}) for row in found]


def by_week(found: Sequence[Episode]) -> list[Week]:
    """Of each table and week in which anything failed: how many expectations did, and in how many nights."""
    told: dict[tuple[str, date], list[tuple[Episode, date]]] = {}
    for episode in found:
        for night in episode.nights:
            told.setdefault((episode.table, night - timedelta(days=night.weekday())), []).append((episode, night))
    return [
        Week(
            table,
            monday,
            critical=len({each.expectation for each, _ in those if each.severity == "critical"}),
            warnings=len({each.expectation for each, _ in those if each.severity != "critical"}),
            nights=len({night for _, night in those}),
        )
        for (table, monday), those in sorted(told.items())
    ]


def card(view: View) -> Card | None:
    """The half-year up to the last night of the period; None of publications that keep no results."""
    if not view.has("quality.result", "night", "table", "expectation", "severity", "success", "unexpected_count"):
        return None
    found = episodes(view.con, view.until)
    title = view.say("judged")
    if not found:
        return Card(title, [Text(view.say("judged_nothing", weeks=WEEKS))])
    blocks: list[Block] = [Drawn([_chart(view, found)]), _table(view, found)]
    if len(found) > _EPISODES:
        blocks.append(Text(view.say("judged_more", shown=_EPISODES, found=len(found)), "soft"))
    return Card(title, blocks)


def _chart(view: View, found: Sequence[Episode]) -> Chart:
    failing = by_week(found)
    often = sorted({week.name for week in failing}, key=lambda name: (-_nights(failing, name), name))[:_TABLES]
    shown = [week for week in failing if week.name in often]
    open_ = sum(episode.mended is None for episode in found)
    finding = view.say("judged_finding", tables=len({e.table for e in found}), found=len(found), open=open_)
    tips = [view.say("judged_tip", table=w.name, week=_week(view, w.monday), critical=w.critical,
                     warnings=w.warnings, nights=w.nights) for w in shown]  # fmt: skip
    mondays = [first_monday(view.until, WEEKS) + timedelta(days=7 * number) for number in range(WEEKS)]
    svg = weeks_by_name(shown, tips, mondays, sorted(often), finding, view.language)
    head = [view.say(key) for key in ("table", "week", "critical", "warning", "nights")]
    body = [[w.name, _week(view, w.monday), *map(view.write.number, (w.critical, w.warnings, w.nights))] for w in shown]
    return Chart(view.say("judged_chart"), finding, svg, head, body, [view.say("judged_note")])


def _table(view: View, found: Sequence[Episode]) -> Table:
    write = view.write
    cells: list[list[str | Cell]] = [
        [
            each.table,
            each.expectation.replace("_", " "),
            Cell(view.say(each.severity), tone="bad" if each.severity == "critical" else ""),
            write.day(each.since),
            write.day(each.mended) if each.mended else Cell(view.say("not_mended"), tone="bad"),
            write.number(each.days),
            write.number(len(each.nights)),
        ]
        for each in found[:_EPISODES]
    ]
    columns = [*view.words("table", "expectation", "severity"),
               *(Column(view.say(key), is_day=True) for key in ("failed_since", "mended")),
               *(Column(view.say(key), is_number=True) for key in ("days_until_mended", "nights"))]  # fmt: skip
    return Table(view.say("judged_table"), columns, cells, headed=2)


def _nights(failing: Sequence[Week], name: str) -> int:
    return sum(week.nights for week in failing if week.name == name)


def _week(view: View, monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return view.say("week_name", week=week, year=year)
