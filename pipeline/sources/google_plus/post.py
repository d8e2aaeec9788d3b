"""What is kept of a post of Google+: numbers and the brand's own words; of people nothing but keyed hashes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import msgspec

# Hashes what a person is called by; None where no key is set.
Hashed = Callable[[str], str | None]

INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?")
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


class NotReadError(ValueError):
    """A file of a post that cannot be read; its message says why, without its content."""


@dataclass(frozen=True)
class Comment:
    """A comment without its words. ``author`` is what the archive calls the writer by."""

    id: str
    published: datetime | None
    updated: datetime | None
    author: str | None


@dataclass(frozen=True)
class Post:
    """A post as an archive has it. ``names`` are all by which its author is called, the best one first.

    ``at_least``: the counts are lower bounds. ``visibility`` and ``community`` are None where the
    archive does not say.
    """

    id: str
    published: datetime
    updated: datetime | None
    names: tuple[str, ...]
    url: str | None = None
    type: str = "text"
    text: str | None = None
    link: str | None = None
    visibility: str | None = None
    community: str | None = None
    collection: str | None = None
    plus_ones: int = 0
    reshares: int = 0
    at_least: bool = False
    comments: Sequence[Comment] = field(default=())


class PostRecord(msgspec.Struct):
    """What lands of a post."""

    id: str
    url: str | None
    published: str
    updated: str | None
    type: str
    text: str | None
    link: str | None
    visibility: str | None
    community: str | None
    collection: str | None
    plus_ones: int
    comments: int
    reshares: int
    counts_are_lower_bounds: bool
    format: str


class CommentRecord(msgspec.Struct):
    """What lands of a comment."""

    id: str
    post: str
    published: str
    updated: str | None
    person: str | None
    is_own: bool


def post_record(post: Post, form: str) -> bytes:
    """The post as one line of JSON; ``form`` is ``json`` or ``html``."""
    record = PostRecord(
        id=post.id,
        url=clean(post.url),
        published=written(post.published),
        updated=written(post.updated) if post.updated else None,
        type=post.type,
        text=clean(post.text),
        link=clean(post.link),
        visibility=post.visibility,
        community=clean(post.community),
        collection=clean(post.collection),
        plus_ones=post.plus_ones,
        comments=len(post.comments),
        reshares=post.reshares,
        counts_are_lower_bounds=post.at_least,
        format=form,
    )
    return msgspec.json.encode(record)


def comment_record(comment: Comment, post: Post, own: frozenset[str], hashed: Hashed) -> bytes:
    """The comment as one line of JSON."""
    record = CommentRecord(
        id=comment.id,
        post=post.id,
        published=written(written_at(comment, post)),
        updated=written(comment.updated) if comment.updated else None,
        person=hashed(comment.author) if comment.author else None,
        is_own=comment.author in own,
    )
    return msgspec.json.encode(record)


def written_at(comment: Comment, post: Post) -> datetime:
    """When a comment was written; one without a date, or with one before its post's, is of its post's time."""
    return max(comment.published or post.published, post.published)


def instant(value: object) -> datetime | None:
    """The first moment that a text names, in UTC (as which one without a zone counts); None without any."""
    found = INSTANT.search(value) if isinstance(value, str) else None
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found.group().replace(" +", "+").replace(" -", "-"))
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def name_in(address: object) -> str | None:
    """What the address of a profile or a post calls the profile: its number, or its name after a plus."""
    parts = _path(address)
    return parts[0] if parts else None


def post_in(address: object) -> str | None:
    """The id in the address of a post: ``…/+Name/posts/abcDEF12345``."""
    parts = _path(address)
    return parts[2] if len(parts) > 2 and parts[1] == "posts" and parts[2] else None


def _path(address: object) -> list[str]:
    """The parts of the path of an address of the network; none where it is of anything else."""
    if not isinstance(address, str):
        return []
    try:
        found = urlsplit(address.strip())
        host = found.hostname
    except ValueError:
        return []
    if host != "plus.google.com" or found.scheme not in ("http", "https"):
        return []
    parts = [unquote(part) for part in found.path.strip("/").split("/")]
    # Somebody who had several accounts open: /u/1/…
    parts = parts[2:] if parts[:1] == ["u"] else parts
    return [clean(part) or "" for part in parts] if parts and parts[0] else []


def clean(text: str | None) -> str | None:
    """The text without what no encoding can write: NUL and halves of surrogate pairs become U+FFFD."""
    return None if text is None else _UNWRITABLE.sub("\ufffd", text)
