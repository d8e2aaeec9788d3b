"""What the suite of Facebook's comments must catch, and what it must let pass; the others' is with the clean nights."""

from __future__ import annotations

from tests.quality.planted import Planted

SAID = "staging.facebook_response"
NOW, UNIT = "night = date '2026-11-02'", "page"


def changed(change: str) -> str:
    return f"update {SAID} set {change} where {NOW}"


PLANTED = [
    Planted(
        "a comment twice",
        SAID,
        f"insert into {SAID} select * from {SAID} where {NOW} limit 1",
        "key_unique",
        unit=UNIT,
    ),
    Planted("a comment of tomorrow", SAID, changed("day = night + 1"), "rows_can_be_placed", unit=UNIT),
    Planted(
        "written after it was read",
        SAID,
        changed("written_at = observed_at + interval 3 hours"),
        "rows_can_be_placed",
        unit=UNIT,
    ),
    Planted("a comment below nothing", SAID, changed("post_id = null"), "rows_can_be_placed", unit=UNIT),
    Planted("older than its post can be", SAID, changed("day = night - 30"), "inside_the_window", unit=UNIT),
    Planted("comments that went missing", SAID, f"delete from {SAID}", "what_came_is_here", unit=UNIT),
    Planted("somebody's name", SAID, changed("person = 'somebody.by.name'"), "people_are_hashes", unit=UNIT),
    Planted(
        "somebody's number", SAID, changed("person = '610000000000000161000000'||'1'"), "people_are_hashes", unit=UNIT
    ),
    Planted(
        "silence below every post",
        SAID,
        f"insert into {SAID} by name select distinct on (response_id) * replace (false as is_live,"
        f" date '2026-11-02' as night) from {SAID} where night < date '2026-11-02'; {changed('is_live = false')}",
        "not_all_gone",
        "warning",
    ),
]

LEGAL = {
    "a night without a comment": f"delete from {SAID} where {NOW}",
    "people without a key": f"update {SAID} set person = null",
    "somebody who is not shown": changed("person = null, is_own = null"),
    "comments of a post that is gone": f"insert into {SAID} by name select * replace (false as is_live,"
    f" date '2026-11-02' as night) from {SAID} where post_id = 'page_16'",
    "a token that may only count": f"delete from {SAID}; update ops.stream_night set delivered = false, rows = 0,"
    " reason = 'grant the permission' where platform = 'facebook' and stream = 'post_comments'",
}
