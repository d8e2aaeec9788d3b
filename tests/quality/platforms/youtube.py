"""What must never be believed of YouTube, and what only looks odd."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

DAY, LEVEL = "staging.youtube_account_day", "staging.youtube_public_account_day"
POST, SNAP, SAID = "staging.youtube_post", "staging.youtube_post_snapshot", "staging.youtube_response"
NOW = "night = date '2026-11-02'"


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} limit 1"


def put(relation: str, changes: str, where: str = "true") -> str:
    return f"update {relation} set {changes} where {NOW} and {where}"


def caught(what: str, relation: str, sql: str, rule: str) -> Planted:
    return Planted(what, relation, sql, rule, unit="channel")


def told(what: str, relation: str, sql: str, rule: str) -> Planted:
    return Planted(what, relation, sql, rule, "warning")


OURS = "account = 'channel'"
PLANTED: Final = [
    # days of a channel
    caught("a day twice", DAY, f"insert into {DAY} select * from {DAY} where {NOW} and {OURS} limit 1", "key_unique"),
    caught("a day to come", DAY, put(DAY, "day = night + 1", OURS), "rows_can_be_placed"),
    caught("no zone", DAY, put(DAY, "day_timezone = null", OURS), "rows_can_be_placed"),
    caught(
        "a day before the window",
        DAY,
        put(DAY, "day = night - 40", "day = date '2026-10-30'"),
        "inside_the_window",
    ),
    caught("negative views", DAY, put(DAY, "impressions = -1, video_views = -1", "shares > 0"), "counters_in_range"),
    caught("more subscribers than people", DAY, put(DAY, "followers = 20000000000", OURS), "counters_in_range"),
    caught(
        "Analytics fell silent",
        DAY,
        f"delete from {DAY} where impressions is not null and day > date '2026-10-26'",
        "brings_recent_days",
    ),
    caught("all subscribers gone", DAY, put(DAY, "followers = 0", f"followers > 0 and {OURS}"), "level_not_lost"),
    told(
        "views fall silent",
        DAY,
        put(DAY, "impressions = 0", "day = date '2026-10-30'"),
        "fell_silent_or_jumped",
    ),
    told("an exact level", DAY, put(DAY, "followers = 12345", f"followers > 0 and {OURS}"), "level_is_rounded"),
    told("more likes than views", DAY, put(DAY, "reactions = 5000", "shares > 0"), "engagement_within_views"),
    # channels of others
    caught("a channel twice", LEVEL, doubled(LEVEL), "key_unique"),
    caught("no zone of others", LEVEL, put(LEVEL, "day_timezone = null"), "rows_can_be_placed"),
    caught("fewer than nobody", LEVEL, put(LEVEL, "followers = -1"), "counters_in_range"),
    caught("less than no videos", LEVEL, put(LEVEL, "posts_total = -1"), "counters_in_range"),
    told("an exact level of others", LEVEL, put(LEVEL, "followers = 48312"), "level_is_rounded"),
    # videos
    caught("a video twice", POST, doubled(POST), "key_unique"),
    caught("no moment of publication", POST, put(POST, "published_at = null"), "rows_can_be_placed"),
    caught(
        "published after it was read",
        POST,
        put(POST, "published_at = observed_at + interval 7 hours"),
        "rows_can_be_placed",
    ),
    caught("a video of last year", POST, put(POST, "day = date '2025-10-30'"), "inside_the_window"),
    caught("videos came, none is stored", POST, f"delete from {POST}", "what_came_is_here"),
    caught(
        "every video vanished",
        POST,
        f"delete from {POST} where {NOW}; insert into {POST} by name select distinct on (post_id)"
        f" * replace (true as is_absent, date '2026-11-02' as night) from {POST}",
        "not_all_gone",
    ),
    # counters of videos
    caught("a snapshot twice", SNAP, doubled(SNAP), "key_unique"),
    caught("no id", SNAP, put(SNAP, "post_id = null"), "rows_can_be_placed"),
    caught("minus one like", SNAP, put(SNAP, "reactions = -1"), "counters_in_range"),
    caught("no views at all", SNAP, put(SNAP, "video_views = null, impressions = null"), "counters_are_there"),
    caught("likes 0 for all videos", SNAP, put(SNAP, "reactions = 0"), "no_silent_zero"),
    told("half of the views gone", SNAP, put(SNAP, "impressions = impressions // 4"), "fell_or_vanished"),
    told("comments no longer given", SNAP, put(SNAP, "comments = null"), "fell_or_vanished"),
    caught("no snapshot stored", SNAP, f"delete from {SNAP}", "what_came_is_here"),
    # comments
    caught("a comment twice", SAID, doubled(SAID), "key_unique"),
    caught("a comment on nothing", SAID, put(SAID, "post_id = null"), "rows_can_be_placed"),
    caught("a comment of last year", SAID, put(SAID, "day = date '2025-10-30'"), "inside_the_window"),
    caught("no comment stored", SAID, f"delete from {SAID}", "what_came_is_here"),
    told(
        "every comment vanished",
        SAID,
        f"insert into {SAID} by name select * replace (false as is_live, date '2026-11-02' as night) from {SAID}"
        f" where day < date '2026-11-02'; {put(SAID, 'is_live = false')}",
        "not_all_gone",
    ),
]

LEGAL: Final[Mapping[str, str]] = {
    "three days late": f"delete from {DAY} where impressions is not null and {NOW}",
    "days left out": f"delete from {DAY} where impressions is not null and day in (date '2026-10-27', '2026-10-28')",
    "a quiet channel without views for a week": f"delete from {DAY} where impressions is not null"
    " and (day > date '2026-10-25' or isodow(day) < 5)",
    "more likes taken back than given": put(DAY, "reactions = -40", "shares > 0"),
    "a level that the channel hides from now on": put(DAY, "followers = null", OURS),
    "likes hidden everywhere": put(SNAP, "reactions = null"),
    "comments switched off everywhere": put(SNAP, "comments = null"),
    "Analytics without shares yet": put(SNAP, "shares = null"),
    "two videos deleted": f"insert into {POST} by name select distinct on (post_id) * replace (true as is_absent,"
    f" date '2026-11-02' as night) from {POST} where post_id in ('v18', 'v16')",
    "a night without news": f"delete from {POST} where {NOW}; delete from {SNAP} where {NOW};"
    f" delete from {SAID} where {NOW}",
}
