"""A night of a property: where its visits came from takes two pages, and some are one row, (other)."""

from __future__ import annotations

import json

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS = {"client_id": "318.apps.example", "token_base": "{base}/oauth"}


def answer(asked: Asked) -> Reply:
    if asked.path == "/oauth/token":
        return Reply(fixture("ga4/grant"))
    return Reply(fixture(f"ga4/{_report(json.loads(asked.body))}"))


def _report(body: dict[str, list[dict[str, str]]]) -> str:
    names = [one["name"] for one in body["dimensions"]]
    if names == ["date"]:
        return "purchases" if len(body["metrics"]) == 2 else "days"
    if "eventName" in names:
        return "key_events"
    return "origins_1" if str(body["offset"]) == "0" else "origins_2"
