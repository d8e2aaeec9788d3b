"""The order of the page: what a director reads in one minute, then each network, then what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report import (
    earning,
    forecast,
    glossary,
    goals,
    network,
    odd,
    people,
    posts,
    quality,
    rhythm,
    summary,
    testing,
    things,
)
from pipeline.report.blocks import Section
from pipeline.report.quality import Ending
from pipeline.report.view import View


@dataclass(frozen=True)
class Page:
    """Everything that the template shows. ``labels`` are words that stand in the frame around the sections."""

    language: str
    title: str
    subtitle: str
    banner: str | None
    labels: dict[str, str]
    sections: Sequence[Section]


LABELS = ("skip", "contents", "chart_data", "table_of")


def compose(view: View, *, brand: str, simulated: bool, ending: Sequence[Ending]) -> Page:
    """All sections that there is something for."""
    published = view.rows("select generation, code_version from _publish")[0]
    found = [
        network.section(view),
        posts.section(view),
        rhythm.hashtags_section(view),
        rhythm.hours_section(view),
        rhythm.types_section(view),
        people.team_section(view),
        people.voice_section(view),
        earning.funnel_section(view),
        earning.margin_section(view),
        testing.section(view),
        forecast.section(view),
        odd.section(view),
        quality.section(view),
        quality.ending_section(view, ending),
    ]
    rest = [section for section in found if section is not None]
    figures = summary.figures(view)
    titles = {section.id: section.title for section in rest}
    first = summary.section(
        view,
        figures,
        things.block(things.things(view, figures), titles),
        goals.table(view, goals.goals(view)),
    )
    explained = glossary.section(view)
    shown = [first, *rest, *([explained] if explained else [])]
    return Page(
        language=view.language,
        title=view.say("title", brand=brand, period=period_name(view)),
        subtitle=view.say("generation", generation=published["generation"], version=published["code_version"]),
        banner=view.say("simulated") if simulated else None,
        labels={name: view.say(name) for name in LABELS},
        sections=shown,
    )


def period_name(view: View) -> str:
    """The period as its readers call it: October 2026, week 44 of 2026, 4th quarter of 2026, or its days."""
    period, say = view.period, view.say
    if period.kind == "month":
        months = say("months").split("|")
        return f"{months[period.since.month - 1]} {period.since.year}"
    if period.kind == "week":
        year, week, _ = period.since.isocalendar()
        return say("week_name", week=week, year=year)
    if period.kind == "quarter":
        return say("quarter_name", quarter=(period.since.month + 2) // 3, year=period.since.year)
    return say("days_name", since=view.write.day(period.since), until=view.write.day(period.until))
