"""What the Pages API would say of the two pages, night by night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from pipeline.simulator.world.calendar import PACIFIC, Calendar, days, midnight, observed_at
from pipeline.simulator.world.changes import Changes
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.facebook_comments import FacebookComment, FacebookComments
from pipeline.simulator.world.insights import PageInsights
from pipeline.simulator.world.posts import PostStories, PostStory

PAGES: Mapping[str, str] = {"104001": "Atelier Marin", "104002": "Atelier Marin – Saint-Malo"}


@dataclass(frozen=True)
class FacebookPage:
    """The page itself at one night."""

    id: str
    name: str
    username: str
    fan_count: int
    followers_count: int
    link: str
    is_published: bool = True


@dataclass(frozen=True)
class FacebookPost:
    """A post as the platform shows it at one night. Times are UTC.

    ``message`` None: the field is absent. ``shares`` None: the platform leaves the object out, which
    it does exactly when there are none. ``reactions_by_type`` holds only types that were used, ``{}``
    when there are no reactions. ``media_view``, ``media_view_unique``, ``clicks`` are None on a page
    too small for insights; ``video_views`` is None for whatever is not a video.
    ``hashtags`` (lower-case, in order, distinct, without #) and ``campaign`` (the utm_campaign of the
    link in the message) say what a reader of the message would find. ``said`` is what stands below the post
    (oldest first), ``comments`` how much that is; the record of a post only shows the number.
    """

    id: str
    page: str
    message: str | None
    hashtags: tuple[str, ...]
    campaign: str | None
    created_time: datetime
    updated_time: datetime
    status_type: str
    permalink_url: str
    shares: int | None
    reactions: int
    reactions_by_type: Mapping[str, int]
    comments: int
    media_view: int | None
    media_view_unique: int | None
    clicks: int | None
    video_views: int | None
    said: tuple[FacebookComment, ...] = field(compare=False, repr=False)


class Facebook:
    """Pages 104001 (followed by thousands) and 104002 (too small for insights)."""

    pages: tuple[str, ...] = tuple(PAGES)

    def __init__(self, draw: Draw, calendar: Calendar, changes: Changes, stories: PostStories) -> None:
        self._calendar = calendar
        self._changes = changes
        self.stories = stories
        self._comments = FacebookComments(draw)
        # The pages of one list are asked for one after the other.
        self._listed = lru_cache(maxsize=16)(self._list)
        self.insights = PageInsights(draw, calendar, changes, stories)

    # --- the page ---

    def page(self, page: str, night: date) -> FacebookPage:
        """The page's own fields at that night. ``followers_count`` is today's, so ahead of the insights."""
        followers = self.insights.level(page, night)
        name = f"ateliermarin{'' if page == '104001' else page}"
        return FacebookPage(
            id=page,
            name=PAGES[page],
            username=name,
            fan_count=int(followers * 0.96),
            followers_count=followers,
            link=f"https://www.facebook.com/{name}",
        )

    def metrics(self, page: str, night: date) -> frozenset[str]:
        """The insight metrics that the platform accepts for that page at that night."""
        return self.insights.metrics(page, night)

    def page_insight(self, page: str, metric: str, period: str, day: date, night: date) -> int | None:
        """The value of ``metric`` for the measured Pacific ``day`` as answered at ``night``.

        ``period`` is ``day``, ``week`` or ``days_28`` (the window ends with ``day``). None: the platform
        gives no value (not delivered yet, page too small, metric retired or not given in that period).
        """
        return self.insights.value(page, metric, period, day, night)

    # --- posts ---

    def posts(
        self, page: str, night: date, since: date | None = None, until: date | None = None
    ) -> tuple[FacebookPost, ...]:
        """The posts that the platform lists at that night, newest first.

        ``since`` and ``until`` limit the Pacific day of publication, both inclusive.
        """
        begin = midnight(since, PACIFIC) if since else None
        end = midnight(until + timedelta(days=1), PACIFIC) if until else None
        return tuple(self.show(story, night) for story in self.listed(page, night, begin, end))

    def listed(self, page: str, night: date, begin: datetime | None, end: datetime | None) -> tuple[PostStory, ...]:
        """The stories behind ``posts``: visible at that night, created in [begin, end), newest first."""
        return self._listed(page, night, begin, end)

    def _list(self, page: str, night: date, begin: datetime | None, end: datetime | None) -> tuple[PostStory, ...]:
        at = observed_at(night)
        first = max(self._calendar.opened, begin.date() - timedelta(days=1)) if begin else self._calendar.opened
        last = min(at, end or at).date() + timedelta(days=1)
        found = [
            story
            for day in days(first, last)
            for story in self.stories.of_day(page, day)
            if self.visible(story, night)
            and (begin is None or story.created >= begin)
            and (end is None or story.created < end)
        ]
        return tuple(sorted(found, key=lambda story: (story.created, story.id), reverse=True))

    def visible(self, story: PostStory, night: date) -> bool:
        gone = self._changes.deleted("delete_post", "facebook", story.id, night)
        return story.alive(observed_at(night)) and not gone

    def post(self, post_id: str, night: date) -> FacebookPost | None:
        """One post by its id, None when it does not exist (any more) at that night."""
        story = self.stories.find(post_id)
        return self.show(story, night) if story and self.visible(story, night) else None

    def show(self, story: PostStory, night: date) -> FacebookPost:
        """The story as its page shows it at that night."""
        at = observed_at(night)
        now = story.counters(at)
        given, said = self.insights.given(story.page), self._said(story, night)
        return FacebookPost(
            id=story.id,
            page=story.page,
            message=story.message,
            hashtags=story.hashtags,
            campaign=story.campaign,
            created_time=story.created,
            updated_time=story.edited if story.edited <= at else story.created,
            status_type=story.status_type,
            permalink_url=f"https://www.facebook.com/{story.id.replace('_', '/posts/')}",
            shares=now["shares"] or None,
            reactions=now["reactions"],
            reactions_by_type=story.reactions_by_type(now["reactions"]),
            comments=len(said),
            media_view=now["views"] if given else None,
            media_view_unique=now["reach"] if given else None,
            clicks=now["clicks"] if given else None,
            video_views=now.get("video_views") if given else None,
            said=said,
        )

    def _said(self, story: PostStory, night: date) -> tuple[FacebookComment, ...]:
        """What stands below the post at that night, oldest first; a test may have taken some of it away."""
        at = observed_at(night)
        return tuple(
            comment
            for comment in self._comments.of(story)
            if comment.live(at) and not self._changes.deleted("delete_comment", "facebook", comment.id, night)
        )
