"""What the suites of Mastodon must catch, and what they must let pass."""

from __future__ import annotations

from tests.quality.planted import Planted

DAY, POST, SNAP = "staging.mastodon_account_day", "staging.mastodon_post", "staging.mastodon_post_snapshot"
SAID, OTHERS = "staging.mastodon_response", "staging.mastodon_public_account_day"
NOW, UNIT = "night = date '2026-11-02'", "atelier"


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} limit 1"


def changed(relation: str, change: str) -> str:
    return f"update {relation} set {change} where {NOW}"


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
    Planted("no level tonight", DAY, f"delete from {DAY} where {NOW}", "brings_recent_days", unit=UNIT),
    Planted("everybody left", DAY, changed(DAY, "followers = 0"), "level_not_lost", unit=UNIT),
    Planted("favourites below nothing", SNAP, changed(SNAP, "reactions = -3"), "counters_in_range", unit=UNIT),
    Planted(
        "no counter at all",
        SNAP,
        changed(SNAP, "reactions = null, comments = null, shares = null"),
        "counters_are_there",
        unit=UNIT,
    ),
    Planted("favourites that are all 0", SNAP, changed(SNAP, "reactions = 0"), "no_silent_zero", unit=UNIT),
    Planted("boosts that fell", SNAP, changed(SNAP, "shares = null"), "fell_or_vanished", "warning"),
    Planted("counters that went missing", SNAP, f"delete from {SNAP}", "what_came_is_here", unit=UNIT),
    Planted("posts that went missing", POST, f"delete from {POST}", "what_came_is_here", unit=UNIT),
    Planted("answers that went missing", SAID, f"delete from {SAID}", "what_came_is_here", unit=UNIT),
    Planted(
        "a clean sweep",
        POST,
        f"insert into {POST} by name select distinct on (post_id) * replace (true as is_absent,"
        f" date '2026-11-02' as night) from {POST} where night < date '2026-11-02' and not is_absent;"
        f" delete from {POST} where {NOW} and not is_absent",
        "not_all_gone",
        unit=UNIT,
    ),
    Planted(
        "silence below every post",
        SAID,
        f"insert into {SAID} by name select distinct on (response_id) * replace (false as is_live,"
        f" date '2026-11-02' as night) from {SAID} where night < date '2026-11-02';"
        f" delete from {SAID} where {NOW} and is_live",
        "not_all_gone",
        "warning",
    ),
    Planted("somebody else twice", OTHERS, doubled(OTHERS), "key_unique", unit=UNIT),
    Planted("somebody else without a day", OTHERS, changed(OTHERS, "day = null"), "rows_can_be_placed", unit=UNIT),
    Planted("somebody else below nothing", OTHERS, changed(OTHERS, "followers = -1"), "counters_in_range", unit=UNIT),
]
LEGAL = {
    "a night that was read late": f"delete from {DAY} where {NOW}; update ops.stream_night set delivered = false,"
    f" rows = 0, reason = 'asked 5 days after the night' where {NOW} and platform = 'mastodon' and stream = 'account'",
    "a silent night": f"delete from {POST} where {NOW}; delete from {SNAP} where {NOW}; delete from {SAID} where {NOW};"
    f" update ops.stream_night set rows = 0 where {NOW} and platform = 'mastodon' and stream in ('posts', 'comments')",
    "a purge": f"update {DAY} set followers = 300 where {NOW}",
    "a server that counts no boosts": f"update {SNAP} set shares = null",
}
