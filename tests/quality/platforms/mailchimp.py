"""What the suites of Mailchimp must catch, and what they must let pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

SIGNED: Final = "staging.mailchimp_conversion"
LEVEL: Final = "staging.mailchimp_account_day"
NOW: Final = "night = date '2026-11-02'"
ID: Final = "letter"

PLANTED = [
    Planted(what, relation, sql, rule, unit=ID)
    for what, relation, sql, rule in (
        ("a member twice", SIGNED, f"insert into {SIGNED} select * from {SIGNED} where {NOW} limit 1", "key_unique"),
        ("no member", SIGNED, f"update {SIGNED} set native_id = null where {NOW}", "rows_can_be_placed"),
        (
            "a sign-up of tomorrow",
            SIGNED,
            f"update {SIGNED} set occurred_at = observed_at + interval 9 hours where {NOW}",
            "rows_can_be_placed",
        ),
        ("sign-ups by the dozen", SIGNED, f"update {SIGNED} set count = 12 where {NOW}", "one_sign_up_each"),
        (
            "subscribers have another name",
            SIGNED,
            f"update {SIGNED} set status = 'pending' where {NOW}",
            "statuses_are_known",
        ),
        ("the list was emptied", SIGNED, f"update {SIGNED} set status = 'cancelled' where {NOW}", "not_all_left"),
        ("everything lost on the way", SIGNED, f"delete from {SIGNED}", "what_came_is_here"),
        ("a night twice", LEVEL, f"insert into {LEVEL} select * from {LEVEL} where {NOW}", "key_unique"),
        ("no day", LEVEL, f"update {LEVEL} set day = null where {NOW}", "rows_can_be_placed"),
        ("another window", LEVEL, f"update {LEVEL} set day = day - 90 where {NOW}", "inside_the_window"),
        ("fewer than none", LEVEL, f"update {LEVEL} set followers = -1 where {NOW}", "counters_in_range"),
        ("no number", LEVEL, f"update {LEVEL} set followers = null where {NOW}", "brings_recent_days"),
        ("nobody left", LEVEL, f"update {LEVEL} set followers = 0 where {NOW}", "level_not_lost"),
    )
]
LEGAL: Final[Mapping[str, str]] = {
    "nobody changed": f"delete from {SIGNED} where {NOW}",
    "a handful that all left": f"delete from {SIGNED} where {NOW} and status <> 'cancelled'",
    "many wait to confirm": f"update {SIGNED} set status = 'pending' where {NOW} and status = 'confirmed'",
    "old members that left": f"update {SIGNED} set day = day - 80, occurred_at = occurred_at - interval 80 days"
    f" where {NOW}",
    "a list that was cleaned": f"update {LEVEL} set followers = 700 where {NOW}",
}
