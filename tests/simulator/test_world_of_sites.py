"""The simulated journal, the visits to the shop's site and its orders hang together."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from pipeline.simulator.world import World


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def test_the_journal_loses_posts_and_comments_and_approves_some_late(world: World) -> None:
    posts = [{post.id for post in world.wordpress.posts(night)} for night in world.nights]
    assert any(before - after for before, after in pairwise(posts))
    comments = [world.wordpress.comments(night) for night in world.nights]
    ids = [{comment.id for comment in each} for each in comments]
    assert any(before - after for before, after in pairwise(ids))
    late = [
        comment
        for (night, known), later in zip(zip(world.nights, ids, strict=True), comments[1:], strict=False)
        for comment in later
        if comment.id not in known and comment.created < world.observed_at(night)
    ]
    assert late


def test_statistics_of_a_post_add_up_over_its_days(world: World) -> None:
    night = world.nights[-1]
    for post in world.wordpress.posts(night)[-10:]:
        stats = world.wordpress.post_stats(post.id, night)
        assert stats is not None
        assert sum(stats.by_day.values()) == stats.views
        assert stats.comment_count == sum(c.post == post.id for c in world.wordpress.comments(night))


def test_visits_are_the_sum_of_their_origins_and_goals_the_sum_of_theirs(world: World) -> None:
    night = world.nights[-1]
    for day in world.nights[:-1]:
        site = world.matomo.day(day, night)
        if site is None:
            continue
        assert sum(row.visits for row in site.types) == site.visits
        assert max(row.visitors for row in site.types) <= site.visitors <= site.visits
        for kind, rows in (("social", site.socials), ("campaign", site.campaigns)):
            assert sum(row.visits for row in rows) == sum(row.visits for row in site.types if row.kind == kind)
        for goal, counted in site.goals.items():
            assert counted.conversions == sum(row.goals[goal].conversions for row in site.types if goal in row.goals)


def test_analytics_knows_nothing_of_some_days_and_one_comes_a_night_late(world: World) -> None:
    night = world.nights[-1]
    silent = {day for day in world.nights if world.matomo.day(day, night) is None}
    assert silent == world.calendar.untracked_days
    late = world.calendar.late_archive
    assert world.matomo.day(late, late) is None
    assert world.matomo.day(late, late + timedelta(days=1)) is not None


def test_clicks_on_posts_arrive_as_visits_and_visits_become_orders(world: World) -> None:
    night = world.nights[-1]
    sites = [world.matomo.day(day, night) for day in world.nights]
    labels = {row.label for site in sites if site for row in site.socials + site.campaigns}
    assert labels >= {
        "Facebook",
        "Instagram",
        "Pinterest",
        "autumn-2026",
        "Autumn-2026",
        "journal-stories",
        "partner-mag",
    }
    posts = {post.id for post in world.facebook.posts("104001", night)}
    orders = world.woocommerce.orders(night)
    contents = [order.attribution.get("utm_content") for order in orders]
    assert sum(content in posts for content in contents) > 10
    assert any(content and content not in posts for content in contents)
    campaigns = [order for order in orders if order.attribution.get("utm_campaign", "").lower() == "autumn-2026"]
    start, end = world.calendar.autumn
    assert all(start <= order.created.date() <= end + timedelta(days=12) for order in campaigns)


def test_orders_live_through_every_status_and_refunds_come_days_later(world: World) -> None:
    seen = {order.status for night in world.nights[-30:] for order in world.woocommerce.orders(night)[-60:]}
    assert seen == {
        "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft"
    }  # fmt: skip
    refunded = [order for order in world.woocommerce.orders(world.nights[-1]) if order.refunds]
    for order in refunded:
        assert sum((refund.amount for refund in order.refunds), Decimal(0)) <= order.total
        assert all(refund.created > order.created + timedelta(days=1) for refund in order.refunds)
        full = order.status == "refunded"
        assert full == (sum((refund.amount for refund in order.refunds), Decimal(0)) == order.total)
    assert {len(order.refunds) for order in refunded} == {1, 2}
    assert len({refund.id for order in refunded for refund in order.refunds}) == sum(len(o.refunds) for o in refunded)


def test_every_change_of_an_order_moves_its_date_of_modification(world: World) -> None:
    for before, after in pairwise(world.nights[-20:]):
        old = {order.id: order for order in world.woocommerce.orders(before)}
        for order in world.woocommerce.orders(after):
            if order.id in old and order != old[order.id]:
                assert order.modified > world.observed_at(before)


def test_single_visits_are_those_that_the_reports_count(world: World) -> None:
    last = world.nights[-1]
    for night in (world.nights[40], last):
        for day in (night, night - timedelta(days=1), night - timedelta(days=20)):
            site, visits = world.matomo.day(day, night), world.matomo.visits(day, night)
            if site is None:
                assert visits == ()
                continue
            for row in (*site.socials, *site.campaigns):
                of_it = [visit for visit in visits if (visit.kind, visit.label) == (row.kind, row.label)]
                goals = Counter(goal for visit in of_it for goal in visit.goals)
                assert len(of_it) == row.visits
                assert goals == {number: goal.conversions for number, goal in row.goals.items()}
                assert sum(bool(visit.goals) for visit in of_it) == row.visits_converted
            assert Counter(visit.kind for visit in visits) == {row.kind: row.visits for row in site.types}
            bought = [visit.order for visit in visits if visit.order]
            assert len(bought) == site.ecommerce.orders
            assert sum((order.total for order in bought), Decimal(0)) == site.ecommerce.revenue


def test_an_order_is_of_one_visit_that_came_from_where_the_shop_says(world: World) -> None:
    night = world.nights[-1]
    seen: list[int] = []
    for day in world.nights[-40:]:
        for visit in world.matomo.visits(day, night):
            if visit.order:
                seen.append(visit.order.id)
                assert visit.begun < visit.order.created < visit.ended
                assert (visit.order.attribution.get("utm_campaign") or "") == visit.utm.get("utm_campaign", "")
                assert visit.order.attribution.get("utm_content") == visit.utm.get("utm_content")
    assert len(seen) == len(set(seen)) > 100


def test_people_come_back_from_elsewhere_and_are_the_same_in_a_longer_world(world: World) -> None:
    night, labels, visits = world.nights[-1], defaultdict(set), Counter[str]()
    for day in world.nights[-30:]:
        for visit in world.matomo.visits(day, night):
            labels[visit.visitor].add((visit.kind, visit.label))
            visits[visit.visitor] += 1
    assert set(visits.values()) >= {1, 2, 3, 4, 5, 6}
    assert sum(len(each) > 2 for each in labels.values()) > 50
    longer = World(nights=200)
    assert longer.matomo.visits(night, night) == world.matomo.visits(night, night)
