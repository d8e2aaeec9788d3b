"""A night of an account, through the Accounts API."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture


def answer(asked: Asked) -> Reply:
    if asked.path.endswith("/video/list/"):
        return Reply(fixture(f"tiktok/videos_{1 if asked.query['cursor'] == '0' else 2}"))
    if asked.path.endswith("/comment/list/"):
        return Reply(fixture(f"tiktok/comments_{1 if asked.query['cursor'] == '0' else 2}"))
    return Reply(fixture("tiktok/account_now"))
