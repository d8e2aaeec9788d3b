"""An account's own posts, with its answers to others, and what single posts gathered day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from pipeline.errors import SourceChanged, SourceRefused, TokenExpired
from pipeline.records import objects
from pipeline.sources._answers import decode, in_front, is_object, one_line, whole
from pipeline.sources.x.api import MOST, PRIVATE, Api, Dialect, Wanted, midnight, stamp
from pipeline.sources.x.problems import GONE, HIDDEN, Fault, faults
from pipeline.sources.x.purse import PurseEmpty
from pipeline.streams import Absent, Note, Page, Window, Yield

# Private metrics are given to a post's owner for so long; an hour less, so that no page is cut at the edge.
_PRIVATE_LIFE: Final = timedelta(days=30) - timedelta(hours=1)
_ANALYTICS = (
    "impressions,engagements,likes,replies,retweets,quote_tweets,bookmarks,shares,url_clicks,permalink_clicks,"
    "detail_expands,user_profile_clicks,hashtag_clicks,follows,unfollows,media_views"
)
_KEPT = (
    "id",
    "created_at",
    "conversation_id",
    "attachments",
    "referenced_tweets",
    "referenced_posts",
    "public_metrics",
    "non_public_metrics",
    "organic_metrics",
)
_WORDS_OF_OURS = ("text", "entities", "note_tweet", "note_post")
_LINKS = ("urls", "hashtags")


class Reference(msgspec.Struct):
    """One post that another one refers to."""

    type: str
    id: str


class _Public(msgspec.Struct):
    reply_count: msgspec.Raw = msgspec.Raw(b"null")


class _Post(msgspec.Struct):
    """What decides how a post is kept; both spellings."""

    id: str
    created_at: datetime | None = None
    author_id: str | None = None
    in_reply_to_user_id: str | None = None
    referenced_tweets: list[Reference] | None = None
    referenced_posts: list[Reference] | None = None
    public_metrics: _Public | None = None

    def refers(self, how: str) -> bool:
        return any(one.type == how for one in self.referenced_tweets or self.referenced_posts or ())


@dataclass
class Own:
    """What later requests need to know of the own posts of a window, newest first."""

    ids: list[str] = field(default_factory=list)
    created: dict[str, datetime] = field(default_factory=dict)
    # Posts under which somebody wrote: the others have no conversation to be asked for.
    answered: list[str] = field(default_factory=list)
    # Why the list is not whole, None where it is.
    cut: str | None = "the list of posts was not read to its end"


def own_posts(api: Api, window: Window, own: Own) -> Iterator[Yield]:
    """All posts of the window, once the list is whole: a list that was cut would call the others deleted."""
    pages: list[Page] = []
    try:
        pages += (Page("posts", records) for records in _portions(api, window, own))
    except PurseEmpty as empty:
        bought = sum(len(page.records) for page in pages)
        kept = f"{bought} were bought and are not kept, because a list that was cut would call the others deleted"
        raise PurseEmpty(f"{empty}; {kept}" if bought else str(empty), resets_at=empty.resets_at) from None
    own.cut = None
    yield from pages or [Page("posts", [])]


def _portions(api: Api, window: Window, own: Own) -> Iterator[list[bytes]]:
    since, until = midnight(window.since), midnight(window.until + timedelta(days=1))
    private_from = api.now - _PRIVATE_LIFE
    if api.account.options.get("context") == "app" or private_from >= until:
        yield from _listed(api, since, until, own, "")
        return
    cut = max(since, private_from.replace(microsecond=0))
    yield from _listed(api, cut, until, own, PRIVATE)
    if since < cut:
        yield from _listed(api, since, cut, own, "")


def _listed(api: Api, since: datetime, until: datetime, own: Own, private: str) -> Iterator[list[bytes]]:
    def wanted(dialect: Dialect) -> Wanted:
        return replace(dialect.own, fields=dialect.own.fields + private)

    params = (("exclude", "retweets"), *api.between(since, until))
    path = f"/users/{api.account.id}/tweets"
    for listed in api.pages(path, params, wanted, "owned", "pagination_token", 5):
        records = [*listed.records, *_left_out(api, listed.records, listed.faults)]
        yield [kept for record in records if (kept := _kept(api, record, own)) is not None]


def _left_out(api: Api, records: Sequence[bytes], told: Sequence[Fault]) -> list[bytes]:
    """Posts that the platform left out of a page because a private field of theirs is closed: asked again without.

    Otherwise they would look deleted.
    """
    here = {decode(msgspec.Raw(record), _Post, "a post").id for record in records}
    hidden = dict.fromkeys(fault.about for fault in told if fault.kind in HIDDEN)
    missing = [post for post in hidden if post.isdigit() and post not in here]
    found: list[bytes] = []
    for start in range(0, len(missing), MOST):
        batch = missing[start : start + MOST]
        again = api.by_ids(batch, lambda dialect: dialect.own, "owned")
        told_of = {decode(msgspec.Raw(record), _Post, "a post").id for record in again.records}
        if lost := set(batch) - told_of - {fault.about for fault in again.faults if fault.kind == GONE}:
            raise SourceChanged(f"{len(lost)} posts were left out of a page, and are not given one by one either")
        found += again.records
    return found


def _kept(api: Api, record: bytes, own: Own) -> bytes | None:
    """The record without people: of an answer to somebody, the words go as well. None for a repost."""
    post = decode(msgspec.Raw(record), _Post, "a post")
    if post.refers("retweeted"):
        return None
    fields = decode(msgspec.Raw(record), dict[str, msgspec.Raw], "a post")
    to = "self" if post.in_reply_to_user_id == api.account.id else "other"
    answers = to if post.refers("replied_to") else None
    kept = {name: fields[name] for name in _KEPT if name in fields}
    if answers != "other":
        kept |= {name: _without_people(name, fields[name]) for name in _WORDS_OF_OURS if name in fields}
        _note(own, post)
    return one_line(msgspec.json.encode({**kept, "answers": answers}))


def _without_people(name: str, value: msgspec.Raw) -> msgspec.Raw:
    """Of the entities of a text only links and hashtags: the others name people."""
    if name == "text" or not is_object(value):
        return value
    told = decode(value, dict[str, msgspec.Raw], f"the {name} of a post")
    if name == "entities":
        return msgspec.Raw(msgspec.json.encode({link: told[link] for link in _LINKS if link in told}))
    nested = {part: _without_people(part, told[part]) for part in ("text", "entities") if part in told}
    return msgspec.Raw(msgspec.json.encode(nested))


def _note(own: Own, post: _Post) -> None:
    if post.id in own.created:
        return
    own.ids.append(post.id)
    if post.created_at is not None:
        own.created[post.id] = post.created_at
    if post.public_metrics is None or whole(post.public_metrics.reply_count) != 0:
        own.answered.append(post.id)


# --- analytics ---


class _Series(msgspec.Struct):
    id: str
    timestamped_metrics: list[msgspec.Raw] = []


class _Analytics(msgspec.Struct):
    data: list[_Series] = []


def analytics(api: Api, window: Window, own: Own) -> Iterator[Yield]:
    """One record per post and UTC day, for whole days; only the owner's token is told."""
    if api.account.options.get("context") == "app":
        yield Absent("analytics", "an app's own token is not told: it needs the token of the account's owner")
        return
    if own.cut:
        yield Absent("analytics", own.cut)
        return
    today = midnight(api.now.date())
    until = min(midnight(window.until + timedelta(days=1)), today)
    try:
        yield from _batches(api, window, own, until)
    except TokenExpired:
        raise
    except SourceRefused as error:
        yield Absent("analytics", f"the platform refuses the analytics: {error}")


def _batches(api: Api, window: Window, own: Own, until: datetime) -> Iterator[Yield]:
    untold = 0
    ids, begun = list(own.ids), False
    while ids:
        batch = ids[: api.purse.affordable(min(MOST, len(ids)), "analytics")]
        ids = ids[len(batch) :]
        first = min((own.created[post] for post in batch if post in own.created), default=midnight(window.since))
        since = max(midnight(window.since), midnight(first.date()))
        if since >= until:
            continue
        records, missing = _days(api, batch, since, until)
        untold += missing
        begun = True
        yield Page("analytics", records)
    if not begun:
        yield Page("analytics", [])
    if untold:
        yield Note("analytics_missing", f"the platform gives no analytics of {untold} posts")


def _days(api: Api, batch: Sequence[str], since: datetime, until: datetime) -> tuple[list[bytes], int]:
    params = (
        ("ids", ",".join(batch)),
        ("start_time", stamp(since)),
        ("end_time", stamp(until)),
        ("granularity", "daily"),
        ("analytics.fields", _ANALYTICS),
    )
    answer = api.get("/tweets/analytics", params)
    told = decode(answer, _Analytics, "the analytics").data
    api.purse.buy("analytics", [series.id for series in told])
    if strange := {series.id for series in told} - set(batch):
        raise SourceChanged(f"the analytics tell of posts that were not asked for: {', '.join(sorted(strange)[:3])}")
    explained = {fault.about for fault in faults(answer)}
    missing = set(batch) - {series.id for series in told}
    if unexplained := missing - explained:
        raise SourceChanged(f"the analytics lack {len(unexplained)} posts and do not say why")
    records = [in_front(bucket, id=series.id) for series in told for bucket in objects(series.timestamped_metrics)]
    return records, len(missing)
