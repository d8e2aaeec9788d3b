"""Faults of gate 1: what a platform may answer that must never be stored as true."""

from __future__ import annotations

from tests.quality.planted import Planted

FB_DAY, FB_POST, FB_SNAP = "staging.facebook_account_day", "staging.facebook_post", "staging.facebook_post_snapshot"
WP_DAY, WP_POST, WP_SNAP = "staging.wordpress_account_day", "staging.wordpress_post", "staging.wordpress_post_snapshot"
WP_SAID, VISITS, GOALS = "staging.wordpress_response", "staging.matomo_visit_day", "staging.matomo_conversion"
SHOP = "staging.woocommerce_conversion"
NOW = "night = date '2026-11-02'"


def doubled(relation: str, where: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} and {where} limit 1"


PLANTED = [
    # a page of Facebook
    Planted("a day twice", FB_DAY, doubled(FB_DAY, "true"), "key_unique", unit="page"),
    Planted("no day", FB_DAY, f"update {FB_DAY} set day = null where {NOW}", "rows_can_be_placed", unit="page"),
    Planted("no run", FB_DAY, f"update {FB_DAY} set run_id = null where {NOW}", "rows_can_be_placed", unit="page"),
    Planted("tomorrow", FB_DAY, f"update {FB_DAY} set day = night + 1 where {NOW}", "rows_can_be_placed", unit="page"),
    Planted(
        "a day before the window",
        FB_DAY,
        f"update {FB_DAY} set day = night - 30 where {NOW} and day = date '2026-10-31'",
        "inside_the_window",
        unit="page",
    ),
    Planted(
        "negative reach", FB_DAY, f"update {FB_DAY} set reach_7d = -1 where {NOW}", "counters_in_range", unit="page"
    ),
    Planted(
        "10^18 impressions",
        FB_DAY,
        f"update {FB_DAY} set impressions = 1000000000000000000 where {NOW}",
        "counters_in_range",
        unit="page",
    ),
    Planted(
        "more followers than people",
        FB_DAY,
        f"update {FB_DAY} set followers = 20000000000 where {NOW}",
        "counters_in_range",
        unit="page",
    ),
    Planted(
        "three days late",
        FB_DAY,
        f"delete from {FB_DAY} where day > date '2026-10-30'",
        "brings_recent_days",
        unit="page",
    ),
    Planted(
        "an empty answer",
        FB_DAY,
        f"delete from {FB_DAY} where day > date '2026-10-20'",
        "brings_recent_days",
        unit="page",
    ),
    Planted(
        "days of another zone",
        FB_DAY,
        f"update raw.facebook_page_insights set end_time = '2026-11-02T00:00:00+0000' where _{NOW}",
        "days_end_at_pacific_midnight",
        unit="page",
    ),
    Planted(
        "an end without an hour",
        FB_DAY,
        f"update raw.facebook_page_insights set end_time = 'yesterday' where _{NOW}",
        "days_end_at_pacific_midnight",
        unit="page",
    ),
    Planted(
        "a day reaches more than a week",
        FB_DAY,
        f"update {FB_DAY} set reach_1d = 9000 where {NOW} and reach_1d is not null",
        "wider_windows_reach_more",
        "warning",
    ),
    Planted(
        "all followers gone", FB_DAY, f"update {FB_DAY} set followers = 0 where {NOW}", "level_not_lost", unit="page"
    ),
    Planted(
        "impressions fall silent",
        FB_DAY,
        f"update {FB_DAY} set impressions = 0 where {NOW} and day = date '2026-11-01'",
        "fell_silent_or_jumped",
        "warning",
    ),
    Planted(
        "a thousand times the reach",
        FB_DAY,
        f"update {FB_DAY} set reach_1d = 1000 * reach_1d where {NOW} and day = date '2026-11-01'",
        "fell_silent_or_jumped",
        "warning",
    ),
    # posts of Facebook
    Planted("a post twice", FB_POST, doubled(FB_POST, "account = 'small'"), "key_unique", unit="small"),
    Planted(
        "no time of publication",
        FB_POST,
        f"update {FB_POST} set published_at = null where {NOW} and account = 'small'",
        "rows_can_be_placed",
        unit="small",
    ),
    Planted(
        "published after it was read",
        FB_POST,
        f"update {FB_POST} set published_at = observed_at + interval 7 hours where {NOW} and account = 'page'",
        "rows_can_be_placed",
        unit="page",
    ),
    Planted(
        "a post of last year",
        FB_POST,
        f"update {FB_POST} set day = date '2025-10-30' where {NOW} and account = 'page'",
        "inside_the_window",
        unit="page",
    ),
    Planted(
        "posts came, none is stored",
        FB_POST,
        f"delete from {FB_POST} where account = 'page'",
        "what_came_is_here",
        unit="page",
    ),
    Planted(
        "every post vanished",
        FB_POST,
        f"delete from {FB_POST} where account = 'page' and {NOW}; insert into {FB_POST} by name"
        " select distinct on (post_id) * replace (true as is_absent, date '2026-11-02' as night)"
        f" from {FB_POST} where account = 'page'",
        "not_all_gone",
        unit="page",
    ),
    # counters of posts of Facebook
    Planted("a snapshot twice", FB_SNAP, doubled(FB_SNAP, "account = 'page'"), "key_unique", unit="page"),
    Planted("no id", FB_SNAP, f"update {FB_SNAP} set post_id = null where {NOW}", "rows_can_be_placed"),
    Planted(
        "minus one like",
        FB_SNAP,
        f"update {FB_SNAP} set reactions = -1 where {NOW} and post_id = 'small_20'",
        "counters_in_range",
        unit="small",
    ),
    Planted(
        "no counter at all",
        FB_SNAP,
        f"update {FB_SNAP} set impressions = null, reach = null, reactions = null, comments = null, shares = null,"
        f" clicks = null, video_views = null where {NOW} and account = 'page'",
        "counters_are_there",
        unit="page",
    ),
    Planted(
        "impressions 0 for all posts",
        FB_SNAP,
        f"update {FB_SNAP} set impressions = 0 where {NOW} and account = 'page'",
        "no_silent_zero",
        unit="page",
    ),
    Planted(
        "half of the impressions gone",
        FB_SNAP,
        f"update {FB_SNAP} set impressions = impressions // 2 where {NOW} and post_id = 'page_16'",
        "fell_or_vanished",
        "warning",
    ),
    Planted(
        "a metric retired",
        FB_SNAP,
        f"update {FB_SNAP} set clicks = null where {NOW} and account = 'page'",
        "fell_or_vanished",
        "warning",
    ),
    Planted(
        "reached without being shown",
        FB_SNAP,
        f"update {FB_SNAP} set reach = impressions + 1 where {NOW} and post_id = 'page_20'",
        "reach_within_impressions",
        "warning",
    ),
    Planted(
        "no snapshot stored",
        FB_SNAP,
        f"delete from {FB_SNAP} where account = 'small'",
        "what_came_is_here",
        unit="small",
    ),
    # a journal of WordPress
    Planted("a day twice", WP_DAY, doubled(WP_DAY, "followers is null"), "key_unique", unit="journal"),
    Planted(
        "no zone", WP_DAY, f"update {WP_DAY} set day_timezone = null where {NOW}", "rows_can_be_placed", unit="journal"
    ),
    Planted(
        "negative views",
        WP_DAY,
        f"update {WP_DAY} set impressions = -3 where {NOW}",
        "counters_in_range",
        unit="journal",
    ),
    Planted(
        "a day before the window",
        WP_DAY,
        f"update {WP_DAY} set day = night - 30 where {NOW} and followers is null",
        "inside_the_window",
        unit="journal",
    ),
    Planted(
        "statistics stopped",
        WP_DAY,
        f"delete from {WP_DAY} where followers is null and day > date '2026-10-28'",
        "brings_recent_days",
        unit="journal",
    ),
    Planted(
        "subscribers 0",
        WP_DAY,
        f"update {WP_DAY} set followers = 0 where {NOW} and followers > 0",
        "level_not_lost",
        unit="journal",
    ),
    Planted(
        "views fall silent",
        WP_DAY,
        f"update {WP_DAY} set impressions = 0 where {NOW} and impressions > 0",
        "fell_silent_or_jumped",
        "warning",
    ),
    Planted(
        "more visitors than views",
        WP_DAY,
        f"update {WP_DAY} set reach_1d = 1000 where {NOW} and reach_1d > 0",
        "visitors_within_views",
        "warning",
    ),
    Planted("a post twice", WP_POST, doubled(WP_POST, "true"), "key_unique", unit="journal"),
    Planted(
        "a post of tomorrow",
        WP_POST,
        f"update {WP_POST} set day = night + 1 where {NOW}",
        "rows_can_be_placed",
        unit="journal",
    ),
    Planted("no post stored", WP_POST, f"delete from {WP_POST}", "what_came_is_here", unit="journal"),
    Planted(
        "views 0 for all posts",
        WP_SNAP,
        f"update {WP_SNAP} set impressions = 0 where {NOW}",
        "no_silent_zero",
        unit="journal",
    ),
    Planted(
        "no counter at all",
        WP_SNAP,
        f"update {WP_SNAP} set impressions = null, reactions = null where {NOW}",
        "counters_are_there",
        unit="journal",
    ),
    Planted(
        "negative views of a post",
        WP_SNAP,
        f"update {WP_SNAP} set impressions = -1 where {NOW}",
        "counters_in_range",
        unit="journal",
    ),
    Planted("a comment twice", WP_SAID, doubled(WP_SAID, "true"), "key_unique", unit="journal"),
    Planted(
        "a comment on nothing",
        WP_SAID,
        f"update {WP_SAID} set post_id = null where {NOW}",
        "rows_can_be_placed",
        unit="journal",
    ),
    Planted(
        "every comment vanished",
        WP_SAID,
        f"insert into {WP_SAID} by name select * replace (false as is_live, date '2026-11-02' as night)"
        f" from {WP_SAID} where day < date '2026-11-02'; update {WP_SAID} set is_live = false where {NOW}",
        "not_all_gone",
        "warning",
    ),
    # a site with Matomo
    Planted("a referrer twice", VISITS, doubled(VISITS, "report = 'label'"), "key_unique", unit="1"),
    Planted("no site", VISITS, f"update {VISITS} set site = null where {NOW}", "rows_can_be_placed", unit="1"),
    Planted(
        "a day outside the window",
        VISITS,
        f"update {VISITS} set day = date '2026-10-20' where {NOW}",
        "inside_the_window",
        unit="1",
    ),
    Planted(
        "negative visits",
        VISITS,
        f"update {VISITS} set visits = -1 where {NOW} and report = 'site'",
        "counters_in_range",
        unit="1",
    ),
    Planted(
        "more bounces than visits",
        VISITS,
        f"update {VISITS} set bounces = visits + 1 where {NOW} and report = 'site'",
        "bounces_within_visits",
        unit="1",
    ),
    Planted(
        "more visitors than visits",
        VISITS,
        f"update {VISITS} set visitors = visits + 1 where {NOW} and report = 'site'",
        "visitors_within_visits",
        "warning",
    ),
    Planted(
        "nothing of the night",
        VISITS,
        f"delete from {VISITS} where day = date '2026-11-02'",
        "the_night_is_there",
        unit="1",
    ),
    Planted(
        "an archive thrown away",
        VISITS,
        f"insert into {VISITS} by name select * replace (date '2026-11-02' as night, null as visits) from {VISITS}"
        " where day = date '2026-10-31' and night = date '2026-11-01' and report = 'site'",
        "visits_are_not_taken_back",
        unit="1",
    ),
    Planted(
        "kinds that do not add up",
        VISITS,
        f"update {VISITS} set visits = visits + 7 where {NOW} and referrer_type = 'direct'",
        "referrers_add_up",
        unit="1",
    ),
    Planted(
        "networks beyond their kind",
        VISITS,
        f"update {VISITS} set visits = 31 where {NOW} and label = 'Facebook'",
        "referrers_add_up",
        unit="1",
    ),
    Planted("orders twice", GOALS, doubled(GOALS, "true"), "key_unique", unit="1"),
    Planted("revenue of no order", GOALS, f"update {GOALS} set count = 0 where {NOW}", "amounts_in_range", unit="1"),
    # a shop of WooCommerce
    Planted("an order twice", SHOP, doubled(SHOP, "true"), "key_unique", unit="shop"),
    Planted("no state", SHOP, f"update {SHOP} set status = null where {NOW}", "rows_can_be_placed", unit="shop"),
    Planted(
        "sold after it was read",
        SHOP,
        f"update {SHOP} set occurred_at = observed_at + interval 7 hours where {NOW}",
        "rows_can_be_placed",
        unit="shop",
    ),
    Planted(
        "a value without currency",
        SHOP,
        f"update {SHOP} set currency = null where {NOW}",
        "currency_known",
        unit="shop",
    ),
    Planted(
        "a sign for a currency", SHOP, f"update {SHOP} set currency = '€' where {NOW}", "currency_known", unit="shop"
    ),
    Planted("no amounts", SHOP, f"update {SHOP} set value = null where {NOW}", "amounts_are_there", unit="shop"),
    Planted(
        "a poisoned amount",
        SHOP,
        f"update {SHOP} set value = 99999999999999 where {NOW} and status = 'confirmed'",
        "amounts_in_range",
        unit="shop",
    ),
    Planted(
        "more refunded than paid",
        SHOP,
        f"update {SHOP} set refunded_value = 50 where {NOW} and status = 'refunded'",
        "refunds_within_the_sale",
        "warning",
    ),
    Planted(
        "a sale without its amount",
        SHOP,
        f"update {SHOP} set value = null where {NOW} and status = 'confirmed'",
        "confirmed_sales_have_a_value",
        "warning",
    ),
    Planted("no order stored", SHOP, f"delete from {SHOP}", "what_came_is_here", unit="shop"),
]
