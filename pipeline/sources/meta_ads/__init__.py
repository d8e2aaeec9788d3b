"""Meta Ads: what the campaigns of an advertising account cost each day, on Facebook, Instagram and beyond.

Quota: told as percentages of the account and the app; a night costs about six calls.
Documentation: https://developers.facebook.com/docs/marketing-api/insights/

Quirks that shape this module:

* A report is ordered, waited for and then read (``reports``). Since August 2026 an answer at once may hold no rows,
  so nothing but a report is believed.
* The id of a new report may be unknown to the platform for some seconds: code 100, subcode 33.
* A report that fails, is skipped or is too large is ordered in halves: of its days, then of the day's campaigns.
* Every number is a text (``"0.95"``); a day on which a campaign was not shown has no row, and a row whose money was
  credited back wholly is not there any more.
* Days are those of the account's own zone, money is in its own currency; both are checked or told with each row.
* Conversions are counted by the attribution windows that are asked for, and change for 28 days. Since January 2026
  there are no ``7d_view`` and ``28d_view``.
* Days more than 13 months ago have a reach in the first ten reports of a day only: it is left out of the others.
* What the links of a campaign carry is written in its advertisements. Rows get it in front of them, as ``url_tags``:
  each way in which it is written, the most usual first.
* ``paging.next`` carries the token: it is reduced to its cursor and the address is ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

import msgspec

from pipeline.http import Limits, Rates, Session, meta_usage
from pipeline.settings import Account, Secret
from pipeline.sources._answers import decode, guarded, in_front
from pipeline.sources._graph_calls import last_day, versioned
from pipeline.sources._zones import zone_differs
from pipeline.sources.meta_ads.graph import AdGraph
from pipeline.sources.meta_ads.links import Links
from pipeline.sources.meta_ads.reports import Reports
from pipeline.streams import Page, Stream, Unit, Yield

PLATFORM = "meta_ads"
KIND: Literal["ads"] = "ads"
ORIGIN: Literal["api"] = "api"
BASE = "https://graph.facebook.com/v26.0"
API_VERSION = "v26.0"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 28
# 37 months.
HISTORY_DAYS: int | None = 1125
POOL_SLOTS = 2
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS = ("app_secret",)
OPTIONS: Mapping[str, object] = {
    # By which windows conversions are counted; none: as each ad set has it.
    "attribution": ("7d_click", "1d_view"),
    # The longest pause between two questions whether a report is ready, and how long it is waited for at all.
    "poll_seconds": 30,
    "report_seconds": 1800,
}

# Percentages of the app and of the account; a report is charged to its insights, a list to its management.
RATES = Rates(read=meta_usage, bucket=lambda _: ("app", "ads", "ads_insights", "ads_management"), cost=lambda _: 0.0)

STREAMS = (
    Stream(
        name="insights",
        columns={
            "url_tags": "JSON",
            "campaign_id": "VARCHAR",
            "campaign_name": "VARCHAR",
            "date_start": "VARCHAR",
            "date_stop": "VARCHAR",
            "publisher_platform": "VARCHAR",
            "account_currency": "VARCHAR",
            "spend": "DECIMAL(18,4)",
            "impressions": "BIGINT",
            "reach": "BIGINT",
            "clicks": "BIGINT",
            "inline_link_clicks": "BIGINT",
            "actions": "JSON",
            "action_values": "JSON",
        },
        key=("campaign_id", "date_start", "publisher_platform"),
        day="TRY_CAST(date_start AS DATE)",
        absence_means_deleted=True,
    ),
)


class _AdAccount(msgspec.Struct):
    name: str
    currency: str
    timezone_name: str


class _Row(msgspec.Struct):
    campaign_id: str | int


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the token in a header."""
    token = account.secrets["token"]
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=versioned(account.base, API_VERSION),
        headers={"Authorization": Secret(token.reference, f"Bearer {token.reveal()}")},
        limits=limits,
        rates=RATES,
        state=account.state,
    )


def version_ends(account: Account) -> tuple[str, date] | None:
    """The version in use and its last day, where the platform has named one."""
    return last_day(account.base, API_VERSION)


def check(account: Account, http: Session) -> str:
    """Two calls: the account itself, and whether its insights may be read."""
    graph = AdGraph(account, http)
    found = _ad_account(graph)
    graph.get("/insights", (("fields", "spend"), ("date_preset", "yesterday"), ("limit", 1)))
    return f"ad account {found.name}, {found.currency}, zone {found.timezone_name}, ads_read granted"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """What each campaign cost and brought, by day and network, with what its links carry."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    graph = AdGraph(account, http)
    told = zone_differs(account, _ad_account(graph).timezone_name, unit.window)
    if told:
        yield told
    links = Links(graph)
    for rows in Reports(graph).rows(unit.window):
        campaigns = [str(decode(row, _Row, "a row of the insights").campaign_id) for row in rows]
        tags = links.of(campaigns)
        pairs = zip(rows, campaigns, strict=True)
        yield Page("insights", [in_front(row, url_tags=tags[campaign]) for row, campaign in pairs])


def _ad_account(graph: AdGraph) -> _AdAccount:
    answer = graph.get("", (("fields", "name,currency,timezone_name"),))
    return decode(answer, _AdAccount, "the ad account")
