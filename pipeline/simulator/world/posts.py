"""The page's posts as stories: what each will have gathered in the end, and how fast it gets there.

A counter at an instant is ``final × (1 − exp(−age/τ))`` rounded down, so counters only rise, except
where the story says that people took their reactions back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import exp

from pipeline.simulator.world.calendar import EPOCH, Calendar, local
from pipeline.simulator.world.draw import Draw

TAU_HOURS = 30.0
PARTS = ("views", "reactions", "comments", "shares", "clicks", "video_views")
# Ids count up from here, with room for 100,000 posts a day.
FIRST_ID, A_DAY = 122_000_000_000_000, 1_000_000_000
SHOP = "https://boutique.atelier-marin.example"
HOURS = (7, 8, 8, 9, 10, 11, 12, 12, 13, 15, 17, 18, 18, 19, 20, 21, 22, 23, 0, 1)
KINDS = ("added_photos", "added_photos", "added_video", "mobile_status_update", "shared_story")
REACTIONS = (("like", 0.70), ("love", 0.18), ("wow", 0.05), ("haha", 0.04), ("sorry", 0.02), ("anger", 0.01))
TEXTS = (
    "The oilskins of the season are on the hangers. Come and try them on.",
    "Mise à l’eau ce matin : le canot est prêt ⚓",
    "How we wax a thread, in six steps.\nThe last one takes a night.",
    "Qui vient à l’atelier samedi ? Café & gâteau aux pommes 🍎",
    "Repaired rather than replaced: 14 bags mended this week.",
    "Marée haute, vent de sud-ouest, boutique ouverte.",
    "<b>20 %</b> de remise si 2 < 3 & \"oui\" <script>alert('sea')</script>",
    "=SUM(A1:A9) is what our book-keeper said at noon; we said: new buttons.",
)
TAGS = ("#AtelierMarin", "#mer", "#Voile", "#été", "#FaitMain", "#bretagne", "#oilskin", "#atelier_ouvert")


def saturation(age: timedelta, tau_hours: float = TAU_HOURS) -> float:
    """The share of its final counters that something has reached at that age."""
    hours = age.total_seconds() / 3600
    return 0.0 if hours <= 0 else 1.0 - exp(-hours / tau_hours)


@dataclass(frozen=True)
class PostStory:
    """All that a post will be: attributes, final counters, and what happens to it."""

    id: str
    page: str
    day: date
    created: datetime
    edited: datetime
    status_type: str
    message: str | None
    hashtags: tuple[str, ...]
    campaign: str | None
    reach: float
    views: float
    clicks: float
    reactions: float
    comments: float
    shares: float
    video_views: float | None
    withdrawn: int
    withdrawn_at: datetime
    deleted_at: datetime | None

    def counters(self, at: datetime) -> Mapping[str, int]:
        """Lifetime counters at that instant."""
        done = saturation(at - self.created)
        back = self.withdrawn if at >= self.withdrawn_at else 0
        counters = {
            "reach": int(self.reach * done),
            "views": int(self.views * done),
            "clicks": int(self.clicks * done),
            "reactions": max(0, int(self.reactions * done) - back),
            "shares": int(self.shares * done),
        }
        if self.video_views is not None:
            counters["video_views"] = int(self.video_views * done)
        return counters

    def reactions_by_type(self, total: int) -> Mapping[str, int]:
        """The split of ``total`` reactions; types that nobody used are left out, so it may be empty."""
        rest = {name: int(total * share) for name, share in REACTIONS[1:]}
        split = {"like": total - sum(rest.values()), **rest}
        return {name: n for name, n in split.items() if n}

    def alive(self, at: datetime) -> bool:
        return self.created <= at and (self.deleted_at is None or at < self.deleted_at)


class PostStories:
    """Every post of every page, by day (in Paris) of publication."""

    def __init__(self, draw: Draw, calendar: Calendar, posts_per_day: Mapping[str, float]) -> None:
        self._draw = draw
        self._calendar = calendar
        self._per_day = posts_per_day
        self.of_day = lru_cache(maxsize=None)(self._of_day)
        self.finals = lru_cache(maxsize=None)(self._finals)

    def find(self, post_id: str) -> PostStory | None:
        """The story with that id, published or not."""
        page, _, number = post_id.partition("_")
        serial = int(number) - FIRST_ID if number.isdecimal() and len(number) < 18 else -1
        if serial < 0 or page not in self._per_day:
            return None
        day = EPOCH + timedelta(days=serial // A_DAY)
        return next((story for story in self.of_day(page, day) if story.id == post_id), None)

    def _of_day(self, page: str, day: date) -> tuple[PostStory, ...]:
        if day < self._calendar.opened:
            return ()
        count = self._draw.spread(self._per_day[page], "posts", page, day)
        first, _ = self._calendar.post_deleted
        if page == "104001" and day == first:
            count = max(count, 1)
        return tuple(self._story(page, day, n) for n in range(count))

    def _finals(self, page: str, day: date) -> Mapping[str, float]:
        """What the posts of that day will have gathered in the end, all together."""
        stories = self.of_day(page, day)
        total = {part: sum(getattr(story, part) or 0 for story in stories) for part in PARTS}
        return {**total, "campaign clicks": sum(story.clicks for story in stories if story.campaign)}

    def share(self, published: date, begin: datetime, end: datetime) -> float:
        """The share of their final counters that posts of a day gather between two instants."""
        noon = local(published, 12 * 3600)
        return saturation(end - noon) - saturation(begin - noon)

    def clicks(self, page: str, day: date, begin: datetime, end: datetime) -> tuple[float, float]:
        """(plain, campaign) clicks that the posts of ``day`` bring between two instants."""
        share, finals = self.share(day, begin, end), self.finals(page, day)
        tagged = finals["campaign clicks"]
        return (finals["clicks"] - tagged) * share, tagged * share

    def _story(self, page: str, day: date, n: int) -> PostStory:
        draw, key = self._draw, ("post", page, day, n)
        kind = draw.choose(KINDS, *key, "kind")
        second = draw.choose(HOURS, *key, "hour") * 3600 + draw.whole(0, 3599, *key, "second")
        created = local(day, second)
        campaign = self._campaign(page, day, key)
        message, hashtags = self._text(key, campaign)
        reach = draw.around(26 if page == "104002" else 900, 0.5, *key, "reach")
        reach *= 1.6 if kind == "added_video" else 1.0
        deleted = self._deleted(page, day, n, created)
        serial = (day - EPOCH).days * A_DAY + n * 10_000 + draw.whole(0, 9999, *key, "id")
        return PostStory(
            id=f"{page}_{FIRST_ID + serial}",
            page=page,
            day=day,
            created=created,
            edited=created + timedelta(minutes=draw.whole(0, 90, *key, "edited")),
            status_type=kind,
            message=message,
            hashtags=hashtags,
            campaign=campaign,
            reach=reach,
            views=reach * (1.25 + 0.35 * draw.unit(*key, "views")),
            clicks=reach * (0.05 if campaign else 0.025) * draw.around(1, 0.3, *key, "clicks"),
            reactions=reach * 0.035 * draw.around(1, 0.4, *key, "reactions"),
            comments=reach * 0.004 * draw.around(1, 0.6, *key, "comments"),
            shares=reach * 0.0025 * draw.around(1, 0.9, *key, "shares"),
            video_views=reach * 0.6 * draw.around(1, 0.2, *key, "video") if kind == "added_video" else None,
            withdrawn=draw.whole(2, 6, *key, "back") if draw.happens(0.15, *key, "withdrawn") else 0,
            withdrawn_at=created + timedelta(hours=draw.whole(60, 200, *key, "withdrawn at")),
            deleted_at=deleted,
        )

    def _campaign(self, page: str, day: date, key: tuple[object, ...]) -> str | None:
        start, end = self._calendar.autumn
        running = page == "104001" and start <= day <= end
        return "autumn-2026" if running and self._draw.happens(0.55, *key, "campaign") else None

    def _text(self, key: tuple[object, ...], campaign: str | None) -> tuple[str | None, tuple[str, ...]]:
        draw = self._draw
        if campaign is None and draw.happens(0.08, *key, "silent"):
            return None, ()
        words = [draw.choose(TEXTS, *key, "text")]
        tags = [draw.choose(TAGS, *key, "tag", i) for i in range(draw.whole(0, 4, *key, "tags"))]
        if campaign:
            query = f"utm_source=facebook&utm_medium=social&utm_campaign={campaign}"
            words.append(f"{SHOP}/?{query}")
        return " ".join([*words, *tags]), tuple(dict.fromkeys(tag.lower()[1:] for tag in tags))

    def _deleted(self, page: str, day: date, n: int, created: datetime) -> datetime | None:
        written, deleted = self._calendar.post_deleted
        if page == "104001" and day == written and n == 0:
            return local(deleted, 12 * 3600)
        if self._draw.happens(0.02, "post", page, day, n, "deleted"):
            return created + timedelta(hours=self._draw.whole(30, 150, "post", page, day, n, "deleted at"))
        return None
