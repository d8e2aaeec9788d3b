"""What an instance answers: errors, links to the next page, and records without the people in them."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from urllib.parse import quote

import msgspec

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Session, judge_status
from pipeline.http.reading import http_date
from pipeline.paging import cursor_of
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources._persons import person

_NEXT = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next"?')


class Gone(SourceChanged):
    """The instance does not have (any more) what was asked for."""


class _Told(msgspec.Struct):
    error: object = None


class _Medium(msgspec.Struct):
    type: str | None = None


class _Media(msgspec.Struct):
    media_attachments: list[_Medium] = []
    poll: msgspec.Raw = msgspec.Raw(b"null")


class _Author(msgspec.Struct):
    id: str | None = None
    # With the instance it lives on where it is not this one: unlike the id it is the same on every instance.
    acct: str | None = None


class _Response(msgspec.Struct):
    id: str
    created_at: datetime
    in_reply_to_id: str | None = None
    account: _Author = msgspec.field(default_factory=_Author)


class _Context(msgspec.Struct):
    descendants: list[_Response]


def picked(record: msgspec.Raw, fields: Collection[str], **ours: str) -> bytes:
    """The record's ``fields`` as they were written, ours first; nothing of anybody's account.

    ``media`` is our word for the kind of its first attachment, or ``poll``.
    """
    told = decode(record, dict[str, msgspec.Raw], "a record")
    kept: dict[str, object] = {**ours, **{name: told[name] for name in fields if name in told and name not in ours}}
    if "media" in fields:
        media = decode(record, _Media, "the media of a status")
        first = next((each.type for each in media.media_attachments), None)
        kept["media"] = first or (None if bytes(media.poll) == b"null" else "poll")
    return msgspec.json.encode(kept)


def responses(account: Account, http: Session, number: str, post: str, days: tuple[date, date]) -> list[bytes]:
    """What was written below a post between its own day and the last one: who is a keyed hash.

    ``own`` says that it was the account ``number`` itself.
    """
    published, last = days
    answer = http.get(f"/api/v1/statuses/{quote(post, safe='')}/context", judge=judge)
    context = decode(answer, _Context, "the answers to a post")
    return [
        msgspec.json.encode(
            {
                "id": each.id,
                "post": post,
                "post_day": published,
                "in_reply_to_id": each.in_reply_to_id,
                "created_at": each.created_at,
                "person": person(account, each.account.acct or each.account.id),
                "own": each.account.id == number,
            }
        )
        for each in context.descendants
        if utc_day(each.created_at) <= last
    ]


def utc_day(moment: datetime) -> date:
    """The day in Greenwich; a moment without a zone is taken for one of Greenwich."""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def next_id(answer: Answer, base: str) -> str | None:
    """The ``max_id`` of the next page of the instance at ``base``, None on the last one."""
    found = _NEXT.search(answer.headers.get("Link", ""))
    return cursor_of(found[1], base, "max_id") if found else None


def judge(answer: Answer) -> None:
    """Raise what the answer means where it is no success."""
    if answer.status < 300:
        judge_status(answer)
        return
    try:
        said = msgspec.json.decode(answer.body, type=_Told).error
    except msgspec.DecodeError:
        said = None
    words = f'the instance says "{said}"' if said else f"HTTP {answer.status}"
    if answer.status == 429:
        raise SourceUnavailable(f"too many requests: {words}", retry_after=_wait(answer))
    if answer.status in {401, 403}:
        raise SourceRefused(f"set or renew token, with the scope read: {words}")
    if answer.status == 404:
        raise Gone(words)
    if answer.status == 410:
        raise SourceRefused(f"the account was deleted: {words}")
    if answer.status == 422:
        raise SourceChanged(words)
    judge_status(answer)


def _wait(answer: Answer) -> float | None:
    """Seconds until the window that the header names (a moment in ISO format) is over, by the instance's clock."""
    try:
        reset = datetime.fromisoformat(answer.headers.get("X-RateLimit-Reset", ""))
    except ValueError:
        return None
    now = http_date(answer.headers.get("Date", ""))
    if now is None:
        return None
    reset = reset if reset.tzinfo else reset.replace(tzinfo=UTC)
    return max(0.0, (reset - now).total_seconds())
