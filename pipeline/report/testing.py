"""The experiments, as a section of the page: verdict, advice, arms, and the lift look by look."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pipeline.report.blocks import Block, Card, Cell, Drawn, Section, Table, Text
from pipeline.report.charts import Chart, Look, bounded
from pipeline.report.experiments import TrialText, trial_text, trials
from pipeline.report.view import View


def section(view: View) -> Section | None:
    """Every experiment that was looked at by the end of the period."""
    if not view.has("conversion.experiment_result"):
        return None
    found = [trial_text(trial, view.language, view.currency) for trial in trials(view.con)]
    shown = [_card(view, text) for text in found]
    return Section("experiments", view.say("experiments"), shown) if shown else None


def _card(view: View, text: TrialText) -> Card:
    trial = text.trial
    blocks: list[Block] = [Text(text.verdict, "strong"), Text(text.reason)]
    if text.advice:
        blocks.append(Text(text.advice))
    title = f"{trial.experiment} · {view.say(trial.action)}"
    charts = list(_charts(view, text, title))
    drawn: list[Block] = [Drawn(charts)] if charts else []
    return Card(title, [*blocks, _arms(view, text, title), *drawn, Text(text.design, "soft")])


def _charts(view: View, text: TrialText, title: str) -> Iterator[Chart]:
    """For each arm the lift over the control, as it was known at every look."""
    write, say = view.write, view.say
    known = [
        row for row in text.trial.looks if None not in (row["lift"], row["sequential_low"], row["sequential_high"])
    ]
    for arm, rows in groupby(known, key=lambda row: str(row["arm"])):
        looks = [
            Look(row["look"], float(row["lift"]), float(row["sequential_low"]), float(row["sequential_high"]))
            for row in rows
        ]
        last = looks[-1]
        finding = say(
            "lift_finding",
            arm=arm,
            lift=write.signed(write.percent(last.value)),
            low=write.percent(last.low),
            high=write.percent(last.high),
            day=write.day(last.day),
        )
        svg = bounded(looks, finding, view.language)
        if not svg:
            continue
        head = (say("day"), say("lift"), say("bounds"))
        body = [
            (write.day(one.day), write.percent(one.value), say("between", low=write.percent(one.low),
             high=write.percent(one.high)))
            for one in looks
        ]  # fmt: skip
        yield Chart(f"{title} · {arm}", finding, svg, head, body, [say("lift_note")])


def _arms(view: View, text: TrialText, caption: str) -> Table:
    write = view.write
    columns = [
        *view.words("arm"),
        *(view.column(name) for name in ("visits", "conversions", "conversion_rate")),
        view.column("lift", view.say("lift")),
        view.column("probability_best", view.say("probability_best")),
        *(view.column(name) for name in ("spend", "gross_margin")),
        view.column("margin_per_cost", view.say("margin_per_cost", currency=view.currency)),
    ]
    rows: list[list[str | Cell]] = []
    for arm in text.trial.arms:
        low, high = write.percent(arm["sequential_low"]), write.percent(arm["sequential_high"])
        lift = "–" if arm["lift"] is None else f"{write.percent(arm['lift'])} ({low} {view.say('and')} {high})"
        rows.append([
            arm["arm"],
            write.number(arm["visits"]),
            write.number(arm["conversions"]),
            write.percent(arm["conversion_rate"], 2),
            lift,
            write.percent(arm["probability_best"], 0),
            write.money(arm["spend"]),
            write.money(arm["gross_margin"]),
            write.number(arm["margin_per_cost"], 2),
        ])  # fmt: skip
    return Table(caption, columns, rows)
