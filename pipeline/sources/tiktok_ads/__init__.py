"""TikTok Ads: what the campaigns of an advertising account cost each day.

10 requests a second and 600 a minute for an app; no header tells what is left. A night costs about four.
Documentation: https://business-api.tiktok.com/portal/docs?id=1740302848100353 (report/integrated/get) and
https://business-api.tiktok.com/portal/docs?id=1735735588640770 (ad/get)

Quirks that shape this module:

* Errors come with HTTP 200 and a ``code`` that is not 0. Numbers come as numbers or as texts, and a dash stands for
  none: it becomes null, never 0.
* A report by day is about 30 days at most. Longer histories are asked for in parts, the newest first: where the
  platform says that it goes no further back, what came before is kept.
* Lists in a query are JSON. ``clicks`` are those that lead to the site.
* Days are those of the account's own zone, written ``2026-10-01 00:00:00``; its currency is told with the account
  and stands in front of each row, as do the links of its campaign.
* What is bought in advance (reservation) has reports of its own, which are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from pipeline.http import Limits, Rates, Session
from pipeline.settings import Account
from pipeline.sources._answers import guarded
from pipeline.sources._pace import is_paced
from pipeline.sources._tiktok_business import OF_THE_APP
from pipeline.sources._zones import zone_differs
from pipeline.sources.tiktok_ads.marketing import advertiser, costs
from pipeline.streams import Note, Stream, Unit, Yield

PLATFORM = "tiktok_ads"
KIND: Literal["ads"] = "ads"
ORIGIN: Literal["api"] = "api"
BASE = "https://business-api.tiktok.com"
API_VERSION = "v1.3"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 28
# As far back as others have read: no page says how long it keeps days.
HISTORY_DAYS: int | None = 730
POOL_SLOTS = 2
# The long-lived token of an advertiser, which has no end.
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
OPTIONS: Mapping[str, object] = {
    # Whether requests are paced: "", where the address is one of the platform's (https), "always" or "never".
    "paced": "",
}

STREAMS = (
    # A row of the report, its dimensions and metrics side by side; ``currency`` and ``links`` are put in front.
    Stream(
        name="costs",
        columns={
            "currency": "VARCHAR",
            "links": "JSON",
            "campaign_id": "VARCHAR",
            "stat_time_day": "VARCHAR",
            "campaign_name": "VARCHAR",
            "spend": "DECIMAL(18,4)",
            "impressions": "BIGINT",
            "clicks": "BIGINT",
            "reach": "BIGINT",
            "conversion": "BIGINT",
        },
        key=("campaign_id", "stat_time_day"),
        day="TRY_CAST(left(stat_time_day, 10) AS DATE)",
        absence_means_deleted=True,
    ),
)


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the token in the header that the platform reads."""
    paced = is_paced(account, account.base)
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        headers={"Access-Token": account.secrets["token"]},
        rates=Rates(known={"the app": OF_THE_APP}, bucket=lambda _: "the app") if paced else None,
        state=account.state,
        limits=limits,
    )


def check(account: Account, http: Session) -> str:
    """One call for the account itself: its currency and zone."""
    found = advertiser(account, http)
    return f"ad account {found.name}, {found.currency}, zone {found.display_timezone or 'unknown'}"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """What each campaign cost and brought, by day, with what its links are."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    found = advertiser(account, http)
    if found.display_timezone:
        differs = zone_differs(account, found.display_timezone, unit.window)
        yield from (differs,) if differs else ()
    else:
        yield Note("time_zone", "the platform does not say in which zone the ad account counts its days")
    yield from costs(account, unit.window, http, found.currency)
