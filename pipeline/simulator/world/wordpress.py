"""The journal: a WordPress site, its posts and comments, and what its statistics count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from pipeline.simulator.world.calendar import PARIS, Calendar, days, local, midnight, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.posts import saturation

HOME = "https://journal.atelier-marin.example"
SUBJECTS = ("wax", "canvas", "a-knot", "the-tide", "an-old-coat", "copper", "buttons", "the-slipway", "salt")
VERBS = ("mending", "drying", "choosing", "drawing", "keeping", "sewing")


@dataclass(frozen=True)
class WordpressPost:
    """A published post as the site shows it at one night. Times are UTC; ``comments`` are live ones."""

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
    """A live comment (``status`` is always ``approved``: others are not public). Times are UTC."""

    id: int
    post: int
    parent: int
    created: datetime
    status: str = "approved"


@dataclass(frozen=True)
class StatsDay:
    """The site's statistics of one day of its own zone."""

    views: int
    visitors: int
    likes: int
    reblogs: int
    comments: int
    posts: int


@dataclass(frozen=True)
class PostStats:
    """One post's statistics since publication; ``by_day`` (site days) sums up to ``views``."""

    views: int
    like_count: int
    comment_count: int
    by_day: Mapping[date, int]


@dataclass(frozen=True)
class _Story:
    post: WordpressPost
    edited: datetime | None
    trashed: datetime | None
    views: float
    likes: float


@dataclass(frozen=True)
class _Remark:
    comment: WordpressComment
    approved: datetime
    removed: datetime | None


class Wordpress:
    """The site ``journal`` (zone Europe/Paris), with statistics.

    A comment dated after midnight is visible at the night before, since the night is fetched at 04:00:
    whoever counts days must look at ``created``.
    """

    account = "journal"

    def __init__(self, draw: Draw, calendar: Calendar, changes: Changes, posts_per_day: float) -> None:
        self._draw = draw
        self._calendar = calendar
        self._changes = changes
        self._per_day = posts_per_day
        self._stories = lru_cache(maxsize=None)(self._stories_of)
        self._remarks = lru_cache(maxsize=None)(self._remarks_of)
        self._comments = lru_cache(maxsize=8)(self._comments_at)
        self._followers = lru_cache(maxsize=None)(self._new_followers)

    # --- what the site itself gives ---

    def posts(self, night: date) -> tuple[WordpressPost, ...]:
        """All published posts at that night, oldest first. A trashed post is not among them."""
        at = observed_at(night)
        shown = (self._shown(s, night) for d in days(self._calendar.opened, at.date()) for s in self._stories(d))
        return tuple(sorted((p for p in shown if p is not None), key=lambda p: (p.published, p.id)))

    def _shown(self, story: _Story, night: date) -> WordpressPost | None:
        at, post = observed_at(night), story.post
        gone = story.trashed is not None and story.trashed <= at
        if post.published > at or gone or self._deleted("delete_post", post.id, night):
            return None
        if story.edited is None or story.edited > at:
            return post
        return WordpressPost(**{**post.__dict__, "modified": story.edited})

    def comments(self, night: date) -> tuple[WordpressComment, ...]:
        """All approved comments of published posts at that night, oldest first.

        A comment that waited for approval appears later than it is dated; a removed one vanishes.
        """
        return self._comments(night)

    def _comments_at(self, night: date) -> tuple[WordpressComment, ...]:
        at, shown = observed_at(night), []
        for day in days(self._calendar.opened, at.date()):
            for story in self._stories(day):
                if self._shown(story, night) is not None:
                    shown += [r.comment for r in self._remarks(story) if self._live(r, at, night)]
        return tuple(sorted(shown, key=lambda c: (c.created, c.id)))

    def _live(self, remark: _Remark, at: datetime, night: date) -> bool:
        removed = remark.removed is not None and remark.removed <= at
        return remark.approved <= at and not removed and not self._deleted("delete_comment", remark.comment.id, night)

    def _deleted(self, kind: str, target: int, night: date) -> bool:
        return self._changes.deleted(kind, "wordpress", str(target), night)

    # --- what its statistics give ---

    def stats_day(self, day: date, night: date) -> StatsDay | None:
        """Statistics of a site day; None before the site existed and for days that have not begun.

        The night's own day is counted to 97 % when it is fetched, the day after it has just begun.
        """
        if day < self._calendar.opened or day > night + timedelta(days=1):
            return None
        done = {0: 0.97, -1: 0.05}.get((night - day).days, 1.0)
        done *= self._changes.factor("wordpress", self.account, day, night)
        views = self._draw.count(95 * (0.7 if day.weekday() >= 5 else 1.0), "journal", "home", day)
        views += int(self._read(day, "views"))
        dated = [c for c in self.comments(night) if midnight(day, PARIS) <= c.created < _end(day)]
        written = [p for p in self.posts(night) if midnight(day, PARIS) <= p.published < _end(day)]
        return StatsDay(
            views=int(views * done),
            visitors=int(views * done * (0.62 + 0.1 * self._draw.unit("journal", "visitors", day))),
            likes=int(self._read(day, "likes") * done + 0.5),
            reblogs=int(self._draw.count(0.3, "journal", "reblogs", day) * done),
            comments=len(dated),
            posts=len(written),
        )

    def views(self, day: date) -> int:
        """The views of the day once it is counted to the end."""
        settled = self.stats_day(day, day + timedelta(days=2))
        return settled.views if settled else 0

    def followers(self, night: date) -> int:
        """Subscribers of the site at that night."""
        return 310 + sum(self._followers(day) for day in days(self._calendar.opened, night))

    def post_stats(self, post_id: int, night: date) -> PostStats | None:
        """Statistics of a published post, None when it does not exist at that night."""
        at = observed_at(night)
        story = next((s for s in self._stories(_day_of(post_id)) if s.post.id == post_id), None)
        if story is None or self._shown(story, night) is None:
            return None
        first, by_day = story.post.published, {}
        for day in days(first.astimezone(PARIS).date(), at.astimezone(PARIS).date()):
            end = min(_end(day), at)
            by_day[day] = int(story.views * _gained(first, end)) - int(
                story.views * _gained(first, midnight(day, PARIS))
            )
        comments = sum(self._live(r, at, night) for r in self._remarks(story))
        likes = int(story.likes * _gained(first, at))
        return PostStats(sum(by_day.values()), likes, comments, by_day)

    def _read(self, day: date, part: str) -> float:
        """What the day brought to all posts together."""
        total = 0.0
        for published in days(day - timedelta(days=25), day):
            for story in self._stories(published):
                first = story.post.published
                gained = _gained(first, _end(day)) - _gained(first, midnight(day, PARIS))
                total += getattr(story, part) * gained
        return total

    # --- stories ---

    def _new_followers(self, day: date) -> int:
        return self._draw.count(0.7, "journal", "follow", day) - self._draw.count(0.25, "journal", "leave", day)

    def _stories_of(self, day: date) -> tuple[_Story, ...]:
        if day < self._calendar.opened:
            return ()
        count = self._draw.spread(self._per_day, "journal", "posts", day)
        return tuple(self._story(day, n) for n in range(count))

    def _story(self, day: date, n: int) -> _Story:
        draw, key = self._draw, ("journal", day, n)
        published = local(day, draw.whole(7 * 3600, 22 * 3600, *key, "at"))
        number = _first_id(day) + n
        slug = f"{draw.choose(VERBS, *key, 'verb')}-{draw.choose(SUBJECTS, *key, 'subject')}-{number}"
        post = WordpressPost(
            id=number,
            slug=slug,
            title=slug.replace("-", " ").capitalize(),
            link=f"{HOME}/{day:%Y/%m/%d}/{slug}/",
            author=draw.whole(1, 3, *key, "author"),
            categories=(draw.whole(2, 5, *key, "category"),),
            tags=tuple(sorted({draw.whole(20, 29, *key, "tag", i) for i in range(draw.whole(0, 3, *key, "tags"))})),
            comment_status="open" if draw.happens(0.9, *key, "open") else "closed",
            published=published,
            modified=published,
        )
        trashed = published + timedelta(hours=draw.whole(50, 240, *key, "trashed at"))
        edited = published + timedelta(hours=draw.whole(1, 130, *key, "edited at"))
        return _Story(
            post=post,
            edited=edited if draw.happens(0.25, *key, "edited") else None,
            trashed=trashed if draw.happens(0.05, *key, "trashed") else None,
            views=draw.around(130, 0.6, *key, "views"),
            likes=draw.around(6, 0.7, *key, "likes"),
        )

    def _remarks_of(self, story: _Story) -> tuple[_Remark, ...]:
        post, draw = story.post, self._draw
        count = draw.count(2.2, "comments", post.id) if post.comment_status == "open" else 0
        return tuple(self._remark(post, n) for n in range(count))

    def _remark(self, post: WordpressPost, n: int) -> _Remark:
        draw, key = self._draw, ("comment", post.id, n)
        created = post.published + timedelta(seconds=draw.whole(300, 6 * 86400, *key, "at"))
        waits = draw.whole(3600, 3 * 86400, *key, "waits") if draw.happens(0.3, *key, "held") else 0
        removed = created + timedelta(days=3, seconds=draw.whole(0, 6 * 86400, *key, "removed at"))
        parent = post.id * 100 + 1 if n and draw.happens(0.3, *key, "reply") else 0
        comment = WordpressComment(post.id * 100 + n + 1, post.id, parent, created)
        return _Remark(
            comment, created + timedelta(seconds=waits), removed if draw.happens(0.1, *key, "removed") else None
        )


def _gained(published: datetime, at: datetime) -> float:
    return saturation(at - published, tau_hours=60.0)


def _end(day: date) -> datetime:
    return midnight(day + timedelta(days=1), PARIS)


def _first_id(day: date) -> int:
    return (day - date(2020, 1, 1)).days * 1000


def _day_of(post_id: int) -> date:
    return date(2020, 1, 1) + timedelta(days=post_id // 1000)
