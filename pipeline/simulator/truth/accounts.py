"""The networks' accounts, day by day: audience, reach, interactions, and what they sent to the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from pipeline.simulator.truth.coverage import streams
from pipeline.simulator.truth.facts import PARTS, DayFacts, Facts
from pipeline.simulator.truth.posts import engagement_parts, engagements, last_final_day
from pipeline.simulator.truth.sites import index, tracked_days
from pipeline.simulator.truth.table import Shape, Table, all_known, difference, money_total, ratio, total
from pipeline.simulator.truth.terms import AccountTerms, Terms

ACCOUNT_DAILY: Final = Shape(
    "kpi.account_daily",
    ("platform", "account", "day"),
    "platform VARCHAR, account VARCHAR, day DATE, day_timezone VARCHAR, followers BIGINT, "
    "followers_start BIGINT, followers_gained BIGINT, followers_lost BIGINT, followers_net BIGINT, "
    "follower_residual BIGINT, "
    "is_level_shift BOOLEAN, follower_growth_rate_1d DOUBLE, follower_growth_rate_7d DOUBLE, "
    "follower_growth_rate_28d DOUBLE, follower_growth_speed DOUBLE, follower_growth_speed_28d DOUBLE, "
    "follower_growth_acceleration DOUBLE, growth_index DOUBLE, reach_1d BIGINT, reach_7d BIGINT, "
    "reach_28d BIGINT, impressions BIGINT, reactions BIGINT, comments BIGINT, shares BIGINT, "
    "clicks BIGINT, saves BIGINT, engagements BIGINT, engagement_parts VARCHAR, "
    "engagement_rate_by_reach DOUBLE, engagement_rate_by_impressions DOUBLE, "
    "engagement_rate_by_followers DOUBLE, click_through_rate DOUBLE, target_reach_rate DOUBLE, "
    "posts_published BIGINT, visits BIGINT, conversions BIGINT, gross_margin DECIMAL(18,4), "
    "is_final BOOLEAN, observed_at TIMESTAMP, completeness DOUBLE, "
    "streams_delivered BIGINT, streams_expected BIGINT",
)
SMALLEST_SHIFT: Final = 5
SHIFT_SHARE: Final = Fraction(1, 1000)


@dataclass(frozen=True)
class Arrivals:
    """What the site got from one network on one day."""

    visits: int | None
    conversions: int | None
    gross_margin: Decimal | None


class Audience:
    """The followers of one account as a series, and how it moves. ``days`` has what the platform said."""

    def __init__(self, days: Mapping[date, DayFacts], growth_base: date | None = None) -> None:
        self._days = days
        known = [day for day in days if "followers" in days[day].metrics]
        self._base = growth_base or min(known, default=None)

    def value(self, name: str, day: date) -> int | None:
        facts = self._days.get(day)
        return facts.metrics.get(name) if facts else None

    def level(self, day: date) -> int | None:
        return self.value("followers", day)

    def change(self, day: date) -> int | None:
        """The level's difference to the day before."""
        return difference(self.level(day), self.level(_before(day)))

    def reported(self, day: date) -> int | None:
        """Gained − lost, where the platform reports both."""
        return difference(self.value("followers_gained", day), self.value("followers_lost", day))

    def net(self, day: date) -> int | None:
        """New followers of the day: as reported, otherwise by the level."""
        reported = self.reported(day)
        return self.change(day) if reported is None else reported

    def residual(self, day: date) -> int | None:
        """What the level moved beyond what was gained and lost."""
        return difference(self.change(day), self.reported(day))

    def is_shift(self, day: date) -> bool | None:
        residual, before = self.residual(day), self.level(_before(day))
        if residual is None or before is None:
            return None
        # A rounded level moves by its step although nothing was reset.
        steps = [Fraction(self.value("followers_step", at) or 0) for at in (day, _before(day))]
        return abs(residual) > max(Fraction(SMALLEST_SHIFT), SHIFT_SHARE * before, *steps)

    def growth(self, day: date, length: int) -> float | None:
        """Growth over ``length`` days as a share; shifts of the level are no growth."""
        first = day - timedelta(days=length)
        change = difference(self.level(day), self.level(first))
        if change is None:
            return None
        for at in _last(day, length):
            if self.is_shift(at):
                change -= self.residual(at) or 0
        return ratio(change, self.level(first))

    def speed(self, day: date, length: int) -> Fraction | None:
        """Mean net new followers a day; None when one of the days is not known."""
        nets = [self.net(at) for at in _last(day, length)]
        known = [net for net in nets if net is not None]
        return Fraction(sum(known), length) if len(known) == length else None

    def acceleration(self, day: date) -> float | None:
        now, before = self.speed(day, 7), self.speed(day - timedelta(days=7), 7)
        return None if now is None or before is None else float(now - before)

    def index(self, day: date) -> float | None:
        """100 at the base day; before it there is no index."""
        if self._base is None or day < self._base:
            return None
        return index(self.level(day), self.level(self._base))

    def columns(self, day: date) -> dict[str, Any]:
        """Every column of the day that speaks of followers."""
        speed, slow = self.speed(day, 7), self.speed(day, 28)
        return {
            "followers": self.level(day),
            "followers_start": self.level(_before(day)),
            "followers_gained": self.value("followers_gained", day),
            "followers_lost": self.value("followers_lost", day),
            "followers_net": self.net(day),
            "follower_residual": self.residual(day),
            "is_level_shift": self.is_shift(day),
            **{f"follower_growth_rate_{n}d": self.growth(day, n) for n in (1, 7, 28)},
            "follower_growth_speed": None if speed is None else float(speed),
            "follower_growth_speed_28d": None if slow is None else float(slow),
            "follower_growth_acceleration": self.acceleration(day),
            "growth_index": self.index(day),
        }


def _before(day: date) -> date:
    return day - timedelta(days=1)


def _last(day: date, length: int) -> Iterator[date]:
    """The last ``length`` days up to ``day``."""
    return (day - timedelta(days=n) for n in range(length))


def from_posts(rows: list[dict[str, Any]], part: str) -> int | None:
    """What the posts gained on a day, where each of them was read the evening before as well."""
    known = [row for row in rows if row["days_covered"] is not None]
    if any(row["days_covered"] > 1 for row in known):
        return None
    return total(row[part] for row in known)


def arrivals(facts: Facts, terms: Terms, daily: Table, margins: Table) -> dict[tuple[str, date], Arrivals]:
    """What came from each network on each day that a site counted its visits."""
    visits: dict[tuple[str, date], dict[str, int]] = {}
    done: dict[tuple[str, date], list[int | None]] = {}
    gross: dict[tuple[str, date], list[Decimal | None]] = {}
    for row in daily.dicts():
        key = (row["platform"], row["day"])
        if row["action"] != "social_boost":
            done.setdefault(key, []).append(row["conversions"])
            visits.setdefault(key, {})[row["campaign"]] = row["visits"] or 0
    for row in margins.dicts():
        gross.setdefault((row["platform"], row["day"]), []).append(row["gross_margin"])
    found = {}
    for platform in {account.platform for account in terms.network_accounts}:
        for day in tracked_days(facts):
            key = (platform, day)
            came = sum(visits.get(key, {}).values())
            found[key] = Arrivals(came, all_known(done.get(key, [0])), money_total(gross.get(key, [])))
    return found


def span(facts: Facts, account: AccountTerms) -> Iterator[date]:
    """The days of an account: from the first of which anything is known to the newest night."""
    key = (account.platform, account.account)
    newest = facts.newest_night(key)
    if newest is None:
        return
    days = facts.account_days.get(key, {})
    first = min(days) if days else min(unit.since for unit in facts.landed(key))
    for n in range((newest - first).days + 1):
        yield first + timedelta(days=n)


def account_daily(facts: Facts, terms: Terms, post_daily: Table, daily: Table, margins: Table) -> Table:
    """One row per platform, account and day, without gaps."""
    counted = streams(facts)
    sent = arrivals(facts, terms, daily, margins)
    rows = []
    by_day: dict[tuple[str, str, date], list[dict[str, Any]]] = {}
    for row in post_daily.dicts():
        by_day.setdefault((row["platform"], row["account"], row["day"]), []).append(row)
    for account in terms.network_accounts:
        key = (account.platform, account.account)
        audience = Audience(facts.account_days.get(key, {}), terms.growth_base)
        final = last_final_day(facts, account) or date.min
        published = _published(facts, account)
        nothing = Arrivals(None, None, None)
        for day in span(facts, account):
            came = sent.get((key[0], day), nothing) if terms.takes_visits(account) else nothing
            known = facts.account_days.get(key, {}).get(day)
            rows.append(
                audience.columns(day)
                | _activity(audience, day, by_day.get((*key, day), []))
                | came.__dict__
                | {"platform": key[0], "account": key[1], "day": day, "day_timezone": account.time_zone}
                | {"posts_published": published.get(day), "is_final": day <= final}
                | {"observed_at": known.observed_at if known else None}
                | _completeness(*counted.get((key, day), (None, None)))
            )
    return ACCOUNT_DAILY.table(rows)


def _activity(audience: Audience, day: date, posts: list[dict[str, Any]]) -> dict[str, Any]:
    """Reach, interactions and their rates. What the account does not report is summed over its posts."""
    row = {name: audience.value(name, day) for name in ("reach_1d", "reach_7d", "reach_28d", "impressions")}
    parts = {}
    for part in PARTS:
        reported = audience.value(part, day)
        parts[part] = from_posts(posts, part) if reported is None else reported
    moved = engagements(parts)
    return {
        **row,
        **parts,
        "engagements": moved,
        "engagement_parts": engagement_parts(parts),
        "engagement_rate_by_reach": ratio(moved, row["reach_1d"]),
        "engagement_rate_by_impressions": ratio(moved, row["impressions"]),
        "engagement_rate_by_followers": ratio(moved, audience.level(_before(day))),
        "click_through_rate": ratio(parts["clicks"], row["impressions"]),
        "target_reach_rate": None,
    }


def _completeness(expected: int | None, delivered: int | None) -> dict[str, Any]:
    return {
        "completeness": ratio(delivered, expected),
        "streams_delivered": delivered,
        "streams_expected": expected,
    }


def _published(facts: Facts, account: AccountTerms) -> dict[date, int]:
    """Posts by day of publication; a day that a night covered and that has none is a zero."""
    key = (account.platform, account.account)
    counts = {}
    for unit in facts.delivered_nights(key, "posts"):
        for n in range((unit.night - unit.since).days + 1):
            counts[unit.since + timedelta(days=n)] = 0
    for post in facts.posts.get(key, {}).values():
        counts[post.published_day] = counts.get(post.published_day, 0) + 1
    return counts
