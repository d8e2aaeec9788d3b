"""The table of experiments: one row per experiment, action, arm and look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipeline.stats.experiments import sentences
from pipeline.stats.experiments.cuped import cuped
from pipeline.stats.experiments.daily import Days, check, days_of, total
from pipeline.stats.experiments.declaration import Experiment, FirstSeen
from pipeline.stats.experiments.lifts import Floats, chance_to_win, fixed_interval, holm, lifts
from pipeline.stats.experiments.posterior import probability_best
from pipeline.stats.experiments.power import detectable_lift
from pipeline.stats.experiments.ratios import sample_ratio
from pipeline.stats.experiments.sentences import DESIGN, Sentence
from pipeline.stats.experiments.sequential import sequential_interval
from pipeline.stats.experiments.verdicts import verdict

COLUMNS = (
    *("experiment", "action", "arm", "look", "is_control", "visits", "conversions", "rate", "revenue", "spend"),
    *("margin", "margin_per_visit", "margin_per_euro", "difference", "lift"),
    *("fixed_low", "fixed_high", "fixed_p", "fixed_p_holm"),
    *("sequential_low", "sequential_high", "sequential_p", "sequential_alpha"),
    *("probability_best", "expected_loss", "chance_to_win", "sample_ratio_visits_p", "sample_ratio_spend_p"),
    *("detectable_lift", "detectable_lift_fixed"),
    *("cuped_difference", "cuped_low", "cuped_high", "cuped_variance_reduction"),
    *("verdict", "winner", "reason", "reason_fr", "design", "design_fr", "declaration"),
)


def results(
    experiments: Sequence[Experiment],
    daily: pd.DataFrame,
    looks: Iterable[date],
    declared: Mapping[tuple[str, str], FirstSeen] | None = None,
    *,
    during_only: bool = False,
) -> pd.DataFrame:
    """One row per experiment, action, arm and look (a day not before the start), with ``COLUMNS``.

    ``experiments``: one per name and action; those of one name are one family and are corrected
    together. ``daily``: one row per ``experiment``, ``action``, ``arm``, ``day`` with ``visits``,
    ``conversions``, ``revenue`` and ``spend`` (money in the reporting currency, NULL where nothing is
    known; visits and spend again for each action); days before the start serve CUPED. ``declared``: how
    and when each (name, action) was first seen. ``during_only`` leaves out looks after an experiment's last day.

    Rates, differences and their bounds are fractions; lift is relative to the control (0.225 is 22.5 %
    more). ``sequential_*`` hold at ``sequential_alpha`` = alpha / (other arms × actions), Bonferroni;
    ``fixed_*`` are uncorrected, ``fixed_p_holm`` is their p by Holm over the same family.
    ``probability_best`` and ``expected_loss`` (of rate) are Beta-Binomial over all arms; ``chance_to_win``
    is the normal posterior of the lift to the control alone. ``detectable_lift`` is what the sequential
    interval of these visits finds in 80 % of cases. Unknown is NaN. ``verdict``, ``winner``, ``reason``
    (``reason_fr`` in French) are the experiment's, the same on all its arms. ``declaration`` is the fingerprint.

    ValueError where daily figures or experiments contradict themselves.
    """
    names = [(one.name, one.action) for one in experiments]
    if len(set(names)) < len(names):
        raise ValueError("an experiment is declared twice for one action: give each declaration a name of its own")
    checked = check(daily)
    rows: list[dict[str, Any]] = []
    for look in sorted(set(looks)):
        for one in experiments:
            if one.start <= look <= (one.last_day if during_only else look):
                actions = sum(name == one.name for name, _ in names)
                outside = _outside(one, look, experiments, declared)
                rows += _rows(one, look, days_of(one, checked, look), actions, outside)
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    if rows:
        family = found.groupby(["experiment", "look"], sort=False)["fixed_p"]
        found["fixed_p_holm"] = family.transform(lambda p: holm(p.to_numpy()))
    return found


def _outside(
    one: Experiment, look: date, experiments: Sequence[Experiment], declared: Mapping[tuple[str, str], FirstSeen] | None
) -> list[Sentence]:
    """What makes an experiment invalid whatever its figures say."""
    found = []
    first = (declared or {}).get((one.name, one.action), FirstSeen(one.fingerprint))
    if first.night and first.night > one.start:
        found.append(sentences.declared_late(first.night))
    if first.fingerprint != one.fingerprint:
        found.append(sentences.CHANGED)
    for other in {other.name: other for other in experiments if other.name != one.name}.values():
        parts = one.shared_with(other)
        if parts and max(one.start, other.start) <= min(look, one.last_day, other.last_day):
            found.append(sentences.shared(parts, other.name))
    return found


def _rows(one: Experiment, look: date, days: Days, actions: int, outside: list[Sentence]) -> list[dict[str, Any]]:
    sums = days.sums()
    visits, conversions, spend = sums.visits[-1], sums.conversions[-1], sums.spend[-1]
    comparisons = (len(one.arms) - 1) * actions
    said = verdict(one, look, sums, comparisons, outside)
    columns: dict[str, Any] = {
        "arm": list(one.arms),
        "is_control": [True] + [False] * (len(one.arms) - 1),
        "visits": visits.astype(np.int64),
        "conversions": conversions.astype(np.int64),
        "revenue": total(days.revenue),
        "spend": spend,
        **_margins(total(days.revenue), spend, visits),
        **_intervals(one, visits, conversions, one.alpha / comparisons),
        **_before(one, days),
    }
    same = {
        "experiment": one.name,
        "action": one.action,
        "look": look,
        "fixed_p_holm": np.nan,
        "sequential_alpha": one.alpha / comparisons,
        "sample_ratio_visits_p": sample_ratio(visits, one.planned),
        "sample_ratio_spend_p": _spend_ratio(spend, one.planned),
        "verdict": said.verdict,
        "winner": said.winner,
        "reason": said.reason.english,
        "reason_fr": said.reason.french,
        "design": DESIGN[one.split].english,
        "design_fr": DESIGN[one.split].french,
        "declaration": one.fingerprint,
    }
    return [{**same, **{name: values[place] for name, values in columns.items()}} for place in range(len(one.arms))]


def _margins(revenue: Floats, spend: Floats, visits: Floats) -> dict[str, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = revenue - spend
        return {
            "margin": margin,
            "margin_per_visit": np.where(visits > 0, margin / visits, np.nan),
            "margin_per_euro": np.where(spend > 0, margin / spend, np.nan),
        }


def _intervals(one: Experiment, visits: Floats, conversions: Floats, alpha: float) -> dict[str, Floats]:
    unknown = np.full(len(visits), np.nan)
    names = ("rate", "difference", "lift", "fixed_low", "fixed_high", "fixed_p", "sequential_low", "sequential_high")
    more = ("sequential_p", "chance_to_win", "probability_best", "expected_loss", "detectable_lift")
    if (conversions > visits).any():
        return dict.fromkeys((*names, *more, "detectable_lift_fixed"), unknown)
    found = lifts(visits, conversions)
    shown = (found.rate, found.difference, found.lift, *fixed_interval(found, one.alpha))
    lasting = (*sequential_interval(found, alpha, one.tuning), chance_to_win(found))
    best = probability_best(visits, conversions)
    reach = [_detectable(found.rate[0], visits, *how) for how in ((alpha, one.tuning), (one.alpha, None))]
    return dict(zip((*names, *more, "detectable_lift_fixed"), (*shown, *lasting, *best, *reach), strict=True))


def _detectable(rate: float, visits: Floats, alpha: float, tuning: float | None) -> Floats:
    others = [detectable_lift(float(rate), (visits[0], arm), alpha=alpha, tuning=tuning) for arm in visits[1:]]
    return np.array([np.nan, *others])


def _spend_ratio(spend: Floats, planned: tuple[float, ...]) -> float:
    return float("nan") if np.isnan(spend).any() or (spend < 0).any() else sample_ratio(spend, planned)


def _before(one: Experiment, days: Days) -> dict[str, Floats]:
    found = cuped(days.rates, days.before, alpha=one.alpha)
    reduction = np.full(len(one.arms), found.reduction)
    names = ("cuped_difference", "cuped_low", "cuped_high", "cuped_variance_reduction")
    return dict(zip(names, (found.difference, found.low, found.high, reduction), strict=True))
