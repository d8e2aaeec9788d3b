"""The truth's account formulas on small series whose results are worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipeline.simulator.truth.accounts import Audience, account_daily, from_posts
from pipeline.simulator.truth.conversions import DAILY, MARGIN_DAILY
from pipeline.simulator.truth.facts import DayFacts, Facts, SiteDay
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.posts import POST_DAILY
from pipeline.simulator.truth.table import Table
from pipeline.simulator.truth.terms import AccountTerms, Terms

START = date(2026, 9, 1)
SEEN = datetime(2026, 9, 30, 2)


def day(n: int) -> date:
    return START + timedelta(days=n - 1)


def series(*metrics: dict[str, int]) -> dict[date, DayFacts]:
    return {day(n): DayFacts(known, SEEN) for n, known in enumerate(metrics, start=1)}


def levels(*followers: int) -> Audience:
    return Audience(series(*({"followers": level} for level in followers)))


def moves(level: int, gained: int, lost: int) -> dict[str, int]:
    return {"followers": level, "followers_gained": gained, "followers_lost": lost}


def test_net_followers_are_gained_minus_lost_where_both_are_reported() -> None:
    audience = Audience(series(moves(100, 3, 1), moves(105, 6, 2)))
    assert audience.net(day(2)) == 4
    assert audience.residual(day(2)) == 1
    assert audience.is_shift(day(2)) is False


def test_net_followers_are_the_difference_of_levels_where_only_the_level_exists() -> None:
    audience = levels(100, 107)
    assert audience.net(day(2)) == 7
    assert audience.net(day(1)) is None
    assert audience.residual(day(2)) is None
    assert audience.is_shift(day(2)) is None


@pytest.mark.parametrize(("level", "shift"), [(105, False), (106, True), (95, False), (94, True)])
def test_a_residual_beyond_five_is_a_shift_of_a_small_account(level: int, shift: bool) -> None:
    audience = Audience(series(moves(100, 0, 0), moves(level, 0, 0)))
    assert audience.is_shift(day(2)) is shift


@pytest.mark.parametrize(("level", "shift"), [(10010, False), (10011, True)])
def test_a_residual_beyond_a_thousandth_is_a_shift_of_a_large_account(level: int, shift: bool) -> None:
    audience = Audience(series(moves(10000, 0, 0), moves(level, 0, 0)))
    assert audience.is_shift(day(2)) is shift


def test_a_purge_is_kept_out_of_growth() -> None:
    # 200 followers, +10, then +4 on the day on which the network removes 50, then +6.
    audience = Audience(series(moves(200, 0, 0), moves(210, 12, 2), moves(164, 5, 1), moves(170, 6, 0)))
    assert audience.residual(day(3)) == -50
    assert audience.growth(day(3), 1) == 4 / 210
    assert audience.growth(day(4), 1) == 6 / 164
    assert audience.growth(day(4), 7) is None
    assert [audience.net(day(n)) for n in (2, 3, 4)] == [10, 4, 6]


def test_a_purge_inside_the_seven_days_is_taken_out_of_their_growth() -> None:
    known = [moves(1000 + 2 * n, 2, 0) for n in range(4)] + [moves(900 + 2 * n, 2, 0) for n in range(4, 8)]
    audience = Audience(series(*known))
    # 1000 → 914, of which −100 was the purge: 14 of 1000.
    assert audience.growth(day(8), 7) == 0.014


def test_speed_is_the_mean_of_seven_days_and_needs_all_of_them() -> None:
    audience = levels(100, 101, 103, 106, 110, 115, 121, 128, 136)
    assert audience.speed(day(7), 7) is None
    assert audience.speed(day(8), 7) == 4
    assert audience.speed(day(9), 7) == 5
    assert audience.speed(day(9), 28) is None


def test_acceleration_compares_the_speed_with_that_of_a_week_before() -> None:
    first = [100 + n for n in range(8)]
    second = [107 + 3 * n for n in range(1, 8)]
    audience = levels(*first, *second)
    assert audience.speed(day(8), 7) == 1
    assert audience.acceleration(day(15)) == 2.0
    assert audience.acceleration(day(14)) is None


def test_the_growth_index_is_100_at_the_base_and_nothing_before_it() -> None:
    known = series({"followers": 80}, {"followers": 100}, {"followers": 130})
    assert [Audience(known).index(day(n)) for n in (1, 3)] == [100.0, 162.5]
    assert [Audience(known, day(2)).index(day(n)) for n in (1, 2, 3)] == [None, 100.0, 130.0]


def test_interactions_of_posts_are_summed_only_where_each_post_was_read_the_evening_before() -> None:
    one, two = {"days_covered": 1, "reactions": 4}, {"days_covered": 1, "reactions": -1}
    baseline = {"days_covered": None, "reactions": None}
    assert from_posts([one, two, baseline], "reactions") == 3
    assert from_posts([one, {"days_covered": 2, "reactions": 5}], "reactions") is None
    assert from_posts([baseline], "reactions") is None
    assert from_posts([{"days_covered": 1, "reactions": None}], "reactions") is None


# --- the tables ---

PAGE = AccountTerms("facebook", "1", "America/Los_Angeles", receives_visits=True)
SMALL = AccountTerms("facebook", "2", "America/Los_Angeles")
TERMS = Terms((PAGE, SMALL), {}, {}, (), {})


def empty(shape: Any) -> Table:
    table: Table = shape.table([])
    return table


def account_rows(facts: Facts, **tables: Table) -> Table:
    given = {"post_daily": empty(POST_DAILY), "daily": empty(DAILY), "margins": empty(MARGIN_DAILY)} | tables
    return account_daily(facts, TERMS, given["post_daily"], given["daily"], given["margins"])


def unit(account: str, night: date, since: date) -> Unit:
    return Unit("facebook", account, night, since, datetime(night.year, night.month, night.day, 23))


def page_facts() -> Facts:
    facts = Facts()
    for account in ("1", "2"):
        read = unit(account, day(4), day(2))
        facts.units["facebook", account] = [read]
        facts.deliver(read, "posts", [])
    facts.miss(facts.units["facebook", "2"][0], "page_insights", "too small")
    facts.deliver(facts.units["facebook", "1"][0], "page_insights", [day(3)])
    facts.account_days["facebook", "1"] = {
        day(2): DayFacts({"followers": 50, "impressions": 200, "reach_1d": 80}, SEEN),
        day(3): DayFacts({"reactions": 6, "clicks": 4, "impressions": 200, "reach_1d": 80}, SEEN),
    }
    facts.site_days["shop.example"] = {
        day(2): SiteDay(30, 20, 60, 5, 900, SEEN),
        day(3): SiteDay(None, None, None, None, None, SEEN),
        day(4): SiteDay(30, 20, 60, 5, 900, SEEN),
    }
    return facts


def test_an_account_has_each_day_from_its_first_to_the_newest_night() -> None:
    rows = account_rows(page_facts()).where(account="1")
    assert [row["day"] for row in rows] == [day(2), day(3), day(4)]
    assert [row["observed_at"] for row in rows] == [SEEN, SEEN, None]
    assert [row["posts_published"] for row in rows] == [0, 0, 0]


def test_an_account_without_any_insight_has_the_days_of_its_window_and_no_zeros() -> None:
    rows = account_rows(page_facts()).where(account="2")
    assert [row["day"] for row in rows] == [day(2), day(3), day(4)]
    assert {row["followers"] for row in rows} == {None}
    assert {row["visits"] for row in rows} == {None}
    assert [row["completeness"] for row in rows] == [None, None, 0.5]


def test_rates_divide_what_was_done_by_who_could_do_it() -> None:
    row = account_rows(page_facts()).where(account="1", day=day(3))[0]
    assert (row["engagements"], row["engagement_parts"]) == (10, "reactions+clicks")
    assert row["engagement_rate_by_reach"] == 0.125
    assert row["engagement_rate_by_impressions"] == 0.05
    assert row["engagement_rate_by_followers"] == 0.2
    assert row["click_through_rate"] == 0.02
    assert account_rows(page_facts()).where(account="1", day=day(4))[0]["engagement_parts"] is None


def daily_row(on: date, campaign: str, action: str, visits: int | None, conversions: int) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(empty(DAILY).columns)
    named = {"day": on, "platform": "facebook", "campaign": campaign, "action": action}
    return row | named | {"visits": visits, "conversions": conversions}


def margin_row(on: date, campaign: str, margin: str | None) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(empty(MARGIN_DAILY).columns)
    gross = None if margin is None else Decimal(margin)
    return row | {"day": on, "platform": "facebook", "campaign": campaign, "gross_margin": gross}


def test_visits_count_once_a_campaign_and_only_for_the_account_that_receives_them() -> None:
    daily = DAILY.table(
        [
            daily_row(day(2), "", "sale", 7, 1),
            daily_row(day(2), "", "ad_click", 7, 2),
            daily_row(day(2), "autumn", "sale", 5, 1),
            daily_row(day(2), "", "social_boost", None, 40),
            daily_row(day(3), "", "sale", None, 1),
        ]
    )
    margins = MARGIN_DAILY.table([margin_row(day(2), "", "12.5000"), margin_row(day(2), "autumn", None)])
    rows = account_rows(page_facts(), daily=daily, margins=margins)
    got = [(row["visits"], row["conversions"], row["gross_margin"]) for row in rows.where(account="1")]
    assert got == [(12, 4, Decimal("12.5000")), (None, None, None), (0, 0, None)]
    assert {row["visits"] for row in rows.where(account="2")} == {None}
