"""A night of a small site: a day that was visited, one on which nobody was counted, and one without sales."""

from __future__ import annotations

import json
from datetime import date, timedelta

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS = {"purchase_goal": "Walk booked"}


def answer(asked: Asked) -> Reply:
    query = json.loads(asked.body)
    since, until = map(date.fromisoformat, query["date_range"])
    days = [(since + timedelta(days=n)).isoformat() for n in range((until - since).days + 1)]
    of = ",".join(name.removeprefix("visit:") for name in query["dimensions"][1:] if name != "event:goal")
    rows = fixture("plausible/results")[of][",".join(query["metrics"])]
    meta = {"total_rows": len(rows), "time_labels": days}
    echo = {**query, "date_range": [f"{since}T00:00:00+01:00", f"{until}T23:59:59+01:00"]}
    return Reply({"results": rows, "meta": meta, "query": echo})
