"""The posts of a page, their lifetime counters in batches, and what was written under them.

Documentation: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api
and https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import msgspec

from pipeline.errors import SourceChanged
from pipeline.sources._answers import decode, in_front, one_line, whole
from pipeline.sources._linkedin_errors import Gone
from pipeline.sources._linkedin_rest import Rest, batches, listed, milliseconds, quoted
from pipeline.sources._persons import person
from pipeline.streams import ColumnType, Note, Page, Unit, Window, Yield

# What is kept of a post: the rest is about how it may be shared on.
POST_FIELDS: Mapping[str, ColumnType] = {
    "id": "VARCHAR",
    "author": "VARCHAR",
    "commentary": "VARCHAR",
    "createdAt": "BIGINT",
    "publishedAt": "BIGINT",
    "lastModifiedAt": "BIGINT",
    "lifecycleState": "VARCHAR",
    "visibility": "VARCHAR",
    "content": "JSON",
    "reshareContext": "JSON",
}
_ADMIN = "r_organization_admin (or rw_organization_admin)"
_SOCIAL = "r_organization_social"
_A_PAGE = 100
# So many posts are asked for at once: their counters, and whether anything was written under them.
_COUNTED_AT_ONCE = 100
_SUMMED_AT_ONCE = 50
_UNPUBLISHED = frozenset({"DRAFT", "PUBLISH_REQUESTED", "PUBLISH_FAILED"})
_NOTHING = msgspec.Raw(b"null")


class _Post(msgspec.Struct):
    id: str
    createdAt: msgspec.Raw = _NOTHING  # noqa: N815 - the platform's own name
    publishedAt: msgspec.Raw = _NOTHING  # noqa: N815 - the platform's own name
    lastModifiedAt: msgspec.Raw = _NOTHING  # noqa: N815 - the platform's own name
    lifecycleState: object = None  # noqa: N815 - the platform's own name

    @property
    def published(self) -> date:
        """The UTC day of publication. SourceChanged where the post says none."""
        moment = whole(self.publishedAt) or whole(self.createdAt)
        try:
            return datetime.fromtimestamp((moment or 0) / 1000, UTC).date() if moment else _undated(self.id)
        except (OverflowError, ValueError, OSError):
            return _undated(self.id)


class _Counted(msgspec.Struct):
    """One post's statistics name it by one of two fields."""

    share: str | None = None
    ugcPost: str | None = None  # noqa: N815 - the platform's own name
    totalShareStatistics: msgspec.Raw = _NOTHING  # noqa: N815 - the platform's own name


class _Summary(msgspec.Struct):
    count: msgspec.Raw = _NOTHING


class _Social(msgspec.Struct):
    commentSummary: _Summary | None = None  # noqa: N815 - the platform's own name


class _Metadata(msgspec.Struct):
    results: Mapping[str, _Social]


class _Replies(msgspec.Struct):
    totalFirstLevelComments: msgspec.Raw = _NOTHING  # noqa: N815 - the platform's own name


class _Written(msgspec.Struct):
    time: msgspec.Raw = _NOTHING
    actor: str | None = None


class _Comment(msgspec.Struct):
    id: str = ""
    object: str = ""
    commentUrn: str | None = None  # noqa: N815 - the platform's own name
    actor: str | None = None
    created: _Written | None = None
    parentComment: str | None = None  # noqa: N815 - the platform's own name
    commentsSummary: _Replies | None = None  # noqa: N815 - the platform's own name

    @property
    def urn(self) -> str:
        """Its name, also where only its parts are told. SourceChanged without any."""
        if self.commentUrn is None and not (self.id and self.object):
            raise SourceChanged("a comment has no name")
        return self.commentUrn or f"urn:li:comment:({self.object},{self.id})"


def _undated(urn: str) -> date:
    raise SourceChanged(f"the post {urn} has no time of publication")


def posts(rest: Rest, unit: Unit) -> Iterator[Yield]:
    """The posts published in the window, then their counters, then what was written under them."""
    days: dict[str, date] = {}
    for rows in _listed(rest, unit.window):
        fresh = {post.id: (post, row) for post, row in rows if post.id not in days}
        days |= {urn: post.published for urn, (post, _) in fresh.items()}
        yield Page("posts", [row for _, row in fresh.values()])
    yield from _counters(rest, days)
    yield from _comments(rest, days, unit.night)


def _listed(rest: Rest, window: Window) -> Iterator[list[tuple[_Post, bytes]]]:
    """Pages of posts of the window. The list begins with the post that was changed last.

    So it may end where everything was changed before the window began. A post that is edited while the list
    is read jumps to its front, which shows as a row that comes twice: then the front is read again.
    """
    query = f"q=author&author={quoted(rest.organization)}&sortBy=LAST_MODIFIED"
    ask = partial(rest.pages, "/posts", query, permission=_SOCIAL, what="the posts", count=_A_PAGE)
    seen: set[str] = set()
    moved = False
    for elements in ask():
        found = [(decode(msgspec.Raw(raw), _Post, "a post"), raw) for raw in elements]
        moved = moved or any(post.id in seen for post, _ in found)
        seen |= {post.id for post, _ in found}
        yield _inside(found, window)
        if found and all(_before(post, window.since) for post, _ in found):
            break
    if moved:
        front = next(ask())
        yield _inside([(decode(msgspec.Raw(raw), _Post, "a post"), raw) for raw in front], window)


def _inside(found: list[tuple[_Post, bytes]], window: Window) -> list[tuple[_Post, bytes]]:
    return [
        (post, _picked(raw))
        for post, raw in found
        if not (post.lifecycleState in _UNPUBLISHED and whole(post.publishedAt) is None)
        and window.since <= post.published <= window.until
    ]


def _picked(raw: bytes) -> bytes:
    told = decode(msgspec.Raw(raw), dict[str, msgspec.Raw], "a post")
    return one_line(msgspec.json.encode({name: value for name, value in told.items() if name in POST_FIELDS}))


def _before(post: _Post, since: date) -> bool:
    changed = whole(post.lastModifiedAt)
    return changed is not None and changed < milliseconds(since)


def _counters(rest: Rest, days: Mapping[str, date]) -> Iterator[Yield]:
    """Lifetime counters. A post that the answer leaves out has none yet, which is no zero."""
    path, what = "/organizationalEntityShareStatistics", "the counters of posts"
    for batch in batches(list(days), _COUNTED_AT_ONCE):
        kinds = {
            "shares": [urn for urn in batch if ":ugcPost:" not in urn],
            "ugcPosts": [urn for urn in batch if ":ugcPost:" in urn],
        }
        query = f"q=organizationalEntity&organizationalEntity={quoted(rest.organization)}"
        query += "".join(f"&{name}={listed(urns)}" for name, urns in kinds.items() if urns)
        for elements in rest.pages(path, query, permission=_ADMIN, what=what):
            yield Page("post_stats", [row for row in (_counted(raw, days, what) for raw in elements) if row])
    yield Page("post_stats", [])


def _counted(raw: bytes, days: Mapping[str, date], what: str) -> bytes | None:
    told = decode(msgspec.Raw(raw), _Counted, what)
    urn = told.share or told.ugcPost or ""
    return in_front(raw, post=urn, post_day=days[urn].isoformat()) if urn in days else None


def _comments(rest: Rest, days: Mapping[str, date], night: date) -> Iterator[Yield]:
    for urn in _discussed(rest, list(days)):
        try:
            post = _Thread(rest, urn, days[urn], milliseconds(night + timedelta(days=1)))
            yield Page("comments", list(_under(post, urn, None)))
        except Gone:
            yield Note("post_gone", f"the post {urn} was deleted while its comments were read")
    yield Page("comments", [])


def _discussed(rest: Rest, urns: list[str]) -> Iterator[str]:
    """The posts under which something was written, and those of which the platform does not say it."""
    for batch in batches(urns, _SUMMED_AT_ONCE):
        try:
            answer = rest.get("/socialMetadata", f"ids={listed(batch)}", permission=_SOCIAL)
            told = decode(answer, _Metadata, "the summaries of posts").results
        except SourceChanged:
            # Not every application may ask for many at once: then each post is asked itself.
            told = {}
        for urn in batch:
            summary = told[urn].commentSummary if urn in told else None
            if summary is None or whole(summary.count) != 0:
                yield urn


@dataclass(frozen=True)
class _Thread:
    """A post whose comments are read. ``end``: what was written after the night belongs to the next one."""

    rest: Rest
    post: str
    day: date
    end: int


def _under(thread: _Thread, above: str, parent: str | None) -> Iterator[bytes]:
    """What was written under a post or a comment, and under that. Names and words stay at the door."""
    rest = thread.rest
    path = f"/socialActions/{quoted(above)}/comments"
    for elements in rest.pages(path, "", permission=_SOCIAL, what="the comments", count=_A_PAGE):
        for raw in elements:
            told = decode(msgspec.Raw(raw), _Comment, "a comment")
            written = told.created or _Written()
            if (whole(written.time) or 0) >= thread.end:
                continue
            actor = told.actor or written.actor
            yield msgspec.json.encode(
                {
                    "id": told.urn,
                    "post": thread.post,
                    "post_day": thread.day,
                    "parent": told.parentComment or parent,
                    "time": written.time,
                    "person": person(rest.account, actor),
                    "own": actor == rest.organization,
                }
            )
            replies = told.commentsSummary
            if parent is None and replies is not None and (whole(replies.totalFirstLevelComments) or 0) > 0:
                yield from _under(thread, told.urn, told.urn)
