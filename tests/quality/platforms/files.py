"""What the suites of imported exports must catch, and what they must let pass."""

from __future__ import annotations

from tests.quality.planted import Planted

DAY, POST, SNAP = "staging.files_account_day", "staging.files_post", "staging.files_post_snapshot"
FILE = "staging.files_imported_night"
NOW, DAYS, POSTS = "night = date '2026-11-02'", "x:atelier:days", "x:atelier:posts"
WHOSE = ((DAY, DAYS), (POST, POSTS), (SNAP, POSTS))


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} limit 1"


def changed(relation: str, change: str) -> str:
    return f"update {relation} set {change} where {NOW}"


PLANTED = [
    *(Planted("a row twice", relation, doubled(relation), "key_unique", unit=unit) for relation, unit in WHOSE),
    *(
        Planted("a day to come", relation, changed(relation, "day = night + 1"), "rows_can_be_placed", unit=unit)
        for relation, unit in WHOSE
    ),
    *(
        Planted("taken for an API's", relation, changed(relation, "origin = null"), "rows_can_be_placed", unit=unit)
        for relation, unit in WHOSE
    ),
    *(
        Planted("nothing is stored", relation, f"delete from {relation}", "what_came_is_here", unit=unit)
        for relation, unit in WHOSE
    ),
    Planted("minus one", DAY, changed(DAY, "impressions = -1"), "counters_in_range", unit=DAYS),
    Planted("more than people", SNAP, changed(SNAP, "reactions = 2e12"), "counters_in_range", unit=POSTS),
    Planted(
        "days without a number",
        DAY,
        changed(DAY, "impressions = null, followers_gained = null"),
        "has_a_number",
        unit=DAYS,
    ),
    Planted(
        "no counter at all",
        SNAP,
        changed(SNAP, "impressions = null, reactions = null"),
        "counters_are_there",
        unit=POSTS,
    ),
    Planted("a file of two accounts", FILE, f"{doubled(FILE)}", "key_unique"),
    Planted("nobody's file", FILE, changed(FILE, "account = null"), "rows_can_be_placed"),
    Planted("a file of nothing", FILE, changed(FILE, "records = 0"), "brings_something"),
]

LEGAL = {
    "a quiet account": changed(DAY, "impressions = 0, followers_gained = 0"),
    "posts that nobody saw yet": changed(SNAP, "impressions = 0, reactions = 0"),
    "an export of a single day": f"delete from {DAY} where day < night",
    "a post of years ago": changed(POST, "day = date '2019-03-01', published_at = timestamp '2019-03-01'"),
}
