"""What holds for every network that tells a level a night, posts with counters and responses, and no insights."""

from __future__ import annotations

from tests.quality.planted import Planted

NOW = "night = date '2026-11-02'"


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} limit 1"


def changed(relation: str, change: str) -> str:
    return f"update {relation} set {change} where {NOW}"


def planted(platform: str, unit: str, counters: tuple[str, ...]) -> list[Planted]:
    """What its suites must catch of its account ``unit``, whose posts have these ``counters``."""
    day, post, snap = (f"staging.{platform}_{table}" for table in ("account_day", "post", "post_snapshot"))
    said, others = (f"staging.{platform}_{table}" for table in ("response", "public_account_day"))
    return [
        *(
            Planted("a row twice", relation, doubled(relation), "key_unique", unit=unit)
            for relation in (day, post, snap, said)
        ),
        *(
            Planted("tomorrow", relation, changed(relation, "day = night + 1"), "rows_can_be_placed", unit=unit)
            for relation in (day, post, snap, said)
        ),
        *(
            Planted(
                "before the window", relation, changed(relation, "day = night - 40"), "inside_the_window", unit=unit
            )
            for relation in (day, post, said)
        ),
        Planted("minus one follower", day, changed(day, "followers = -1"), "counters_in_range", unit=unit),
        Planted("more than there are people", day, changed(day, "followers = 2e10"), "counters_in_range", unit=unit),
        Planted("no level tonight", day, f"delete from {day} where {NOW}", "brings_recent_days", unit=unit),
        Planted("everybody left", day, changed(day, "followers = 0"), "level_not_lost", unit=unit),
        Planted("reactions below nothing", snap, changed(snap, "reactions = -3"), "counters_in_range", unit=unit),
        Planted(
            "no counter at all",
            snap,
            changed(snap, ", ".join(f"{counter} = null" for counter in counters)),
            "counters_are_there",
            unit=unit,
        ),
        Planted("reactions that are all 0", snap, changed(snap, "reactions = 0"), "no_silent_zero", unit=unit),
        Planted("shares that fell", snap, changed(snap, "shares = null"), "fell_or_vanished", "warning"),
        Planted("counters that went missing", snap, f"delete from {snap}", "what_came_is_here", unit=unit),
        Planted("posts that went missing", post, f"delete from {post}", "what_came_is_here", unit=unit),
        Planted("answers that went missing", said, f"delete from {said}", "what_came_is_here", unit=unit),
        Planted(
            "a clean sweep",
            post,
            f"insert into {post} by name select distinct on (post_id) * replace (true as is_absent,"
            f" date '2026-11-02' as night) from {post} where night < date '2026-11-02' and not is_absent;"
            f" delete from {post} where {NOW} and not is_absent",
            "not_all_gone",
            unit=unit,
        ),
        Planted(
            "silence below every post",
            said,
            f"insert into {said} by name select distinct on (response_id) * replace (false as is_live,"
            f" date '2026-11-02' as night) from {said} where night < date '2026-11-02';"
            f" delete from {said} where {NOW} and is_live",
            "not_all_gone",
            "warning",
        ),
        Planted("somebody else twice", others, doubled(others), "key_unique", unit=unit),
        Planted("somebody else without a day", others, changed(others, "day = null"), "rows_can_be_placed", unit=unit),
        Planted("others below nothing", others, changed(others, "followers = -1"), "counters_in_range", unit=unit),
        Planted("less than no posts", others, changed(others, "posts_total = -1"), "counters_in_range", unit=unit),
    ]


def legal(platform: str) -> dict[str, str]:
    """What its suites must let pass."""
    day, post, snap = (f"staging.{platform}_{table}" for table in ("account_day", "post", "post_snapshot"))
    said = f"staging.{platform}_response"
    here = f"{NOW} and platform = '{platform}'"
    streams = "update ops.stream_night set"
    return {
        "a night that was read late": f"delete from {day} where {NOW}; {streams} delivered = false, rows = 0,"
        f" reason = 'asked 5 days after the night' where {here} and stream = 'account'",
        "a silent night": f"delete from {post} where {NOW}; delete from {snap} where {NOW};"
        f" delete from {said} where {NOW}; {streams} rows = 0 where {here} and stream in ('posts', 'comments')",
        "a purge": f"update {day} set followers = 300 where {NOW}",
        "a server that counts no shares": f"update {snap} set shares = null",
    }
