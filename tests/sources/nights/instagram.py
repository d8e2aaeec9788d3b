"""A night of one account by Facebook's login: posts over two pages, a story, a thread, one other business."""

from __future__ import annotations

import json

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS = {"tracked": ("voilerie.autre",)}
# From before the account was a business.
UNMEASURED = "17900000000000101"
ERROR = {"message": "(#100) Media posted before business account conversion", "code": 100, "error_subcode": 2108006}


def answer(asked: Asked) -> Reply:
    if "ids" in asked.query:
        return _several(asked)
    edge = asked.path.rsplit("/", 1)[-1]
    if edge == "insights" and "/179" in asked.path:
        return _one(asked)
    if edge == "media":
        page = json.dumps(fixture(f"instagram/media_{2 if 'after' in asked.query else 1}"))
        return Reply(page.replace("{base}", f"http://{asked.headers['host']}").encode())
    return _alone(edge, asked)


def _alone(edge: str, asked: Asked) -> Reply:
    if edge == "comments":
        return Reply(fixture("instagram/comments")[asked.path.split("/")[-2]]["comments"])
    if edge == "insights":
        return Reply(fixture(f"instagram/{_insights(asked)}"))
    if edge == "stories":
        return Reply(fixture("instagram/stories"))
    discovered = "business_discovery" in asked.query["fields"]
    return Reply(fixture(f"instagram/{'discovery' if discovered else 'profile'}"))


def _insights(asked: Asked) -> str:
    """The last two days are told; the day before them is late."""
    if "breakdown" in asked.query:
        whom = "demographics" if asked.query["metric"] == "follower_demographics" else "reached"
        return f"{whom}_{asked.query['breakdown']}"
    return "totals" if asked.query.get("metric_type") == "total_value" else "series"


def _one(asked: Asked) -> Reply:
    post = asked.path.split("/")[-2]
    if post == UNMEASURED:
        return Reply({"error": ERROR}, 400)
    return Reply({"data": fixture("instagram/insights")[post]})


def _several(asked: Asked) -> Reply:
    ids = asked.query["ids"].split(",")
    if asked.query["fields"].startswith("comments"):
        return Reply({post: told for post, told in fixture("instagram/comments").items() if post in ids})
    if UNMEASURED in ids:
        return Reply({"error": ERROR}, 400)
    return Reply({post: {"insights": {"data": fixture("instagram/insights")[post]}, "id": post} for post in ids})
