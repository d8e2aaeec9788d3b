"""A night of one account: two pages of statuses with a boost, answers to one of them, somebody to compare."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture

OPTIONS = {"tracked": ("voilerie@autre.example",)}


def answer(asked: Asked) -> Reply:
    if asked.path.endswith("/lookup"):
        return Reply(fixture("mastodon/profile" if asked.query["acct"] == "atelier" else "mastodon/other"))
    if asked.path.endswith("/context"):
        return Reply(fixture("mastodon/context"))
    if "max_id" in asked.query:
        return Reply(fixture("mastodon/statuses_2"))
    link = f'<http://{asked.headers["host"]}{asked.path}?limit=40&max_id=117546869915685000>; rel="next"'
    return Reply(fixture("mastodon/statuses_1"), headers={"Link": link})
