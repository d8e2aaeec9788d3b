"""What the suites of Google+ must catch in an archive, and what they must let pass."""

from __future__ import annotations

from tests.quality.planted import Planted

POST, SNAP, SAID = "staging.google_plus_post", "staging.google_plus_post_snapshot", "staging.google_plus_response"
ALL, UNIT = (POST, SNAP, SAID), "brand"


def one(relation: str, change: str) -> str:
    """SQL that changes the row of one post."""
    return f"update {relation} set {change} where post_id = 'p4'"


PLANTED = [
    *(
        Planted("a row twice", relation, f"insert into {relation} from {relation} limit 1", "key_unique", unit=UNIT)
        for relation in ALL
    ),
    *(Planted("no id of a post", relation, one(relation, "post_id = null"), "rows_can_be_placed", unit=UNIT)
      for relation in ALL),
    *(Planted("no origin", relation, one(relation, "origin = null"), "rows_can_be_placed", unit=UNIT)
      for relation in ALL),
    *(Planted("a day after the archive", relation, one(relation, "day = night + 1"), "rows_can_be_placed", unit=UNIT)
      for relation in ALL),
    *(Planted("before its oldest post", relation, one(relation, "day = '2012-01-01'"), "inside_the_window", unit=UNIT)
      for relation in ALL),
    *(Planted("nothing of it is stored", relation, f"delete from {relation}", "what_came_is_here", unit=UNIT)
      for relation in ALL),
    Planted("written tomorrow", POST, one(POST, "published_at = observed_at + interval 1 minute"),
            "rows_can_be_placed", unit=UNIT),
    Planted("no type", POST, one(POST, "type = null"), "rows_can_be_placed", unit=UNIT),
    Planted("after the network", POST, one(POST, "day = '2020-01-01'"), "of_the_networks_time", "warning"),
    Planted("minus one", SNAP, one(SNAP, "reactions = -1"), "counters_in_range", unit=UNIT),
    Planted("more than there are people", SNAP, one(SNAP, "shares = 10000000000"), "counters_in_range", unit=UNIT),
    Planted("a counter is lost", SNAP, one(SNAP, "comments = null"), "counters_are_there", unit=UNIT),
    Planted("nobody was ever moved", SNAP, f"update {SNAP} set reactions = 0, comments = 0, shares = 0",
            "not_all_zero", "warning"),
    Planted("a comment under no post", SAID, one(SAID, "post_id = 'p999'"), "comments_are_of_posts", unit=UNIT),
    Planted("written by nobody knows whom", SAID, one(SAID, "is_own = null"), "rows_can_be_placed", unit=UNIT),
    Planted("more comments than counted", SAID, f"update {SNAP} set comments = 0", "counted_as_they_came", unit=UNIT),
]  # fmt: skip

LEGAL = {
    "people are not told apart": f"update {SAID} set person = null",
    "a comment that is not counted any more": f"update {SNAP} set comments = 9 where post_id = 'p4'",
    "a post without words": one(POST, "text = null"),
    "a post of everything": one(SNAP, "reactions = 900000"),
    "the brand answers": one(SAID, "is_own = true"),
}
