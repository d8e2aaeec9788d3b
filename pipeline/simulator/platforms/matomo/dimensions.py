"""Matomo's custom dimensions: what the shop itself says of its visits. 1 whether members came, 2 what they wrote."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.simulator.platforms.matomo.reports import View

SHARES = {"guest": 0.8, "member": 0.2}
PERSONAL = {"nobody.at.all@example.org": 0.01}
DIMENSIONS = {"1": SHARES, "2": PERSONAL}


def dimension(view: View, day: date) -> object:
    """The visits of a day by the values of one dimension; a value without visits is not there."""
    wanted = view.params.get("idDimension", "")
    if wanted not in DIMENSIONS:
        raise ValueError(f"This dimension (idDimension = {wanted}) does not exist or is not active for this website.")
    site = view.of(day)
    if site is None:
        return []
    counts = {label: int(site.visits * share) for label, share in DIMENSIONS[wanted].items()}
    return view.limited([_row(wanted, label, visits) for label, visits in counts.items() if visits])


def _row(number: str, label: str, visits: int) -> dict[str, Any]:
    return {
        "label": label,
        "nb_visits": visits,
        "nb_uniq_visitors": int(visits * 0.9),
        "nb_actions": visits * 3,
        "nb_users": 0,
        "max_actions": 9,
        "sum_visit_length": visits * 118,
        "bounce_count": int(visits * 0.42),
        "nb_visits_converted": int(visits * 0.05),
        "segment": f"dimension{number}=={label}",
    }
