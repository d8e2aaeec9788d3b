"""The voices around the brand: what everybody sees of its accounts and of those that it watches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from pipeline.simulator.truth.facts import Facts, PublicDay
from pipeline.simulator.truth.table import Shape, Table, all_known, ratio, total

SHARE_OF_VOICE: Final = Shape(
    "kpi.share_of_voice",
    ("platform", "account", "day"),
    "platform VARCHAR, account VARCHAR, day DATE, day_timezone VARCHAR, is_own BOOLEAN, followers BIGINT, "
    "posts_published BIGINT, engagements BIGINT, days_covered BIGINT, accounts_compared BIGINT, "
    "followers_total BIGINT, posts_published_total BIGINT, engagements_total BIGINT, followers_share DOUBLE, "
    "posts_share DOUBLE, engagements_share DOUBLE, is_final BOOLEAN, observed_at TIMESTAMP",
)
# So long somebody who is not seen is waited for.
WAITED: Final = timedelta(days=7)
SEEN_BY_ALL: Final = ("reactions", "comments", "shares")
Row = dict[str, Any]


def share_of_voice(facts: Facts, account_daily: Table) -> Table:
    """One row per account, own or watched, and day on which both were looked at on the platform."""
    days: dict[tuple[str, date], list[Row]] = {}
    for row in account_daily.dicts():
        days.setdefault((row["platform"], row["day"]), []).append(_own(row))
    newest = {platform: max(day for name, day in days if name == platform) for platform, _ in days}
    for (platform, account), seen in facts.public_days.items():
        for row in _other(platform, account, seen):
            if platform in newest and row["day"] <= newest[platform]:
                days.setdefault((platform, row["day"]), []).append(row)
    compared = (rows for rows in days.values() if {row["is_own"] for row in rows} == {True, False})
    return SHARE_OF_VOICE.table(row for rows in compared for row in _together(rows))


def _own(row: Mapping[str, Any]) -> Row:
    kept = ("platform", "account", "day", "day_timezone", "followers", "posts_published", "is_final", "observed_at")
    moved = total(row[part] for part in SEEN_BY_ALL)
    return {name: row[name] for name in kept} | {"is_own": True, "engagements": moved, "days_covered": 1}


def _other(platform: str, account: str, seen: Mapping[date, PublicDay]) -> Iterator[Row]:
    """What an account shows on each day on which it was looked at, and the days after it that nobody looked."""
    for day in sorted({day + timedelta(days=n) for day in seen for n in range(WAITED.days)}):
        now, covered, posted = seen.get(day), None, None
        before = max((other for other in seen if other < day), default=None)
        if now is not None and before is not None and day - before <= WAITED:
            covered = (day - before).days
            posted = now.posts - seen[before].posts
        yield {
            "platform": platform,
            "account": account,
            "day": day,
            "day_timezone": now.time_zone if now else None,
            "is_own": False,
            "followers": now.followers if now else None,
            "posts_published": posted if posted is not None and posted >= 0 else None,
            "engagements": None,
            "days_covered": covered,
            "observed_at": now.observed_at if now else None,
        }


def _together(rows: Sequence[Row]) -> Iterator[Row]:
    """The accounts of one platform and day with what they come to together."""
    totals = {name: all_known(row[name] for row in rows) for name in ("followers", "posts_published", "engagements")}
    if any(row["days_covered"] != 1 for row in rows):
        totals["posts_published"] = None
    zone = max(row["day_timezone"] for row in rows if row["day_timezone"])
    final = all(row["is_final"] for row in rows if row["is_own"])
    for row in rows:
        yield row | {
            "day_timezone": row["day_timezone"] or zone,
            "accounts_compared": len(rows),
            **{f"{name}_total": value for name, value in totals.items()},
            "followers_share": ratio(row["followers"], totals["followers"]),
            "posts_share": ratio(row["posts_published"], totals["posts_published"]),
            "engagements_share": ratio(row["engagements"], totals["engagements"]),
            "is_final": final,
        }
