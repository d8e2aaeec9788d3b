"""Asking the Marketing API: an account, its report by campaign and day, and where the advertisements lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.paging import by_page
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.sources._tiktok_business import ParametersRefused, Params, judge_business, listed, text_of, without_dashes
from pipeline.streams import Note, Page, Window, Yield

_ADVERTISER = "/open_api/v1.3/advertiser/info/"
_REPORT = "/open_api/v1.3/report/integrated/get/"
_ADS = "/open_api/v1.3/ad/get/"
# The longest window of a report by day, first and last day included.
_DAYS_A_REPORT = 30
_ROWS_A_PAGE = 1000
_CAMPAIGNS_A_CALL = 100
# So many days it gives for sure: beyond them a refusal means that its history ends.
_SURE_DAYS = timedelta(days=365)
_METRICS = ("campaign_name", "spend", "impressions", "clicks", "reach", "conversion")
_NULL = msgspec.Raw(b"null")

Fields = dict[str, msgspec.Raw]


class Advertiser(msgspec.Struct):
    """What a report does not say of its account. ``display_timezone`` is the zone's name."""

    name: str
    currency: str
    display_timezone: str | None = None


class _Advertisers(msgspec.Struct, rename={"rows": "list"}):
    rows: list[Advertiser]


class _AdvertiserAnswer(msgspec.Struct):
    data: _Advertisers


class _PageInfo(msgspec.Struct):
    total_page: int | str
    total_number: int | str


class _Row(msgspec.Struct):
    dimensions: Fields
    metrics: Fields


class _Rows(msgspec.Struct, rename={"rows": "list"}):
    rows: list[_Row]
    page_info: _PageInfo


class _Report(msgspec.Struct):
    data: _Rows


class _UtmParameter(msgspec.Struct):
    key: str
    value: str


class _Ad(msgspec.Struct):
    ad_id: msgspec.Raw
    campaign_id: msgspec.Raw
    landing_page_url: str | None = None
    utm_params: list[_UtmParameter] | None = None


class _AdRows(msgspec.Struct, rename={"rows": "list"}):
    rows: list[_Ad]
    page_info: _PageInfo


class _Ads(msgspec.Struct):
    data: _AdRows


def advertiser(account: Account, http: Session) -> Advertiser:
    """The account itself. SourceChanged where the platform gives none, or another number of them."""
    params: Params = [("advertiser_ids", listed([account.id]))]
    params.append(("fields", listed(["advertiser_id", "name", "currency", "display_timezone"])))
    found = decode(http.get(_ADVERTISER, params, judge=judge_business), _AdvertiserAnswer, "the ad account").data.rows
    if len(found) != 1:
        raise SourceChanged(f"{len(found)} ad accounts came where one was asked for")
    return found[0]


def costs(account: Account, window: Window, http: Session, currency: str) -> Iterator[Yield]:
    """The rows of all days, the newest first, and how many there are."""
    links = _Links(account, http)
    announced = 0
    for part in _newest_first(window):
        try:
            for rows, total in _report(account, part, http):
                announced += total
                tags = links.of(_campaigns(rows))
                yield Page("costs", [_record(row, currency, tags) for row in rows])
        except ParametersRefused as fault:
            if part.until > window.until - _SURE_DAYS:
                raise
            yield Note("history_ended", f"the platform gives no days up to {part.until}: {fault}")
            break
    if links.refused:
        yield Note("links_unknown", f"where the advertisements lead is not told: {links.refused}")
    yield Page("costs", [], announced)


def _newest_first(window: Window) -> Iterator[Window]:
    until = window.until
    while until >= window.since:
        since = max(window.since, until - timedelta(days=_DAYS_A_REPORT - 1))
        yield Window(since, until)
        until = since - timedelta(days=1)


def _report(account: Account, window: Window, http: Session) -> Iterator[tuple[list[_Row], int]]:
    """The pages of a report; with the last one how many rows there are in all."""

    def ask(number: int) -> tuple[tuple[list[_Row], int], int | None]:
        params: Params = [
            ("advertiser_id", account.id),
            ("report_type", "BASIC"),
            ("data_level", "AUCTION_CAMPAIGN"),
            ("dimensions", listed(["campaign_id", "stat_time_day"])),
            ("metrics", listed(_METRICS)),
            ("start_date", window.since.isoformat()),
            ("end_date", window.until.isoformat()),
            ("page", number),
            ("page_size", _ROWS_A_PAGE),
        ]
        told = decode(http.get(_REPORT, params, judge=judge_business), _Report, "the report").data
        pages, total = _number(told.page_info.total_page), _number(told.page_info.total_number)
        return (told.rows, total or 0 if number >= (pages or 0) else 0), pages

    yield from by_page(ask)


def _number(told: int | str) -> int | None:
    text = str(told)
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _campaigns(rows: Iterable[_Row]) -> list[str]:
    return [_campaign(row) for row in rows]


def _campaign(row: _Row) -> str:
    return text_of(row.dimensions.get("campaign_id", _NULL)) or ""


def _record(row: _Row, currency: str, links: dict[str, list[str]]) -> bytes:
    ours = {"currency": currency, "links": links.get(_campaign(row), [])}
    return without_dashes(msgspec.json.encode({**ours, **row.dimensions, **row.metrics}))


class _Links:
    """Where the advertisements of campaigns lead: asked once for each campaign of a night.

    ``refused`` is what the platform says where it does not tell: costs are read without it.
    """

    def __init__(self, account: Account, http: Session) -> None:
        self._account, self._http = account, http
        self._known: dict[str, list[str]] = {}
        self.refused: ParametersRefused | None = None

    def of(self, campaigns: Iterable[str]) -> dict[str, list[str]]:
        """Campaign → each link of its advertisements, the most usual first."""
        new = sorted({campaign for campaign in campaigns if campaign and campaign not in self._known})
        for start in range(0, len(new), _CAMPAIGNS_A_CALL):
            some = new[start : start + _CAMPAIGNS_A_CALL]
            self._known |= {campaign: [] for campaign in some}
            if self.refused is None:
                self._learn(some)
        return self._known

    def _learn(self, campaigns: Sequence[str]) -> None:
        written: dict[str, Counter[str]] = {campaign: Counter() for campaign in campaigns}
        try:
            ads = {text_of(ad.ad_id): ad for page in self._ads(campaigns) for ad in page}
        except ParametersRefused as fault:
            self.refused = fault
            return
        for ad in ads.values():
            link, campaign = _link(ad), text_of(ad.campaign_id) or ""
            if link and campaign in written:
                written[campaign][link] += 1
        for campaign, links in written.items():
            self._known[campaign] = sorted(links, key=lambda link: (-links[link], link))

    def _ads(self, campaigns: Sequence[str]) -> Iterator[list[_Ad]]:
        chosen = msgspec.json.encode({"campaign_ids": list(campaigns)}).decode()

        def ask(number: int) -> tuple[list[_Ad], int | None]:
            params: Params = [
                ("advertiser_id", self._account.id),
                ("filtering", chosen),
                ("fields", listed(["ad_id", "campaign_id", "landing_page_url", "utm_params"])),
                ("page", number),
                ("page_size", _ROWS_A_PAGE),
            ]
            told = decode(self._http.get(_ADS, params, judge=judge_business), _Ads, "the advertisements").data
            return told.rows, _number(told.page_info.total_page)

        yield from by_page(ask)


def _link(ad: _Ad) -> str | None:
    """The parameters that the advertisement adds to its links, or the link that has them already."""
    if ad.utm_params:
        return "&".join(f"{each.key}={each.value}" for each in ad.utm_params)
    return ad.landing_page_url
