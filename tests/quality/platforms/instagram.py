"""What the suites of Instagram must catch, and what they must let pass."""

from __future__ import annotations

from tests.quality.planted import Planted

DAY, POST, SNAP = "staging.instagram_account_day", "staging.instagram_post", "staging.instagram_post_snapshot"
SAID, OTHERS = "staging.instagram_response", "staging.instagram_public_account_day"
PEOPLE = "staging.instagram_audience_day"
NOW, UNIT = "night = date '2026-11-02'", "marin"
HERE = f"{NOW} and account = '{UNIT}'"


def doubled(relation: str, where: str = HERE) -> str:
    return f"insert into {relation} select * from {relation} where {where} limit 1"


def changed(relation: str, change: str, more: str = "true") -> str:
    return f"update {relation} set {change} where {HERE} and {more}"


PLANTED = [
    *(
        Planted("a row twice", relation, doubled(relation), "key_unique", unit=UNIT)
        for relation in (DAY, POST, SNAP, SAID, PEOPLE)
    ),
    *(
        Planted("tomorrow", relation, changed(relation, "day = night + 1"), "rows_can_be_placed", unit=UNIT)
        for relation in (DAY, POST, SNAP, SAID, PEOPLE)
    ),
    *(
        Planted("before the window", relation, changed(relation, "day = night - 40"), "inside_the_window", unit=UNIT)
        for relation in (DAY, SAID)
    ),
    Planted(
        "a post of last year", POST, changed(POST, "day = night - 365", "not is_absent"), "inside_the_window", unit=UNIT
    ),
    Planted("another business twice", OTHERS, doubled(OTHERS, NOW), "key_unique", unit=UNIT),
    Planted(
        "another business tomorrow",
        OTHERS,
        f"update {OTHERS} set day = night + 1 where {NOW}",
        "rows_can_be_placed",
        unit=UNIT,
    ),
    Planted(
        "another business of nobody",
        OTHERS,
        f"update {OTHERS} set followers = -1 where {NOW}",
        "counters_in_range",
        unit=UNIT,
    ),
    Planted(
        "another business with less than no posts",
        OTHERS,
        f"update {OTHERS} set posts_total = -1 where {NOW}",
        "counters_in_range",
        unit=UNIT,
    ),
    Planted("minus one view", DAY, changed(DAY, "impressions = -1"), "counters_in_range", unit=UNIT),
    Planted("more than there are people", DAY, changed(DAY, "followers = 2e10"), "counters_in_range", unit=UNIT),
    Planted(
        "insights three days old",
        DAY,
        f"delete from {DAY} where account = '{UNIT}' and reach_1d is not null and day > date '2026-10-30';"
        f" update {DAY} set impressions = null where account = '{UNIT}' and day > date '2026-10-30'",
        "brings_recent_days",
        unit=UNIT,
    ),
    Planted("everybody left", DAY, changed(DAY, "followers = 0", "followers > 0"), "level_not_lost", unit=UNIT),
    Planted(
        "days of another zone",
        DAY,
        f"update raw.instagram_series set end_time = '2026-11-02T00:00:00+0000' where _{NOW} and _account = '{UNIT}'",
        "days_end_at_pacific_midnight",
        unit=UNIT,
    ),
    Planted("reached without a view", DAY, changed(DAY, "reach_1d = 90000"), "reach_within_impressions", "warning"),
    Planted(
        "views fall silent",
        DAY,
        changed(DAY, "impressions = 0", "impressions > 0 and day = date '2026-11-01'"),
        "fell_silent_or_jumped",
        "warning",
    ),
    Planted(
        "posts that went missing", POST, f"delete from {POST} where account = '{UNIT}'", "what_came_is_here", unit=UNIT
    ),
    Planted(
        "a clean sweep",
        POST,
        f"delete from {POST} where {HERE}; insert into {POST} by name select distinct on (post_id) * replace"
        f" (true as is_absent, date '2026-11-02' as night) from {POST} where account = '{UNIT}' and type <> 'story'",
        "not_all_gone",
        unit=UNIT,
    ),
    Planted("a kind that is new", POST, changed(POST, "type = 'hologram'"), "a_post_has_a_kind", "warning"),
    Planted("likes below nothing", SNAP, changed(SNAP, "reactions = -3"), "counters_in_range", unit=UNIT),
    Planted(
        "no counter at all",
        SNAP,
        changed(
            SNAP,
            "impressions = null, reach = null, reactions = null, comments = null, shares = null, saves = null,"
            " video_views = null",
        ),
        "counters_are_there",
        unit=UNIT,
    ),
    Planted("likes that are all 0", SNAP, changed(SNAP, "reactions = 0"), "no_silent_zero", unit=UNIT),
    Planted("a metric retired", SNAP, changed(SNAP, "saves = null"), "fell_or_vanished", "warning"),
    Planted(
        "counters that went missing",
        SNAP,
        f"delete from {SNAP} where account = '{UNIT}'",
        "what_came_is_here",
        unit=UNIT,
    ),
    Planted(
        "reach beyond the views of a post", SNAP, changed(SNAP, "reach = 9999"), "reach_within_impressions", "warning"
    ),
    Planted("comments that went missing", SAID, f"delete from {SAID}", "what_came_is_here", unit=UNIT),
    Planted("somebody's name", SAID, changed(SAID, "person = 'somebody.by.name'"), "people_are_hashes", unit=UNIT),
    Planted(
        "silence below every post",
        SAID,
        f"insert into {SAID} by name select * replace (false as is_live, date '2026-11-02' as night) from {SAID}"
        f" where night < date '2026-11-02'; update {SAID} set is_live = false where {NOW}",
        "not_all_gone",
        "warning",
    ),
    Planted("fewer than nobody", PEOPLE, changed(PEOPLE, "followers = -1"), "counters_in_range", unit=UNIT),
    Planted("groups without numbers", PEOPLE, changed(PEOPLE, "followers = null"), "counters_are_there", unit=UNIT),
    Planted(
        "more women than followers",
        PEOPLE,
        changed(PEOPLE, "followers = 9000", "segment = 'F.25-34'"),
        "parts_within_the_whole",
        "warning",
    ),
    Planted("people of no trait", PEOPLE, changed(PEOPLE, "dimension = null"), "rows_can_be_placed", unit=UNIT),
    Planted(
        "reached since nobody knows when",
        PEOPLE,
        changed(PEOPLE, "reach_since = null"),
        "rows_can_be_placed",
        unit=UNIT,
    ),
    Planted("fewer than nobody reached", PEOPLE, changed(PEOPLE, "reach = -1"), "counters_in_range", unit=UNIT),
    Planted(
        "more people in the month than on all its days",
        PEOPLE,
        changed(PEOPLE, "reach = 5000", "dimension = 'age,gender'"),
        "reached_within_the_days",
        "warning",
    ),
]

LEGAL = {
    "a late day": f"delete from {DAY} where day = date '2026-11-01' and account = '{UNIT}'",
    "a night without a post or story": f"delete from {POST} where {NOW}; delete from {SNAP} where {NOW};"
    f" delete from {SAID} where {NOW}",
    "every story is over": f"update {POST} set is_absent = true where {NOW} and type = 'story'",
    "likes withdrawn": changed(SNAP, "reactions = reactions - 2", "day < night"),
    "a purge": changed(DAY, "followers = 4200", "followers is not null")
    + f"; update raw.instagram_profile set followers_count = 4200 where _{NOW} and _account = '{UNIT}'"
    + f"; update {PEOPLE} set followers = followers * 0.6 where {NOW}",
    "nobody tells who they are": f"delete from {PEOPLE} where {NOW}",
    "people without a key": f"update {SAID} set person = null",
}
