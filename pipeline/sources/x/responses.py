"""What people write to an account: mentions, and the conversations under its posts. Nobody's words or names stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources._persons import person
from pipeline.sources.x.api import Api, Listed, midnight
from pipeline.sources.x.posts import Own, Reference
from pipeline.streams import Absent, Page, Window, Yield

# The search of recent posts reaches back so far; a minute less, because time goes on while it is asked.
_RECENT: Final = timedelta(days=7) - timedelta(minutes=1)
_LONGEST_QUERY: Final = 512
# Under older posts nobody writes any more: their conversations are not asked for.
_TALKED_ABOUT: Final = timedelta(days=28)


class _Response(msgspec.Struct):
    """Both spellings; what is not named here never leaves this module."""

    id: str
    created_at: datetime | None = None
    conversation_id: str | None = None
    author_id: str | None = None
    referenced_tweets: list[Reference] | None = None
    referenced_posts: list[Reference] | None = None


def mentions(api: Api, window: Window, seen: set[str]) -> Iterator[Yield]:
    """Posts that name the account, of the last days. ``seen`` takes their ids."""
    since, until = _span(api, window)
    path = f"/users/{api.account.id}/mentions"
    for listed in api.pages(
        path, api.between(since, until), lambda dialect: dialect.response, "post", "pagination_token", 5
    ):
        yield Page("mentions", _records(api.account, listed, seen, since, until))


def replies(api: Api, window: Window, own: Own, seen: set[str]) -> Iterator[Yield]:
    """What stands under the own posts and was not among the mentions: many conversations in one query."""
    if own.cut:
        yield Absent("replies", own.cut)
        return
    since, until = _span(api, window)
    since = max(since, (api.now - _RECENT).replace(microsecond=0))
    if since >= until:
        yield Absent("replies", "the night is more than a week ago: the platform does not search so far back")
        return
    yield Page("replies", [])
    oldest = midnight(window.until) - _TALKED_ABOUT
    talked = [post for post in own.answered if own.created.get(post, oldest) >= oldest]
    for query in queries(talked, api.account.id):
        params = (("query", query), *api.between(since, until))
        for listed in api.pages(
            "/tweets/search/recent", params, lambda dialect: dialect.response, "post", "next_token", 10
        ):
            yield Page("replies", _records(api.account, listed, seen, since, until))


def queries(conversations: Sequence[str], account: str) -> Iterator[str]:
    """As many conversations in each query as its length allows, without what the account itself wrote."""
    tail, parts = f") -from:{account}", [f"conversation_id:{post}" for post in conversations]
    query = ""
    for part in parts:
        longer = f"{query} OR {part}" if query else f"({part}"
        if query and len(longer) + len(tail) > _LONGEST_QUERY:
            yield query + tail
            longer = f"({part}"
        query = longer
    if query:
        yield query + tail


def _span(api: Api, window: Window) -> tuple[datetime, datetime]:
    """The last days of the window: every response is bought anew each night that asks for it."""
    days = int(str(api.account.options["responses_days"]))
    until = midnight(window.until + timedelta(days=1))
    return max(midnight(window.since), until - timedelta(days=days)), until


def _records(account: Account, listed: Listed, seen: set[str], since: datetime, until: datetime) -> list[bytes]:
    """Those that were not seen yet and lie in the span, which is open to now where it has not ended."""
    records = []
    for raw in listed.records:
        told = decode(msgspec.Raw(raw), _Response, "a response")
        moment = told.created_at.astimezone(UTC) if told.created_at else since
        if told.id not in seen and since <= moment < until:
            seen.add(told.id)
            records.append(_record(account, raw, told))
    return records


def _record(account: Account, raw: bytes, told: _Response) -> bytes:
    references = told.referenced_tweets or told.referenced_posts or ()
    is_own = told.author_id == account.id
    created = decode(msgspec.Raw(raw), dict[str, msgspec.Raw], "a response").get("created_at")
    return msgspec.json.encode(
        {
            "id": told.id,
            "created_at": created,
            "conversation_id": told.conversation_id,
            "answered": next((one.id for one in references if one.type == "replied_to"), None),
            "person": None if is_own else person(account, told.author_id),
            "own": is_own if told.author_id else None,
        }
    )
