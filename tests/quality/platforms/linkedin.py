"""What the suites of LinkedIn must catch, and what they must let pass."""

from __future__ import annotations

from tests.quality.planted import Planted

DAY, POST, SNAP = "staging.linkedin_account_day", "staging.linkedin_post", "staging.linkedin_post_snapshot"
SAID, WHO = "staging.linkedin_response", "staging.linkedin_audience_day"
UNIT = "guild"
NOW = f"night = date '2026-11-02' and account = '{UNIT}'"
# The day of which the statistics of that night are.
COUNTED = f"{NOW} and impressions is not null"
NONE = "impressions = null, reach = null, reactions = null, shares = null, clicks = null"


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} limit 1"


def changed(relation: str, change: str, where: str = NOW) -> str:
    return f"update {relation} set {change} where {where}"


PLANTED = [
    *(
        Planted("a row twice", relation, doubled(relation), "key_unique", unit=UNIT)
        for relation in (DAY, POST, SNAP, SAID, WHO)
    ),
    *(
        Planted("tomorrow", relation, changed(relation, "day = night + 1"), "rows_can_be_placed", unit=UNIT)
        for relation in (DAY, POST, SNAP, SAID, WHO)
    ),
    *(
        Planted("no zone", relation, changed(relation, "day_timezone = null"), "rows_can_be_placed", unit=UNIT)
        for relation in (DAY, POST, SNAP, SAID, WHO)
    ),
    *(
        Planted("before the window", relation, changed(relation, "day = night - 40"), "inside_the_window", unit=UNIT)
        for relation in (DAY, POST, SNAP, SAID, WHO)
    ),
    Planted("minus one follower", DAY, changed(DAY, "followers = -1"), "counters_in_range", unit=UNIT),
    Planted("shown less than never", DAY, changed(DAY, "impressions = -1", COUNTED), "counters_in_range", unit=UNIT),
    Planted(
        "a poisoned number of likes", DAY, changed(DAY, "reactions = -2e9", COUNTED), "counters_in_range", unit=UNIT
    ),
    Planted(
        "more likes taken back than given",
        DAY,
        changed(DAY, "reactions = -2", COUNTED),
        "more_taken_back_than_given",
        "warning",
    ),
    Planted(
        "statistics that stopped",
        DAY,
        f"delete from {DAY} where account = '{UNIT}' and impressions is not null and day > date '2026-10-28'",
        "brings_recent_days",
        unit=UNIT,
    ),
    Planted(
        "statistics without a number",
        DAY,
        changed(
            DAY,
            "reach_1d = null, impressions = null, reactions = null, comments = null, shares = null, clicks = null",
            f"account = '{UNIT}'",
        ),
        "brings_recent_days",
        unit=UNIT,
    ),
    Planted(
        "a day that is not counted yet", DAY, changed(DAY, "day = night - 1", COUNTED), "no_incomplete_days", unit=UNIT
    ),
    Planted(
        "new followers of today",
        DAY,
        changed(DAY, "followers_gained = 0", f"{NOW} and followers > 0"),
        "no_incomplete_days",
        unit=UNIT,
    ),
    Planted(
        "everybody left", DAY, changed(DAY, "followers = 0", f"{NOW} and followers > 0"), "level_not_lost", unit=UNIT
    ),
    Planted(
        "reached without an impression",
        DAY,
        changed(DAY, "reach_1d = impressions + 1", COUNTED),
        "reach_within_impressions",
        "warning",
    ),
    Planted("silence", DAY, changed(DAY, "impressions = 0", COUNTED), "fell_silent_or_jumped", "warning"),
    Planted("no time of publication", POST, changed(POST, "published_at = null"), "rows_can_be_placed", unit=UNIT),
    Planted(
        "posts that went missing", POST, f"delete from {POST} where account = '{UNIT}'", "what_came_is_here", unit=UNIT
    ),
    Planted(
        "a clean sweep",
        POST,
        f"insert into {POST} by name select distinct on (post_id) * replace (true as is_absent,"
        f" date '2026-11-02' as night) from {POST} where account = '{UNIT}' and night < date '2026-11-02'"
        f" and not is_absent; delete from {POST} where {NOW} and not is_absent",
        "not_all_gone",
        unit=UNIT,
    ),
    Planted("no id", SNAP, changed(SNAP, "post_id = null"), "rows_can_be_placed"),
    Planted("fewer than no views", SNAP, changed(SNAP, "impressions = -3"), "counters_in_range", unit=UNIT),
    Planted("10^18 clicks", SNAP, changed(SNAP, "clicks = 1000000000000000000"), "counters_in_range", unit=UNIT),
    Planted(
        "a post with fewer likes than none",
        SNAP,
        changed(SNAP, "reactions = -1"),
        "more_taken_back_than_given",
        "warning",
    ),
    Planted("no counter at all", SNAP, changed(SNAP, NONE), "counters_are_there", unit=UNIT),
    Planted("clicks that are all 0", SNAP, changed(SNAP, "impressions = 0, reach = 0"), "no_silent_zero", unit=UNIT),
    Planted("shares that are no longer given", SNAP, changed(SNAP, "shares = null"), "fell_or_vanished", "warning"),
    Planted("more reached than shown", SNAP, changed(SNAP, "reach = 901"), "reach_within_impressions", "warning"),
    Planted(
        "counters that went missing",
        SNAP,
        f"delete from {SNAP} where account = '{UNIT}'",
        "what_came_is_here",
        unit=UNIT,
    ),
    Planted("a comment on nothing", SAID, changed(SAID, "post_id = null"), "rows_can_be_placed", unit=UNIT),
    Planted("who wrote it?", SAID, changed(SAID, "is_own = null"), "rows_can_be_placed", unit=UNIT),
    Planted(
        "comments that went missing",
        SAID,
        f"delete from {SAID} where account = '{UNIT}'",
        "what_came_is_here",
        unit=UNIT,
    ),
    Planted(
        "twelve comments of nobody",
        SAID,
        f"insert into {SAID} by name select * exclude (n)"
        " replace (response_id || '_' || n as response_id, null as person)"
        f" from {SAID}, range(12) as r (n) where {NOW}; update {SAID} set person = null where {NOW}",
        "people_are_told_apart",
        "warning",
    ),
    Planted(
        "silence under every post",
        SAID,
        f"insert into {SAID} by name select * replace (false as is_live, date '2026-11-02' as night) from {SAID}"
        f" where account = '{UNIT}' and night < date '2026-11-02'; update {SAID} set is_live = false where {NOW}",
        "not_all_gone",
        "warning",
    ),
    Planted("fewer people than none", WHO, changed(WHO, "followers = -1"), "counters_in_range", unit=UNIT),
    Planted("parts without a count", WHO, changed(WHO, "followers = null"), "counters_are_there", unit=UNIT),
    Planted("a part without a name", WHO, changed(WHO, "segment = null"), "rows_can_be_placed", unit=UNIT),
    Planted("parts beyond the whole", WHO, changed(WHO, "followers = 5000"), "parts_within_the_whole", "warning"),
]

LEGAL = {
    "two quiet days of the platform": f"delete from {DAY} where impressions is not null and day > date '2026-10-29'",
    "likes withdrawn": changed(SNAP, "reactions = reactions - 2"),
    "a day on which more likes were taken back than given": changed(DAY, "reactions = -3", COUNTED),
    "followers who left a page in great numbers": changed(DAY, "followers = 40", f"{NOW} and followers > 0"),
    "nothing counted yet of tonight's posts": f"delete from {SNAP} where {NOW}",
    "a silent week": f"delete from {POST} where {NOW}; delete from {SNAP} where {NOW}; delete from {SAID} where {NOW}",
    "three posts deleted": f"insert into {POST} by name select distinct on (post_id) * replace (true as is_absent,"
    f" date '2026-11-02' as night) from {POST} where post_id in ('guild_12', 'guild_13', 'guild_15')",
    "a page without statistics": f"delete from {DAY} where account = 'loft' and impressions is not null;"
    " update ops.stream_night set delivered = false, rows = 0, reason = 'the platform has no statistics of these days'"
    " where account = 'loft' and stream = 'share_stats'",
    "a page that nobody follows yet": f"delete from {WHO} where account = 'loft';"
    f" update {DAY} set followers = 0 where account = 'loft' and followers is not null",
}
