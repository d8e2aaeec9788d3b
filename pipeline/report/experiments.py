"""What experiments have shown so far and how the next budget is best split, with the sentence that a manager needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.report.view import Row, rows
from pipeline.report.words import filters, speaker

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Below this probability to be best nobody should call an arm the better one.
_CERTAIN = 0.95


@dataclass(frozen=True)
class Trial:
    """One experiment judged by one action, as it stands after its last look.

    ``arms``: a row of conversion.experiment_result each, the control first. ``looks``: day, arm, lift and the
    bounds that hold at every look, of all arms but the control. ``advice``: rows of conversion.budget_advice.
    """

    experiment: str
    action: str
    look: date
    verdict: str
    winner: str | None
    reason: str
    reason_fr: str
    design: str
    design_fr: str
    arms: list[Row]
    looks: list[Row]
    advice: list[Row]


def trials(con: DuckDBPyConnection, name: str | None = None) -> list[Trial]:
    """Every experiment that was looked at, the newest first; only the one called ``name`` where it is given."""
    newest = rows(
        con,
        """
        select * from conversion.experiment_result
        where experiment = coalesce(?, experiment)
        qualify look = max(look) over (partition by experiment, action)
        order by look desc, experiment, action, is_control desc, arm
        """,
        name,
    )
    looks = rows(
        con,
        """
        select experiment, action, look, arm, lift, sequential_low, sequential_high
        from conversion.experiment_result
        where experiment = coalesce(?, experiment) and not is_control
        order by experiment, action, arm, look
        """,
        name,
    )
    advice = rows(
        con,
        "select * from conversion.budget_advice where experiment = coalesce(?, experiment) order by amount desc, arm",
        name,
    )
    found: dict[tuple[str, str], list[Row]] = {}
    for row in newest:
        found.setdefault((row["experiment"], row["action"]), []).append(row)
    # One budget is split once, however many actions the arms are judged by.
    first = {experiment: (experiment, action) for experiment, action in reversed(found)}
    return [_trial(key, arms, looks, advice if first[key[0]] == key else []) for key, arms in found.items()]


def _trial(key: tuple[str, str], arms: list[Row], looks: list[Row], advice: list[Row]) -> Trial:
    first = arms[0]
    return Trial(
        *key,
        look=first["look"],
        verdict=first["verdict"],
        winner=first["winner"],
        reason=first["reason"],
        reason_fr=first["reason_fr"],
        design=first["design"],
        design_fr=first["design_fr"],
        arms=arms,
        looks=[row for row in looks if (row["experiment"], row["action"]) == key],
        advice=[row for row in advice if row["experiment"] == key[0]],
    )


def advice_sentence(advice: Sequence[Row], language: str, currency: str) -> str | None:
    """ "Of 100 EUR more, put 55 on …, because …; not yet known: …"; None without advice."""
    if not advice:
        return None
    say, as_text = speaker(language), filters(language, currency)
    number = as_text["number"]
    amounts = [(row["arm"], number(row["share_of_budget"] * 100)) for row in advice]
    parts = _listed([say("advice_part", arm=arm, amount=part) for arm, part in amounts], say)
    because = _listed([_margin_of(row, say, number) for row in advice], say)
    night = as_text["day"](advice[0]["last_day"])
    sentence = say("advice", parts=parts, currency=currency, because=because, night=night)
    return f"{sentence} {_unknown(advice, say, as_text)}"


def _margin_of(row: Row, say: Callable[..., str], number: Callable[..., str]) -> str:
    return say(
        "advice_because",
        arm=row["arm"],
        margin=number(row["expected_margin_per_cost"], 2),
        low=number(row["margin_per_cost_low"], 2),
        high=number(row["margin_per_cost_high"], 2),
        nights=number(row["nights"]),
    )


def _unknown(advice: Sequence[Row], say: Callable[..., str], as_text: dict[str, Callable[..., str]]) -> str:
    """What nobody knows yet: which arm is better, or what the change is worth."""
    best = max(advice, key=lambda row: row["probability_best"] or 0.0)
    gains = advice[0]["expected_gain"]
    gain = {name: as_text["money"](advice[0][name]) for name in ("expected_gain", "gain_low", "gain_high", "budget")}
    # Who explores an arm gives up a little of what is known to be good.
    how = "advice_gain" if gains is None or gains >= 0 else "advice_price"
    gain["price"] = as_text["money"](None if gains is None else -gains)
    worth = "" if gains is None else " " + say(how, **gain)
    if (best["probability_best"] or 0.0) >= _CERTAIN:
        return say("advice_known", arm=best["arm"]) + worth
    return say("advice_unknown", arm=best["arm"], chance=as_text["percent"](best["probability_best"], 0)) + worth


def _listed(texts: Sequence[str], say: Callable[..., str]) -> str:
    """``a, b and c``."""
    last = texts[-1]
    return f"{', '.join(texts[:-1])} {say('and')} {last}" if len(texts) > 1 else last


def verdict_sentence(trial: Trial, language: str) -> str:
    """What may be said of the experiment today."""
    say = speaker(language)
    known: dict[str, Any] = {"arm": trial.winner, "look": filters(language, "")["day"](trial.look)}
    return say(f"verdict_{trial.verdict.replace(' ', '_')}", **known)


@dataclass(frozen=True)
class TrialText:
    """An experiment as it stands, and what a reader is told of it in one language; ``advice`` where there is any."""

    trial: Trial
    verdict: str
    reason: str
    design: str
    advice: str | None


def trial_text(trial: Trial, language: str, currency: str) -> TrialText:
    """The verdict and why it is that, what the design can prove, where the next money goes."""
    reason, design = (trial.reason_fr, trial.design_fr) if language == "fr" else (trial.reason, trial.design)
    return TrialText(
        trial,
        verdict_sentence(trial, language),
        f"{reason[:1].upper()}{reason[1:]}.",
        design,
        advice_sentence(trial.advice, language, currency),
    )
