"""A night of an advertising account of Google: two queries, the second with several batches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS: Final[Mapping[str, object]] = {
    "client_id": "107-nobody.apps.googleusercontent.com",
    "login_customer_id": "107-000-0001",
    "token_base": "{base}",
}


def answer(asked: Asked) -> Reply:
    if asked.path == "/token":
        return Reply(fixture("google_ads/grant"))
    what = "customer" if "FROM customer" in json.loads(asked.body)["query"] else "costs"
    return Reply(fixture(f"google_ads/{what}"))
