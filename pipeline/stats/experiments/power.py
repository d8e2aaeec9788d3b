"""Which lift a size finds, and which size a lift needs, by the interval that the verdict rests on."""

from __future__ import annotations

from math import ceil, sqrt

from pipeline.stats.experiments.declaration import ALPHA, TUNING
from pipeline.stats.experiments.lifts import FEWEST
from pipeline.stats.experiments.sequential import critical

POWER = 0.8
# Nobody has more visits in an arm; a lift that needs more is not found.
MOST_VISITS = 10**10


def power(
    rate: float,
    lift: float,
    visits: tuple[float, float],
    *,
    alpha: float = ALPHA,
    tuning: float | None = TUNING,
) -> float:
    """The chance that the interval at this size excludes 0 on the side of the true ``lift``.

    ``rate`` is the control's, ``visits`` those of the control and the arm. The interval is the
    sequential one, whose reach at N visits is that of a single look at the level
    2 normal_sf(critical(N)); with ``tuning`` None it is the interval of a single planned look. Earlier
    looks only add to it, so the chance to have found the lift by then is at least this. statsmodels'
    ``normal_power_het`` does the rest. ValueError where a rate is not in (0, 1).
    """
    from scipy.stats import norm
    from statsmodels.stats.power import normal_power_het

    other = rate * (1 + lift)
    if not (0 < rate < 1 and 0 < other < 1):
        raise ValueError(f"rates of {rate} and {other} have no power: both must be above 0 and below 1")
    control, arm = visits
    error = sqrt(other * (1 - other) / arm + rate * (1 - rate) * (1 + lift) ** 2 / control) / rate
    level = alpha if tuning is None else 2 * norm.sf(float(critical(control + arm, alpha, tuning)))
    return float(normal_power_het(abs(lift), 1, level / 2, std_null=error, alternative="larger"))


def visits_needed(
    rate: float, lift: float, *, target: float = POWER, alpha: float = ALPHA, tuning: float | None = TUNING
) -> int:
    """Visits of each of two equal arms with which ``lift`` is found with the chance ``target``.

    ValueError where ``lift`` is 0 or no size finds it.
    """
    from scipy.optimize import brentq

    def missing(visits: float) -> float:
        return power(rate, lift, (visits, visits), alpha=alpha, tuning=tuning) - target

    fewest = FEWEST / min(rate, 1 - rate, rate * (1 + lift), 1 - rate * (1 + lift))
    if lift == 0 or missing(MOST_VISITS) < 0:
        raise ValueError(f"a lift of {lift} is not found by any size: ask for a larger one")
    if missing(fewest) >= 0:
        return ceil(fewest)
    size = ceil(float(brentq(missing, fewest, MOST_VISITS, xtol=1e-3)))
    # The root may lie a thousandth below the true one.
    return size if missing(size) >= 0 else size + 1


def detectable_lift(
    rate: float,
    visits: tuple[float, float],
    *,
    target: float = POWER,
    alpha: float = ALPHA,
    tuning: float | None = TUNING,
) -> float:
    """The smallest lift above 0 that this size finds with the chance ``target``; NaN where none does."""
    from scipy.optimize import brentq

    if not (0 < rate < 1 and min(visits) > 0):
        return float("nan")
    most = (1 / rate - 1) * (1 - 1e-9)

    def missing(lift: float) -> float:
        return power(rate, lift, visits, alpha=alpha, tuning=tuning) - target

    # A very large lift has a large error too: the first doubling that is found brackets the smallest.
    low, high = 0.0, min(1e-4, most)
    while missing(high) < 0:
        if high >= most:
            return float("nan")
        low, high = high, min(2 * high, most)
    return float(brentq(missing, low or 1e-12, high, xtol=1e-12))
