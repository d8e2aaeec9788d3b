"""Google Ads: what the campaigns of an advertising account cost each day, by the network they were shown on.

A developer token has so many operations a day (2,880, 15,000 or any number, by its access level); nothing tells
what is left, and a refusal says how long to wait. A night costs two.
Documentation: https://developers.google.com/google-ads/api/rest/common/search (searchStream) and
https://developers.google.com/google-ads/api/fields/latest/campaign

Quirks that shape this module:

* A query in a language of its own (GAQL) is answered with a list of batches. An error may stand in the list
  instead of one of them; then nothing of it is kept.
* 64-bit numbers are texts, amounts are millionths of the account's currency. A campaign that was not shown on a
  day and network has no row there: unknown, not 0.
* Days are those of the account's own zone; its currency is told with each row. Clicks that turn out to be invalid
  are taken back for some days, conversions come in for a month and more.
* What a link carries is told by the campaign, else by the account (``final_url_suffix``, else the tracking
  template). Ad groups and single advertisements may say otherwise, which is not read.
* A manager account has no campaigns of its own: ``login_customer_id`` names it, the account is one below it.
* A version of the API lives for a year, and days are kept for 37 months.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.http import Limits, Session
from pipeline.settings import Account, Secret
from pipeline.sources._answers import guarded
from pipeline.sources._google import owner_token
from pipeline.sources._zones import zone_differs
from pipeline.sources.google_ads.errors import judge
from pipeline.sources.google_ads.search import costs, customer, digits
from pipeline.sources.google_ads.versions import API_VERSION, last_day, versioned
from pipeline.streams import Stream, Unit, Yield

# What the pipeline asks of every source that has versions.
__all__ = ["API_VERSION"]

PLATFORM = "google_ads"
KIND: Literal["ads"] = "ads"
ORIGIN: Literal["api"] = "api"
BASE = "https://googleads.googleapis.com"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 30
HISTORY_DAYS: int | None = 1125
POOL_SLOTS = 2
CREDENTIALS = ("developer_token", "refresh_token", "client_secret")
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
# ``login_customer_id``: the manager account through which this one is read, where it is read through one.
OPTIONS: Mapping[str, object] = {
    "client_id": "",
    "login_customer_id": "",
    "token_base": "https://oauth2.googleapis.com",
}

STREAMS = (
    # A row of the answer: what it says of customer, campaign, segments and metrics, side by side.
    Stream(
        name="costs",
        columns={
            "date": "VARCHAR",
            "adNetworkType": "VARCHAR",
            "campaign_id": "VARCHAR",
            "campaign_name": "VARCHAR",
            "currency": "VARCHAR",
            "costMicros": "BIGINT",
            "impressions": "BIGINT",
            "clicks": "BIGINT",
            "conversions": "DOUBLE",
            "conversionsValue": "DOUBLE",
            "finalUrlSuffix": "VARCHAR",
            "trackingUrlTemplate": "VARCHAR",
            "urlCustomParameters": "JSON",
        },
        key=("campaign_id", "date", "adNetworkType"),
        day="TRY_CAST(date AS DATE)",
        absence_means_deleted=True,
    ),
)


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session of the account's owner, with the developer's token in a header. ConfigError without ``client_id``."""
    token = owner_token(account, judge)
    if token is None:
        raise ConfigError(f"{PLATFORM} {account.id}: refresh_token with client_id and client_secret is needed")
    manager = str(account.options.get("login_customer_id") or "")
    headers: dict[str, str | Secret] = {"developer-token": account.secrets["developer_token"]}
    if manager:
        headers["login-customer-id"] = digits(manager)
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=versioned(account.base),
        headers=headers,
        limits=limits,
        state=account.state,
        token=token,
    )


def version_ends(account: Account) -> tuple[str, date] | None:
    """The version in use and its last day, where the platform has named one."""
    return last_day(account.base)


def check(account: Account, http: Session) -> str:
    """One call for the account itself: its currency and zone."""
    found = customer(account, http)
    return f"ad account {found.name}, {found.currency_code}, zone {found.time_zone}"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """What each campaign cost and brought, by day and network, with what its links carry."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    found = customer(account, http)
    differs = zone_differs(account, found.time_zone, unit.window)
    yield from (differs,) if differs else ()
    yield from costs(account, unit.window, http, found)
