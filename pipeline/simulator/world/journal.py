"""The journal's posts and comments as stories: when each is published, changed, approved, taken away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from pipeline.simulator.world.calendar import EPOCH, Calendar, local
from pipeline.simulator.world.draw import Draw

HOME = "https://journal.atelier-marin.example"
SUBJECTS = ("wax", "canvas", "a-knot", "the-tide", "an-old-coat", "copper", "buttons", "the-slipway", "salt")
VERBS = ("mending", "drying", "choosing", "drawing", "keeping", "sewing")
COMMENTED_DAYS = 6


@dataclass(frozen=True)
class WordpressPost:
    """A published post as the site shows it at one night. Times are UTC."""

    id: int
    slug: str
    title: str
    link: str
    author: int
    categories: tuple[int, ...]
    tags: tuple[int, ...]
    comment_status: str
    published: datetime
    modified: datetime


@dataclass(frozen=True)
class WordpressComment:
    """A live comment (``status`` is always ``approved``: others are not public). Times are UTC.

    ``author`` is the user of the site who wrote it, 0 for anybody else; ``name`` stands above it.
    """

    id: int
    post: int
    parent: int
    created: datetime
    author: int
    name: str
    status: str = "approved"


@dataclass(frozen=True)
class Article:
    """A post with what becomes of it. ``views`` and ``likes`` are what it gathers in the end."""

    post: WordpressPost
    edited: datetime | None
    trashed: datetime | None
    views: float
    likes: float

    def at(self, instant: datetime) -> WordpressPost | None:
        """The post at that instant, None before its publication and once it is in the trash."""
        if self.post.published > instant or (self.trashed is not None and self.trashed <= instant):
            return None
        if self.edited is None or self.edited > instant:
            return self.post
        return replace(self.post, modified=self.edited)


@dataclass(frozen=True)
class Remark:
    """A comment with the instants of its approval and of its removal, if any."""

    comment: WordpressComment
    approved: datetime
    removed: datetime | None

    def live(self, instant: datetime) -> bool:
        return self.approved <= instant and (self.removed is None or instant < self.removed)


class Journal:
    """Every article of the journal by day (in Paris) of publication, with its remarks."""

    def __init__(self, draw: Draw, calendar: Calendar, posts_per_day: float) -> None:
        self._draw = draw
        self._calendar = calendar
        self._per_day = posts_per_day
        self.of_day = lru_cache(maxsize=None)(self._of_day)
        self.remarks = lru_cache(maxsize=None)(self._remarks)

    def find(self, post_id: int) -> Article | None:
        """The article with that id, published or not."""
        day = EPOCH + timedelta(days=min(max(post_id, 0), 10**8) // 1000)
        return next((article for article in self.of_day(day) if article.post.id == post_id), None)

    def _of_day(self, day: date) -> tuple[Article, ...]:
        if day < self._calendar.opened:
            return ()
        count = self._draw.spread(self._per_day, "journal", "posts", day)
        if day == self._calendar.article_trashed[0]:
            count = max(count, 1)
        return tuple(self._article(day, n) for n in range(count))

    def _article(self, day: date, n: int) -> Article:
        draw, key = self._draw, ("journal", day, n)
        published = local(day, draw.whole(7 * 3600, 22 * 3600, *key, "at"))
        number = (day - EPOCH).days * 1000 + n
        slug = f"{draw.choose(VERBS, *key, 'verb')}-{draw.choose(SUBJECTS, *key, 'subject')}-{number}"
        tags = {draw.whole(20, 29, *key, "tag", i) for i in range(draw.whole(0, 3, *key, "tags"))}
        post = WordpressPost(
            id=number,
            slug=slug,
            title=slug.replace("-", " ").capitalize(),
            link=f"{HOME}/{day:%Y/%m/%d}/{slug}/",
            author=draw.whole(1, 3, *key, "author"),
            categories=(draw.whole(2, 5, *key, "category"),),
            tags=tuple(sorted(tags)),
            comment_status="open" if draw.happens(0.9, *key, "open") else "closed",
            published=published,
            modified=published,
        )
        edited = published + timedelta(hours=draw.whole(1, 130, *key, "edited at"))
        return Article(
            post=post,
            edited=edited if draw.happens(0.25, *key, "edited") else None,
            trashed=self._trashed(day, n, published),
            views=draw.around(130, 0.6, *key, "views"),
            likes=draw.around(6, 0.7, *key, "likes"),
        )

    def _trashed(self, day: date, n: int, published: datetime) -> datetime | None:
        written, taken_down = self._calendar.article_trashed
        if day == written and n == 0:
            return local(taken_down, 12 * 3600)
        if self._draw.happens(0.05, "journal", day, n, "trashed"):
            return published + timedelta(hours=self._draw.whole(50, 240, "journal", day, n, "trashed at"))
        return None

    def _remarks(self, article: Article) -> tuple[Remark, ...]:
        post = article.post
        count = self._draw.count(2.2, "comments", post.id) if post.comment_status == "open" else 0
        return tuple(self._remark(post, n) for n in range(count))

    def _remark(self, post: WordpressPost, n: int) -> Remark:
        draw, key = self._draw, ("comment", post.id, n)
        created = post.published + timedelta(seconds=draw.whole(300, COMMENTED_DAYS * 86400, *key, "at"))
        waits = draw.whole(3600, 3 * 86400, *key, "waits") if draw.happens(0.3, *key, "held") else 0
        removed = created + timedelta(days=3, seconds=draw.whole(0, 6 * 86400, *key, "removed at"))
        number = post.id * 100 + n + 1
        parent = post.id * 100 + 1 if n and draw.happens(0.3, *key, "reply") else 0
        # Most of what stands below a comment is an answer of the house, by who wrote the post or by a colleague.
        author = draw.choose((post.author, post.author, 1), *key, "by") if parent and draw.happens(0.7, *key) else 0
        return Remark(
            comment=WordpressComment(number, post.id, parent, created, author, f"Reader {number % 97}"),
            approved=created + timedelta(seconds=waits),
            removed=removed if draw.happens(0.1, *key, "removed") else None,
        )
