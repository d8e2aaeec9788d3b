"""X Ads: what the campaigns of an advertising account cost each day.

250 requests in 15 minutes for statistics, as headers of each answer tell; a night costs eight for twenty campaigns.
Documentation: https://docs.x.com/x-ads-api/analytics and https://docs.x.com/x-ads-api/fundamentals/pagination

Quirks that shape this module:

* Every request is signed by OAuth 1.0a, with the keys of an app and of a user: nothing of it ends.
* Statistics are asked for at most 20 campaigns and 7 days at once, from midnight to midnight of the account's zone.
* They come as one list for each metric, a value for each day, or null where nothing happened in all of them. A day on
  which nothing was shown and nothing billed is no row.
* Money comes in millionths of the account's currency, which its campaigns tell. Whom an advertisement reached is
  told elsewhere, by the whole time of a campaign: it is not read.
* One placement a request: X itself, and the sites and apps of its audience platform.
* What a day cost may change for 14 days; counts stand after one.
* What the links carry stands in posts and cards of the advertisements, and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from pipeline.http import Limits, Rates, Session, Signature, x_ads_headers
from pipeline.settings import Account
from pipeline.sources._answers import guarded
from pipeline.sources._zones import zone_differs
from pipeline.sources.x_ads.accounts import advertiser, campaigns
from pipeline.sources.x_ads.statistics import costs
from pipeline.streams import Stream, Unit, Yield

PLATFORM = "x_ads"
KIND: Literal["ads"] = "ads"
ORIGIN: Literal["api"] = "api"
BASE = "https://ads-api.x.com"
API_VERSION = "12"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 14
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS = ("consumer_key", "consumer_secret", "token", "token_secret")
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
OPTIONS: Mapping[str, object] = {
    # Where advertisements are shown; each costs as many requests again.
    "placements": ("ALL_ON_TWITTER", "PUBLISHER_NETWORK"),
}

STREAMS = (
    # One value of each list, with its campaign and day.
    Stream(
        name="costs",
        columns={
            "campaign_id": "VARCHAR",
            "day": "VARCHAR",
            "placement": "VARCHAR",
            "campaign_name": "VARCHAR",
            "currency": "VARCHAR",
            "billed_charge_local_micro": "BIGINT",
            "billed_engagements": "BIGINT",
            "impressions": "BIGINT",
            "engagements": "BIGINT",
            "clicks": "BIGINT",
            "url_clicks": "BIGINT",
        },
        key=("campaign_id", "day", "placement"),
        day="TRY_CAST(day AS DATE)",
        absence_means_deleted=True,
        every_day=True,
    ),
)

# Each kind of question has a limit of its own, for each account.
_RATES = Rates(read=x_ads_headers, bucket=lambda path: path)


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session that signs each of its requests."""
    secrets = account.secrets
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        signature=Signature(
            secrets["consumer_key"], secrets["consumer_secret"], secrets["token"], secrets["token_secret"]
        ),
        rates=_RATES,
        state=account.state,
        spender=secrets["token"],
        limits=limits,
    )


def check(account: Account, http: Session) -> str:
    """One call for the account itself."""
    found = advertiser(account, http)
    return f"ad account {found.name}, zone {found.timezone or 'unknown'}"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """What each campaign cost and brought, by day and placement."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    found = advertiser(account, http)
    differs = zone_differs(account, found.timezone, unit.window)
    yield from (differs,) if differs else ()
    yield from costs(account, unit.window, http, campaigns(account, unit.window, http))
