"""Posts: what their counters gained from night to night, and what they came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import COUNTERS, PARTS, Account, Facts, PostFacts, Snapshot
from pipeline.simulator.truth.platforms import platform
from pipeline.simulator.truth.post_rates import FEWEST, add_shrunk_rates
from pipeline.simulator.truth.table import Shape, Table, difference, names, ratio, total
from pipeline.simulator.truth.terms import AccountTerms, Terms

PERCENTILE_DAYS: Final = timedelta(days=90)
AGES: Final = (1, 3, 7, 28)
# Reach has no daily part: the people of two days are not the sum of the days.
ADDED: Final = tuple(name for name in COUNTERS if name != "reach")

POST_DAILY: Final = Shape(
    "kpi.post_daily",
    ("platform", "post_id", "day"),
    "platform VARCHAR, account VARCHAR, post_id VARCHAR, day DATE, day_timezone VARCHAR, "
    + "".join(f"{name} BIGINT, " for name in ADDED)
    + "".join(f"{name}_total BIGINT, " for name in COUNTERS)
    + "days_covered BIGINT, is_baseline BOOLEAN, has_negative BOOLEAN, is_final BOOLEAN, observed_at TIMESTAMP",
)
POST: Final = Shape(
    "kpi.post",
    ("platform", "post_id"),
    "platform VARCHAR, account VARCHAR, post_id VARCHAR, published_at TIMESTAMP, published_local TIMESTAMP, "
    "published_day DATE, day_timezone VARCHAR, local_timezone VARCHAR, type VARCHAR, hashtags VARCHAR[], link VARCHAR, "
    "author VARCHAR, campaign VARCHAR, is_paid BOOLEAN, deleted_at TIMESTAMP, "
    + "".join(f"{name} BIGINT, " for name in COUNTERS)
    + "engagements BIGINT, "
    + "".join(f"{name}_day_{k} BIGINT, " for k in AGES for name in ("impressions", "reach", "engagements"))
    + "followers_at_publication BIGINT, engagement_rate_by_reach DOUBLE, "
    "engagement_rate_by_impressions DOUBLE, engagement_rate_by_followers DOUBLE, rate_basis VARCHAR, "
    "engagement_rate_low DOUBLE, engagement_rate_high DOUBLE, engagement_rate_shrunk DOUBLE, "
    "conversation BIGINT, amplification BIGINT, applause BIGINT, "
    "virality DOUBLE, visits BIGINT, conversions BIGINT, "
    "revenue DECIMAL(18,4), gross_margin DECIMAL(18,4), percentile DOUBLE, "
    "percentile_posts BIGINT, observed_at TIMESTAMP",
)


def engagements(counters: Mapping[str, int | None]) -> int | None:
    """Reactions, comments, shares, clicks and saves together, as far as they are reported."""
    return total(counters.get(part) for part in PARTS)


def engagement_parts(counters: Mapping[str, int | None]) -> str | None:
    return names([(part, counters.get(part)) for part in PARTS])


def levels_before(facts: Facts, account: Account, post: PostFacts, first: Snapshot) -> date | None:
    """The night at whose end the post did not exist yet, or None when that is not known.

    Only a night that was read proves it: the last one before the post was seen, if the post is younger.
    """
    earlier = [unit for unit in facts.landed(account) if unit.night < first.night]
    if earlier and post.published_at > earlier[-1].moment:
        return earlier[-1].night
    return None


def _deltas(facts: Facts, account: Account, post: PostFacts) -> Iterator[dict[str, Any]]:
    """One row per snapshot of the post: what was added since the one before."""
    before: Snapshot | None = None
    for now in facts.snapshots.get((*account, post.post_id), []):
        row: dict[str, Any] = dict.fromkeys(ADDED)
        covered: int | None = None
        if before is not None:
            covered = (now.night - before.night).days
            row |= {name: difference(now.counters.get(name), before.counters.get(name)) for name in ADDED}
        else:
            night = levels_before(facts, account, post, now)
            if night is not None:
                covered = (now.night - night).days
                row |= {name: now.counters.get(name) for name in ADDED}
        row["has_negative"] = any(row[name] is not None and row[name] < 0 for name in ADDED)
        row |= {f"{name}_total": now.counters.get(name) for name in COUNTERS}
        yield row | {
            "day": now.night,
            "days_covered": covered,
            "is_baseline": covered is None,
            "observed_at": now.observed_at,
        }
        before = now


def post_daily(facts: Facts, terms: Terms) -> Table:
    """What each post's lifetime counters gained, one row per platform, post and night."""
    rows: list[dict[str, Any]] = []
    for account in terms.network_accounts:
        key = (account.platform, account.account)
        final = last_final_day(facts, account)
        for post in facts.posts.get(key, {}).values():
            for row in _deltas(facts, key, post):
                row |= {"platform": key[0], "account": key[1], "post_id": post.post_id}
                row["day_timezone"] = account.time_zone
                row["is_final"] = final is not None and row["day"] <= final
                rows.append(row)
    return POST_DAILY.table(rows)


def last_final_day(facts: Facts, account: AccountTerms) -> date | None:
    """The last day that the platform does not restate any more."""
    night = facts.newest_night((account.platform, account.account))
    return None if night is None else night - timedelta(days=platform(account.platform).RESTATEMENT_DAYS)


def percentile(
    post: PostFacts, scores: Mapping[str, int | None], posts: Mapping[str, PostFacts]
) -> tuple[float | None, int | None]:
    """The share (of 100) of the other posts of the last 90 days that moved fewer people, and of how many posts."""
    own = scores[post.post_id]
    if own is None:
        return None, None
    since = post.published_day - PERCENTILE_DAYS
    rivals = [
        score
        for post_id, score in scores.items()
        if score is not None and since < posts[post_id].published_day <= post.published_day
    ]
    if len(rivals) < FEWEST:
        return None, len(rivals)
    return 100.0 * sum(score < own for score in rivals) / (len(rivals) - 1), len(rivals)


def _of_age(snapshots: list[Snapshot], post: PostFacts) -> Iterator[tuple[str, int | None]]:
    by_night = {snapshot.night: snapshot.counters for snapshot in snapshots}
    for age in AGES:
        counters = by_night.get(post.published_day + timedelta(days=age), {})
        yield f"impressions_day_{age}", counters.get("impressions")
        yield f"reach_day_{age}", counters.get("reach")
        yield f"engagements_day_{age}", engagements(counters)


def post(facts: Facts, terms: Terms, margins: Table) -> Table:
    """What each post came to, one row per platform and post."""
    attributed = {row["post_id"]: row for row in margins.dicts()}
    rows: list[dict[str, Any]] = []
    for account in terms.network_accounts:
        key = (account.platform, account.account)
        posts = facts.posts.get(key, {})
        snapshots = {post_id: facts.snapshots.get((*key, post_id), []) for post_id in posts}
        last = {post_id: seen[-1].counters if seen else {} for post_id, seen in snapshots.items()}
        scores = {post_id: engagements(counters) for post_id, counters in last.items()}
        of_account: list[dict[str, Any]] = []
        for one in posts.values():
            row = _post_row(one, account, facts, last[one.post_id], terms.team.member(key[0], one.author))
            row |= dict(_of_age(snapshots[one.post_id], one))
            left = attributed.get(one.post_id, {})
            place, compared = percentile(one, scores, posts)
            row |= {
                **{name: left.get(name) for name in ("visits", "conversions", "revenue", "gross_margin")},
                "percentile": place,
                "percentile_posts": compared,
                "observed_at": max([one.observed_at, *(last.changed_at for last in snapshots[one.post_id][-1:])]),
            }
            of_account.append(row)
        add_shrunk_rates(of_account)
        rows += of_account
    return POST.table(rows)


def _post_row(
    post: PostFacts, account: AccountTerms, facts: Facts, counters: Mapping[str, int | None], author: str | None
) -> dict[str, Any]:
    """The post's attributes, its last counters and the rates that follow from them."""
    days = facts.account_days.get((account.platform, account.account), {})
    before = days.get(post.published_day - timedelta(days=1))
    followers = before.metrics.get("followers") if before else None
    local = post.published_at.replace(tzinfo=UTC).astimezone(ZoneInfo(account.local_zone or account.time_zone))
    moved = engagements(counters)
    return {
        "platform": account.platform,
        "account": account.account,
        "post_id": post.post_id,
        "published_at": post.published_at,
        "published_local": local.replace(tzinfo=None),
        "published_day": post.published_day,
        "day_timezone": account.time_zone,
        "local_timezone": account.local_zone or account.time_zone,
        "type": post.type,
        "hashtags": post.hashtags,
        "link": post.link,
        "author": author,
        "campaign": post.campaign,
        "is_paid": None,
        "deleted_at": post.deleted_at,
        **{name: counters.get(name) for name in COUNTERS},
        "engagements": moved,
        "followers_at_publication": followers,
        "engagement_rate_by_reach": ratio(moved, counters.get("reach")),
        "engagement_rate_by_impressions": ratio(moved, counters.get("impressions")),
        "engagement_rate_by_followers": ratio(moved, followers),
        "conversation": counters.get("comments"),
        "amplification": counters.get("shares"),
        "applause": counters.get("reactions"),
        "virality": ratio(counters.get("shares"), counters.get("impressions")),
        "visits": None,
        "gross_margin": None,
    }
