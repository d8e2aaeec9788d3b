"""The frozen settings, as the rest of the pipeline sees them. Secrets never show their value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.settings.alerting import Alerts
from pipeline.settings.values import Hours, Secret

# What is forecast of each account and site, as far as it has the metric.
FORECAST = ("followers", "reach_1d", "engagements", "visits", "conversions")
# What a visitor can do that is worth something to the brand; goals and values name only these.
ACTIONS = ("sale", "quote_request", "newsletter_signup", "ad_click", "affiliate_sale", "social_boost")
LANGUAGES = ("en", "fr")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Account:
    """One account of one platform. ``secrets`` by credential name, ``options`` by the source's own keys.

    ``time_zone`` is that of its people: hours of publication are told in it. Of a platform without a zone
    of its own it is that of the reporting day, too.
    """

    platform: str
    id: str
    name: str
    base: str
    time_zone: str
    site: str | None = None
    receives_visits: bool = False
    # Ids that the platform gave this account before: their history is its own.
    continues: tuple[str, ...] = ()
    # The folder of what outlives a fetch: budgets and rotating tokens. None: nothing is kept.
    state: Path | None = None
    # Turns ids of people into hashes; without it nobody is told from anybody.
    person_key: Secret | None = None
    # The last day of a token whose platform does not tell it, as a person knows it.
    token_expires: date | None = None
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """One site of the brand. ``goals`` maps its analytics' goal ids to actions.

    ``analytics`` is the platform, or the ``platform:id``, that counts its visits where it has several.
    ``counted_by`` names the platform that counts an action where two of them tell of it.
    """

    name: str
    time_zone: str
    goals: Mapping[str, str] = field(default_factory=dict)
    analytics: str | None = None
    counted_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Campaign:
    """A campaign known by its UTM name; ``daily_cost`` is its declared cost, where there is one.

    ``ads``: ids or names of what advertises it, as ``(platform, campaign)`` of the advertising accounts.
    """

    name: str
    utm_campaign: str
    platform: str
    start: date | None = None
    end: date | None = None
    daily_cost: Decimal | None = None
    ads: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Experiment:
    """A budget cut into slices, as it was settled before it started.

    ``arms``: what each arm spends on, the control first: ``(platform, utm_campaign)``, the latter ``None``
    for all of a platform. ``shares`` are the planned parts of the arms, in their order; empty for equal
    ones. ``budget`` is what may be spent in a night, in the reporting currency; without it, what the last
    night spent. ``floor`` is the least part of it that advice gives to any arm.
    """

    name: str
    actions: tuple[str, ...]
    arms: Mapping[str, tuple[tuple[str, str | None], ...]]
    start: date
    planned_end: date
    minimum_visits: int = 100
    alpha: Decimal = Decimal("0.05")
    split: str = "spend"
    shares: tuple[Decimal, ...] = ()
    ended: date | None = None
    budget: Decimal | None = None
    floor: Decimal = Decimal("0.05")


@dataclass(frozen=True)
class Member:
    """A person of the team, by the name that the tables show.

    ``authors``: by ``platform`` or ``platform:account`` what the platform calls the member as an author.
    ``accounts``: those that the member alone writes for, where the platform names no author.
    """

    name: str
    authors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Team:
    """Who writes for the brand, and when somebody is there to answer: on no holiday of the country."""

    time_zone: str
    business_days: tuple[str, ...] = WEEKDAYS[:5]
    business_hours: tuple[Hours, ...] = ((9 * 60, 18 * 60),)
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Goal:
    """What the brand wants to reach: a metric, of whom, by when.

    ``kind``: a ``level`` is what stands on the last day, a ``sum`` adds up the days of the period, a ``ratio`` divides
    one sum by another; ``counted`` and ``divided_by`` are the columns of these. ``place`` is where they are counted:
    ``account``, ``site`` or ``money`` (campaigns and networks). Without an account, site or platform: all of them.
    ``period``: each ``month``, ``quarter`` or ``year`` from ``start`` to ``end``, which may be open; None for the
    days from ``start`` to ``end`` as one.
    """

    name: str
    metric: str
    kind: str
    place: str
    counted: str
    comparison: str
    target: Decimal
    divided_by: str | None = None
    platform: str | None = None
    account: str | None = None
    site: str | None = None
    period: str | None = None
    start: date | None = None
    end: date | None = None
    # Money that was lost or followers that left make such a sum smaller.
    can_fall: bool = False
    is_money: bool = False


@dataclass(frozen=True)
class Conversions:
    """What an action is worth, in the reporting currency, where no order says so.

    ``cost_of_goods`` is the part of the revenue of sales that the goods cost the brand, 0.45 for 45 %.
    """

    values: Mapping[str, Decimal] = field(default_factory=dict)
    organic_cost_per_day: Decimal | None = None
    cost_of_goods: Decimal | None = None


@dataclass(frozen=True)
class Forecasting:
    """What is forecast. Of days that are not final those learn that are ``settled_days`` old."""

    metrics: tuple[str, ...] = FORECAST
    settled_days: int = 3


@dataclass(frozen=True)
class Paths:
    """``state`` holds what outlives a fetch: read budgets and rotating tokens."""

    landing: str
    warehouse: Path
    publication: Path
    state: Path


@dataclass(frozen=True)
class Storage:
    memory_limit: str = "3GB"
    threads: int | None = None
    temp_directory: Path | None = None
    keep_generations: int = 7


@dataclass(frozen=True)
class Schedule:
    """When the night runs. ``retries`` are for SourceUnavailable only; times in seconds."""

    cron: str = "0 4 * * *"
    start: date | None = None
    retries: int = 3
    retry_delay: int = 300
    fetch_timeout: int = 3600
    night_timeout: int = 6 * 3600


@dataclass(frozen=True)
class Periods:
    """``complete``: the part of its days of which a metric must be known for a period to be compared."""

    complete: Decimal = Decimal(1)


@dataclass(frozen=True)
class Privacy:
    """What is kept of people. ``wants_key`` without ``person_key``: it is named, but has no value here."""

    person_key: Secret | None = None
    wants_key: bool = False


@dataclass(frozen=True)
class Lineage:
    """Whether steps tell what they read and wrote (``events``), and to which collector beside the file."""

    events: bool = True
    url: str | None = None
    api_key: Secret | None = None


@dataclass(frozen=True)
class Settings:
    """Everything a run needs to know. ``zone`` is the brand's: a night is one of its days."""

    file: Path
    brand: str
    reporting_currency: str
    time_zone: str
    language: str
    accounts: tuple[Account, ...]
    sites: tuple[Site, ...]
    campaigns: tuple[Campaign, ...]
    segments: tuple[str, ...]
    conversions: Conversions
    paths: Paths
    storage: Storage
    schedule: Schedule
    alerts: Alerts
    team: Team
    privacy: Privacy = field(default_factory=Privacy)
    lineage: Lineage = field(default_factory=Lineage)
    costs: Path | None = None
    experiments: tuple[Experiment, ...] = ()
    goals: tuple[Goal, ...] = ()
    forecast: Forecasting = field(default_factory=Forecasting)
    growth_base: date | None = None
    # Whose holidays are no working days, as ISO 3166 names it ("FR", or "FR-ARA" with its part).
    country: str | None = None
    periods: Periods = field(default_factory=Periods)
    history_days: int = 28
    simulated: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def account(self, platform: str, account: str) -> Account:
        for candidate in self.accounts:
            if (candidate.platform, candidate.id) == (platform, account):
                return candidate
        raise KeyError((platform, account))
