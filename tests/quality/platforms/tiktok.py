"""What the suites of TikTok must catch, and what they must let pass."""

from __future__ import annotations

from tests.quality.planted import Planted

DAY, SEGMENT, POST = "staging.tiktok_account_day", "staging.tiktok_audience_day", "staging.tiktok_post"
SNAP, SAID = "staging.tiktok_post_snapshot", "staging.tiktok_response"
OURS, UNIT = "account = 'atelier'", "atelier"
NOW = f"night = date '2026-11-02' and {OURS}"


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} limit 1"


def changed(relation: str, change: str) -> str:
    return f"update {relation} set {change} where {NOW}"


PLANTED = [
    *(
        Planted("a row twice", relation, doubled(relation), "key_unique", unit=UNIT)
        for relation in (DAY, SEGMENT, POST, SNAP, SAID)
    ),
    *(
        Planted("tomorrow", relation, changed(relation, "day = night + 1"), "rows_can_be_placed", unit=UNIT)
        for relation in (DAY, SEGMENT, POST, SNAP, SAID)
    ),
    *(
        Planted("no run", relation, changed(relation, "run_id = null"), "rows_can_be_placed", unit=UNIT)
        for relation in (DAY, SEGMENT, POST, SNAP, SAID)
    ),
    *(
        Planted("before the window", relation, changed(relation, "day = night - 40"), "inside_the_window", unit=UNIT)
        for relation in (DAY, POST, SAID)
    ),
    # the account's days
    Planted("minus one follower", DAY, changed(DAY, "followers = -1"), "counters_in_range", unit=UNIT),
    Planted("more than there are people", DAY, changed(DAY, "followers = 2e10"), "counters_in_range", unit=UNIT),
    Planted("10^18 views", DAY, changed(DAY, "video_views = 1000000000000000000"), "counters_in_range", unit=UNIT),
    Planted(
        "days that stopped",
        DAY,
        f"delete from {DAY} where {OURS} and day between date '2026-10-30' and date '2026-11-01'",
        "brings_recent_days",
        unit=UNIT,
    ),
    Planted(
        "days of nothing but levels",
        DAY,
        f"update {DAY} set followers_gained = null, followers_lost = null, reach_1d = null, reactions = null,"
        f" comments = null, shares = null, video_views = null, profile_views = null where {OURS}",
        "brings_recent_days",
        unit=UNIT,
    ),
    Planted(
        "growth instead of the level",
        DAY,
        f"update {DAY} set followers = case when day < night then 7 else 12000 end where {NOW}",
        "level_is_a_level",
        unit=UNIT,
    ),
    Planted("everybody left", DAY, changed(DAY, "followers = 0"), "level_not_lost", unit=UNIT),
    Planted(
        "reached without a view",
        DAY,
        changed(DAY, "reach_1d = 1000 + video_views"),
        "reach_within_views",
        "warning",
    ),
    Planted(
        "views fall silent",
        DAY,
        f"update {DAY} set video_views = 0, reach_1d = 0 where {OURS} and day = date '2026-11-01'",
        "fell_silent_or_jumped",
        "warning",
    ),
    # the audience
    Planted("a segment below nothing", SEGMENT, changed(SEGMENT, "followers = -5"), "counters_in_range", unit=UNIT),
    Planted("segments without shares", SEGMENT, changed(SEGMENT, "followers = null"), "shares_are_there", unit=UNIT),
    Planted(
        "a segment without a name", SEGMENT, changed(SEGMENT, "segment = 'countries:'"), "rows_can_be_placed", unit=UNIT
    ),
    Planted(
        "percent instead of shares",
        SEGMENT,
        changed(SEGMENT, "followers = 100 * followers"),
        "a_segment_is_a_part",
        "warning",
    ),
    # videos
    Planted("no moment", POST, changed(POST, "published_at = null"), "rows_can_be_placed", unit=UNIT),
    Planted(
        "published after it was read",
        POST,
        changed(POST, "published_at = observed_at + interval 7 hours"),
        "rows_can_be_placed",
        unit=UNIT,
    ),
    Planted("videos that went missing", POST, f"delete from {POST} where {OURS}", "what_came_is_here", unit=UNIT),
    Planted(
        "a clean sweep",
        POST,
        f"insert into {POST} by name select distinct on (post_id) * replace (true as is_absent,"
        f" date '2026-11-02' as night) from {POST} where night < date '2026-11-02' and not is_absent and {OURS};"
        f" delete from {POST} where {NOW} and not is_absent",
        "not_all_gone",
        unit=UNIT,
    ),
    # their counters
    Planted("likes below nothing", SNAP, changed(SNAP, "reactions = -3"), "counters_in_range", unit=UNIT),
    Planted(
        "no counter at all",
        SNAP,
        changed(
            SNAP, "reach = null, reactions = null, comments = null, shares = null, saves = null, video_views = null"
        ),
        "counters_are_there",
        unit=UNIT,
    ),
    Planted("views that are all 0", SNAP, changed(SNAP, "video_views = 0"), "no_silent_zero", unit=UNIT),
    Planted("shares that went", SNAP, changed(SNAP, "shares = null"), "fell_or_vanished", "warning"),
    Planted("reach beyond views", SNAP, changed(SNAP, "reach = video_views + 1"), "reach_within_views", "warning"),
    Planted("counters that went missing", SNAP, f"delete from {SNAP} where {OURS}", "what_came_is_here", unit=UNIT),
    # what stands below them
    Planted("a comment on nothing", SAID, changed(SAID, "post_id = null"), "rows_can_be_placed", unit=UNIT),
    Planted(
        "a comment below somebody else's video",
        SAID,
        changed(SAID, "post_id = 'quay_20'"),
        "of_posts_that_are_known",
        unit=UNIT,
    ),
    Planted("comments that went missing", SAID, f"delete from {SAID} where {OURS}", "what_came_is_here", unit=UNIT),
    Planted(
        "silence below every video",
        SAID,
        f"insert into {SAID} by name select distinct on (response_id) * replace (false as is_live,"
        f" date '2026-11-02' as night) from {SAID} where night < date '2026-11-02' and {OURS};"
        f" delete from {SAID} where {NOW} and is_live",
        "not_all_gone",
        "warning",
    ),
]
LEGAL = {
    "a day that comes 48 hours late": f"delete from {DAY} where day = date '2026-11-01'",
    "two late nights in a row": f"delete from {DAY} where day between date '2026-10-31' and date '2026-11-01'",
    "an account of the other API": f"delete from {DAY} where day < night; delete from {SEGMENT};"
    " update ops.stream_night set delivered = false, rows = 0, reason = 'the Display API gives no days'"
    " where platform = 'tiktok' and stream in ('days', 'audience', 'comments'); update staging.tiktok_post_snapshot"
    " set reach = null, saves = null",
    "a night that was read late": f"delete from {DAY} where {NOW} and day = night; delete from {SEGMENT} where {NOW};"
    " update ops.stream_night set delivered = false, rows = 0, reason = 'asked 5 days after the night'"
    " where night = date '2026-11-02' and platform = 'tiktok' and stream in ('account', 'audience')",
    "a silent night": f"delete from {POST} where {NOW}; delete from {SNAP} where {NOW}; delete from {SAID} where {NOW};"
    " update ops.stream_night set rows = 0 where night = date '2026-11-02' and platform = 'tiktok'"
    " and stream in ('posts', 'comments')",
    "a purge": changed(DAY, "followers = 300"),
    "an audience that was rounded up": changed(SEGMENT, "followers = followers + 5"),
    "reach that is told no longer": f"update {SNAP} set reach = null where {NOW} and day < night - 2",
    "videos of which a year is over": f"update {SNAP} set day = day - 400, reach = null, reactions = null,"
    f" comments = null, shares = null, saves = null, video_views = null where {NOW}",
}
