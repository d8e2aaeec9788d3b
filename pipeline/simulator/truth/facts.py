"""What is known after the nights: the facts from which every table follows, platform by platform."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from pipeline.simulator.truth.observations import Unit

Account = tuple[str, str]  # platform, account
Origin = tuple[date, str, str]  # day, platform, campaign

COUNTERS: Final = (
    "impressions",
    "reach",
    "reactions",
    "comments",
    "shares",
    "clicks",
    "saves",
    "video_views",
)
PARTS: Final = ("reactions", "comments", "shares", "clicks", "saves")


@dataclass(frozen=True)
class DayFacts:
    """What a platform says about one day of an account; a metric that is not there is not known."""

    metrics: Mapping[str, int]
    observed_at: datetime


@dataclass(frozen=True)
class PublicDay:
    """What anybody sees of an account of others at the end of a day; followers None: it hides them."""

    followers: int | None
    posts: int
    time_zone: str
    observed_at: datetime


@dataclass(frozen=True)
class PostFacts:
    """A post as it was last seen. ``published_at`` is naive UTC; ``hashtags`` None: it has no text."""

    post_id: str
    published_at: datetime
    published_day: date
    type: str | None
    link: str | None
    hashtags: tuple[str, ...] | None
    author: str | None
    campaign: str | None
    deleted_at: datetime | None
    observed_at: datetime


@dataclass(frozen=True)
class ResponseFacts:
    """What somebody wrote below a post, as it was last seen. ``written_at`` is naive UTC.

    ``person`` tells one from another, and nobody who; ``author`` is who of the brand wrote an own one, where
    the platform says so.
    """

    response_id: str
    parent_id: str | None
    person: str
    is_own: bool
    author: str | None
    written_at: datetime
    is_live: bool


@dataclass(frozen=True)
class Snapshot:
    """The lifetime counters of a post as known at the end of a night, and since when they are known."""

    night: date
    counters: Mapping[str, int | None]
    observed_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class SiteDay:
    """The visits of a day as one number each; all None where nothing was tracked."""

    visits: int | None
    visitors: int | None
    actions: int | None
    bounces: int | None
    seconds: int | None
    observed_at: datetime


@dataclass(frozen=True)
class VisitRow:
    """The visits of one site and day that came by one referrer. ``goals``: conversions by goal id."""

    site: str
    day: date
    platform: str
    campaign: str
    kind: str
    label: str
    visits: int
    visitors: int | None
    goals: Mapping[str, int]
    observed_at: datetime
    bounces: int | None = 0


@dataclass(frozen=True)
class Order:
    """The newest state of an order of a shop, of a sale on another site, or of a request. Times are naive UTC.

    ``click``: what the link carried that brought it. Money is None where nobody said what it is worth.
    """

    site: str
    source: str
    account: str
    order_id: str
    status: str
    currency: str | None
    created_at: datetime
    paid_at: datetime | None
    total: Decimal | None
    refunded: Decimal | None
    utm: Mapping[str, str]
    observed_at: datetime
    action: str = "sale"
    click: str | None = None


@dataclass(frozen=True)
class CountedSales:
    """Sales of a day as the analytics of a site without a shop counted them; a count of 0 is known to be none.

    ``utm`` is what sent the visits, as far as the analytics tell it with the sales.
    """

    site: str
    source: str
    native_id: str
    day: date
    count: int
    value: Decimal | None
    currency: str
    observed_at: datetime
    utm: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Spend:
    """What a campaign of an advertising account cost on a day, on one network, as last told.

    ``name`` is the campaign's in the account, ``utm`` what its links carry, where the platform tells.
    """

    platform: str
    account: str
    day: date
    campaign_id: str
    name: str
    network: str
    utm: str | None
    spend: Decimal
    currency: str
    impressions: int | None
    reach: int | None
    clicks: int | None
    observed_at: datetime


@dataclass(frozen=True)
class ToldTouch:
    """One visit before an order, as the shop tells it."""

    at: datetime
    source: str
    campaign: str
    is_direct: bool


@dataclass(frozen=True)
class Delivery:
    """What one stream gave in one night."""

    unit: Unit
    stream: str
    delivered: bool
    rows: int | None
    newest_day: date | None
    reason: str | None


@dataclass
class Facts:
    """All that is known. Snapshots and units are in the order of the nights."""

    units: dict[Account, list[Unit]] = field(default_factory=dict)
    account_days: dict[Account, dict[date, DayFacts]] = field(default_factory=dict)
    # Accounts of others, by the names under which they are watched.
    public_days: dict[Account, dict[date, PublicDay]] = field(default_factory=dict)
    # Night → trait → segment → people reached since the first of the night's month.
    reached: dict[Account, dict[date, Mapping[str, Mapping[str, int]]]] = field(default_factory=dict)
    posts: dict[Account, dict[str, PostFacts]] = field(default_factory=dict)
    snapshots: dict[tuple[str, str, str], list[Snapshot]] = field(default_factory=dict)
    responses: dict[Account, list[ResponseFacts]] = field(default_factory=dict)
    site_days: dict[str, dict[date, SiteDay]] = field(default_factory=dict)
    visits: list[VisitRow] = field(default_factory=list)
    # Visits one by one where a site keeps a log of them; the ways to orders by platform, account and order.
    single_visits: list[dict[str, Any]] = field(default_factory=list)
    told_journeys: dict[tuple[str, str, str], list[ToldTouch]] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    counted_sales: list[CountedSales] = field(default_factory=list)
    spends: list[Spend] = field(default_factory=list)
    # Day → currency → its units for one euro.
    rates: dict[date, Mapping[str, Decimal]] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)

    def deliver(self, unit: Unit, stream: str, days: Iterable[date]) -> None:
        """Note that a stream gave records; ``days`` has the day of each."""
        each = list(days)
        newest = max(each, default=None)
        self.deliveries.append(Delivery(unit, stream, True, len(each), newest, None))

    def watch(self, unit: Unit, account: str, followers: int | None, posts: int, time_zone: str) -> None:
        """Note what an account of others showed in the night of a unit."""
        seen = self.public_days.setdefault((unit.platform, account), {})
        seen[unit.night] = PublicDay(followers, posts, time_zone, unit.moment)

    def miss(self, unit: Unit, stream: str, reason: str) -> None:
        """Note that a stream of a landed unit gave nothing, and why."""
        self.deliveries.append(Delivery(unit, stream, False, 0, None, reason))

    def fail(self, unit: Unit, *streams: str, optional: Collection[str] = ()) -> None:
        """Note that a whole unit failed: nobody knows how many records there were.

        An ``optional`` stream is missing only where an earlier night of the account said something of it.
        """
        account = (unit.platform, unit.account)
        told = {d.stream for d in self.deliveries if (d.unit.platform, d.unit.account) == account}
        for stream in (*streams, *(name for name in optional if name in told)):
            self.deliveries.append(Delivery(unit, stream, False, None, None, unit.reason))

    def landed(self, account: Account) -> list[Unit]:
        """The units of an account that were answered, in order."""
        return [unit for unit in self.units.get(account, []) if unit.landed]

    def newest_night(self, account: Account) -> date | None:
        nights = [unit.night for unit in self.landed(account)]
        return max(nights) if nights else None

    def delivered_nights(self, account: Account, stream: str) -> list[Unit]:
        """The units of an account in which the stream was delivered."""
        return [
            delivery.unit
            for delivery in self.deliveries
            if delivery.delivered
            and delivery.stream == stream
            and (delivery.unit.platform, delivery.unit.account) == account
        ]
