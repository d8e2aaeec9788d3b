"""What the suites of X must catch, and what they must let pass."""

from __future__ import annotations

from tests.quality.planted import Planted

DAY, POST, SNAP = "staging.x_account_day", "staging.x_post", "staging.x_post_snapshot"
SAID, OTHERS = "staging.x_response", "staging.x_public_account_day"
NOW, UNIT = "night = date '2026-11-02'", "144"
HERE = f"{NOW} and account = '144'"


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {HERE} limit 1"


def changed(relation: str, change: str) -> str:
    return f"update {relation} set {change} where {HERE}"


PLANTED = [
    *(
        Planted("a row twice", relation, doubled(relation), "key_unique", unit=UNIT)
        for relation in (DAY, POST, SNAP, SAID)
    ),
    *(
        Planted("tomorrow", relation, changed(relation, "day = night + 1"), "rows_can_be_placed", unit=UNIT)
        for relation in (DAY, POST, SNAP, SAID)
    ),
    *(
        Planted("before the window", relation, changed(relation, "day = night - 40"), "inside_the_window", unit=UNIT)
        for relation in (DAY, POST, SAID)
    ),
    Planted("minus one follower", DAY, changed(DAY, "followers = -1"), "counters_in_range", unit=UNIT),
    Planted("more than there are people", DAY, changed(DAY, "followers = 2e10"), "counters_in_range", unit=UNIT),
    Planted("clicks taken back", DAY, changed(DAY, "clicks = -2"), "counters_in_range", unit=UNIT),
    Planted(
        "no level tonight", DAY, f"delete from {DAY} where {HERE} and day = night", "brings_recent_days", unit=UNIT
    ),
    Planted(
        "analytics that were told and are nowhere",
        DAY,
        f"update {DAY} set impressions = null, reactions = null, engagements_reported = null"
        " where account = '144' and day > date '2026-10-30'",
        "analytics_are_here",
        unit=UNIT,
    ),
    Planted("everybody left", DAY, changed(DAY, "followers = 0"), "level_not_lost", unit=UNIT),
    Planted(
        "nobody saw anything",
        DAY,
        f"update {DAY} set impressions = 0 where {HERE} and day = night",
        "fell_silent_or_jumped",
        "warning",
    ),
    Planted("likes below nothing", SNAP, changed(SNAP, "reactions = -3"), "counters_in_range", unit=UNIT),
    Planted(
        "no counter at all",
        SNAP,
        changed(
            SNAP,
            "impressions = null, reactions = null, comments = null, shares = null, clicks = null, saves = null",
        ),
        "counters_are_there",
        unit=UNIT,
    ),
    Planted("views that are all 0", SNAP, changed(SNAP, "impressions = 0"), "no_silent_zero", unit=UNIT),
    Planted("reposts that are no longer told", SNAP, changed(SNAP, "shares = null"), "fell_or_vanished", "warning"),
    Planted(
        "private clicks that end too early",
        SNAP,
        f"update {SNAP} set clicks = null where {HERE} and day > date '2026-10-20'",
        "fell_or_vanished",
        "warning",
    ),
    Planted(
        "counters that went missing", SNAP, f"delete from {SNAP} where account = '144'", "what_came_is_here", unit=UNIT
    ),
    Planted(
        "posts that went missing", POST, f"delete from {POST} where account = '144'", "what_came_is_here", unit=UNIT
    ),
    Planted(
        "mentions that went missing", SAID, f"delete from {SAID} where account = '144'", "what_came_is_here", unit=UNIT
    ),
    Planted(
        "a clean sweep",
        POST,
        f"insert into {POST} by name select distinct on (post_id) * replace (true as is_absent,"
        f" date '2026-11-02' as night) from {POST} where night < date '2026-11-02' and not is_absent"
        f" and account = '144'; delete from {POST} where {HERE} and not is_absent",
        "not_all_gone",
        unit=UNIT,
    ),
    Planted("the brand as somebody", SAID, changed(SAID, "person = 'ab12'"), "own_is_nobody_else", unit=UNIT),
    Planted(
        "somebody else twice",
        OTHERS,
        f"insert into {OTHERS} select * from {OTHERS} where {NOW}",
        "key_unique",
        unit=UNIT,
    ),
    Planted(
        "somebody else without a day",
        OTHERS,
        f"update {OTHERS} set day = null where {NOW}",
        "rows_can_be_placed",
        unit=UNIT,
    ),
    Planted(
        "somebody else below nothing",
        OTHERS,
        f"update {OTHERS} set followers = -1 where {NOW}",
        "counters_in_range",
        unit=UNIT,
    ),
    Planted(
        "somebody else with less than no posts",
        OTHERS,
        f"update {OTHERS} set posts_total = -1 where {NOW}",
        "counters_in_range",
        unit=UNIT,
    ),
]
LEGAL = {
    "a night that was read late": f"delete from {DAY} where {HERE} and day = night;"
    f" update ops.stream_night set delivered = false, rows = 0, reason = 'asked 5 days after the night' where {HERE}"
    " and platform = 'x' and stream = 'account'",
    "a night without posts": f"delete from {POST} where {NOW}; delete from {SNAP} where {NOW};"
    f" delete from {SAID} where {NOW}; update ops.stream_night set rows = 0 where {NOW} and platform = 'x'"
    " and stream <> 'account'",
    "a purge": f"update {DAY} set followers = 300 where {HERE} and followers is not null",
    "a budget that ended before the posts": f"delete from {POST} where {HERE}; delete from {SNAP} where {HERE};"
    f" update ops.stream_night set delivered = false, rows = 0, reason = 'the read budget is spent' where {HERE}"
    " and platform = 'x' and stream <> 'account'",
    "an account that posts nothing any more": f"delete from {DAY} where account = '144' and day < night;"
    f" update {DAY} set impressions = null, reactions = null, engagements_reported = null where account = '144';"
    f" update ops.stream_night set rows = 0 where {HERE} and platform = 'x' and stream = 'analytics'",
    "private metrics that ended with the thirtieth day": f"update {SNAP} set clicks = null where {HERE}"
    " and post_id = '144_old'",
}
