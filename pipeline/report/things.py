"""Three things to know: what a director would ask about first, chosen by rules from the figures.

Each rule gives at most one sentence of its kind with a weight; the three heaviest are shown. What somebody must act
on weighs most (a goal out of reach, missing data, what nobody can explain), then what was learned (an experiment that
is decided, the largest change against before), then what went well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.report.blocks import Points
from pipeline.report.comparing import Compared
from pipeline.report.experiments import trials, verdict_sentence
from pipeline.report.goals import goals, valued
from pipeline.report.odd import anomalies, sentence
from pipeline.report.posts import COMPARED, ranked, why
from pipeline.report.quality import missing
from pipeline.report.summary import written
from pipeline.report.view import View

_SHOWN: Final = 3
# Below a tenth a period is like the one before.
_LARGE_CHANGE: Final = 0.1


@dataclass(frozen=True)
class Thing:
    """One sentence, the id of its section, and how much it weighs (0–100)."""

    weight: float
    text: str
    section: str


def things(view: View, figures: Mapping[str, Compared]) -> list[Thing]:
    """At most three, the heaviest first."""
    rules: Sequence[Callable[[], Thing | None]] = (
        lambda: _goal(view),
        lambda: _missing(view),
        lambda: _anomaly(view),
        lambda: _decided(view),
        lambda: _change(view, figures),
        lambda: _post(view),
    )
    found = [thing for thing in (rule() for rule in rules) if thing]
    return sorted(found, key=lambda thing: -thing.weight)[:_SHOWN]


def block(found: Iterable[Thing], titles: Mapping[str, str]) -> Points | None:
    """The sentences with links to their sections, of those that are in the page."""
    points = [
        (thing.text, thing.section if thing.section in titles else None, titles.get(thing.section)) for thing in found
    ]
    return Points(points, numbered=True) if points else None


def _goal(view: View) -> Thing | None:
    """The goal that is least likely to be reached."""
    late = [row for row in goals(view) if row["state"] in ("off_pace", "missed")]
    if not late:
        return None
    worst = min(late, key=lambda row: (row["state"] != "missed", row.get("probability") or 0.0, row["goal"]))
    told = {name: valued(view, worst["metric"], worst.get(name)) for name in ("current_value", "target")}
    text = view.say(f"thing_goal_{worst['state']}", goal=worst["goal"], **told, day=view.write.day(worst["period_end"]))
    if worst["state"] == "off_pace" and worst.get("needed_per_day") is not None:
        text += " " + view.say("thing_goal_needs", needed=valued(view, worst["metric"], worst["needed_per_day"], 1))
    return Thing(90, text, "summary")


def _missing(view: View) -> Thing | None:
    """What the last night should have had and has not; how much of it decides how urgent it is."""
    absent = missing(view)
    if not absent:
        return None
    expected = view.rows("select count(*) as streams from kpi.coverage_daily where day = ? and expected", view.until)
    share = len(absent) / max(1, expected[0]["streams"])
    accounts = sorted({view.account(row["platform"], row["account"]) for row in absent})
    named = ", ".join(accounts[:3]) + (" …" if len(accounts) > 3 else "")
    text = view.say("thing_missing", streams=len(absent), of=expected[0]["streams"], accounts=named)
    return Thing(40 + 55 * share, text, "quality")


def _anomaly(view: View) -> Thing | None:
    """The most surprising day that nothing explains."""
    odd = [row for row in anomalies(view) if row["is_anomaly"] and row["score"] is not None]
    if not odd:
        return None
    most = max(odd, key=lambda row: (abs(row["score"]), row["day"]))
    return Thing(60 + min(20.0, abs(most["score"])), sentence(view, most), "anomalies")


def _decided(view: View) -> Thing | None:
    """An experiment whose verdict fell in the period."""
    if not view.has("conversion.experiment_result"):
        return None
    for trial in trials(view.con):
        if trial.verdict in ("winner", "invalid") and view.since <= trial.look <= view.until:
            text = f"{trial.experiment} : " if view.language == "fr" else f"{trial.experiment}: "
            return Thing(70, text + verdict_sentence(trial, view.language), "experiments")
    return None


def _change(view: View, figures: Mapping[str, Compared]) -> Thing | None:
    """The figure that moved most against the period before."""
    moved = [
        (abs(found.before.change), name)
        for name, found in figures.items()
        if found.before is not None and found.before.change is not None and name != "margin_revenue"
    ]
    if not moved or max(moved)[0] < _LARGE_CHANGE:
        return None
    size, name = max(moved)
    before = figures[name].before
    if before is None or before.change is None:
        return None
    text = view.say(
        "thing_more" if before.change > 0 else "thing_less",
        figure=view.label(name),
        change=view.write.signed(view.write.percent(before.change)),
        now=written(view, name, before.now),
        before=written(view, name, before.value),
    )
    return Thing(50 + min(20.0, 20 * size), text, "networks" if name in ("impressions", "engagements") else "margin")


def _post(view: View) -> Thing | None:
    found = ranked(view)
    if len(found) < COMPARED or found[0]["times"] <= 1:
        return None
    best = found[0]
    text = view.say(
        "thing_post",
        name=view.account(best["platform"], best["account"]),
        day=view.write.day(best["published_day"]),
        times=view.write.number(best["times"], 1),
        rate=view.write.percent(best["engagement_rate_by_impressions"], 1),
        why=why(view, best),
    )
    return Thing(30, text, "posts")
