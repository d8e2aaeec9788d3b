"""A night of a newsletter: an audience, two pages of members, the reports of two letters."""

from __future__ import annotations

from collections.abc import Mapping

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS: Mapping[str, object] = {"page_size": 3}


def answer(asked: Asked) -> Reply:
    name = asked.path.rpartition("/")[2]
    if name not in ("members", "reports"):
        return Reply(fixture("mailchimp/audience"))
    rows, start = fixture(f"mailchimp/{name}"), int(asked.query["offset"])
    return Reply({name: rows[start : start + int(asked.query["count"])], "total_items": len(rows)})
