"""How the next budget is best split: Thompson sampling on margin per euro, with a floor for every arm.

Thompson (1933), "On the likelihood that one unknown probability exceeds another", Biometrika 25; Scott
(2010), "A modern Bayesian look at the multi-armed bandit", Applied Stochastic Models in Business and
Industry 26, for splitting a whole night by the probability of each arm to be best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FLOOR = 0.05
DRAWS = 4000
ALPHA = 0.05
# Chapelle and Li (2011), "An Empirical Evaluation of Thompson Sampling", section on posterior reshaping: where
# nights are few, draws closer to the mean than the posterior's own lose less to arms that hardly can be best.
RESHAPING = 0.5
HISTORY = ("arm", "night", "spend", "margin")
COLUMNS = (
    *("arm", "share", "amount", "present_share", "nights", "spend", "margin"),
    *("expected_margin_per_euro", "margin_low", "margin_high", "probability_best"),
    *("expected_gain", "gain_low", "gain_high"),
)


@dataclass(frozen=True)
class Posterior:
    """What is known of each arm's margin per euro: Student t around ``mean`` with ``scale``, both [arms].

    All arms share ``freedom``, degrees of freedom that are 0 while nothing is known.
    """

    mean: Floats
    scale: Floats
    freedom: float

    def draws(self, seed: int | Sequence[int], count: int = DRAWS) -> Floats:
        """[count, arms] of margins per euro. All arms of a draw share its noise: they have one variance."""
        random = np.random.default_rng(seed)
        spread = np.sqrt(self.freedom / random.chisquare(self.freedom, (count, 1)))
        drawn: Floats = self.mean + self.scale * spread * random.standard_normal((count, len(self.mean)))
        return drawn


def posterior(spend: ArrayLike, margin: ArrayLike, weight: ArrayLike = 1.0) -> Posterior:
    """The normal-inverse-gamma posterior of margins per euro from [nights, arms] of spend and margin.

    A night's margin per euro is normal around the arm's own with a variance of sigma^2 / spend, since
    twice the spend brings twice as many independent visits; sigma^2 is that of all arms. Prior: the
    arm's margin is normal around the margin per euro of all arms together, with the weight of one
    mean night (a unit information prior, Kass and Wasserman 1995), and p(sigma^2) ~ 1 / sigma^2
    (Murphy 2007, "Conjugate Bayesian analysis of the Gaussian distribution", section 3, with spend as
    the weight of a night). So an arm without history is expected to be like the others, and hardly
    known. Nights without spend or with an unknown figure (NaN) say nothing. ``weight`` in [0, 1]
    discounts nights, [nights, 1] or one number. ValueError for negative spend or shapes that differ.
    """
    s, m = np.asarray(spend, dtype=float), np.asarray(margin, dtype=float)
    if s.shape != m.shape or s.ndim != 2:
        raise ValueError(f"spend {s.shape} and margin {m.shape} need one shape: nights and arms")
    if (s < 0).any():
        raise ValueError(
            "the spend of a night is negative: hand over what was spent, corrections summed into their day"
        )
    told = np.isfinite(s) & np.isfinite(m) & (s > 0)
    w = np.where(told, np.broadcast_to(np.asarray(weight, dtype=float), s.shape), 0.0)
    s, m = np.where(told, s, 1.0), np.where(told, m, 0.0)
    own, seen = (w * s).sum(axis=0), w.sum()
    if seen == 0:
        unknown = np.full(s.shape[1], np.nan)
        return Posterior(unknown, unknown, 0.0)
    middle, prior = (w * m).sum() / own.sum(), own.sum() / seen
    center = np.divide((w * m).sum(axis=0), own, out=np.full(len(own), middle), where=own > 0)
    squares = (w * s * (m / s - center) ** 2).sum() + (prior * own / (prior + own) * (center - middle) ** 2).sum()
    return Posterior((prior * middle + own * center) / (prior + own), np.sqrt(squares / seen / (prior + own)), seen)


def shares(known: Posterior, *, floor: float = FLOOR, seed: int | Sequence[int], draws: int = DRAWS) -> Floats:
    """The parts of the next budget, [arms], summing to 1, none below ``floor``.

    What the floors leave is split by the probability of each arm to be best, under a posterior whose
    width is multiplied by ``RESHAPING``; the same seed gives the same parts. Equal parts while nothing
    is known. ValueError where the floors are more than everything.
    """
    arms = len(known.mean)
    if not 0 <= floor <= 1 / arms:
        raise ValueError(
            f"a floor of {floor} for each of {arms} arms cannot be: give a share between 0 and {1 / arms:.3g}"
        )
    best = _best(Posterior(known.mean, known.scale * RESHAPING, known.freedom), seed, draws)
    return floor + (1 - arms * floor) * best


def _best(known: Posterior, seed: int | Sequence[int], draws: int) -> Floats:
    """Probability of each arm to be best; arms of whom the same is known share it."""
    if known.freedom == 0:
        return np.full(len(known.mean), 1 / len(known.mean))
    drawn = known.draws(seed, draws)
    first = drawn == drawn.max(axis=1, keepdims=True)
    found: Floats = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    return found


def advise(
    history: pd.DataFrame,
    arms: Sequence[str],
    budget: float,
    *,
    seed: int,
    floor: float = FLOOR,
    present: Mapping[str, float] | None = None,
    alpha: float = ALPHA,
    half_life_nights: float | None = None,
) -> pd.DataFrame:
    """One row per arm, in the order of ``arms``, with ``COLUMNS``.

    ``history``: one row per ``arm`` and ``night`` with ``spend`` and ``margin`` in the currency of
    ``budget`` (NULL where not yet known; other columns and other arms are not looked at). ``amount`` is
    the arm's part of ``budget`` in whole cents, together exactly the budget. ``present`` is the split
    that the gain is measured against, by arm in any unit; without it that of the last night with spend.

    Margins per euro come with an interval of 1 - ``alpha``; ``expected_gain`` and its bounds are money
    for the whole budget, the same on all rows, for margins per euro that stay the same however much is
    spent. With ``half_life_nights`` older nights count less, for markets that move. NaN where nothing is
    known. ValueError says what to correct.
    """
    spend, margin = _matrices(history, arms, budget)
    ages = np.arange(len(spend))[::-1, None]
    known = posterior(spend, margin, 1.0 if half_life_nights is None else np.exp2(-ages / half_life_nights))
    share, now = shares(known, floor=floor, seed=seed), _present(present, spend, arms)
    rows = {
        "arm": list(arms),
        "share": share,
        "amount": _cents(share, budget),
        "present_share": now,
        **_told(spend, margin),
        **_expected(known, seed, alpha),
        **_gain(known, share - now, budget, seed, alpha),
    }
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _told(spend: Floats, margin: Floats) -> dict[str, NDArray[Any]]:
    told = np.isfinite(spend) & np.isfinite(margin) & (spend > 0)
    sums = {name: np.where(told, of, 0.0).sum(axis=0) for name, of in (("spend", spend), ("margin", margin))}
    return {"nights": told.sum(axis=0), **sums}


def _matrices(history: pd.DataFrame, arms: Sequence[str], budget: float) -> tuple[Floats, Floats]:
    """Spend and margin, [nights, arms], every night between the first and the last; all checked."""
    if len(set(arms)) < len(arms) or not arms:
        raise ValueError("name each arm once, and at least one")
    if not 0 < budget < float("inf"):
        raise ValueError(f"a budget of {budget} cannot be split: give an amount above 0")
    missing = [name for name in HISTORY if name not in history.columns]
    if missing:
        raise ValueError(f"the history has no column {', '.join(missing)}: one row per arm and night")
    if history.duplicated(["arm", "night"]).any():
        raise ValueError("an arm has one night twice in the history: sum its campaigns before")
    own = history[history["arm"].isin(list(arms))].assign(night=lambda rows: pd.to_datetime(rows["night"]))
    nights = pd.date_range(own["night"].min(), own["night"].max()) if len(own) else pd.DatetimeIndex([])
    spend, margin = (
        np.asarray(
            own.pivot(index="night", columns="arm", values=name).reindex(index=nights, columns=list(arms)), dtype=float
        )
        for name in ("spend", "margin")
    )
    return spend, margin


def _present(present: Mapping[str, float] | None, spend: Floats, arms: Sequence[str]) -> Floats:
    if present is not None:
        now = np.array([present.get(arm, 0.0) for arm in arms], dtype=float)
        if not (now >= 0).all() or now.sum() == 0 or not set(present) <= set(arms):
            raise ValueError(
                "the present split has a negative part, no part at all, or an arm that is not among the arms"
            )
    else:
        nights = np.nan_to_num(spend)[np.nan_to_num(spend).sum(axis=1) > 0]
        now = nights[-1] if len(nights) else np.full(len(arms), np.nan)
    parts: Floats = now / now.sum()
    return parts


def _expected(known: Posterior, seed: int, alpha: float) -> dict[str, Floats]:
    from scipy.stats import t

    unknown = np.full(len(known.mean), np.nan)
    radius = known.scale * t.isf(alpha / 2, known.freedom) if known.freedom else unknown
    return {
        "expected_margin_per_euro": known.mean,
        "margin_low": known.mean - radius,
        "margin_high": known.mean + radius,
        "probability_best": _best(known, seed, DRAWS) if known.freedom else unknown,
    }


def _gain(known: Posterior, moved: Floats, budget: float, seed: int, alpha: float) -> dict[str, float]:
    if known.freedom == 0 or np.isnan(moved).any():
        return dict.fromkeys(("expected_gain", "gain_low", "gain_high"), float("nan"))
    low, high = np.quantile(known.draws(seed) @ moved * budget, [alpha / 2, 1 - alpha / 2])
    return {"expected_gain": float(known.mean @ moved) * budget, "gain_low": float(low), "gain_high": float(high)}


def _cents(share: Floats, budget: float) -> Floats:
    """Whole cents that sum to the budget: what is left goes where the most was cut off."""
    exact = share * round(budget * 100)
    cents = np.floor(exact)
    left = round(round(budget * 100) - cents.sum())
    cents[np.argsort(cents - exact, kind="stable")[:left]] += 1
    whole: Floats = cents / 100
    return whole
