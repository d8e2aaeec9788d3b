"""WordPress: posts and comments from the site (wp/v2), views from WordPress.com statistics.

wp/v2 has no quota of its own, but hosts may answer 429. WordPress.com publishes none.
Documentation: https://developer.wordpress.org/rest-api/reference/posts/ and
https://developer.wordpress.com/docs/api/1.1/get/sites/%24site/stats/

Quirks that shape this module:

* ``date`` is the site's own time without an offset; ``after`` and ``before`` are exclusive.
* A list moves while it is read: the total is compared on every page.
* wp/v2 knows no views. They come from the statistics of WordPress.com or Jetpack, which need a
  token of their own; without one the three ``stats`` streams are not asked for.
* The statistics write an empty object as ``[]``, ``null`` or ``false``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import SourceRefused
from pipeline.http import Limits, Session
from pipeline.settings import Account
from pipeline.sources._answers import decode, guarded, one_line, whole
from pipeline.sources._persons import person
from pipeline.sources._wp_rest import Params, Rest, just_before, midnight
from pipeline.sources.wordpress.stats import stats
from pipeline.streams import Page, Stream, Unit, Yield

PLATFORM = "wordpress"
KIND: Literal["network"] = "network"
ORIGIN: Literal["api"] = "api"
BASE = ""
API_VERSION = "wp/v2"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 28
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS: tuple[str, ...] = ()
# An application password of `user`, for sites that show nothing to strangers; a token of WordPress.com.
OPTIONAL_CREDENTIALS = ("password", "stats_token")
OPTIONS: Mapping[str, object] = {
    "rest": "pretty",
    "user": "",
    "stats_site": "",
    "stats_base": "https://public-api.wordpress.com",
}

STREAMS = (
    Stream(
        name="posts",
        columns={
            "id": "BIGINT",
            "date": "VARCHAR",
            "date_gmt": "VARCHAR",
            "modified_gmt": "VARCHAR",
            "slug": "VARCHAR",
            "link": "VARCHAR",
            "title": "JSON",
            "author": "BIGINT",
            "categories": "JSON",
            "tags": "JSON",
            "comment_status": "VARCHAR",
            "type": "VARCHAR",
        },
        key=("id",),
        # The site's own date: the one by which it filters, so absence is exact.
        day='TRY_CAST(left("date", 10) AS DATE)',
        absence_means_deleted=True,
    ),
    Stream(
        name="comments",
        columns={
            "id": "BIGINT",
            "post": "BIGINT",
            "parent": "BIGINT",
            "date": "VARCHAR",
            "date_gmt": "VARCHAR",
            "status": "VARCHAR",
            # Ours: who wrote it as a keyed hash, whether the author of one of the posts did, and which one.
            "person": "VARCHAR",
            "own": "BOOLEAN",
            "own_author": "BIGINT",
        },
        key=("id",),
        day='TRY_CAST(left("date", 10) AS DATE)',
        absence_means_deleted=True,
    ),
    # One record per day, made from a table with columns: `period` of the platform is `day` here.
    Stream(
        name="stats_visits",
        columns={
            "day": "VARCHAR",
            "views": "BIGINT",
            "visitors": "BIGINT",
            "likes": "BIGINT",
            "reblogs": "BIGINT",
            "comments": "BIGINT",
            "posts": "BIGINT",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
        optional=True,
    ),
    # The followers as they are when the night is read: `day` is the night.
    Stream(
        name="stats_summary",
        columns={
            "day": "VARCHAR",
            "followers": "BIGINT",
            "views": "BIGINT",
            "visitors": "BIGINT",
            "likes": "BIGINT",
            "reblogs": "BIGINT",
            "comments": "BIGINT",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
        optional=True,
    ),
    # Lifetime counters of each post published in the window; `date` is the post's own.
    Stream(
        name="stats_post",
        columns={
            "id": "BIGINT",
            "date": "VARCHAR",
            "views": "BIGINT",
            "like_count": "BIGINT",
            "comment_count": "BIGINT",
        },
        key=("id",),
        day='TRY_CAST(left("date", 10) AS DATE)',
        optional=True,
    ),
)

_POST_FIELDS = "id,date,date_gmt,modified_gmt,slug,link,title,author,categories,tags,comment_status,type"
_COMMENT_FIELDS = "id,post,parent,date,date_gmt,status,author"


class _Dated(msgspec.Struct):
    """When a post was published, by the site's clock and by Greenwich."""

    id: msgspec.Raw = msgspec.Raw(b"null")
    date: object = None
    date_gmt: object = None
    author: object = None


class _Author(msgspec.Struct):
    """Who wrote a comment: a user of the site (0: nobody known to it) and the name that stands above it."""

    author: object = None
    author_name: object = None


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the application password where there is one; a public site needs none."""
    password = account.secrets.get("password")
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        basic=(str(account.options.get("user") or ""), password) if password else None,
        limits=limits,
    )


def check(account: Account, http: Session) -> str:
    """One call for the number of posts."""
    posts = Rest(account, http).total("/wp/v2/posts", (("status", "publish"), ("_fields", "id")))
    return f"site {account.base}, {posts:,} posts"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """Posts and comments dated in the window, then the statistics where there is a token."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    rest = Rest(account, http)
    window: Params = (
        ("after", just_before(midnight(unit.window.since, account.time_zone)).isoformat()),
        ("before", midnight(unit.window.until + timedelta(days=1), account.time_zone).isoformat()),
    )
    dates: dict[int, str] = {}
    authors: set[object] = set()
    newest: _Dated | None = None
    published = (*window, ("status", "publish"), ("_fields", _POST_FIELDS))
    for posts, total in rest.listing("/wp/v2/posts", lambda: published, "the posts"):
        for post in posts:
            dated = decode(msgspec.Raw(post), _Dated, "a post")
            if (number := whole(dated.id)) is not None:
                dates[number] = str(dated.date)
                authors.add(dated.author)
            newest = dated if newest is None or str(dated.date_gmt) > str(newest.date_gmt) else newest
        yield Page("posts", list(map(one_line, posts)), total)
    _check_clock(newest, account.time_zone)
    # A name is only asked for where it becomes a hash.
    fields = _COMMENT_FIELDS + (",author_name" if account.person_key else "")
    written = (*window, ("_fields", fields))
    for comments, total in rest.listing("/wp/v2/comments", lambda: written, "the comments"):
        yield Page("comments", [_comment(account, comment, authors) for comment in comments], total)
    if "stats_token" in account.secrets:
        yield from stats(account, unit, http, dates)


def _comment(account: Account, record: bytes, authors: Collection[object]) -> bytes:
    """The comment as it was written, but for who wrote it. Somebody unknown to the site is told by the name."""
    told = decode(msgspec.Raw(record), dict[str, msgspec.Raw], "a comment")
    who = decode(msgspec.Raw(record), _Author, "a comment")
    known = isinstance(who.author, int) and who.author > 0
    native = f"user {who.author}" if known else f"name {who.author_name}" if who.author_name else None
    kept = {name: value for name, value in told.items() if name not in ("author", "author_name")}
    is_own = known and who.author in authors
    own = {"own": True, "own_author": who.author} if is_own else {"own": False}
    return msgspec.json.encode({**kept, "person": person(account, native), **own})


def _check_clock(newest: _Dated | None, zone: str) -> None:
    """Days of another zone than the site's would lose posts at both ends of the window."""
    if newest is None:
        return
    try:
        site = datetime.fromisoformat(str(newest.date)).replace(tzinfo=None)
        ours = datetime.fromisoformat(str(newest.date_gmt)).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    except ValueError:
        return
    if site != ours.replace(tzinfo=None):
        raise SourceRefused(
            f"set time_zone to the site's own zone: it writes {newest.date} where {zone} has {ours:%Y-%m-%dT%H:%M:%S}"
        )
