"""Faults of gate 2: what a wrong model, or wrong data below it, would publish."""

from __future__ import annotations

from tests.quality.planted import Planted

ON = "day = date '2026-11-02'"

ACCOUNT, PERIOD, COVERAGE = "kpi.account_daily", "kpi.account_period", "kpi.coverage_daily"
POST, POST_DAY, METRIC = "kpi.post", "kpi.post_daily", "kpi.metric_definition"
NATIVE = "kpi.metric_native"
HASHTAG, POSTING_TIME, CONTENT_TYPE = "kpi.hashtag", "kpi.posting_time", "kpi.content_type"
TOLD = "kpi.restatement"
SITE, NETWORK, TEAM = "kpi.site_daily", "kpi.site_network_daily", "kpi.team_daily"
VOICE = "kpi.share_of_voice"
EVENT, DAILY, MARGIN = "conversion.event", "conversion.daily", "conversion.margin_daily"
FUNNEL, CAMPAIGN = "conversion.funnel_daily", "conversion.margin_campaign"
POST_MARGIN, ATTRIBUTION = "conversion.margin_post", "conversion.attribution"
ARM_DAY, ARM_MARGIN = "conversion.experiment_day", "conversion.experiment_margin"
RESULT, ADVICE = "conversion.experiment_result", "conversion.budget_advice"
FORECAST, FORECAST_GAP, GOAL = "kpi.forecast", "kpi.forecast_gap", "kpi.goal"


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} limit 1"


def put(relation: str, changes: str, where: str = "true") -> str:
    return f"update {relation} set {changes} where {where}"


PLANTED = [
    *(
        Planted("a row twice", relation, doubled(relation), "key_unique")
        for relation in (
            ACCOUNT,
            PERIOD,
            POST,
            POST_DAY,
            TOLD,
            SITE,
            NETWORK,
            COVERAGE,
            METRIC,
            NATIVE,
            EVENT,
            DAILY,
            MARGIN,
            FUNNEL,
            CAMPAIGN,
            TEAM,
            VOICE,
        )
    ),
    *(
        Planted(f"no {column}", relation, put(relation, f"{column} = null", "rowid = 0"), "rows_can_be_placed")
        for relation, column in (
            (ACCOUNT, "day_timezone"),
            (PERIOD, "period_start"),
            (POST, "published_at"),
            (POST_DAY, "is_baseline"),
            (TOLD, "first_value"),
            (SITE, "site"),
            (NETWORK, "platform"),
            (COVERAGE, "delivered"),
            (EVENT, "status"),
            (DAILY, "action"),
            (MARGIN, "campaign"),
            (FUNNEL, "step"),
            (CAMPAIGN, "first_day"),
            (TEAM, "member"),
            (VOICE, "is_own"),
        )
    ),
    *(
        Planted(
            "a day to come", relation, put(relation, f"{column} = date '2026-11-20'", "rowid = 0"), "rows_can_be_placed"
        )
        for relation, column in (
            (ACCOUNT, "day"),
            (POST, "published_day"),
            (POST_DAY, "day"),
            (TOLD, "day"),
            (SITE, "day"),
            (EVENT, "occurred_day"),
            (DAILY, "day"),
            (MARGIN, "day"),
            (FUNNEL, "day"),
            (TEAM, "day"),
            (VOICE, "day"),
        )
    ),
    # the voices around the brand
    Planted("a rival left out", VOICE, f"delete from {VOICE} where not is_own and {ON}", "every_voice_is_there"),
    Planted("other followers", VOICE, put(VOICE, "followers = followers + 1", "is_own"), "every_voice_is_there"),
    Planted("nobody beside the brand", VOICE, f"delete from {VOICE} where not is_own", "somebody_to_compare_with"),
    Planted("a voice more", VOICE, put(VOICE, "accounts_compared = 3", ON), "somebody_to_compare_with"),
    Planted(
        "a total of those who are known",
        VOICE,
        put(VOICE, "engagements_total = 40", "engagements_total is null"),
        "totals_are_of_all",
    ),
    Planted("half of the followers", VOICE, put(VOICE, "followers_total = followers"), "totals_are_of_all"),
    Planted(
        "posts of two days beside those of one",
        VOICE,
        put(VOICE, "days_covered = 2", f"not is_own and {ON}"),
        "totals_are_of_all",
    ),
    Planted(
        "a share of others", VOICE, put(VOICE, "followers_share = 1 - followers_share"), "shares_are_their_quotients"
    ),
    Planted("an unknown share is 0", VOICE, put(VOICE, "engagements_share = 0"), "shares_are_their_quotients"),
    Planted("minus one post", VOICE, put(VOICE, "posts_published = -1", "not is_own"), "counts_are_counts"),
    Planted("posts of no days", VOICE, put(VOICE, "days_covered = null"), "counts_are_counts"),
    Planted(
        "a rival is gone",
        VOICE,
        "delete from core.public_account_day where day > date '2026-10-29'",
        "a_voice_fell_silent",
        "warning",
    ),
    # the team
    Planted("a stranger's name", TEAM, put(TEAM, "member = 'Ann'", "rowid = 0"), "only_the_team_has_names"),
    Planted("posts forgotten", TEAM, put(TEAM, "posts = posts - 1", "posts > 0"), "everything_written_is_counted"),
    Planted(
        "posts of two people",
        TEAM,
        f"insert into {TEAM} select * replace ('unattributed' as member) from {TEAM} where member = 'Ada'",
        "everything_written_is_counted",
    ),
    Planted("answers lost", TEAM, put(TEAM, "replies = 0, first_responses = 0"), "everything_written_is_counted"),
    Planted("minus one waits", TEAM, put(TEAM, "unanswered_24h = -1"), "counters_in_order"),
    Planted("a first answer of nobody", TEAM, put(TEAM, "replies = 0", "first_responses > 0"), "counters_in_order"),
    Planted("a wait of nobody", TEAM, put(TEAM, "first_responses = 0"), "waits_are_of_answers"),
    Planted("unanswered waits 0", TEAM, put(TEAM, "response_minutes_median = 0"), "waits_are_of_answers"),
    Planted(
        "nine of ten are faster than half",
        TEAM,
        put(TEAM, "response_minutes_p90 = response_minutes_median - 1"),
        "waits_are_of_answers",
    ),
    Planted("nobody waits yet", TEAM, put(TEAM, "unanswered_24h = 0", ON), "nobody_is_late_too_soon"),
    Planted(
        "a week without an answer",
        TEAM,
        put(TEAM, "first_responses = 0, unanswered_24h = 1", "day > date '2026-10-26'"),
        "team_fell_silent",
        "warning",
    ),
    # accounts
    Planted("the night is missing", ACCOUNT, f"delete from {ACCOUNT} where {ON}", "every_account_has_the_night"),
    Planted("a day left out", ACCOUNT, f"delete from {ACCOUNT} where day = date '2026-10-25'", "no_gap"),
    Planted(
        "absent became 0", ACCOUNT, put(ACCOUNT, "reach_28d = 0", "reach_28d is null"), "carries_what_was_observed"
    ),
    Planted("a level lost", ACCOUNT, put(ACCOUNT, "followers = null"), "carries_what_was_observed"),
    Planted(
        "clicks forgotten",
        ACCOUNT,
        put(ACCOUNT, "engagements = engagements - clicks", "clicks > 0"),
        "engagements_add_up",
    ),
    Planted("no part, yet 0", ACCOUNT, put(ACCOUNT, "engagements = 0", "engagements is null"), "engagements_add_up"),
    Planted("parts unnamed", ACCOUNT, put(ACCOUNT, "engagement_parts = null"), "engagements_add_up"),
    Planted("net is gained alone", ACCOUNT, put(ACCOUNT, "followers_net = followers_gained"), "followers_add_up"),
    Planted(
        "a residual lost", ACCOUNT, put(ACCOUNT, "follower_residual = 50", "follower_residual = 0"), "followers_add_up"
    ),
    Planted(
        "a shift unmarked",
        ACCOUNT,
        "update core.account_day set followers = 100 where day = date '2026-11-01' and account = 'page';"
        + put(ACCOUNT, "followers = 100", "day = date '2026-11-01' and account = 'page'"),
        "followers_add_up",
    ),
    Planted(
        "a purge", ACCOUNT, put(ACCOUNT, "is_level_shift = true", "day = date '2026-11-01'"), "level_shift", "warning"
    ),
    Planted(
        "a rate of another reach", ACCOUNT, put(ACCOUNT, "engagement_rate_by_reach = 0.5"), "rates_are_their_quotients"
    ),
    Planted(
        "a start of another day",
        ACCOUNT,
        put(ACCOUNT, "followers_start = followers_start + 1", "followers_start is not null"),
        "followers_add_up",
    ),
    Planted("complete without all", ACCOUNT, put(ACCOUNT, "streams_delivered = 1"), "rates_are_their_quotients"),
    Planted("more than complete", ACCOUNT, put(ACCOUNT, "completeness = 1.2"), "rates_are_their_quotients"),
    Planted("final too early", ACCOUNT, put(ACCOUNT, "is_final = true"), "final_days_come_first"),
    Planted(
        "an open day before a final one",
        ACCOUNT,
        put(ACCOUNT, "is_final = true", "rowid % 2 = 0"),
        "final_days_come_first",
    ),
    Planted(
        "visits on two accounts",
        ACCOUNT,
        put(ACCOUNT, "visits = 28", "account in ('page', 'small')"),
        "site_results_counted_once",
    ),
    Planted("another number of visits", ACCOUNT, put(ACCOUNT, "visits = visits + 1"), "site_results_agree"),
    # restatements
    Planted(
        "the first value served", TOLD, put(TOLD, "last_value = first_value", "changes > 0"), "ends_with_what_is_served"
    ),
    Planted("a metric forgotten", TOLD, f"delete from {TOLD} where metric = 'reach_7d'", "ends_with_what_is_served"),
    Planted(
        "another platform's export",
        TOLD,
        put(TOLD, "last_value = last_value + 1", "rowid = 0"),
        "ends_with_what_is_served",
    ),
    Planted("a change uncounted", TOLD, put(TOLD, "changes = 0", "changes > 0"), "changes_agree_with_values"),
    Planted(
        "changed before it was seen",
        TOLD,
        put(TOLD, "last_changed_at = first_observed_at - interval 1 day", "changes > 0"),
        "changes_agree_with_values",
    ),
    Planted(
        "settled while it may move",
        TOLD,
        put(TOLD, "days_until_final = 3", "not is_final"),
        "settled_only_when_final",
    ),
    Planted(
        "three weeks cut by a third",
        TOLD,
        "update core.account_day set impressions = 300;"
        + put(
            TOLD,
            "first_value = 450, last_value = 300, changes = 1, last_changed_at = timestamp '2026-11-03 03:00:00'",
            "metric = 'impressions'",
        ),
        "a_month_moved_at_once",
        "warning",
    ),
    # periods
    Planted(
        "weeks from Sunday",
        PERIOD,
        put(PERIOD, "period_start = period_start - 1", "period_kind = 'week'"),
        "periods_are_calendar_periods",
    ),
    Planted("a fortnight", PERIOD, put(PERIOD, "period_kind = 'fortnight'"), "periods_are_calendar_periods"),
    Planted(
        "this week is missing",
        PERIOD,
        f"delete from {PERIOD} where period_end >= date '2026-11-02'",
        "the_night_is_in_its_periods",
    ),
    Planted("a sum off by one", PERIOD, put(PERIOD, "impressions = impressions + 1"), "sums_of_days"),
    Planted("reach summed", PERIOD, put(PERIOD, "reach_lower_bound = reach_upper_bound"), "reach_within_its_windows"),
    Planted("reach lost", PERIOD, put(PERIOD, "reach_lower_bound = null"), "reach_within_its_windows"),
    Planted(
        "more than all of its days",
        PERIOD,
        put(PERIOD, "reach_upper_bound = reach_upper_bound + 1"),
        "reach_within_its_windows",
    ),
    Planted(
        "against another week",
        PERIOD,
        put(PERIOD, "engagements_change = 1 + coalesce(engagements_change, engagements)"),
        "changes_are_between_neighbours",
    ),
    Planted("a shift forgotten", PERIOD, put(PERIOD, "followers_shifted = 7"), "sums_of_days"),
    Planted("grown by a shift", PERIOD, put(PERIOD, "follower_growth_rate = 0.5"), "rates_are_quotients_of_sums"),
    Planted("bounds turned round", PERIOD, put(PERIOD, "reach_lower_bound = reach_upper_bound + 1"), "bounds_in_order"),
    Planted("eight days a week", PERIOD, put(PERIOD, "days_covered = 8", "period_kind = 'week'"), "bounds_in_order"),
    Planted(
        "a mean of rates", PERIOD, put(PERIOD, "engagement_rate_by_impressions = 0.07"), "rates_are_quotients_of_sums"
    ),
    # posts
    Planted("a deleted post dropped", POST, f"delete from {POST} where deleted_at is not null", "every_post_is_there"),
    Planted(
        "counters dropped",
        POST,
        put(POST, "impressions = null, virality = null, engagement_rate_by_impressions = null"),
        "every_post_is_there",
    ),
    Planted(
        "engagements without comments", POST, put(POST, "engagements = engagements - comments"), "engagements_add_up"
    ),
    Planted("applause is not reactions", POST, put(POST, "applause = 99"), "engagements_add_up"),
    Planted("virality of another post", POST, put(POST, "virality = 0.5"), "rates_are_their_quotients"),
    Planted("minus one view", POST, put(POST, "video_views = -1"), "lifetime_counters_not_negative"),
    Planted(
        "more likes taken back than given",
        POST,
        put(POST, "reactions = -1, applause = -1, engagements = engagements - reactions - 1", "reactions > 0"),
        "more_taken_back_than_given",
        "warning",
    ),
    Planted("no local zone", POST, put(POST, "local_timezone = null", "rowid = 0"), "rows_can_be_placed"),
    Planted("a rate without a base", POST, put(POST, "rate_basis = 'luck'"), "shrunk_lies_between"),
    Planted("a base that is not the first", POST, put(POST, "rate_basis = 'reach'"), "shrunk_lies_between"),
    Planted("shrunk beyond all posts", POST, put(POST, "engagement_rate_shrunk = 7"), "shrunk_lies_between"),
    Planted("the 101st percentile", POST, put(POST, "percentile = 101"), "percentile_in_range"),
    Planted("younger with more", POST, put(POST, "impressions_day_1 = 100000"), "values_at_age_grow", "warning"),
    Planted(
        "gone before it came",
        POST,
        put(POST, "deleted_at = timestamp '2020-01-01'"),
        "deleted_after_published",
        "warning",
    ),
    # days of posts
    Planted(
        "a night of snapshots lost",
        POST_DAY,
        f"delete from {POST_DAY} where {ON}",
        "every_snapshot_of_the_night_is_there",
    ),
    Planted("totals lost", POST_DAY, put(POST_DAY, "reach_total = null", ON), "every_snapshot_of_the_night_is_there"),
    Planted("a post that nobody knows", POST_DAY, put(POST_DAY, "post_id = 'other'", "rowid = 0"), "post_is_known"),
    Planted(
        "a day given twice",
        POST_DAY,
        put(POST_DAY, "impressions = impressions * 2", "impressions > 0"),
        "days_rebuild_the_totals",
    ),
    Planted(
        "a gap called one day",
        POST_DAY,
        f"delete from {POST_DAY} where day = date '2026-10-31'",
        "days_rebuild_the_totals",
    ),
    Planted(
        "a baseline with a delta",
        POST_DAY,
        put(POST_DAY, "is_baseline = true", "impressions > 0"),
        "first_sight_is_the_baseline",
    ),
    Planted("a day of no length", POST_DAY, put(POST_DAY, "days_covered = 0"), "first_sight_is_the_baseline"),
    Planted("a loss unflagged", POST_DAY, put(POST_DAY, "has_negative = false"), "first_sight_is_the_baseline"),
    # sites
    Planted(
        "a day of visits lost", SITE, f"delete from {SITE} where day = date '2026-10-30'", "every_visit_day_is_there"
    ),
    Planted("visits lost", SITE, put(SITE, "visits = null"), "every_visit_day_is_there"),
    Planted(
        "more bounces than visits", SITE, put(SITE, "bounces = visits + 1, engaged_visits = -1"), "counters_in_order"
    ),
    Planted("networks beyond the site", SITE, put(SITE, "visits_from_networks = visits + 1"), "counters_in_order"),
    Planted(
        "a bounce rate of visitors", SITE, put(SITE, "bounce_rate = bounces / visitors"), "rates_are_their_quotients"
    ),
    Planted(
        "the code is gone", SITE, put(SITE, "visits = 0", "day = date '2026-11-01'"), "site_fell_silent", "warning"
    ),
    Planted("events for pages", SITE, put(SITE, "page_views = visits - 1"), "fewer_pages_than_visits", "warning"),
    Planted(
        "a network lost", NETWORK, f"delete from {NETWORK} where platform = 'facebook'", "networks_add_up_to_the_site"
    ),
    Planted("a share of the networks", NETWORK, put(NETWORK, "share = 1.5"), "shares_in_range"),
    Planted(
        "no unattributed visits",
        NETWORK,
        f"delete from {NETWORK} where platform = 'unattributed'",
        "unattributed_is_shown",
        "warning",
    ),
    # coverage and definitions
    Planted(
        "a stream nobody mentions",
        COVERAGE,
        f"delete from {COVERAGE} where stream = 'posts'",
        "every_expected_stream_is_there",
    ),
    Planted("rows of nothing", COVERAGE, put(COVERAGE, "delivered = false"), "counts_are_counts"),
    Planted(
        "a failed unit",
        COVERAGE,
        put(COVERAGE, "delivered = false, rows = null", f"{ON} and platform = 'matomo'"),
        "delivered",
        "warning",
    ),
    Planted(
        "a platform behind",
        COVERAGE,
        put(COVERAGE, "newest_day = day - 3", f"{ON} and platform = 'matomo'"),
        "late",
        "warning",
    ),
    Planted("no definitions", METRIC, f"delete from {METRIC}", "has_rows"),
    Planted("no French name", METRIC, put(METRIC, "label_fr = ' '"), "defined"),
    Planted("no French meaning", METRIC, put(METRIC, "description_fr = null"), "defined"),
    Planted("an unknown additivity", METRIC, put(METRIC, "additivity = 'mean'"), "defined"),
    Planted("a ratio to be summed", METRIC, put(METRIC, "additivity = 'sum'"), "ratios_name_both_parts"),
    Planted("half a ratio", METRIC, put(METRIC, "denominator = null"), "ratios_name_both_parts"),
    Planted("no native names", NATIVE, f"delete from {NATIVE}", "has_rows"),
    Planted("a name without its source", NATIVE, put(NATIVE, "documentation = ''"), "named"),
    Planted("a name of no metric", NATIVE, put(NATIVE, "name = 'sparkle'"), "of_a_defined_metric"),
    Planted("an end before its beginning", NATIVE, put(NATIVE, "valid_to = date '2025-01-01'"), "validity_in_order"),
    Planted("a retired name that never ended", NATIVE, put(NATIVE, "valid_to = null"), "one_name_at_a_time"),
    # conversions
    Planted("a sale dropped", EVENT, f"delete from {EVENT} where native_id = '1100'", "every_conversion_is_there"),
    Planted("amounts lost", EVENT, put(EVENT, "value_reporting = null"), "every_conversion_is_there"),
    Planted("an action of our own", EVENT, put(EVENT, "action = 'purchase'"), "known_words"),
    Planted("a state of our own", EVENT, put(EVENT, "status = 'done'"), "known_words"),
    Planted("dollars called $", EVENT, put(EVENT, "currency = '$'", "value is not null"), "currency_known"),
    Planted("gross called net", EVENT, put(EVENT, "value_reporting = value"), "net_is_gross_minus_refunds"),
    Planted(
        "a currency without rate",
        EVENT,
        put(EVENT, "currency = 'SEK', value_reporting = null", "value > 0"),
        "rate_missing",
        "warning",
    ),
    Planted("counted 0 times", EVENT, put(EVENT, "count = 0"), "counts_are_whole"),
    Planted("minus one sale", EVENT, put(EVENT, "count = -1", "action = 'sale'"), "counts_are_whole"),
    Planted(
        "refunded twice",
        EVENT,
        put(EVENT, "refunded_value = 2 * value", "value > 0"),
        "refund_beyond_the_sale",
        "warning",
    ),
    Planted("a conversion more", DAILY, put(DAILY, "conversions = conversions + 1"), "every_event_is_counted"),
    Planted("a step left out", FUNNEL, f"delete from {FUNNEL} where step = 'clicks'", "every_way_has_its_steps"),
    Planted("a day of the funnel lost", FUNNEL, f"delete from {FUNNEL} where {ON}", "every_way_has_its_steps"),
    Planted(
        "a rate of the first step",
        FUNNEL,
        put(FUNNEL, "step_rate = 0.5", "position = 3"),
        "a_rate_is_of_the_step_before",
    ),
    Planted(
        "fewer than nobody",
        FUNNEL,
        put(FUNNEL, "step_count = -1, step_rate = -1 / nullif(previous_count, 0)", "position = 5"),
        "counts_in_range",
    ),
    Planted(
        "more engaged than came",
        FUNNEL,
        put(
            FUNNEL,
            "step_count = previous_count + 1, step_rate = (previous_count + 1) / nullif(previous_count, 0)",
            "step = 'engaged_visits' and previous_count > 0",
        ),
        "engaged_within_visits",
    ),
    Planted("a campaign without a name", CAMPAIGN, put(CAMPAIGN, "campaign = ''"), "rows_can_be_placed"),
    Planted("a visit too many", CAMPAIGN, put(CAMPAIGN, "visits = visits + 1"), "sums_are_those_of_the_days"),
    Planted("the campaign is gone", CAMPAIGN, f"delete from {CAMPAIGN}", "sums_are_those_of_the_days"),
    Planted("a cent more margin", CAMPAIGN, put(CAMPAIGN, "gross_margin = gross_margin + 0.01"), "margin_identity"),
    Planted("a mean of the days", CAMPAIGN, put(CAMPAIGN, "conversion_rate = 0.5"), "ratios_are_of_sums"),
    Planted("revenue lost", DAILY, put(DAILY, "revenue = null"), "every_event_is_counted"),
    Planted("visits of nobody", DAILY, put(DAILY, "visits = visits + 5"), "visits_are_the_sites"),
    Planted("a network lost", DAILY, f"delete from {DAILY} where platform = 'facebook'", "visits_are_the_sites"),
    Planted(
        "a rate per visitor",
        DAILY,
        put(DAILY, "conversion_rate = conversion_rate * 1.1", "conversion_rate > 0"),
        "rate_times_visits_is_conversions",
    ),
    Planted(
        "a basket without refunds", DAILY, put(DAILY, "average_basket = average_basket + 1"), "money_is_its_quotients"
    ),
    Planted(
        "the cost of another click",
        DAILY,
        put(DAILY, "cost_per_visit = cost_per_visit + 0.01"),
        "money_is_its_quotients",
    ),
    Planted(
        "a return of nothing",
        DAILY,
        put(DAILY, "return_on_ad_spend = 4", "acquisition_cost = 0"),
        "money_is_its_quotients",
    ),
    Planted(
        "more sales than visits",
        DAILY,
        put(DAILY, "visits = 1, conversions = 3, conversion_rate = 3", f"{ON} and action = 'sale' and visits > 0"),
        "more_conversions_than_visits",
        "warning",
    ),
    Planted(
        "no unattributed visits",
        DAILY,
        f"delete from {DAILY} where platform = 'unattributed'",
        "unattributed_is_shown",
        "warning",
    ),
    Planted("a margin without cost", MARGIN, put(MARGIN, "gross_margin = revenue"), "margin_identity"),
    Planted("a cent off", MARGIN, put(MARGIN, "gross_margin = gross_margin + 0.01"), "margin_identity"),
    Planted("cost of goods forgotten", MARGIN, put(MARGIN, "contribution_margin = gross_margin"), "margin_identity"),
    Planted(
        "a basket of another day",
        MARGIN,
        put(MARGIN, "average_basket = 1", "conversions > 0"),
        "rate_times_visits_is_conversions",
    ),
    Planted("a paying day lost", MARGIN, f"delete from {MARGIN} where {ON}", "every_paying_day_is_there"),
    Planted("revenue lost", MARGIN, put(MARGIN, "revenue = null, gross_margin = null"), "every_paying_day_is_there"),
]
