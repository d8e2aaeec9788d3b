"""Asking for an advertising account, the names of its campaigns, and their statistics by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from pipeline.errors import SourceChanged
from pipeline.paging import by_cursor, by_window
from pipeline.sources._answers import decode, in_front
from pipeline.sources._linkedin_rest import Rest, listed, quoted
from pipeline.streams import Window

_PERMISSION = "r_ads_reporting"
# At most twenty.
_FIELDS = (
    "dateRange",
    "pivotValues",
    "impressions",
    "clicks",
    "landingPageClicks",
    "externalWebsiteConversions",
    "costInLocalCurrency",
    "costInUsd",
)
_DAYS_A_CALL = 30
_CAMPAIGNS_A_PAGE = 100
_CAMPAIGN = "urn:li:sponsoredCampaign:"


class AdAccount(msgspec.Struct):
    currency: str
    name: str = ""


class _Campaign(msgspec.Struct):
    id: int | str
    name: str | None = None


class _Metadata(msgspec.Struct):
    nextPageToken: str | None = None  # noqa: N815 - the platform's own name


class _Campaigns(msgspec.Struct):
    elements: list[_Campaign]
    metadata: _Metadata | None = None


class _Day(msgspec.Struct):
    year: int
    month: int
    day: int


class _Range(msgspec.Struct):
    start: _Day


class _Statistic(msgspec.Struct):
    dateRange: _Range  # noqa: N815 - the platform's own name
    pivotValues: list[str]  # noqa: N815 - the platform's own name


def ad_account(rest: Rest) -> AdAccount:
    """The account itself."""
    answer = rest.get(f"/adAccounts/{quoted(rest.account.id)}", "", permission="r_ads")
    return decode(answer, AdAccount, "the ad account")


def campaign_names(rest: Rest) -> dict[str, str]:
    """Number → name of every campaign, also of those that ended."""
    path = f"/adAccounts/{quoted(rest.account.id)}/adCampaigns"

    def ask(token: str | None) -> tuple[list[_Campaign], str | None]:
        query = f"q=search&pageSize={_CAMPAIGNS_A_PAGE}" + (f"&pageToken={quoted(token)}" if token else "")
        page = decode(rest.get(path, query, permission="r_ads"), _Campaigns, "the list of campaigns")
        return page.elements, (page.metadata.nextPageToken or None) if page.metadata else None

    return {str(each.id): each.name for page in by_cursor(ask) for each in page if each.name}


def costs(rest: Rest, window: Window, currency: str, names: Mapping[str, str]) -> Iterator[list[bytes]]:
    """The statistics of every campaign and day, a month at a time."""
    account = listed([f"urn:li:sponsoredAccount:{rest.account.id}"])
    for part in by_window(window.since, window.until, _DAYS_A_CALL):
        days = f"(start:{_written(part.since)},end:{_written(part.until)})"
        query = (
            f"q=analytics&pivot=CAMPAIGN&timeGranularity=DAILY&dateRange={days}&accounts={account}"
            f"&fields={','.join(_FIELDS)}"
        )
        for rows in rest.pages("/adAnalytics", query, permission=_PERMISSION, what="the statistics"):
            yield [_record(row, currency, names) for row in rows]


def _written(day: date) -> str:
    return f"(year:{day.year},month:{day.month},day:{day.day})"


def _record(row: bytes, currency: str, names: Mapping[str, str]) -> bytes:
    told = decode(msgspec.Raw(row), _Statistic, "a statistic")
    campaigns = [urn.removeprefix(_CAMPAIGN) for urn in told.pivotValues if urn.startswith(_CAMPAIGN)]
    if len(campaigns) != 1:
        raise SourceChanged(f"a statistic is of no campaign, or of several: {told.pivotValues}")
    begin = told.dateRange.start
    try:
        day = date(begin.year, begin.month, begin.day)
    except (ValueError, OverflowError):
        raise SourceChanged(f"a statistic is of no day: {begin}") from None
    (campaign,) = campaigns
    ours = {"day": day, "campaign_id": campaign, "campaign_name": names.get(campaign), "currency": currency}
    return in_front(row, **ours)
