"""What the rate of a post says beyond luck: drawn toward the rates of the account's posts of ninety days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

BASES: Final = {"impressions": "impressions", "reach": "reach", "followers": "followers_at_publication"}
DAYS: Final = timedelta(days=90)
FEWEST: Final = 5


def base(row: Mapping[str, Any]) -> str | None:
    """What interactions of the post are divided by: the first base of which there is something."""
    return next((name for name, column in BASES.items() if (row[column] or 0) > 0), None)


def add_shrunk_rates(rows: Iterable[dict[str, Any]]) -> None:
    """Give the rows of one account their ``rate_basis``, its bounds and ``engagement_rate_shrunk``."""
    known: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        low, high = _bounds(row)
        row |= {"rate_basis": base(row), "engagement_rate_shrunk": None}
        row |= {"engagement_rate_low": low, "engagement_rate_high": high}
        if row["rate_basis"] is not None and row["engagements"] is not None and row["engagements"] >= 0:
            known.setdefault(row["rate_basis"], []).append(row)
    for name, rated in known.items():
        for row in rated:
            until = row["published_day"]
            others = [other for other in rated if until - DAYS < other["published_day"] <= until]
            if len(others) >= FEWEST:
                pairs = [(other["engagements"], other[BASES[name]]) for other in others]
                row["engagement_rate_shrunk"] = float(_shrunk(row["engagements"], row[BASES[name]], pairs))


def _shrunk(engagements: int, shown: int, posts: list[tuple[int, int]]) -> Fraction:
    """Marshall's empirical Bayes estimate of one rate among ``posts``, (interactions, base) each."""
    together = sum(below for _, below in posts)
    mean = Fraction(sum(above for above, _ in posts), together)
    spread = sum((below * (Fraction(above, below) - mean) ** 2 for above, below in posts), Fraction(0)) / together
    beyond_luck = spread - mean * len(posts) / together
    if beyond_luck <= 0:
        return mean
    return mean + (Fraction(engagements, shown) - mean) * beyond_luck / (beyond_luck + mean / shown)


def _bounds(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Byar's 95 % bounds of a count of interactions, over the base of the post."""
    name, count = base(row), row["engagements"]
    if name is None or count is None or count < 0:
        return None, None
    low = count * _cube(count, -1) if count else 0.0
    return low / row[BASES[name]], (count + 1) * _cube(count + 1, 1) / row[BASES[name]]


def _cube(count: int, side: int) -> float:
    return float((1 - 1 / (9 * count) + side * 1.959964 / (3 * count**0.5)) ** 3)
