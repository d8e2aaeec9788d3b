"""Faults in the tables that compare posts: hashtags, hours of the week, types of content."""

from __future__ import annotations

from tests.quality.planted import Planted
from tests.quality.planted_marts import CONTENT_TYPE, HASHTAG, POST, POSTING_TIME, doubled, put

GROUPS = (HASHTAG, POSTING_TIME, CONTENT_TYPE)
# A row that has a rate from which chance was taken out.
SHRUNK = "engagement_rate_shrunk is not null"

OF_POSTS = [
    *(Planted("a row twice", relation, doubled(relation), "key_unique") for relation in GROUPS),
    *(
        Planted(f"no {column}", relation, put(relation, f"{column} = null", "rowid = 0"), "rows_can_be_placed")
        for relation, column in (
            (HASHTAG, "hashtag"),
            (POSTING_TIME, "local_timezone"),
            (CONTENT_TYPE, "type"),
        )
    ),
    *(
        Planted("a day to come", relation, put(relation, changes, "rowid = 0"), "rows_can_be_placed")
        for relation, changes in (
            (HASHTAG, "week = date '2026-11-16', period_start = date '2026-08-24', period_end = date '2026-11-22'"),
            (POSTING_TIME, "period_start = date '2025-11-21', period_end = date '2026-11-20'"),
            (CONTENT_TYPE, "month = date '2026-12-01', period_end = date '2026-12-31'"),
        )
    ),
    Planted("a week from Sunday on", HASHTAG, put(HASHTAG, "week = week - 1"), "rows_can_be_placed"),
    Planted("an eighth day", POSTING_TIME, put(POSTING_TIME, "weekday = 8", "rowid = 0"), "rows_can_be_placed"),
    Planted("hour 24", POSTING_TIME, put(POSTING_TIME, "hour = 24", "rowid = 0"), "rows_can_be_placed"),
    Planted("half a month", CONTENT_TYPE, put(CONTENT_TYPE, "month = month + 14"), "rows_can_be_placed"),
    # posts
    Planted("a percentile of two posts", POST, put(POST, "percentile = 50, percentile_posts = 2"),
            "percentile_in_range"),
    Planted("posts that were compared with nobody", POST, put(POST, "percentile_posts = null"), "percentile_in_range"),
    Planted("a rate beside its interval", POST, put(POST, "engagement_rate_low = engagement_rate_high"),
            "rate_lies_in_its_interval"),
    Planted("an interval of another base", POST, put(POST, "engagement_rate_high = engagement_rate_low"),
            "rate_lies_in_its_interval"),
    Planted("half an interval", POST, put(POST, "engagement_rate_low = null"), "rate_lies_in_its_interval"),
    # hashtags
    Planted("a week without its hashtag", HASHTAG, f"delete from {HASHTAG} where rowid = 0", "every_use_is_there"),
    Planted("deleted posts forgotten", HASHTAG, f"update {POST} set hashtags = ['vent'] where deleted_at is not null",
            "every_use_is_there"),
    Planted("a use that was none", HASHTAG, put(HASHTAG, "hashtag = 'vent'", "rowid = 0"), "every_use_is_there"),
    Planted("more rated than made", HASHTAG, put(HASHTAG, "posts_rated = posts + 1"), "counts_in_order"),
    Planted("interactions of no post", HASHTAG, put(HASHTAG, "posts_rated_without = 0"), "counts_in_order"),
    Planted("a base of taste", HASHTAG, put(HASHTAG, "rate_basis = 'luck'"), "counts_in_order"),
    Planted("a mean of the rates", HASHTAG, put(HASHTAG, "engagement_rate_with = 0.5", "posts_rated >= 5"),
            "rates_are_their_quotients"),
    Planted("a rate of one post", HASHTAG, put(HASHTAG, "engagement_rate_with = engagements_with / base_with",
            "posts_rated < 5"), "rates_are_their_quotients"),
    Planted("a lift of one post", HASHTAG, put(HASHTAG, "lift = 0.1", "lift is null"), "lift_is_the_difference"),
    Planted("a quotient for a difference", HASHTAG, put(HASHTAG, "lift = 1.2"), "lift_is_the_difference"),
    Planted("a lift beside its interval", HASHTAG, put(HASHTAG, "lift_low = lift + 0.01, lift_high = lift + 0.02"),
            "lift_is_the_difference"),
    Planted("half an interval", HASHTAG, put(HASHTAG, "lift_low = null"), "lift_is_the_difference"),
    Planted("a text without blanks", HASHTAG, put(HASHTAG, "hashtag = repeat('a', 301)", "rowid = 0"),
            "hashtag_beyond_reason", "warning"),
    # hours of the week
    Planted("an hour is gone", POSTING_TIME, f"delete from {POSTING_TIME} where rowid = 0", "every_post_is_counted"),
    Planted("the hours of last week", POSTING_TIME,
            put(POSTING_TIME, "period_start = period_start - 7, period_end = period_end - 7"), "every_post_is_counted"),
    Planted("an hour of nobody", POSTING_TIME, put(POSTING_TIME, "posts = 0"), "counts_in_order"),
    Planted("sums of no post", POSTING_TIME, put(POSTING_TIME, "posts_rated = 0"), "counts_in_order"),
    Planted("a rate of all hours", POSTING_TIME, put(POSTING_TIME, "engagement_rate = 0.03"),
            "rates_are_their_quotients"),
    # types
    Planted("a type is gone", CONTENT_TYPE, f"delete from {CONTENT_TYPE} where type = 'photo'",
            "every_post_is_counted"),
    Planted("a post edited since", CONTENT_TYPE, f"update {POST} set type = 'text' where rowid = 0",
            "every_post_is_counted"),
    Planted("people of two posts added up", CONTENT_TYPE, put(CONTENT_TYPE, "reach_lower_bound = reach_upper_bound"),
            "every_post_is_counted"),
    Planted("more rated than made", CONTENT_TYPE, put(CONTENT_TYPE, "posts_rated = posts + 1"), "counts_in_order"),
    Planted("bounds changed places", CONTENT_TYPE, put(CONTENT_TYPE,
            "reach_lower_bound = reach_upper_bound + 1"), "counts_in_order"),
    Planted("a rate of all posts", CONTENT_TYPE,
            put(CONTENT_TYPE, "engagement_rate_by_impressions = engagements / (impressions + 1)"),
            "rates_are_their_quotients"),
    Planted("a mean of the rates", CONTENT_TYPE, put(CONTENT_TYPE, "engagement_rate = 0.03"),
            "rates_are_their_quotients"),
    # what is left when chance is taken out
    *(
        fault
        for relation in (POSTING_TIME, CONTENT_TYPE)
        for fault in (
            Planted("a rate beside its interval", relation, put(relation, "rate_low = rate_high", SHRUNK),
                    "shrunk_lies_in_its_interval"),
            Planted("no interval", relation, put(relation, "rate_high = null", SHRUNK), "shrunk_lies_in_its_interval"),
            Planted("a weight above 1", relation, put(relation, "own_weight = 1.2", SHRUNK),
                    "shrunk_lies_in_its_interval"),
            Planted("the best is last", relation, put(relation, "rank = 1 + rank", SHRUNK),
                    "ranked_by_the_shrunk_rate"),
            Planted("a rank without a rate", relation, put(relation, "rank = 1", f"not ({SHRUNK})"),
                    "ranked_by_the_shrunk_rate"),
        )
    ),
]  # fmt: skip
