"""The simulated world hangs together, is the same for everybody, and has every oddity it promises."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.simulator.world import Change, World

ROOT = Path(__file__).resolve().parents[2]
FINGERPRINT = """
from hashlib import sha256
from pipeline.simulator.world import World
w = World(seed=7, nights=30)
n = w.nights[-3]
told = (w.facebook.posts("104001", n), w.facebook.page("104001", n), w.wordpress.comments(n),
        [w.matomo.day(d, n) for d in w.nights], w.woocommerce.orders(n)[-40:],
        [w.facebook.page_insight("104001", "page_media_view", "week", d, n) for d in w.nights])
print(sha256(repr(told).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def day_before(day: date, n: int = 1) -> date:
    return day - timedelta(days=n)


def test_the_world_is_the_same_in_every_process_whatever_its_hash_seed() -> None:
    prints = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(prints) == 1


def test_the_order_of_questions_does_not_matter(world: World) -> None:
    other, nights = World(), world.nights[-8:]
    forwards = [world.facebook.posts("104001", night, night, night) for night in nights]
    backwards = [other.facebook.posts("104001", night, night, night) for night in reversed(nights)]
    assert forwards == backwards[::-1]
    levels = [world.facebook.page("104001", night) for night in nights]
    assert levels == [other.facebook.page("104001", night) for night in reversed(nights)][::-1]


def test_a_shorter_world_is_the_end_of_a_longer_one(world: World) -> None:
    short, night = World(nights=14), world.nights[-2]
    assert short.nights == world.nights[-14:]
    assert short.matomo.day(night, night) == world.matomo.day(night, night)
    assert short.woocommerce.orders(night) == world.woocommerce.orders(night)
    assert short.facebook.posts("104001", night) == world.facebook.posts("104001", night)


def test_another_seed_is_another_world(world: World) -> None:
    night = world.nights[-1]
    assert World(seed=8).facebook.posts("104001", night) != world.facebook.posts("104001", night)


def test_nights_are_fetched_at_four_in_paris_through_both_changes_of_clocks(world: World) -> None:
    assert len(world.nights) == 90
    assert world.observed_at(date(2026, 10, 23)).isoformat() == "2026-10-24T02:00:00+00:00"
    assert world.observed_at(date(2026, 10, 24)).isoformat() == "2026-10-25T03:00:00+00:00"


def test_followers_change_by_what_was_gained_and_lost_except_on_the_day_of_the_purge(world: World) -> None:
    night, residuals = world.nights[-1], {}
    for day in world.nights[:-2]:
        level, before, gained, lost = (
            world.facebook.page_insight("104001", metric, "day", on, night)
            for metric, on in (
                ("page_follows", day),
                ("page_follows", day_before(day)),
                ("page_daily_follows_unique", day),
                ("page_daily_unfollows_unique", day),
            )
        )
        assert level is not None
        assert before is not None
        assert gained is not None
        assert lost is not None
        residuals[day] = (level - before) - (gained - lost)
    assert {day: gap for day, gap in residuals.items() if gap} == {world.calendar.purge_day: -140}


def test_reach_over_a_window_lies_between_the_best_day_and_the_sum_of_days(world: World) -> None:
    night, reach = world.nights[-1], "page_total_media_view_unique"
    for day in world.nights[10:-6]:
        daily = [world.facebook.page_insight("104001", reach, "day", day_before(day, n), night) or 0 for n in range(28)]
        for period, length in (("week", 7), ("days_28", 28)):
            value = world.facebook.page_insight("104001", reach, period, day, night)
            assert value is not None
            assert max(daily[:length]) * 0.96 <= value <= sum(daily[:length]) / 0.96


def test_insights_move_for_three_days_and_then_stand_still(world: World) -> None:
    day = world.nights[60]
    seen = [
        world.facebook.page_insight("104001", "page_media_view", "day", day, day + timedelta(days=n)) for n in range(8)
    ]
    assert seen[0] is None
    given = [value for value in seen if value is not None]
    assert given[0] < given[1] < given[2] <= given[3]
    assert len(set(given[3:])) == 1


def test_one_day_is_delivered_a_night_late(world: World) -> None:
    late = [
        night
        for night in world.nights
        if world.facebook.page_insight("104001", "page_follows", "day", day_before(night), night) is None
    ]
    assert late == [world.calendar.late_day + timedelta(days=1)]


def test_one_month_is_restated_once(world: World) -> None:
    restated, day = world.calendar.month_restated, world.calendar.month_restated - timedelta(days=20)
    before = world.facebook.page_insight("104001", "page_media_view", "day", day, day_before(restated))
    after = world.facebook.page_insight("104001", "page_media_view", "day", day, restated)
    assert before is not None
    assert after is not None
    assert after == int(before * 0.96)
    outside = restated - timedelta(days=31)
    same = [world.facebook.page_insight("104001", "page_media_view", "day", outside, n) for n in (restated, outside)]
    assert same[0] is not None


def test_a_metric_is_retired_at_a_night_and_a_small_page_has_no_insights(world: World) -> None:
    gone = world.calendar.metric_retired
    assert "page_views_total" in world.facebook.metrics("104001", day_before(gone))
    assert "page_views_total" not in world.facebook.metrics("104001", gone)
    assert world.facebook.page_insight("104001", "page_views_total", "day", day_before(gone, 3), gone) is None
    assert world.facebook.page_insight("104002", "page_follows", "day", day_before(gone), gone) is None
    assert world.facebook.page("104002", gone).fan_count < 100


def test_post_counters_only_rise_except_where_people_took_something_back(world: World) -> None:
    withdrawn = removed = 0
    history: dict[str, list[tuple[int, frozenset[str], int]]] = {}
    for night in world.nights[-40:]:
        for post in world.facebook.posts("104001", night, day_before(night, 28), night):
            assert sum(post.reactions_by_type.values()) == post.reactions
            assert post.media_view is not None
            assert post.shares is None or post.shares > 0
            assert post.comments == len(post.said)
            said = frozenset(comment.id for comment in post.said)
            history.setdefault(post.id, []).append((post.media_view, said, post.reactions))
    for seen in history.values():
        gone: set[str] = set()
        for (views, said, reactions), (later_views, later_said, later_reactions) in pairwise(seen):
            assert later_views >= views
            assert not gone & later_said
            gone |= said - later_said
            withdrawn += later_reactions < reactions
        removed += len(gone)
    assert withdrawn >= 3
    assert removed >= 3


def test_a_page_answers_some_of_what_is_written_below_its_posts(world: World) -> None:
    night = world.nights[-1]
    posts = world.facebook.posts("104001", night)
    for post in posts:
        known = {comment.id: comment for comment in post.said}
        assert [comment.created for comment in post.said] == sorted(comment.created for comment in post.said)
        for comment in post.said:
            assert post.created_time < comment.created
            assert comment.is_own == (comment.person == "104001")
            if comment.parent:
                # An answer goes with what it answers.
                assert known[comment.parent].parent is None
    said = [comment for post in posts for comment in post.said]
    assert 1 < len(said) / len(posts) < 8
    assert 0 < sum(comment.is_own for comment in said) < len(said) / 2
    assert any(comment.parent and not comment.is_own for comment in said)


def test_posts_have_the_oddities_of_the_platform(world: World) -> None:
    night = world.nights[-1]
    posts = world.facebook.posts("104001", night)
    assert list(posts) == sorted(posts, key=lambda post: post.created_time, reverse=True)
    assert any(post.message is None for post in posts)
    assert any(post.shares is None for post in posts)
    assert any(post.campaign for post in posts)
    assert any("été" in post.hashtags for post in posts)
    assert {post.video_views is None for post in posts} == {True, False}
    small = world.facebook.posts("104002", night)
    assert any(post.reactions_by_type == {} for post in small)
    assert all(post.media_view is None for post in small)


def test_a_post_appears_and_vanishes(world: World) -> None:
    published, deleted = world.calendar.post_deleted
    seen = [
        {post.id for post in world.facebook.posts("104001", night)}
        for night in (published, deleted, day_before(deleted))
    ]
    assert (seen[0] & seen[2]) - seen[1]


def test_larger_worlds_have_more_of_everything(world: World) -> None:
    night = world.nights[-1]
    large = World(nights=3, posts_per_day=40, visits_per_day=1500, journal_posts_per_day=3)
    window = (day_before(night, 28), night)
    assert len(large.facebook.posts("104001", night, *window)) > 20 * len(
        world.facebook.posts("104001", night, *window)
    )
    many, few = large.matomo.day(night, night), world.matomo.day(night, night)
    assert many is not None
    assert few is not None
    assert many.visits > 5 * few.visits
    assert len({order.id for order in large.woocommerce.orders(night)}) == len(large.woocommerce.orders(night))


def test_outages_are_part_of_the_world(world: World) -> None:
    assert {(platform, account) for platform, account, _ in world.outages} >= {
        ("facebook", "104001"),
        ("matomo", "1"),
        ("woocommerce", "boutique"),
    }
    assert {night for _, _, night in world.outages} <= set(world.nights)
    assert World(nights=5).outages == frozenset()


def test_changes_are_known_from_their_night_on(world: World) -> None:
    night, day = world.nights[-4], world.nights[-8]
    victim = world.facebook.posts("104001", night)[3].id
    changed = world.changed(Change("delete_post", "facebook", "104001", victim, night)).changed(
        Change("restate_day", "facebook", "104001", day.isoformat(), night, "page_media_view", 2.0)
    )
    assert changed.facebook.post(victim, day_before(night)) == world.facebook.post(victim, day_before(night))
    assert changed.facebook.post(victim, night) is None
    value = world.facebook.page_insight("104001", "page_media_view", "day", day, night)
    assert value is not None
    assert changed.facebook.page_insight("104001", "page_media_view", "day", day, night) == 2 * value
    earlier = day_before(night)
    untouched = world.facebook.page_insight("104001", "page_media_view", "day", day, earlier)
    assert changed.facebook.page_insight("104001", "page_media_view", "day", day, earlier) == untouched
    with pytest.raises(ValueError, match="no change"):
        world.changed(Change("restate_day", "woocommerce", "boutique", day.isoformat(), night))


def test_followers_are_restated_only_by_their_own_name(world: World) -> None:
    night, day = world.nights[-1], world.nights[-5]
    for metric, expected in ((None, 1), ("page_follows", 2)):
        change = Change("restate_day", "facebook", "104001", day.isoformat(), night, metric, 2.0)
        before = world.facebook.page_insight("104001", "page_follows", "day", day, night)
        assert before is not None
        after = world.changed(change).facebook.page_insight("104001", "page_follows", "day", day, night)
        assert after == expected * before


def test_ten_years_of_nights_have_ids_that_are_found_again() -> None:
    world = World(nights=3660)
    night = world.nights[0]
    article, order = world.wordpress.posts(night)[-1], world.woocommerce.orders(night)[-1]
    assert world.wordpress.post_stats(article.id, night) is not None
    assert world.woocommerce.order(order.id, night) == order
    post = world.facebook.posts("104001", night)[0]
    assert world.facebook.post(post.id, night) == post


def test_a_world_without_nights_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one night"):
        World(nights=0).nights  # noqa: B018
