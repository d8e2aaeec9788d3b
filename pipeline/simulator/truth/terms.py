"""The settings that the tables depend on: accounts, sites, goals, campaigns, what an action is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from pipeline.simulator.truth.platforms import platform

# How analytics and links call the networks.
NETWORK_NAMES: Final = {
    "facebook": "facebook",
    "facebook.com": "facebook",
    "fb": "facebook",
    "instagram": "instagram",
    "instagram.com": "instagram",
    "twitter": "x",
    "t.co": "x",
    "x": "x",
    "linkedin": "linkedin",
    "youtube": "youtube",
    "tiktok": "tiktok",
    "mastodon": "mastodon",
    "bluesky": "bluesky",
    "wordpress": "wordpress",
}
UNATTRIBUTED: Final = "unattributed"


@dataclass(frozen=True)
class AccountTerms:
    """One configured account. ``time_zone`` is that of its reporting day, ``local_zone`` that of its people."""

    platform: str
    account: str
    time_zone: str
    site: str | None = None
    receives_visits: bool = False
    local_zone: str | None = None


@dataclass(frozen=True)
class CampaignTerms:
    """One configured campaign. A missing bound is open. What costs something costs 0 outside of its days."""

    utm_campaign: str
    platform: str
    start: date | None = None
    end: date | None = None
    daily_cost: Decimal | None = None
    name: str = ""
    ads: frozenset[tuple[str, str]] = frozenset()

    def cost_on(self, day: date) -> Decimal | None:
        if self.daily_cost is None:
            return None
        started = self.start is None or self.start <= day
        return self.daily_cost if started and (self.end is None or day <= self.end) else Decimal(0)


@dataclass(frozen=True)
class TeamTerms:
    """When the team works, and who of it is meant by what a platform says.

    ``weekdays`` count from Monday, 0; ``hours`` are minutes of the day. ``authors``: (platform, author) →
    member; ``writers``: platform → who writes there alone. ``holidays`` gives those of a year.
    """

    zone: str = "UTC"
    weekdays: frozenset[int] = frozenset(range(5))
    hours: tuple[tuple[int, int], ...] = ((9 * 60, 18 * 60),)
    authors: Mapping[tuple[str, str], str] = field(default_factory=dict)
    writers: Mapping[str, str] = field(default_factory=dict)
    holidays: Callable[[int], frozenset[date]] = lambda _: frozenset()

    def member(self, platform: str, author: str | None) -> str | None:
        """Who it is that the platform calls so, or that writes there where it names nobody."""
        return self.writers.get(platform) if author is None else self.authors.get((platform, author))


@dataclass(frozen=True)
class NotedCost:
    """What people wrote down of a day of a campaign, in their currency."""

    day: date
    platform: str
    campaign: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class GoalTerms:
    """One goal: at least so much of a metric, of an account or a site, from ``start`` to ``end``, or every month."""

    name: str
    metric: str
    target: Decimal
    platform: str | None = None
    account: str | None = None
    site: str | None = None
    start: date | None = None
    end: date | None = None
    comparison: str = "at_least"


@dataclass(frozen=True)
class Terms:
    """Everything that is configured. ``goals``: site → goal id → action.

    ``refused``: (platform, metric, night) that the platform would not give, as it calls the metric: what a
    record lost in such a night is a change of the record. ``targets``: segments of the audience that the
    brand aims at. ``holidays``: day → name, of the brand's country.
    """

    accounts: tuple[AccountTerms, ...]
    site_zones: Mapping[str, str]
    goals: Mapping[str, Mapping[str, str]]
    campaigns: tuple[CampaignTerms, ...]
    action_values: Mapping[str, Decimal]
    organic_cost: Decimal | None = None
    noted: tuple[NotedCost, ...] = ()
    pursued: tuple[GoalTerms, ...] = ()
    targets: tuple[str, ...] = ()
    reporting_currency: str = "EUR"
    growth_base: date | None = None
    history_days: int = 28
    refused: frozenset[tuple[str, str, date]] = frozenset()
    team: TeamTerms = TeamTerms()
    holidays: Mapping[date, str] = field(default_factory=dict)

    def campaign(self, name: str) -> CampaignTerms | None:
        """The campaign of that UTM name, however it is written."""
        wanted = name.lower()
        return next((c for c in self.campaigns if c.utm_campaign.lower() == wanted), None)

    def of(self, platform: str, account: str) -> AccountTerms:
        return next(a for a in self.accounts if (a.platform, a.account) == (platform, account))

    @property
    def network_accounts(self) -> tuple[AccountTerms, ...]:
        return tuple(a for a in self.accounts if platform(a.platform).KIND == "network")

    @property
    def site_accounts(self) -> tuple[AccountTerms, ...]:
        """The accounts that tell of sites and money: analytics, shops, advertising."""
        return tuple(a for a in self.accounts if platform(a.platform).KIND != "network")

    def takes_visits(self, account: AccountTerms) -> bool:
        """Whether visits that came from the platform are counted for this account of it."""
        siblings = [a for a in self.accounts if a.platform == account.platform]
        return account.receives_visits or len(siblings) == 1

    @property
    def shops(self) -> tuple[AccountTerms, ...]:
        return tuple(a for a in self.accounts if platform(a.platform).KIND == "shop")

    def analytics(self, site: str) -> AccountTerms:
        """The account that counts the visits of the site."""
        return next(a for a in self.accounts if platform(a.platform).KIND == "site" and a.site == site)

    def has_shop(self, site: str) -> bool:
        return any(platform(a.platform).KIND == "shop" and a.site == site for a in self.accounts)

    @property
    def actions(self) -> frozenset[str]:
        """The actions that the sites of the brand can bring."""
        mapped = {action for goals in self.goals.values() for action in goals.values()}
        return frozenset(mapped | {"sale"})

    @property
    def paying(self) -> frozenset[str]:
        return frozenset({"sale", "affiliate_sale"} | set(self.action_values))
