"""The world that the simulated platforms show: one brand, its audience, its shop, from one seed.

``World`` answers what each platform **would answer at the moment of a night's fetch** (the clock stands
at the next day 04:00 in Paris), as plain values, never as JSON. Every answer is a pure function of
(seed, entity, day, night): the order of questions, the process and its hash seed do not matter, and
the same day has the same numbers in worlds of different length that end on the same night.

    world = World(seed=7, nights=90)
    world.nights, world.outages, world.observed_at(night)
    world.facebook.page_insight("104001", "page_media_view", "day", day, night)   # int | None
    world.facebook.posts("104001", night)                                        # newest first
    world.wordpress.posts(night), .comments(night), .stats_day(day, night), .followers(night)
    world.wordpress.post_stats(post_id, night)
    world.matomo.day(day, night)                                                 # SiteDay | None
    world.matomo.visits(day, night)                                              # the visits behind it
    world.woocommerce.orders(night)                                              # as they stand then
    world.network("mastodon", Mastodon).statuses("109001", night)                # found in networks/
    world.advertising.days("meta_ads", account, since, until, night)             # found in advertisers/

Posts bring reach, reactions and clicks; clicks arrive at the shop's site as social visits, or as
campaign visits where the post's link carries a campaign; some visits become goals and orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from pipeline.simulator.world.advertisers import SELLERS
from pipeline.simulator.world.advertising import Advertising
from pipeline.simulator.world.calendar import Calendar, observed_at
from pipeline.simulator.world.changes import Change, Changes
from pipeline.simulator.world.draw import Draw
from pipeline.simulator.world.ecb import Ecb
from pipeline.simulator.world.facebook import Facebook, FacebookPage, FacebookPost
from pipeline.simulator.world.facebook_comments import FacebookComment
from pipeline.simulator.world.footfall import Footfall
from pipeline.simulator.world.journal import Journal, WordpressComment, WordpressPost
from pipeline.simulator.world.matomo import Ecommerce, Goal, Matomo, Referrer, SiteDay
from pipeline.simulator.world.networks import NETWORKS
from pipeline.simulator.world.orders import Order, OrderLine, Refund
from pipeline.simulator.world.posts import PostStories
from pipeline.simulator.world.visits import Visit
from pipeline.simulator.world.woocommerce import Woocommerce
from pipeline.simulator.world.wordpress import PostStats, StatsDay, Wordpress

__all__ = [
    "LAST_NIGHT",
    "Change",
    "Ecommerce",
    "FacebookComment",
    "FacebookPage",
    "FacebookPost",
    "Goal",
    "Order",
    "OrderLine",
    "PostStats",
    "Referrer",
    "Refund",
    "SiteDay",
    "StatsDay",
    "Visit",
    "WordpressComment",
    "WordpressPost",
    "World",
    "night_dates",
]

Kind = TypeVar("Kind")
LAST_NIGHT = date(2026, 11, 2)


class World:
    """One seed, one brand. Scale: posts a day on the main page, visits a day, posts a day in the journal.

    ``changes`` are mutations made on purpose (see ``changed``). Raises ValueError for fewer than one
    night or an unknown kind of change.
    """

    def __init__(
        self,
        seed: int = 7,
        nights: int = 90,
        last_night: date = LAST_NIGHT,
        *,
        posts_per_day: float = 1.2,
        visits_per_day: float = 150,
        journal_posts_per_day: float = 0.33,
        currencies: tuple[str, ...] = ("EUR",),
        changes: tuple[Change, ...] = (),
    ) -> None:
        self.seed = seed
        self.changes = changes
        self._arguments: Mapping[str, object] = {
            "seed": seed,
            "nights": nights,
            "last_night": last_night,
            "posts_per_day": posts_per_day,
            "visits_per_day": visits_per_day,
            "journal_posts_per_day": journal_posts_per_day,
            "currencies": currencies,
        }
        self.calendar = Calendar(nights, last_night)
        draw, changed = Draw(seed), Changes(changes, (*NETWORKS, *SELLERS))
        stories = PostStories(draw, self.calendar, {"104001": posts_per_day, "104002": 0.2})
        self.facebook = Facebook(draw, self.calendar, changed, stories)
        journal = Journal(draw, self.calendar, journal_posts_per_day)
        self.wordpress = Wordpress(draw, self.calendar, changed, journal)
        footfall = Footfall(draw, self.calendar, stories, self.wordpress, visits_per_day)
        self.woocommerce = Woocommerce(draw, self.calendar, footfall, stories, currencies)
        self.matomo = Matomo(draw, self.calendar, changed, footfall, self.woocommerce, visits_per_day)
        self.ecb = Ecb(draw)
        self._networks = {name: module.build(draw, self.calendar, changed) for name, module in NETWORKS.items()}
        advertisers = {name: module.ADVERTISERS for name, module in SELLERS.items()}
        self.advertising = Advertising(draw, self.calendar, changed, advertisers)

    @property
    def nights(self) -> tuple[date, ...]:
        """The nights of this world, oldest first."""
        return self.calendar.nights

    def network(self, name: str, kind: type[Kind]) -> Kind:
        """A network of ``networks/`` by its short name, as what its module builds.

        Raises KeyError where there is none of that name, TypeError where it is another kind.
        """
        found = self._networks[name]
        if not isinstance(found, kind):
            raise TypeError(f"{name} is no {kind.__name__}")
        return found

    @cached_property
    def outages(self) -> frozenset[tuple[str, str, date]]:
        """(platform, account, night) whose every request is answered 503 during the whole night."""
        planned = {name: network.OUTAGES for name, network in NETWORKS.items()}
        planned |= {name: seller.OUTAGES for name, seller in SELLERS.items()}
        units = {(name, account, self.calendar.ago(n)) for name, outages in planned.items() for account, n in outages}
        return self.calendar.outages | {unit for unit in units if unit[2] in self.nights}

    def observed_at(self, night: date) -> datetime:
        """The instant (UTC) of the night's fetch: what every ``Date`` header says."""
        return observed_at(night)

    def changed(self, change: Change) -> World:
        """This world with one more change made to it."""
        return World(**{**self._arguments, "changes": (*self.changes, change)})  # type: ignore[arg-type]


def night_dates(seed: int = 7, nights: int = 90, last_night: date = LAST_NIGHT) -> tuple[date, ...]:
    """The nights that ``World(seed, nights, last_night)`` has, without making it."""
    del seed  # every seed lives at the same time
    return Calendar(nights, last_night).nights
