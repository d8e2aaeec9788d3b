"""The journal as its site and its statistics show it, night by night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from pipeline.simulator.world.calendar import PARIS, Calendar, days, midnight, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.journal import (
    COMMENTED_DAYS,
    Article,
    Journal,
    Remark,
    WordpressComment,
    WordpressPost,
)
from pipeline.simulator.world.posts import saturation

# Share of a day's views that is counted the morning after it, and of the day that has just begun.
COUNTED = {0: 0.97, -1: 0.05}
READ_DAYS = 20
# A post's views are counted some hours late: an article of the evening has none when it is first seen.
COUNTING = timedelta(hours=8)


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


class Wordpress:
    """The site ``journal`` (zone Europe/Paris), with statistics.

    A comment dated after midnight is visible at the night before, since the night is fetched at 04:00:
    whoever counts days must look at ``created``.
    """

    account = "journal"

    def __init__(self, draw: Draw, calendar: Calendar, changes: Changes, journal: Journal) -> None:
        self._draw = draw
        self._calendar = calendar
        self._changes = changes
        self._journal = journal
        self._followers: list[int] = [310]
        self.views = lru_cache(maxsize=None)(self._views)

    # --- what the site itself gives ---

    def posts(self, night: date) -> tuple[WordpressPost, ...]:
        """All published posts at that night, oldest first. A trashed post is not among them."""
        shown = [post for _, post in self._published(self._calendar.opened, night)]
        return tuple(sorted(shown, key=lambda post: (post.published, post.id)))

    def comments(self, night: date, since: date | None = None) -> tuple[WordpressComment, ...]:
        """All approved comments of published posts at that night, oldest first.

        ``since``: only those dated from that site day on. A comment that waited for approval appears
        later than it is dated; a removed one vanishes, as do those of a trashed post.
        """
        begin = midnight(since, PARIS) if since else None
        first = since - timedelta(days=COMMENTED_DAYS + 1) if since else self._calendar.opened
        shown = [
            remark.comment
            for article, _ in self._published(first, night)
            for remark in self._journal.remarks(article)
            if self._live(remark, night) and (begin is None or remark.comment.created >= begin)
        ]
        return tuple(sorted(shown, key=lambda comment: (comment.created, comment.id)))

    def _published(self, first: date, night: date) -> list[tuple[Article, WordpressPost]]:
        """Articles of which something is public at that night, from that day of publication on."""
        found = []
        for day in days(max(first, self._calendar.opened), night + timedelta(days=1)):
            for article in self._journal.of_day(day):
                post = article.at(observed_at(night))
                if post and not self._deleted("delete_post", post.id, night):
                    found.append((article, post))
        return found

    def _live(self, remark: Remark, night: date) -> bool:
        gone = self._deleted("delete_comment", remark.comment.id, night)
        return remark.live(observed_at(night)) and not gone

    def _deleted(self, kind: str, target: int, night: date) -> bool:
        return self._changes.deleted(kind, "wordpress", str(target), night)

    # --- what its statistics give ---

    def stats_day(self, day: date, night: date) -> StatsDay | None:
        """Statistics of a site day; None before the site existed and for days that have not begun.

        The night's own day is counted to 97 % when it is fetched, the day after it has just begun.
        """
        if day < self._calendar.opened or day > night + timedelta(days=1):
            return None
        begin, end = midnight(day, PARIS), midnight(day + timedelta(days=1), PARIS)
        done = COUNTED.get((night - day).days, 1.0)
        done *= self._changes.factor("wordpress", self.account, day, night)
        views = int(self.views(day) * done)
        return StatsDay(
            views=views,
            visitors=int(views * (0.62 + 0.1 * self._draw.unit("journal", "visitors", day))),
            likes=int(self._read(day, "likes") * done + 0.5),
            reblogs=int(self._draw.count(0.3, "journal", "reblogs", day) * done),
            comments=sum(begin <= c.created < end for c in self.comments(night, day)),
            posts=sum(begin <= post.published < end for _, post in self._published(day, night)),
        )

    def _views(self, day: date) -> int:
        """The views of the day once it is counted to the end."""
        home = self._draw.count(95 * (0.7 if day.weekday() >= 5 else 1.0), "journal", "home", day)
        return home + int(self._read(day, "views"))

    def _read(self, day: date, part: str) -> float:
        """What the day brought to all posts together, of ``views`` or ``likes``."""
        begin, end = midnight(day, PARIS), midnight(day + timedelta(days=1), PARIS)
        return sum(
            float(getattr(article, part)) * (_share(article, end) - _share(article, begin))
            for published in days(day - timedelta(days=READ_DAYS), day)
            for article in self._journal.of_day(published)
        )

    def followers(self, night: date) -> int:
        """Subscribers of the site at that night."""
        wanted = (night - self._calendar.opened).days + 1
        levels = self._followers
        if len(levels) <= wanted:
            levels = levels.copy()
            for n in range(len(levels) - 1, wanted):
                day = self._calendar.opened + timedelta(days=n)
                came = self._draw.count(0.7, "journal", "follow", day)
                levels.append(levels[-1] + came - self._draw.count(0.25, "journal", "leave", day))
            self._followers = levels
        return levels[wanted]

    def post_stats(self, post_id: int, night: date) -> PostStats | None:
        """Statistics of a published post, None when it does not exist at that night."""
        at, article = observed_at(night), self._journal.find(post_id)
        if article is None or not article.at(at) or self._deleted("delete_post", post_id, night):
            return None
        by_day, counted, until = {}, 0, at - COUNTING
        for day in days(article.post.published.astimezone(PARIS).date(), at.astimezone(PARIS).date()):
            level = int(article.views * _share(article, min(midnight(day + timedelta(days=1), PARIS), until)))
            by_day[day], counted = level - counted, level
        live = sum(self._live(remark, night) for remark in self._journal.remarks(article))
        return PostStats(counted, int(article.likes * _share(article, at)), live, by_day)


def _share(article: Article, at: datetime) -> float:
    return saturation(at - article.post.published, tau_hours=60.0)
