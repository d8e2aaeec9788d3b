"""A night of a shop, in two pages."""

from __future__ import annotations

import json

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture


def answer(asked: Asked) -> Reply:
    sent = json.loads(asked.body)
    kind = sent["query"].split("(")[0].split("{")[0].split()[1]
    if kind == "Orders":
        return Reply(fixture(f"shopify/orders_{2 if sent['variables']['after'] else 1}"))
    return Reply(fixture(f"shopify/{kind.lower()}"))
