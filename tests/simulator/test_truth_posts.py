"""The truth's posts on a few snapshots whose deltas and rates are worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipeline.simulator.truth.events import EVENT
from pipeline.simulator.truth.facts import COUNTERS, DayFacts, Facts, PostFacts, Snapshot
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.platforms.wordpress import hashtags
from pipeline.simulator.truth.post_margins import margin_post
from pipeline.simulator.truth.posts import percentile, post, post_daily
from pipeline.simulator.truth.terms import AccountTerms, Terms

PAGE = AccountTerms("facebook", "1", "America/Los_Angeles")
KEY = ("facebook", "1")
TERMS = Terms((PAGE,), {}, {}, (), {})


def morning_after(night: date) -> datetime:
    return datetime.combine(night + timedelta(days=1), datetime.min.time()).replace(hour=2)


def a_post(name: str = "p", published: datetime = datetime(2026, 9, 3, 18)) -> PostFacts:
    return PostFacts(
        post_id=name,
        published_at=published,
        published_day=published.date(),
        type="added_photos",
        link=None,
        hashtags=("mer",),
        author=None,
        campaign=None,
        deleted_at=None,
        observed_at=datetime(2026, 9, 4, 2),
    )


def counters(**known: int) -> dict[str, int | None]:
    return dict.fromkeys(COUNTERS) | known


def history(
    nights: list[int], missed: list[int], snapshots: dict[int, dict[str, int | None]], changed: datetime | None = None
) -> Facts:
    """One page read in the given nights of September, one post with a snapshot in some of them."""
    facts = Facts()
    facts.units[KEY] = [
        Unit(*KEY, night, date(2026, 8, 1), None if night.day in missed else morning_after(night))
        for night in (date(2026, 9, n) for n in nights)
    ]
    facts.posts[KEY] = {"p": a_post()}
    facts.snapshots[(*KEY, "p")] = [
        Snapshot(date(2026, 9, n), known, morning_after(date(2026, 9, n)), changed or datetime(2026, 9, 4, 2))
        for n, known in snapshots.items()
    ]
    return facts


def daily(facts: Facts) -> list[dict[str, Any]]:
    return post_daily(facts, TERMS).dicts()


def test_a_post_younger_than_the_night_before_began_at_zero() -> None:
    facts = history([2, 3], [], {3: counters(impressions=40, reactions=3)})
    row = daily(facts)[0]
    assert (row["impressions"], row["reactions"], row["shares"]) == (40, 3, None)
    assert (row["days_covered"], row["is_baseline"]) == (1, False)


def test_the_first_sight_of_an_older_post_is_a_baseline_without_deltas() -> None:
    facts = history([2, 3, 4, 5], [], {5: counters(impressions=40)})
    row = daily(facts)[0]
    assert (row["impressions"], row["impressions_total"]) == (None, 40)
    assert (row["days_covered"], row["is_baseline"], row["has_negative"]) == (None, True, False)


def test_the_first_night_of_an_account_is_a_baseline() -> None:
    row = daily(history([3], [], {3: counters(impressions=40)}))[0]
    assert (row["impressions"], row["is_baseline"]) == (None, True)


def test_a_first_sight_after_missed_nights_covers_them() -> None:
    facts = history([2, 3, 4, 5], [3, 4], {5: counters(impressions=90)})
    row = daily(facts)[0]
    assert (row["impressions"], row["days_covered"], row["is_baseline"]) == (90, 3, False)


def test_a_gap_gives_one_delta_over_its_days_and_no_invented_ones() -> None:
    facts = history([2, 3, 4, 5, 6], [4, 5], {3: counters(impressions=40), 6: counters(impressions=100)})
    rows = daily(facts)
    assert [(row["day"].day, row["impressions"], row["days_covered"]) for row in rows] == [
        (3, 40, 1),
        (6, 60, 3),
    ]


def test_withdrawn_reactions_stay_negative_and_are_flagged() -> None:
    facts = history([2, 3, 4], [], {3: counters(reactions=9), 4: counters(reactions=5, shares=2)})
    row = daily(facts)[1]
    assert (row["reactions"], row["shares"], row["has_negative"]) == (-4, None, True)
    assert (row["reactions_total"], row["shares_total"]) == (5, 2)


def test_a_delta_is_final_when_the_night_is_older_than_the_restatement_window() -> None:
    facts = history([2, 3, 4], [], {3: counters(reactions=9)})
    facts.units[KEY].append(Unit(*KEY, date(2026, 9, 30), date(2026, 9, 2), datetime(2026, 10, 1, 2)))
    assert daily(facts)[0]["is_final"] is False
    facts.units[KEY].append(Unit(*KEY, date(2026, 10, 1), date(2026, 9, 3), datetime(2026, 10, 2, 2)))
    assert daily(facts)[0]["is_final"] is True


def scored(*posts: tuple[str, int, int | None]) -> tuple[dict[str, int | None], dict[str, PostFacts]]:
    made = {name: a_post(name, datetime(2026, 1, 1) + timedelta(days=at)) for name, at, _ in posts}
    return {name: score for name, _, score in posts}, made


def test_the_percentile_is_the_share_of_the_others_that_moved_fewer_people() -> None:
    scores, posts = scored(("a", 0, 5), ("b", 1, 7), ("c", 2, 7), ("d", 3, 1), ("e", 4, 6))
    assert percentile(posts["e"], scores, posts) == (50.0, 5)
    # of fewer than five posts it says nothing
    assert percentile(posts["d"], scores, posts) == (None, 4)
    assert percentile(posts["a"], scores, posts) == (None, 1)


def test_only_scored_posts_of_the_last_ninety_days_are_compared() -> None:
    others = [(f"p{n}", 60 + n, n) for n in range(3)]
    scores, posts = scored(("old", 10, 9), ("young", 11, 2), ("silent", 50, None), *others, ("now", 100, 3))
    assert percentile(posts["now"], scores, posts) == (100.0, 5)
    assert percentile(posts["silent"], scores, posts) == (None, None)
    scores["young"] = None
    assert percentile(posts["now"], scores, posts) == (None, 4)


def summary(facts: Facts, events: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    blank: dict[str, Any] = dict.fromkeys(EVENT.table([]).columns)
    named = {"site": "s", "source": "woocommerce", "action": "sale", "platform": "facebook", "post_id": "p"}
    rows = [blank | named | {"native_id": str(n)} | event for n, event in enumerate(events or [])]
    return post(facts, TERMS, margin_post(facts, TERMS, EVENT.table(rows))).dicts()[0]


def test_a_post_shows_its_last_counters_and_those_of_its_first_days() -> None:
    known = counters(impressions=200, reach=100, reactions=6, comments=2, clicks=2)
    facts = history([2, 3, 4, 6], [], {3: counters(), 4: counters(reactions=4, reach=60), 6: known})
    facts.account_days[KEY] = {date(2026, 9, 2): DayFacts({"followers": 40}, datetime(2026, 9, 4, 2))}
    row = summary(facts)
    assert (row["engagements"], row["followers_at_publication"]) == (10, 40)
    assert (row["reach_day_1"], row["engagements_day_1"], row["impressions_day_1"]) == (60, 4, None)
    assert (row["reach_day_3"], row["engagements_day_3"], row["reach_day_7"]) == (100, 10, None)
    assert row["engagement_rate_by_reach"] == 0.1
    assert row["engagement_rate_by_impressions"] == 0.05
    assert row["engagement_rate_by_followers"] == 0.25
    assert (row["conversation"], row["applause"], row["amplification"], row["virality"]) == (2, 6, None, None)
    assert row["published_local"] == datetime(2026, 9, 3, 11)


def test_a_post_is_as_old_as_its_last_change() -> None:
    snapshots = {3: counters(reactions=1), 6: counters(reactions=4)}
    facts = history([2, 3, 4, 5, 6], [], snapshots, changed=datetime(2026, 9, 6, 2))
    assert summary(facts)["observed_at"] == datetime(2026, 9, 6, 2)


def test_a_post_gets_the_confirmed_sales_that_name_it() -> None:
    events = [
        {"status": "confirmed", "count": 1, "value_reporting": Decimal("90.0000")},
        {"status": "confirmed", "count": 1, "value_reporting": Decimal("10.5000")},
        {"status": "pending", "count": 1, "value_reporting": Decimal("77.0000")},
        {"status": "confirmed", "count": 30, "action": "social_boost"},
        {"status": "confirmed", "count": 1, "post_id": "q", "value_reporting": Decimal("1.0000")},
    ]
    facts = history([2, 3], [], {3: counters()})
    row = summary(facts, events)
    assert (row["conversions"], row["revenue"]) == (2, Decimal("100.5000"))
    assert (row["visits"], row["gross_margin"]) == (None, None)


def test_a_post_without_an_attributed_sale_has_no_zero() -> None:
    row = summary(history([2, 3], [], {3: counters()}))
    assert (row["conversions"], row["revenue"]) == (None, None)


def test_the_revenue_of_a_post_is_unknown_when_one_of_its_sales_is() -> None:
    events = [
        {"status": "confirmed", "count": 1, "value_reporting": Decimal("90.0000")},
        {"status": "confirmed", "count": 1, "value_reporting": None},
    ]
    row = summary(history([2, 3], [], {3: counters()}), events)
    assert (row["conversions"], row["revenue"]) == (2, None)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        (None, None),
        ("No tag here", ()),
        ("#Mer et #Été, encore #mer", ("mer", "été")),
        ("R&#233;sum&#233; at https://x.example/#top or a#b", ()),
        ("(#atelier_ouvert)", ("atelier_ouvert",)),
    ],
)
def test_hashtags_are_read_as_people_read_them(text: str | None, tags: tuple[str, ...] | None) -> None:
    assert hashtags(text) == tags
