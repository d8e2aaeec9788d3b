"""The brand that the simulator plays, as its settings say it: site, goals, campaigns, values.

Its accounts are declared by each platform.

The generated ``vigie.toml`` and the truth both read these constants, so they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from pipeline.simulator.world.calendar import Calendar

BRAND: Final = "Atelier Marin"
REPORTING_CURRENCY: Final = "EUR"
TIME_ZONE: Final = "Europe/Paris"
LANGUAGE: Final = "fr"
COUNTRY: Final = "FR"
HISTORY_DAYS: Final = 28
SITE: Final = "boutique.atelier-marin.example"
# A small site beside it, with one page for each offer and analytics of another kind.
OFFERS_SITE: Final = "offers.atelier-marin.example"
# A page that sells one guided walk, on the shore of another country.
WALKS_SITE: Final = "walks.atelier-marin.example"


@dataclass(frozen=True)
class BrandAccount:
    """One account of the brand. ``time_zone`` is the one of its reporting day; its people live in ``TIME_ZONE``."""

    platform: str
    id: str
    name: str
    time_zone: str
    site: str | None = None
    receives_visits: bool = False


@dataclass(frozen=True)
class BrandCampaign:
    """One campaign. ``daily_cost`` None: nobody declared what it costs."""

    name: str
    utm_campaign: str
    platform: str
    start: date
    end: date
    daily_cost: Decimal | None


@dataclass(frozen=True)
class BrandGoal:
    """What the brand wants at least of a metric, from ``start`` to ``end`` or, without them, in every month."""

    name: str
    metric: str
    target: Decimal
    platform: str | None = None
    account: str | None = None
    site: str | None = None
    start: date | None = None
    end: date | None = None


# Goal 4 of the site's analytics is mapped to nothing on purpose.
GOALS: Final[Mapping[str, str]] = {"1": "quote_request", "2": "newsletter_signup", "3": "ad_click"}
# The goals of the other sites; one key event of the offers is mapped to nothing on purpose too.
GOALS_ABROAD: Final[Mapping[str, Mapping[str, str]]] = {
    OFFERS_SITE: {"generate_lead": "quote_request", "sign_up": "newsletter_signup", "partner_click": "ad_click"},
    WALKS_SITE: {"Question asked": "quote_request", "Letter ordered": "newsletter_signup"},
}

# Who writes for it. The journal's author 3 is mapped to nobody on purpose.
BUSINESS_HOURS: Final = ((9 * 60, 12 * 60 + 30), (14 * 60, 18 * 60))
BUSINESS_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat")
AUTHORS: Final[Mapping[tuple[str, str], str]] = {("wordpress", "1"): "Anne", ("wordpress", "2"): "Malo"}
WRITERS: Final[Mapping[str, str]] = {"facebook": "Malo"}

# Whom it aims at, as far as a network tells whom it reached.
TARGETS: Final = ("F.25-34", "F.35-44")

# What an action is worth. An ad click is worth nothing that anybody declared, which is not zero.
VALUES: Final[Mapping[str, Decimal]] = {
    "quote_request": Decimal("15.00"),
    "newsletter_signup": Decimal("2.50"),
}
ORGANIC_COST_PER_DAY: Final = Decimal("0.00")


def sites_abroad(accounts: Iterable[BrandAccount]) -> dict[str, str]:
    """The sites of these accounts beside the brand's own, each with the zone of its shop or analytics."""
    return {a.site: a.time_zone for a in accounts if a.site is not None and a.site != SITE}


def goals_abroad(accounts: Iterable[BrandAccount]) -> dict[str, Mapping[str, str]]:
    """The goals of these sites, where somebody mapped any."""
    return {site: GOALS_ABROAD[site] for site in sites_abroad(accounts) if site in GOALS_ABROAD}


def campaigns(calendar: Calendar) -> tuple[BrandCampaign, ...]:
    """The configured campaigns. The partner's one (``partner-mag``) is known to nobody, on purpose."""
    return (
        BrandCampaign("autumn", "autumn-2026", "facebook", *calendar.autumn, Decimal("40.00")),
        BrandCampaign("stories", "journal-stories", "wordpress", *calendar.stories, None),
    )


def pursued(calendar: Calendar, accounts: Iterable[BrandAccount]) -> list[BrandGoal]:
    """What a brand with these accounts wants to reach."""
    known = [(account.platform, account.id) for account in accounts]
    goals = [
        BrandGoal(
            "6 000 abonnés avant les fêtes",
            "followers",
            Decimal(6000),
            platform="facebook",
            account="104001",
            start=calendar.ago(60),
            end=calendar.ago(-20),
        ),
        BrandGoal(
            "4 % d'interactions chaque mois",
            "engagement_rate_by_impressions",
            Decimal("0.04"),
            platform="facebook",
            account="104001",
        ),
        BrandGoal("5 300 visites par mois", "visits", Decimal(5300), site=SITE),
    ]
    measured = any(account == ("matomo", "1") for account in known)
    return [goal for goal in goals if (goal.platform, goal.account) in known or (goal.site and measured)]
