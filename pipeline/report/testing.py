"""The experiments, as a section of the page: verdict, advice, arms, and the lift look by look."""

from __future__ import annotations

from pipeline.report.blocks import Block, Card, Cell, Section, Table, Text
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
    return Card(title, [*blocks, _arms(view, text, title), Text(text.design, "soft")])


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
