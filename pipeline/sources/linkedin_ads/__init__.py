"""LinkedIn Ads: what the campaigns of an advertising account cost each day.

The quota is one of calls a day, differs by application, and is nowhere announced; it begins again at midnight
UTC. A night costs three calls, and one more for every hundred campaigns.
Documentation: https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting

Quirks that shape this module:

* ``id`` in the settings is the number of the advertising account. Days are UTC.
* Money is a text with all its digits, which may be ``"-2E-18"`` where it is nothing.
* Statistics come without pages, at most 15,000 rows: they are asked for a month at a time. Days and campaigns
  without any are left out.
* A statistic knows its campaign by number alone: names are read from the list of campaigns, archived ones too.
* ``landingPageClicks`` lead to the site, ``clicks`` are all. Whom a day reached is not told by day.
* What the links of a campaign carry is not told: it is known by its name, or by the settings.
* A version is a month, lives a year, and then every call is refused: ``version`` sets it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pipeline.http import Limits, Session
from pipeline.settings import Account
from pipeline.sources._answers import guarded
from pipeline.sources._linkedin_rest import Rest
from pipeline.sources._linkedin_session import API_VERSION, OPTIONS, RENEWING, opened, version_ends, warnings
from pipeline.sources.linkedin_ads.analytics import ad_account, campaign_names, costs
from pipeline.streams import Note, Page, Stream, Unit, Yield

# What the pipeline asks of this module and all of LinkedIn has in common.
__all__ = ["API_VERSION", "OPTIONS", "version_ends", "warnings"]

PLATFORM = "linkedin_ads"
KIND: Literal["ads"] = "ads"
ORIGIN: Literal["api"] = "api"
BASE = "https://api.linkedin.com/rest"
TIME_ZONE: str | None = "UTC"
RESTATEMENT_DAYS = 28
# Ten years.
HISTORY_DAYS: int | None = 3650
POOL_SLOTS = 2
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS = RENEWING

STREAMS = (
    # A statistic of a campaign and day; what it does not say of itself is put in front.
    Stream(
        name="costs",
        columns={
            "day": "VARCHAR",
            "campaign_id": "VARCHAR",
            "campaign_name": "VARCHAR",
            "currency": "VARCHAR",
            "dateRange": "JSON",
            "pivotValues": "JSON",
            "impressions": "BIGINT",
            "clicks": "BIGINT",
            "landingPageClicks": "BIGINT",
            "externalWebsiteConversions": "BIGINT",
            "costInLocalCurrency": "DECIMAL(18,4)",
            "costInUsd": "DECIMAL(18,4)",
        },
        key=("campaign_id", "day"),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
    ),
)


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the token, the version and the protocol in its headers. ConfigError for a bad version,
    or a refresh token that nobody could use."""
    return opened(account, night, limits)


def check(account: Account, http: Session) -> str:
    """One call for the account itself: its name and currency."""
    found = ad_account(Rest(account, http))
    return f"ad account {found.name}, {found.currency}, days in UTC"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """What each campaign cost and brought, by day."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    rest = Rest(account, http)
    yield from (Note("version_ages", warning) for warning in warnings(account, unit.night))
    currency, names = ad_account(rest).currency, campaign_names(rest)
    for records in costs(rest, unit.window, currency, names):
        yield Page("costs", records)
