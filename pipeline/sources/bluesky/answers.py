"""What Bluesky answers: errors, posts with the moment that can be believed, threads without the people in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Session, judge_status, retry_after
from pipeline.http.reading import http_date
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources._persons import person

# A client's clock may be off, and posts are indexed within minutes: further away it is a claim.
_BELIEVED = timedelta(days=1)
_DEPTH = 100
_MOST_DEPTH = 1000
_COUNTERS = ("likeCount", "repostCount", "replyCount", "quoteCount", "bookmarkCount")
_GONE = frozenset({"NotFound", "notFoundPost"})
_ACCOUNT_GONE = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended"})


class Gone(SourceChanged):
    """The network does not have (any more) what was asked for."""


class _Told(msgspec.Struct):
    error: object = None
    message: object = None


class _Author(msgspec.Struct):
    did: str


class _Feature(msgspec.Struct):
    uri: str | None = None


class _Facet(msgspec.Struct):
    features: list[_Feature] = []


class _Record(msgspec.Struct):
    createdAt: str | None = None  # noqa: N815 - the platform's name
    text: str | None = None
    langs: msgspec.Raw = msgspec.Raw(b"null")
    facets: list[_Facet] = []


class _Embed(msgspec.Struct):
    type: str | None = msgspec.field(name="$type", default=None)


class _Post(msgspec.Struct):
    uri: str
    author: _Author
    record: _Record
    indexedAt: str  # noqa: N815 - the platform's name
    embed: _Embed | None = None
    replyCount: object = None  # noqa: N815 - the platform's name


class _Reason(msgspec.Struct):
    type: str | None = msgspec.field(name="$type", default=None)


class _Item(msgspec.Struct):
    post: msgspec.Raw
    reason: _Reason | None = None


class Shown(msgspec.Struct):
    """An own post of the feed. ``published`` is when it was written, as far as that can be believed (UTC)."""

    uri: str
    published: datetime
    post: _Post
    counters: dict[str, msgspec.Raw]

    @property
    def day(self) -> date:
        return self.published.date()

    @property
    def replies(self) -> object:
        return self.post.replyCount


def shown(item: msgspec.Raw, did: str) -> Shown | None:
    """An item of the feed where it is an own post; None for what was reposted or pinned."""
    told = decode(item, _Item, "an item of the feed")
    post = decode(told.post, _Post, "a post")
    if (told.reason is not None and told.reason.type is not None) or post.author.did != did:
        return None
    fields = decode(told.post, dict[str, msgspec.Raw], "a post")
    counters = {name: fields[name] for name in _COUNTERS if name in fields}
    return Shown(post.uri, believed(post.record.createdAt, post.indexedAt), post, counters)


def picked(post: Shown) -> bytes:
    """What is kept of an own post: its words, links, kind and counters as they were written."""
    record, embed = post.post.record, post.post.embed
    links = [feature.uri for facet in record.facets for feature in facet.features if feature.uri]
    kept: dict[str, object] = {
        "uri": post.uri,
        "published": post.published,
        "createdAt": record.createdAt,
        "indexedAt": post.post.indexedAt,
        "text": record.text,
        "langs": record.langs,
        "links": links,
        # app.bsky.embed.images#view is called images.
        "embed": embed.type.split(".")[-1].partition("#")[0] if embed and embed.type else None,
    }
    return msgspec.json.encode({**kept, **post.counters})


def profile(told: msgspec.Raw, fields: Collection[str], **ours: str) -> bytes:
    """A profile's ``fields`` as they were written, ours first."""
    values = decode(told, dict[str, msgspec.Raw], "a profile")
    return msgspec.json.encode({**ours, **{name: values[name] for name in fields if name in values}})


def believed(created: str | None, indexed: str) -> datetime:
    """When a post was written: what its client says, unless the network saw it long before or after that."""
    seen = _moment(indexed)
    if seen is None:
        raise SourceChanged("a post has no indexedAt that could be read")
    claimed = _moment(created)
    if claimed is None or not seen - _BELIEVED <= claimed <= seen:
        return seen
    return claimed


def thread(account: Account, http: Session, did: str, post: Shown, until: date) -> list[bytes]:
    """What was written below a post until the last day: who is a keyed hash; ``own`` is the brand itself."""
    params: list[tuple[str, str | int]] = [("uri", post.uri), ("depth", _DEPTH), ("parentHeight", 0)]
    answer = http.get("/xrpc/app.bsky.feed.getPostThread", params, judge=judge)
    root = decode(answer, dict[str, msgspec.Raw], "a thread").get("thread")
    kept = []
    for reply, parent in _below(decode(root, _Thread, "a thread")) if root is not None else ():
        published = believed(reply.record.createdAt, reply.indexedAt)
        if published.date() > until:
            continue
        told = {
            # The whole address holds the identity of its author.
            "key": _key(reply.uri),
            "post": post.uri,
            "post_day": post.day,
            "parent": None if parent == post.uri else _key(parent),
            "published": published,
            "person": person(account, reply.author.did),
            "own": reply.author.did == did,
        }
        kept.append(msgspec.json.encode(told))
    return kept


class _Thread(msgspec.Struct):
    """A post of a thread; one that was deleted or hides itself has no ``post``."""

    type: str | None = msgspec.field(name="$type", default=None)
    post: _Post | None = None
    replies: list[msgspec.Raw] | None = None


def _below(root: _Thread) -> Iterator[tuple[_Post, str]]:
    """Every reply with the uri of what it answers; those below one that is gone cannot be seen."""
    if root.post is None:
        raise Gone("the post was deleted")
    waiting = [(raw, root.post.uri, 1) for raw in root.replies or ()]
    while waiting:
        raw, parent, depth = waiting.pop()
        node = decode(raw, _Thread, "a reply")
        if node.post is None or depth > _MOST_DEPTH:
            continue
        yield node.post, parent
        waiting += [(below, node.post.uri, depth + 1) for below in node.replies or ()]


def _key(uri: str) -> str:
    """The last part of an address: it counts microseconds, so no two records of a thread share it."""
    return uri.rpartition("/")[2]


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def judge(answer: Answer) -> None:
    """Raise what the answer means where it is no success; an expired token comes with status 400."""
    if answer.status < 300:
        judge_status(answer)
        return
    try:
        told = msgspec.json.decode(answer.body, type=_Told)
    except msgspec.DecodeError:
        told = _Told()
    name = str(told.error)
    said = f'the network says "{told.message}" ({name})'
    if answer.status == 429 or name == "RateLimitExceeded":
        raise SourceUnavailable(f"too many requests: {said}", retry_after=_wait(answer))
    if name in _ACCOUNT_GONE:
        raise SourceRefused(f"the account was closed: {said}")
    if name in _GONE or answer.status == 404:
        raise Gone(said)
    if name in {"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"}:
        raise SourceRefused(f"this account shows itself only to those who log in: {said}")
    if told.error is not None and answer.status < 500:
        raise SourceChanged(said)
    judge_status(answer)


def _wait(answer: Answer) -> float | None:
    """Seconds until the reset (unix seconds), by the network's own clock, where Retry-After says nothing."""
    asked = retry_after(answer.headers)
    reset, now = answer.headers.get("RateLimit-Reset", ""), http_date(answer.headers.get("Date", ""))
    if asked is not None or now is None or not (reset.isascii() and reset.isdigit() and len(reset) < 13):
        return asked
    return max(0.0, int(reset) - now.timestamp())
