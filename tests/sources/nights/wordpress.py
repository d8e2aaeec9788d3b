"""A night of a journal with statistics."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture
from tests.sources.wp import listed, route

SECRETS = {"stats_token": "stats-token-dddd"}
OPTIONS = {"stats_base": "{base}"}


def answer(asked: Asked) -> Reply:
    if "/rest/v1" not in asked.path:
        return listed(fixture(f"wordpress/{route(asked).rsplit('/', 1)[-1]}"), asked)
    last = asked.path.rsplit("/", 1)[-1]
    names = {"visits": "visits", "summary": "summary", "7412": "post", "7420": "post_without_views"}
    return Reply(fixture(f"wordpress/{names[last]}"))
