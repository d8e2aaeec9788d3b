"""The truth's visits, events and margins on small cases worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from pipeline.simulator.truth.conversions import daily, margin_daily
from pipeline.simulator.truth.events import event
from pipeline.simulator.truth.facts import Facts, Order, SiteDay, VisitRow
from pipeline.simulator.truth.observations import Unit
from pipeline.simulator.truth.platforms.matomo import attribute
from pipeline.simulator.truth.posts import POST_DAILY
from pipeline.simulator.truth.sites import site_daily, site_network_daily
from pipeline.simulator.truth.terms import AccountTerms, CampaignTerms, Terms

SITE = "shop.example"
DAY = date(2026, 9, 10)
SEEN = datetime(2026, 9, 11, 2)
LATER = datetime(2026, 9, 12, 2)
TERMS = Terms(
    accounts=(
        AccountTerms("matomo", "1", "Europe/Paris", SITE),
        AccountTerms("woocommerce", "b", "Europe/Paris", SITE),
        AccountTerms("facebook", "1", "America/Los_Angeles"),
    ),
    site_zones={SITE: "Europe/Paris"},
    goals={SITE: {"1": "quote_request", "3": "ad_click"}},
    campaigns=(CampaignTerms("Autumn", "facebook", DAY, DAY, Decimal("40.00")),),
    action_values={"quote_request": Decimal("15.00")},
    organic_cost=Decimal("2.00"),
)


def visit(platform: str, campaign: str, kind: str, label: str, visits: int, **goals: int) -> VisitRow:
    counted = {name.removeprefix("goal_"): n for name, n in goals.items()}
    return VisitRow(SITE, DAY, platform, campaign, kind, label, visits, visits - 1, counted, SEEN)


def order(number: int, status: str, total: str, refunded: str = "0", day: date = DAY, **utm: str) -> Order:
    at = datetime.combine(day, datetime.min.time()).replace(hour=9)
    return Order(
        site=SITE,
        source="woocommerce",
        account="shop",
        order_id=str(number),
        status=status,
        currency=utm.pop("currency", "EUR"),
        created_at=at,
        paid_at=None,
        total=Decimal(total),
        refunded=Decimal(refunded),
        utm=utm,
        observed_at=LATER,
    )


def facts_of(visits: list[VisitRow], orders: list[Order]) -> Facts:
    facts = Facts(visits=visits, orders=orders)
    for platform, account in (("matomo", "1"), ("woocommerce", "b"), ("facebook", "1")):
        night = DAY + timedelta(days=2)
        facts.units[platform, account] = [Unit(platform, account, night, DAY, SEEN)]
    return facts


def boosts(*rows: dict[str, Any]) -> Any:
    blank: dict[str, Any] = dict.fromkeys(POST_DAILY.table([]).columns)
    named = {"platform": "facebook", "account": "1", "day": DAY, "is_baseline": False, "observed_at": SEEN}
    return POST_DAILY.table([blank | named | {"post_id": f"p{n}"} | row for n, row in enumerate(rows)])


def rows_of(facts: Facts, *posts: dict[str, Any]) -> dict[tuple[str, str, str], dict[str, Any]]:
    table = daily(facts, TERMS, event(facts, TERMS, boosts(*posts)))
    return {(row["platform"], row["campaign"], row["action"]): row for row in table.dicts()}


def margins_of(facts: Facts) -> dict[tuple[str, str], dict[str, Any]]:
    table = margin_daily(daily(facts, TERMS, event(facts, TERMS, boosts())), TERMS)
    return {(row["platform"], row["campaign"]): row for row in table.dicts()}


def test_referrers_belong_to_the_network_and_the_campaign_that_the_settings_know() -> None:
    assert attribute("social", "Facebook", TERMS) == ("facebook", "")
    assert attribute("social", "t.co", TERMS) == ("x", "")
    assert attribute("social", "Pinterest", TERMS) == ("unattributed", "")
    assert attribute("campaign", "AUTUMN", TERMS) == ("facebook", "autumn")
    assert attribute("campaign", "Partner-Mag", TERMS) == ("unattributed", "partner-mag")
    assert attribute("search", "Facebook", TERMS) == ("unattributed", "")


def test_a_sale_keeps_what_was_paid_and_what_was_given_back() -> None:
    sold = order(7, "completed", "90.00", "10.00", source="fb", content="p9", campaign="")
    row = event(facts_of([], [sold]), TERMS, boosts()).dicts()[0]
    assert row["conversion_id"] == sha256(b"shop.example|woocommerce|shop|7|sale").hexdigest()
    assert (row["value"], row["refunded_value"]) == (Decimal("90.0000"), Decimal("10.0000"))
    assert (row["value_reporting"], row["status"]) == (Decimal("80.0000"), "confirmed")
    assert (row["platform"], row["campaign"], row["post_id"]) == ("facebook", "", None)


def test_states_of_orders_become_four_words_and_drafts_are_none() -> None:
    states = ("processing", "pending", "on-hold", "cancelled", "failed", "trash", "refunded", "checkout-draft")
    table = event(facts_of([], [order(n, name, "1") for n, name in enumerate(states)]), TERMS, boosts())
    assert [row["status"] for row in table.dicts()] == [
        "confirmed",
        "pending",
        "pending",
        "cancelled",
        "cancelled",
        "cancelled",
        "refunded",
    ]


def test_an_order_belongs_to_the_day_of_the_site_not_of_greenwich() -> None:
    late = order(1, "completed", "1")
    facts = facts_of([], [Order(**{**late.__dict__, "created_at": datetime(2026, 9, 10, 22, 30)})])
    assert event(facts, TERMS, boosts()).dicts()[0]["occurred_day"] == date(2026, 9, 11)


def test_an_order_in_another_currency_has_no_value_without_a_rate() -> None:
    facts = facts_of([], [order(1, "completed", "50", currency="GBP")])
    row = event(facts, TERMS, boosts()).dicts()[0]
    assert (row["value"], row["currency"], row["value_reporting"]) == (Decimal("50.0000"), "GBP", None)


def test_goals_are_events_with_the_value_of_their_action_and_unmapped_ones_are_none() -> None:
    seen = visit("unattributed", "", "direct", "Direct Entry", 20, goal_1=2, goal_3=4, goal_4=9)
    rows = event(facts_of([seen], []), TERMS, boosts()).dicts()
    told = [(row["native_id"], row["count"], row["value"], row["refunded_value"]) for row in rows]
    assert told == [
        ("1:2026-09-10:direct:Direct Entry", 2, Decimal("30.0000"), Decimal("0.0000")),
        ("3:2026-09-10:direct:Direct Entry", 4, None, None),
    ]


def test_reactions_and_shares_are_one_boost_a_post_and_day_also_when_withdrawn() -> None:
    posts: list[dict[str, Any]] = [
        {"reactions": 5, "shares": 2},
        {"reactions": -3, "shares": None},
        {"reactions": 2, "shares": -2},
        {"reactions": None, "shares": None, "is_baseline": True},
    ]
    rows = event(facts_of([], []), TERMS, boosts(*posts)).dicts()
    assert [(row["post_id"], row["count"]) for row in rows] == [("p0", 7), ("p1", -3)]
    assert {row["site"] for row in rows} == {""}


def test_each_action_of_a_visited_origin_has_a_row_and_a_true_zero() -> None:
    rows = rows_of(facts_of([visit("facebook", "autumn", "campaign", "Autumn", 50, goal_1=3)], []))
    assert set(rows) == {("facebook", "autumn", a) for a in ("sale", "quote_request", "ad_click")}
    quote, sale = rows["facebook", "autumn", "quote_request"], rows["facebook", "autumn", "sale"]
    assert (quote["visits"], quote["visitors"], quote["conversions"]) == (50, 49, 3)
    assert (quote["conversion_rate"], quote["revenue"]) == (0.06, Decimal("45.0000"))
    assert (quote["average_basket"], quote["acquisition_cost"]) == (15.0, Decimal("40.0000"))
    assert (quote["cost_per_visit"], quote["return_on_ad_spend"]) == (0.8, 1.125)
    assert (sale["conversions"], sale["conversion_rate"]) == (0, 0.0)
    assert (sale["revenue"], sale["cost_per_action"]) == (None, None)


def test_merged_labels_have_visits_but_no_visitors() -> None:
    visits = [visit("facebook", "", "social", "Facebook", 9), visit("facebook", "", "social", "fb", 4)]
    row = rows_of(facts_of(visits, []))["facebook", "", "sale"]
    assert (row["visits"], row["visitors"]) == (13, None)


def test_orders_without_counted_visits_have_a_row_without_visits() -> None:
    orders = [order(1, "completed", "30", campaign="Partner"), order(2, "pending", "70", campaign="partner")]
    row = rows_of(facts_of([], orders))["unattributed", "partner", "sale"]
    assert (row["visits"], row["conversion_rate"], row["conversions"]) == (None, None, 1)
    assert (row["revenue"], row["acquisition_cost"]) == (Decimal("30.0000"), None)


def test_boosts_have_neither_visits_nor_cost() -> None:
    visits = [visit("facebook", "", "social", "Facebook", 9)]
    row = rows_of(facts_of(visits, []), {"reactions": 4})["facebook", "", "social_boost"]
    assert (row["conversions"], row["visits"], row["visitors"], row["acquisition_cost"]) == (4, None, None, None)


def test_a_day_is_final_once_neither_analytics_nor_shop_restate_it() -> None:
    facts = facts_of([visit("facebook", "", "social", "Facebook", 9)], [])
    last = DAY + timedelta(days=3)
    assert rows_of(facts)["facebook", "", "sale"]["is_final"] is False
    facts.units["matomo", "1"].append(Unit("matomo", "1", last, DAY, SEEN))
    assert rows_of(facts)["facebook", "", "sale"]["is_final"] is False
    facts.units["woocommerce", "b"].append(Unit("woocommerce", "b", last, DAY, SEEN))
    assert rows_of(facts)["facebook", "", "sale"]["is_final"] is True


def test_the_margin_is_the_revenue_of_the_paying_actions_minus_the_cost() -> None:
    visits = [visit("facebook", "autumn", "campaign", "Autumn", 100, goal_1=2, goal_3=8)]
    orders = [
        order(1, "completed", "90.10", "10.05", campaign="autumn"),
        order(2, "processing", "19.95", campaign="Autumn"),
        order(3, "cancelled", "500", campaign="autumn"),
    ]
    row = margins_of(facts_of(visits, orders))["facebook", "autumn"]
    # 80.05 + 19.95 + 2 × 15.00 = 130.00; the clicks on banners have no value and do not pay.
    assert (row["visits"], row["conversions"], row["conversion_rate"]) == (100, 4, 0.04)
    assert (row["revenue"], row["average_basket"]) == (Decimal("130.0000"), 32.5)
    assert (row["acquisition_cost"], row["gross_margin"]) == (Decimal("40.0000"), Decimal("90.0000"))
    assert row["observed_at"] == LATER


def test_visits_that_bought_nothing_brought_nothing_and_cost_what_they_cost() -> None:
    row = margins_of(facts_of([visit("unattributed", "", "direct", "Direct Entry", 5)], []))["unattributed", ""]
    assert (row["revenue"], row["gross_margin"]) == (Decimal("0.0000"), Decimal("-2.0000"))


def test_the_margin_is_unknown_where_a_part_of_the_revenue_is() -> None:
    orders = [order(1, "completed", "50", currency="GBP"), order(2, "completed", "50")]
    row = margins_of(facts_of([], orders))["unattributed", ""]
    assert (row["conversions"], row["revenue"], row["gross_margin"]) == (2, None, None)


def test_networks_share_the_visits_of_a_site() -> None:
    facts = facts_of(
        [visit("facebook", "", "social", "Facebook", 10), visit("unattributed", "", "direct", "Direct Entry", 30)],
        [],
    )
    before = DAY - timedelta(days=1)
    facts.site_days[SITE] = {
        before - timedelta(days=1): SiteDay(None, None, None, None, None, SEEN),
        before: SiteDay(50, 41, 120, 20, 5000, SEEN),
        DAY: SiteDay(40, 35, 100, 10, 3000, SEEN),
    }
    empty, first, second = site_daily(facts, TERMS).dicts()
    assert {empty[name] for name in ("visits", "bounce_rate", "visits_from_networks", "site_growth_index")} == {None}
    assert (first["visits_from_networks"], first["network_share"], first["site_growth_index"]) == (0, 0.0, 100.0)
    assert (second["bounce_rate"], second["engaged_visits"], second["seconds_per_visit"]) == (0.25, 30, 75.0)
    assert (second["visits_from_networks"], second["network_share"]) == (10, 0.25)
    assert second["site_growth_index"] == 80.0
    shares = {row["platform"]: row["share"] for row in site_network_daily(facts, TERMS).dicts()}
    assert shares == {"facebook": 0.25, "unattributed": 0.75}
