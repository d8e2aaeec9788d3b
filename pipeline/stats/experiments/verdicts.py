"""Running, winner, no difference or invalid; a winner rests on the sequential interval alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.stats.experiments.declaration import Experiment
from pipeline.stats.experiments.lifts import Floats, lifts
from pipeline.stats.experiments.ratios import BROKEN, sample_ratio
from pipeline.stats.experiments.sequential import beyond, sequential_interval

NOBODY = -1
DESIGN = {
    "spend": "Slices of a budget, not randomised persons: platforms choose whom they show an arm to, so a difference "
    "may come from the audience as well as from the arm.",
    "visits": "Visits dealt out to the arms at random; a person who comes twice may see both arms.",
}


@dataclass(frozen=True)
class Verdict:
    """``winner`` is an arm where ``verdict`` is ``winner``, else None; ``reason`` is a sentence."""

    verdict: str
    reason: str
    winner: str | None = None


@dataclass(frozen=True)
class Sums:
    """What each arm had until each look, [looks, arms]; ``spend`` is NaN where none was delivered yet."""

    visits: Floats
    conversions: Floats
    spend: Floats


def winners(
    visits: ArrayLike, conversions: ArrayLike, *, alpha: float, tuning: float, minimum_visits: int = 1
) -> NDArray[np.int64]:
    """The winning arm's place at every look, ``NOBODY`` while there is none. [..., looks, arms] gives [..., looks].

    Counts are everything until each look, looks in their order, the control first. An arm is better
    (worse) once a sequential interval of its lift has lain above (below) 0 at any look with
    ``minimum_visits`` in every arm, and while its lift is still on that side. Of the better arms the one
    with the highest rate wins; the control wins where every other arm is worse. ``alpha`` is that of
    one comparison: over all looks it is the most that one arm equal to the control is called different.
    """
    counts = np.asarray(visits, dtype=float)
    found = lifts(counts, conversions)
    low, high, _ = sequential_interval(found, alpha, tuning)
    ready = (counts >= minimum_visits).all(axis=-1, keepdims=True)
    lowest, highest = beyond(np.where(ready, low, np.nan), np.where(ready, high, np.nan))
    better, worse = (lowest > 0) & (found.lift > 0), (highest < 0) & (found.lift < 0)
    best = np.where(better, found.rate, -np.inf).argmax(axis=-1)
    return np.where(better.any(axis=-1), best, np.where(worse[..., 1:].all(axis=-1), 0, NOBODY))


def verdict(experiment: Experiment, look: date, sums: Sums, comparisons: int, others: Sequence[str] = ()) -> Verdict:
    """What is to be said of ``experiment`` after the last of ``sums``, which hold every look until ``look``.

    ``comparisons`` are the arms and actions judged together. ``others`` are reasons found outside of
    its own figures (a changed declaration, another experiment on a campaign): they make it invalid.
    """
    broken = [*others, *_broken(experiment, look, sums)]
    if broken:
        return Verdict("invalid", "; ".join(broken))
    place = int(
        winners(
            sums.visits,
            sums.conversions,
            alpha=experiment.alpha / comparisons,
            tuning=experiment.tuning,
            minimum_visits=experiment.minimum_visits,
        )[-1]
    )
    if place != NOBODY:
        arm, beaten = experiment.arms[place], "every other arm" if place == 0 else experiment.arms[0]
        return Verdict("winner", f"{arm} is better than {beaten} by an interval that holds at every look", arm)
    return _without_winner(experiment, look, sums)


def _without_winner(experiment: Experiment, look: date, sums: Sums) -> Verdict:
    fewest = int(sums.visits[-1].min())
    small = fewest < experiment.minimum_visits
    ended, planned = experiment.ended, experiment.planned_end
    if ended and ended < planned and look >= ended:
        return Verdict("invalid", f"ended early on {ended} without a winner, planned was {planned}")
    if look < experiment.planned_end:
        more = f"an arm has {fewest} of {experiment.minimum_visits} visits" if small else "no interval excludes 0 yet"
        return Verdict("running", f"{more}; ends on {experiment.planned_end}")
    if small:
        return Verdict("invalid", f"over with {fewest} visits in an arm, its minimum is {experiment.minimum_visits}")
    return Verdict("no difference", "over, and no interval excludes 0; a difference too small to detect may be there")


def _broken(experiment: Experiment, look: date, sums: Sums) -> list[str]:
    found, arms = [], experiment.arms
    visits, conversions, spend = sums.visits[-1], sums.conversions[-1], sums.spend[-1]
    found += [
        f"{arm} has more conversions than visits" for arm, n, x in zip(arms, visits, conversions, strict=True) if x > n
    ]
    received = visits
    if experiment.split == "spend":
        delivered = np.nan_to_num(spend)
        if (delivered < 0).any():
            return [*found, "the spend of an arm is negative"]
        if delivered.any() or look >= experiment.last_day:
            found += [f"{arm} has no spend" for arm, money in zip(arms, delivered, strict=True) if money == 0]
        received = delivered
    ratio = sample_ratio(received, experiment.planned)
    if ratio < BROKEN and not any("no spend" in reason for reason in found):
        found.append(
            f"the split of the {experiment.split} over the arms is not the planned one (p {ratio:.2g}, below {BROKEN})"
        )
    return found
