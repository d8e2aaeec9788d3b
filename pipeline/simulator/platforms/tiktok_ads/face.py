"""The face of the Marketing API v1.3: an advertising account, its report by campaign and day, its advertisements."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from math import ceil
from typing import Any, Final

from pipeline.simulator.allowance import Allowance, Bucket
from pipeline.simulator.face import Face
from pipeline.simulator.platforms.tiktok.envelope import RefusedError, error, invalid, ok
from pipeline.simulator.platforms.tiktok_ads import faults
from pipeline.simulator.platforms.tiktok_ads.account import TOKEN
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.advertisers.tiktok_ads import ADVERTISERS, TEMPLATED, WRITTEN_OUT
from pipeline.simulator.world.advertising import AdDay, Advertiser, Campaign

PREFIX: Final = "/tiktok_ads"
API: Final = f"{PREFIX}/open_api/v1.3"
LONGEST_WINDOW: Final = 30
MOST_ROWS: Final = 1000
DIMENSIONS: Final = ["campaign_id", "stat_time_day"]
METRICS: Final = ("campaign_name", "spend", "impressions", "clicks", "reach", "conversion", "ctr", "likes")
ADVERTISER: Final = ("advertiser_id", "name", "currency", "timezone", "display_timezone")
AD: Final = ("ad_id", "ad_name", "campaign_id", "landing_page_url", "utm_params")
# Whom so few saw, the platform does not count.
FEW: Final = 150
SHOP: Final = "https://boutique.atelier-marin.example/"

Row = dict[str, Any]


def account_of(request: Request) -> str | None:
    """The advertising account whose data is asked for."""
    named = request.params.get("advertiser_id")
    if named is None:
        try:
            asked = json.loads(request.params.get("advertiser_ids", "[]"))
        except ValueError:
            asked = []
        named = str(asked[0]) if isinstance(asked, list) and asked else None
    return named if any(each.id == named for each in ADVERTISERS) else None


def answer(request: Request, world: World, night: date) -> Reply:
    """What the platform answers as of that night."""
    try:
        view = VIEWS.get(request.path.removeprefix(API))
        if view is None or request.method != "GET":
            return error(40002, f"no such path: {request.method} {request.path.removeprefix(PREFIX)}", status=404)
        return view(request, world, _authorised(request, world), night)
    except RefusedError as refused:
        return refused.reply


def _authorised(request: Request, world: World) -> Advertiser:
    """The account that is asked for, which the token must be allowed to read. Raises RefusedError."""
    token = request.headers.get("access-token", "")
    if token != TOKEN:
        raise RefusedError(error(40105 if token else 40104, "Access token is incorrect or has been revoked."))
    account = world.advertising.account("tiktok_ads", account_of(request) or "")
    if account is None:
        raise RefusedError(error(40001, "No permission to operate advertiser"))
    return account


def _known(request: Request, *names: str) -> None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    for name in request.params:
        if name not in names:
            raise invalid(f"{name}: unknown parameter")


def _json(request: Request, name: str, default: str) -> Any:
    try:
        return json.loads(request.params.get(name, default))
    except ValueError:
        raise invalid(f"{name}: JSON is needed") from None


def _names(request: Request, name: str, known: Sequence[str]) -> list[str]:
    found = _json(request, name, "[]")
    if not isinstance(found, list) or not found:
        raise invalid(f"{name}: a JSON list of names is needed")
    for each in found:
        if each not in known:
            raise invalid(f"{name}: {each} is not one of the allowed values")
    return found


def _advertiser(request: Request, world: World, account: Advertiser, night: date) -> Reply:
    del world, night
    _known(request, "advertiser_ids", "fields")
    told = {
        "advertiser_id": account.id,
        "name": account.name,
        "currency": account.currency,
        "timezone": "Etc/GMT",
        "display_timezone": account.zone.key,
    }
    return ok({"list": [{name: told[name] for name in _names(request, "fields", ADVERTISER)}]})


def _report(request: Request, world: World, account: Advertiser, night: date) -> Reply:
    _known(request, *REPORT)
    if (request.params.get("report_type"), request.params.get("data_level")) != ("BASIC", "AUCTION_CAMPAIGN"):
        raise invalid("report_type, data_level: only BASIC and AUCTION_CAMPAIGN are played here")
    if _names(request, "dimensions", DIMENSIONS) != DIMENSIONS:
        raise invalid("dimensions: campaign_id and stat_time_day are needed")
    metrics = _names(request, "metrics", METRICS)
    first, last = _window(request)
    found = world.advertising.days("tiktok_ads", account.id, first, last, night)
    return _page(request, [_row(told, metrics) for told in found])


def _window(request: Request) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(request.params.get(name, "")) for name in ("start_date", "end_date"))
    except ValueError:
        raise invalid("start_date, end_date: dates like 2026-11-02 are needed") from None
    if not 0 <= (last - first).days < LONGEST_WINDOW:
        raise invalid(f"start_date, end_date: the time range must not exceed {LONGEST_WINDOW} days")
    return first, last


def _row(told: AdDay, metrics: Sequence[str]) -> Row:
    """Texts and numbers side by side, as the platform writes them."""
    every: Row = {
        "campaign_name": told.campaign.name,
        "spend": f"{told.spend:.2f}",
        "impressions": str(told.impressions),
        "clicks": str(told.clicks),
        "reach": str(told.reach) if told.reach >= FEW else "-",
        "conversion": 0,
        "ctr": f"{100 * told.clicks / told.impressions:.2f}",
        "likes": told.all_clicks - told.clicks,
    }
    day = f"{told.day} 00:00:00"
    return {
        "dimensions": {"stat_time_day": day, "campaign_id": told.campaign.id},
        "metrics": {name: every[name] for name in metrics},
    }


def _ads(request: Request, world: World, account: Advertiser, night: date) -> Reply:
    del world, night
    _known(request, "advertiser_id", "filtering", "fields", "page", "page_size")
    fields = _names(request, "fields", AD)
    wanted = _json(request, "filtering", "{}").get("campaign_ids", [])
    rows = [row for campaign in account.campaigns if campaign.id in wanted for row in _ads_of(campaign)]
    return _page(request, [{name: row[name] for name in fields if name in row} for row in rows])


def _ads_of(campaign: Campaign) -> Iterator[Row]:
    """Three advertisements, and one that leads to where nobody wants to go any more."""
    for n in range(4):
        utm = "an-old-name" if n == 3 else "__CAMPAIGN_NAME__" if campaign.id == TEMPLATED else campaign.utm
        row: Row = {"ad_id": f"{campaign.id}{n}", "ad_name": f"Film {n + 1}", "campaign_id": campaign.id}
        if campaign.utm is None:
            yield {**row, "landing_page_url": SHOP, "utm_params": []}
        elif campaign.id == WRITTEN_OUT:
            yield {**row, "landing_page_url": f"{SHOP}?utm_source=tiktok&utm_campaign={utm}"}
        else:
            pairs = (("utm_source", "tiktok"), ("utm_medium", "paid"), ("utm_campaign", utm))
            tagged = [{"key": key, "value": value} for key, value in pairs]
            yield {**row, "landing_page_url": SHOP, "utm_params": tagged}


def _page(request: Request, rows: Sequence[Row]) -> Reply:
    number, size = _number(request, "page", 1, 10**6), _number(request, "page_size", 10, MOST_ROWS)
    shown = rows[(number - 1) * size : number * size]
    info = {"page": number, "page_size": size, "total_number": len(rows), "total_page": ceil(len(rows) / size)}
    return ok({"list": list(shown), "page_info": info})


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.params.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise invalid(f"{name}: a number from 1 to {most} is needed")
    return int(text)


REPORT: Final = (
    "advertiser_id",
    "report_type",
    "data_level",
    "dimensions",
    "metrics",
    "start_date",
    "end_date",
    "page",
    "page_size",
)
VIEWS: Mapping[str, Callable[[Request, World, Advertiser, date], Reply]] = {
    "/advertiser/info/": _advertiser,
    "/report/integrated/get/": _report,
    "/ad/get/": _ads,
}
FACE = Face(
    name="tiktok_ads",
    platform="tiktok_ads",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=faults.REFUSALS,
    distortions=faults.DISTORTIONS,
    allowance=Allowance(
        lambda _: (Bucket("the app", 600, 60.0),),
        lambda _request, _count: error(40100, "Too many requests. Please retry in some time."),
    ),
)
