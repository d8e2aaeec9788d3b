"""Queries of an advertising account: what it is, and what its campaigns cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

import msgspec

from pipeline.errors import ConfigError, SourceChanged, SourceRefused
from pipeline.http import Session
from pipeline.paging import by_window
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources.google_ads.errors import judge
from pipeline.streams import Page, Window, Yield

# An answer holds all rows at once: so many days of it are a few megabytes in a large account.
_DAYS_A_QUERY: Final = 90
_ACCOUNT: Final = (
    "SELECT customer.id, customer.descriptive_name, customer.currency_code, customer.time_zone, customer.manager,"
    " customer.final_url_suffix, customer.tracking_url_template FROM customer"
)
_COSTS: Final = (
    "SELECT segments.date, segments.ad_network_type, campaign.id, campaign.name, campaign.final_url_suffix,"
    " campaign.tracking_url_template, campaign.url_custom_parameters, customer.currency_code, metrics.cost_micros,"
    " metrics.impressions, metrics.clicks, metrics.conversions, metrics.conversions_value FROM campaign"
    " WHERE segments.date BETWEEN '{since}' AND '{until}'"
)
_NULL: Final = msgspec.Raw(b"null")

Row = TypeVar("Row")


class Customer(msgspec.Struct, rename="camel"):
    """What a row of costs does not say of its account. Its links are those of campaigns that have none."""

    currency_code: str
    time_zone: str
    descriptive_name: str = ""
    manager: bool = False
    final_url_suffix: str = ""
    tracking_url_template: str = ""

    @property
    def name(self) -> str:
        return self.descriptive_name or "without a name"


class _CustomerRow(msgspec.Struct):
    customer: Customer


class _Campaign(msgspec.Struct, rename="camel"):
    id: str | int
    name: str | None = None
    final_url_suffix: str = ""
    tracking_url_template: str = ""
    url_custom_parameters: msgspec.Raw = msgspec.Raw(b"[]")


class _Segments(msgspec.Struct, rename="camel"):
    date: str
    ad_network_type: str


class _Currency(msgspec.Struct, rename="camel", frozen=True):
    currency_code: str | None = None


class _Metrics(msgspec.Struct, rename="camel"):
    cost_micros: msgspec.Raw = _NULL
    impressions: msgspec.Raw = _NULL
    clicks: msgspec.Raw = _NULL
    conversions: msgspec.Raw = _NULL
    conversions_value: msgspec.Raw = _NULL


class _CostRow(msgspec.Struct):
    campaign: _Campaign
    segments: _Segments
    metrics: _Metrics
    customer: _Currency = _Currency()


class _Batch(msgspec.Struct):
    # A query without rows is answered with a batch that has none, or with no batch.
    results: list[msgspec.Raw] = []


def digits(number: str) -> str:
    """The number of an account as the API wants it. People write it as 123-456-7890."""
    plain = number.replace("-", "")
    if not plain.isdecimal():
        raise ConfigError(f"the number of a Google Ads account is ten digits, not {number!r}")
    return plain


def customer(account: Account, http: Session) -> Customer:
    """The account itself. SourceRefused where it is one that only manages others."""
    found = list(_rows(account, http, _ACCOUNT, _CustomerRow, "the ad account"))
    if len(found) != 1:
        raise SourceChanged(f"{len(found)} ad accounts came where one was asked for")
    one = found[0].customer
    if one.manager:
        raise SourceRefused(
            f"{one.name} is a manager account, which has no costs: take the id of the account below it, and this one"
            " as login_customer_id"
        )
    return one


def costs(account: Account, window: Window, http: Session, of: Customer) -> Iterator[Yield]:
    """The rows of all days, and how many there are."""
    for part in by_window(window.since, window.until, _DAYS_A_QUERY):
        query = _COSTS.format(since=part.since, until=part.until)
        yield Page("costs", [_record(row, of) for row in _rows(account, http, query, _CostRow, "the costs")])


def _rows(account: Account, http: Session, query: str, shape: type[Row], what: str) -> Iterator[Row]:
    path = f"/customers/{digits(account.id)}/googleAds:searchStream"
    answer = http.post(path, json={"query": query}, judge=judge)
    for batch in decode(answer, list[_Batch], what):
        for row in batch.results:
            yield decode(row, shape, what)


def _record(row: _CostRow, of: Customer) -> bytes:
    """The row's parts side by side. A campaign without links of its own has those of its account."""
    campaign, metrics = row.campaign, row.metrics
    return msgspec.json.encode(
        {
            "date": row.segments.date,
            "adNetworkType": row.segments.ad_network_type,
            "campaign_id": str(campaign.id),
            "campaign_name": campaign.name,
            "currency": row.customer.currency_code or of.currency_code,
            "costMicros": metrics.cost_micros,
            "impressions": metrics.impressions,
            "clicks": metrics.clicks,
            "conversions": metrics.conversions,
            "conversionsValue": metrics.conversions_value,
            "finalUrlSuffix": campaign.final_url_suffix or of.final_url_suffix or None,
            "trackingUrlTemplate": campaign.tracking_url_template or of.tracking_url_template or None,
            "urlCustomParameters": campaign.url_custom_parameters,
        }
    )
