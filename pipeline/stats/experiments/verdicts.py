"""Running, winner, no difference or invalid; a winner rests on the sequential interval alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.stats.experiments import sentences
from pipeline.stats.experiments.declaration import Experiment
from pipeline.stats.experiments.lifts import Floats, lifts
from pipeline.stats.experiments.ratios import BROKEN, sample_ratio
from pipeline.stats.experiments.sentences import Sentence
from pipeline.stats.experiments.sequential import beyond, sequential_interval

NOBODY = -1


@dataclass(frozen=True)
class Verdict:
    """``winner`` is an arm where ``verdict`` is ``winner``, else None."""

    verdict: str
    reason: Sentence
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


def verdict(
    experiment: Experiment, look: date, sums: Sums, comparisons: int, others: Sequence[Sentence] = ()
) -> Verdict:
    """What is to be said of ``experiment`` after the last of ``sums``, which hold every look until ``look``.

    ``comparisons`` are the arms and actions judged together. ``others`` are reasons found outside of
    its own figures (a changed declaration, another experiment on a campaign): they make it invalid.
    """
    broken = [*others, *_broken(experiment, look, sums)]
    if broken:
        return Verdict("invalid", sentences.listed(broken))
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
        arm, beaten = experiment.arms[place], None if place == 0 else experiment.arms[0]
        return Verdict("winner", sentences.better(arm, beaten), arm)
    return _without_winner(experiment, look, sums)


def _without_winner(experiment: Experiment, look: date, sums: Sums) -> Verdict:
    fewest, least = int(sums.visits[-1].min()), experiment.minimum_visits
    ended, planned = experiment.ended, experiment.planned_end
    if ended and ended < planned and look >= ended:
        return Verdict("invalid", sentences.stopped(ended, planned))
    if look < planned:
        few = fewest < least
        return Verdict(
            "running", sentences.too_few_yet(fewest, least, planned) if few else sentences.nothing_excluded_yet(planned)
        )
    if fewest < least:
        return Verdict("invalid", sentences.too_few(fewest, least))
    return Verdict("no difference", sentences.NOTHING_EXCLUDED)


def _broken(experiment: Experiment, look: date, sums: Sums) -> list[Sentence]:
    arms = experiment.arms
    visits, conversions, spend = sums.visits[-1], sums.conversions[-1], sums.spend[-1]
    found = [
        sentences.more_conversions_than_visits(arm)
        for arm, n, x in zip(arms, visits, conversions, strict=True)
        if x > n
    ]
    received, idle = visits, []
    if experiment.split == "spend":
        delivered = np.nan_to_num(spend)
        if (delivered < 0).any():
            return [*found, sentences.NEGATIVE_SPEND]
        if delivered.any() or look >= experiment.last_day:
            idle = [sentences.without_spend(arm) for arm, money in zip(arms, delivered, strict=True) if money == 0]
        received = delivered
    ratio = sample_ratio(received, experiment.planned)
    # An arm without spend says more than the uneven split that follows from it.
    if ratio < BROKEN and not idle:
        return [*found, sentences.uneven(experiment.split, ratio, BROKEN)]
    return [*found, *idle]
