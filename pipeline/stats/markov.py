"""Channels as a Markov chain: what would be lost if a channel were not there.

Anderl, Becker, von Wangenheim, Schumann (2016), "Mapping the customer journey: Lessons learned from
graph-based online attribution modeling", International Journal of Research in Marketing 33(3),
457-474. States are the start, the channels, the conversion and the null state; the probability of a
step is its share of all steps that leave a state. The removal effect of channel k is
1 - P(conversion without k) / P(conversion), where steps into k lead to the null state.

Journeys weigh 1 each, then visitors flow through the chain and those who do not convert dilute it; or
they weigh what they earned, then money flows through it and a journey that earned nothing weighs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.stats.journeys import Floats, Journeys

# Columns of the inverse that are solved for at once: bounds the memory, however many channels there are.
BLOCK = 256
# The strengths are as good as found long before; only where no strengths give the totals do they run out.
ROUNDS = 200
CLOSE = 1e-9


@dataclass(frozen=True)
class Chain:
    """What the chain says of each channel, in the order of the journeys' channels.

    ``effects``: removal effects in [0, 1]. ``shares``: their shares of their sum. ``strengths``: the
    sizes that share a conversion among its touches. All are 0 where nothing converts.
    """

    effects: Floats
    shares: Floats
    strengths: Floats


def chain(journeys: Journeys) -> Chain:
    """Removal effects, and the strengths that carry them to single conversions.

    A touch's weight is the strength of its channel divided by the strengths of all touches of its
    journey. The strengths begin as the removal effects and are scaled, channel by channel, until the
    credits of each channel sum to its share of everything that was converted: iterative proportional
    fitting (Deming and Stephan 1940), which finds of all such weights those nearest to the removal
    effects. So both hold: a conversion is shared among its own touches alone and its weights sum to 1,
    and the totals are those of Anderl et al. They cannot where a channel's journeys of one touch
    already exceed its share (four of five journeys are A alone and one is A, B, C, D: the removal
    effects of 1 and three times 0.2 give A a share of 0.625); then the totals come as near as they can.
    """
    effects = _removal_effects(journeys)
    shares = effects / (effects.sum() or 1.0)
    return Chain(effects, shares, _strengths(journeys.converting(), effects, shares))


def _removal_effects(journeys: Journeys) -> Floats:
    """No chain is solved anew for a removed channel, and nothing is simulated.

    With N = (I - Q)^-1 over the channels, v = N r the probability to convert from each, and a the
    first steps: the chain ever reaches k with probability (a N)_k / N_kk (Kemeny and Snell 1960,
    "Finite Markov Chains", chapter 3), and what converts by way of k is what is lost without it:
    removal_k = (a N)_k / N_kk * v_k / (a v). One sparse LU decomposition serves all channels.
    """
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import splu

    count = len(journeys.channels)
    if not (journeys.weight * journeys.converted).any():
        return np.zeros(count)
    channel, weight = journeys.channel, np.repeat(journeys.weight, journeys.lengths)
    leaving = np.bincount(channel, weight, minlength=count)
    leaving[leaving == 0] = 1.0
    inner = np.ones(len(channel), dtype=bool)
    inner[journeys.ends - 1] = False
    source = np.flatnonzero(inner)
    share = weight[source] / leaving[channel[source]]
    steps = csc_array((share, (channel[source], channel[source + 1])), shape=(count, count))
    first = np.bincount(channel[journeys.starts], journeys.weight, minlength=count) / journeys.weight.sum()
    last = np.bincount(channel[journeys.ends - 1], journeys.weight * journeys.converted, minlength=count) / leaving
    solved = splu((eye_array(count, format="csc") - steps).tocsc())
    reached, chance = solved.solve(first, trans="T"), solved.solve(last)
    effects = reached / _diagonal_of_inverse(solved, count) * chance / (first @ chance)
    return np.asarray(np.clip(effects, 0.0, 1.0), dtype=float)


def _diagonal_of_inverse(solved: Any, count: int) -> Floats:
    diagonal = np.empty(count)
    for begin in range(0, count, BLOCK):
        block = np.arange(begin, min(begin + BLOCK, count))
        unit = np.zeros((count, len(block)))
        unit[block, block - begin] = 1.0
        diagonal[block] = solved.solve(unit)[block, block - begin]
    return diagonal


def _strengths(won: Journeys, effects: Floats, shares: Floats) -> Floats:
    from scipy.sparse import csr_array

    if not shares.any():
        return np.zeros(len(effects))
    touches = csr_array(
        (np.ones(len(won.channel)), won.channel, np.append(won.starts, won.ends[-1:])),
        shape=(len(won.starts), len(effects)),
    )
    by_channel = touches.T
    target, strengths = shares * won.weight.sum(), effects.copy()
    for _ in range(ROUNDS):
        per_journey = touches @ strengths
        per_journey[per_journey == 0] = 1.0
        credit = strengths * (by_channel @ (won.weight / per_journey))
        ratio = np.divide(target, credit, out=np.ones(len(target)), where=credit > 0)
        strengths *= ratio
        strengths /= strengths.max()
        if np.abs(ratio - 1).max() < CLOSE:
            break
    return strengths
