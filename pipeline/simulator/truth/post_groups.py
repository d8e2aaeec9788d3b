"""Groups of posts: by hashtag and week, by local hour of the week, by type and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from pipeline.simulator.truth.facts import COUNTERS, Facts
from pipeline.simulator.truth.post_rates import BASES, FEWEST
from pipeline.simulator.truth.table import Shape, Table, newest, ratio, total

Row = Mapping[str, Any]

# A shrunk rate weighs every variance between groups that is possible; its numbers are checked where it is worked out.
UNTOLD: Final = ("engagement_rate_shrunk", "rate_low", "rate_high", "own_weight", "rank")
QUARTER: Final = timedelta(weeks=12)
YEAR: Final = timedelta(days=364)

HASHTAG: Final = Shape(
    "kpi.hashtag",
    ("platform", "account", "hashtag", "week"),
    "platform VARCHAR, account VARCHAR, hashtag VARCHAR, week DATE, period_start DATE, period_end DATE, "
    "region VARCHAR, posts_published BIGINT, posts BIGINT, posts_without BIGINT, rate_basis VARCHAR, "
    "posts_rated BIGINT, posts_rated_without BIGINT, engagements_with BIGINT, base_with BIGINT, "
    "engagements_without BIGINT, base_without BIGINT, engagement_rate_with DOUBLE, engagement_rate_without DOUBLE, "
    "lift DOUBLE, lift_low DOUBLE, lift_high DOUBLE, observed_at TIMESTAMP",
)
POSTING_TIME: Final = Shape(
    "kpi.posting_time",
    ("platform", "account", "weekday", "hour"),
    "platform VARCHAR, account VARCHAR, weekday BIGINT, hour BIGINT, local_timezone VARCHAR, period_start DATE, "
    "period_end DATE, posts BIGINT, posts_rated BIGINT, rate_basis VARCHAR, engagements_rated BIGINT, "
    "rate_base BIGINT, engagement_rate DOUBLE, observed_at TIMESTAMP",
)
CONTENT_TYPE: Final = Shape(
    "kpi.content_type",
    ("platform", "account", "type", "month"),
    "platform VARCHAR, account VARCHAR, type VARCHAR, month DATE, period_end DATE, day_timezone VARCHAR, "
    "posts BIGINT, impressions BIGINT, reach_lower_bound BIGINT, reach_upper_bound BIGINT, "
    + "".join(f"{name} BIGINT, " for name in COUNTERS if name not in ("impressions", "reach"))
    + "engagements BIGINT, engagements_for_rate BIGINT, impressions_for_rate BIGINT, "
    "engagement_rate_by_impressions DOUBLE, posts_rated BIGINT, rate_basis VARCHAR, engagements_rated BIGINT, "
    "rate_base BIGINT, engagement_rate DOUBLE, observed_at TIMESTAMP",
)


def basis(posts: Sequence[Row]) -> str | None:
    """The first base that at least half of the posts with interactions have; None where none has."""
    moved = [post for post in posts if post["engagements"] is not None]
    for name, column in BASES.items():
        if moved and 2 * sum((post[column] or 0) > 0 for post in moved) >= len(moved):
            return name
    return None


def rated(posts: Iterable[Row], name: str | None) -> list[tuple[int, int]]:
    """(interactions, base) of the posts of which both are known."""
    if name is None:
        return []
    pairs = [(post["engagements"], post[BASES[name]] or 0) for post in posts if post["engagements"] is not None]
    return [(above, below) for above, below in pairs if below > 0]


def _grouped(posts: Iterable[Row], *columns: str) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for post in posts:
        found[tuple(post[column] for column in columns)].append(post)
    return found


def _sums(pairs: Sequence[tuple[int, int]]) -> dict[str, Any]:
    above, below = total(above for above, _ in pairs), total(below for _, below in pairs)
    return {
        "posts_rated": len(pairs),
        "engagements_rated": above,
        "rate_base": below,
        "engagement_rate": ratio(above, below),
    }


def posting_time(facts: Facts, post: Table) -> Table:
    """One row per platform, account, weekday and local hour with a post in the account's last 365 days."""
    rows: list[dict[str, Any]] = []
    for account, posts in _grouped(post.dicts(), "platform", "account").items():
        end = facts.newest_night((account[0], account[1])) or max(one["published_day"] for one in posts)
        year = [one for one in posts if end - YEAR <= one["published_day"] <= end]
        name = basis(year)
        placed = [
            {**one, "weekday": one["published_local"].isoweekday(), "hour": one["published_local"].hour} for one in year
        ]
        for (weekday, hour), those in _grouped(placed, "weekday", "hour").items():
            rows.append(
                {
                    **dict(zip(("platform", "account"), account, strict=True)),
                    "weekday": weekday,
                    "hour": hour,
                    "local_timezone": those[0]["local_timezone"],
                    "period_start": end - YEAR,
                    "period_end": end,
                    "posts": len(those),
                    "rate_basis": name,
                    **_sums(rated(those, name)),
                    "observed_at": newest(one["observed_at"] for one in those),
                }
            )
    return POSTING_TIME.table(rows)


def content_type(post: Table) -> Table:
    """One row per platform, account, type and month of publication."""
    named = [
        {**one, "type": one["type"] or "unknown", "month": one["published_day"].replace(day=1)} for one in post.dicts()
    ]
    months = {key: basis(posts) for key, posts in _grouped(named, "platform", "account", "month").items()}
    rows: list[dict[str, Any]] = []
    for key, posts in _grouped(named, "platform", "account", "type", "month").items():
        name = months[key[0], key[1], key[3]]
        reach = [one["reach"] for one in posts if one["reach"] is not None]
        both = [one for one in posts if one["impressions"] is not None and one["engagements"] is not None]
        above, below = total(one["engagements"] for one in both), total(one["impressions"] for one in both)
        rows.append(
            {
                **dict(zip(("platform", "account", "type", "month"), key, strict=True)),
                "period_end": (key[3] + timedelta(days=31)).replace(day=1) - timedelta(days=1),
                "day_timezone": posts[0]["day_timezone"],
                "posts": len(posts),
                **{column: total(one[column] for one in posts) for column in (*COUNTERS, "engagements")},
                "reach_lower_bound": max(reach, default=None),
                "reach_upper_bound": total(reach),
                "engagements_for_rate": above,
                "impressions_for_rate": below,
                "engagement_rate_by_impressions": ratio(above, below),
                "rate_basis": name,
                **_sums(rated(posts, name)),
                "observed_at": newest(one["observed_at"] for one in posts),
            }
        )
    return CONTENT_TYPE.table(rows)


def hashtag(post: Table) -> Table:
    """One row per platform, account, hashtag and week of its use, over the thirteen weeks up to it."""
    placed = [
        {**one, "week": one["published_day"] - timedelta(days=one["published_day"].weekday())} for one in post.dicts()
    ]
    rows: list[dict[str, Any]] = []
    for account, posts in _grouped(placed, "platform", "account").items():
        weeks = {week: those for (week,), those in _grouped(posts, "week").items()}
        bases = {week: basis(those) for week, those in weeks.items()}
        used: dict[str, set[date]] = defaultdict(set)
        for one in posts:
            for word in one["hashtags"] or ():
                used[word].add(one["week"])
        for word, its_weeks in used.items():
            for week in its_weeks:
                alike = [w for w in its_weeks if week - QUARTER <= w <= week and bases[w] == bases[week]]
                compared = _compared([one for w in alike for one in weeks[w]], word, week, bases[week])
                rows.append({"platform": account[0], "account": account[1], **compared})
    return HASHTAG.table(rows)


def _compared(posts: Sequence[Row], word: str, week: date, name: str | None) -> dict[str, Any]:
    """The posts with the word beside the others."""
    having = [one for one in posts if word in (one["hashtags"] or ())]
    without = [one for one in posts if word not in (one["hashtags"] or ())]
    ours, others = rated(having, name), rated(without, name)
    found: dict[str, Any] = {
        "hashtag": word,
        "week": week,
        "period_start": week - QUARTER,
        "period_end": week + timedelta(days=6),
        "region": None,
        "rate_basis": name,
        "posts": len(having),
        "posts_without": len(without),
        "posts_published": sum(one["week"] == week for one in having),
        "posts_rated": len(ours),
        "posts_rated_without": len(others),
        "observed_at": newest(one["observed_at"] for one in posts),
    }
    for side, pairs in (("with", ours), ("without", others)):
        above, below = total(above for above, _ in pairs), total(below for _, below in pairs)
        found |= {f"engagements_{side}": above, f"base_{side}": below}
        found[f"engagement_rate_{side}"] = ratio(above, below) if len(pairs) >= FEWEST else None
    low, high = _interval(ours, others)
    return found | {"lift": _lift(ours, others), "lift_low": low, "lift_high": high}


def _lift(ours: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> float | None:
    if min(len(ours), len(others)) < FEWEST:
        return None
    one, other = (Fraction(sum(a for a, _ in pairs), sum(b for _, b in pairs)) for pairs in (ours, others))
    return float(one - other)


def _interval(ours: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> tuple[float | None, float | None]:
    """95 % bounds of the difference by Welch, the posts of each side weighted by their bases."""
    from scipy.stats import t  # slow to import

    lift = _lift(ours, others)
    if lift is None:
        return None, None
    (one, one_freedom), (other, other_freedom) = _error(ours), _error(others)
    if one + other == 0:
        return None, None
    freedom = (one + other) ** 2 / (one**2 / one_freedom + other**2 / other_freedom)
    radius = float(t.ppf(0.975, max(float(freedom), 1.0))) * float(one + other) ** 0.5
    return lift - radius, lift + radius


def _error(pairs: Sequence[tuple[int, int]]) -> tuple[Fraction, Fraction]:
    """The variance of the ratio of the sums, and its degrees of freedom, from the posts one by one.

    With the share p of a post in the base: var = s^2 sum(p^2), where s^2 = sum(p (r - R)^2) / (1 - sum(p^2)); the
    degrees of freedom are those of a sum of squares with weights p around a mean with the same weights.
    """
    whole = sum(below for _, below in pairs)
    shares = [Fraction(below, whole) for _, below in pairs]
    mean = Fraction(sum(above for above, _ in pairs), whole)
    spread = sum((p * (Fraction(a, b) - mean) ** 2 for p, (a, b) in zip(shares, pairs, strict=True)), Fraction(0))
    second, third = sum((p**2 for p in shares), Fraction(0)), sum((p**3 for p in shares), Fraction(0))
    left = 1 - second
    return spread / left * second, left**2 / (second - 2 * third + second**2)
