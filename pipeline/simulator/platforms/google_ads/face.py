"""The face of the Google Ads API v26: two queries of its language, answered with a list of batches."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.google_ads import faults
from pipeline.simulator.platforms.google_ads.account import APP, DEVELOPER_TOKEN, access_token
from pipeline.simulator.platforms.google_ads.errors import RefusedError, plain, refused
from pipeline.simulator.wire import Reply, Request, page
from pipeline.simulator.world import World
from pipeline.simulator.world.advertisers.google_ads import ADVERTISERS, AMERICAN, MANAGER, NUMBERED, WORDED
from pipeline.simulator.world.advertising import AdDay, Advertiser, Campaign

PREFIX: Final = "/google_ads"
ALIVE: Final = frozenset({"v24", "v25", "v26"})
# The platform's batches hold ten thousand rows.
A_BATCH: Final = 40
TYPES: Final = {
    "google": "SEARCH",
    "google_search_partners": "SEARCH_PARTNERS",
    "google_display": "CONTENT",
    "google_gmail": "GMAIL",
    "youtube": "YOUTUBE",
}
_QUERY: Final = re.compile(
    r"SELECT (?P<fields>[\w., ]+?) FROM (?P<resource>customer|campaign)"
    r"(?: WHERE segments\.date BETWEEN '(?P<since>[\d-]{10})' AND '(?P<until>[\d-]{10})')?$"
)
_WAY: Final = re.compile(r"/(?P<version>v\d+)/customers/(?P<customer>\d+)/googleAds:searchStream$")


def account_of(request: Request) -> str | None:
    """The advertising account whose data is asked for."""
    way = _WAY.search(request.path)
    return way["customer"] if way and any(each.id == way["customer"] for each in ADVERTISERS) else None


def answer(request: Request, world: World, night: date) -> Reply:
    """What the platform answers as of that night."""
    way = _WAY.fullmatch(request.path.removeprefix(PREFIX))
    if way is None or request.method != "POST":
        return page("<!DOCTYPE html><html><title>Error 404 (Not Found)!!1</title></html>", 404)
    try:
        account = _authorised(request, world, way["customer"], night)
        if way["version"] not in ALIVE:
            raise refused("requestError", "UNSUPPORTED_VERSION", f"Version {way['version']} is deprecated.")
        return Reply(_batches(*_found(request, world, account, night)))
    except RefusedError as refusal:
        return refusal.reply


def _authorised(request: Request, world: World, customer: str, night: date) -> Advertiser:
    """The account that is asked for, which whoever asks must be allowed to read. Raises RefusedError."""
    if request.headers.get("authorization") != f"Bearer {access_token(night)}":
        raise RefusedError(plain(401))
    if request.headers.get("developer-token") != DEVELOPER_TOKEN:
        raise refused("authenticationError", "DEVELOPER_TOKEN_INVALID", "The developer token is not valid.", 401)
    account = world.advertising.account("google_ads", customer)
    if account is None or request.headers.get("login-customer-id") != MANAGER:
        said = (
            "User doesn't have permission to access customer. Note: If you're accessing a client customer, the"
            " manager's customer id must be set in the 'login-customer-id' header."
        )
        raise refused("authorizationError", "USER_PERMISSION_DENIED", said, 403)
    return account


def _found(request: Request, world: World, account: Advertiser, night: date) -> tuple[list[str], list[dict[str, Any]]]:
    """The fields that were asked for, and the rows. Raises RefusedError for a query that is none."""
    if request.params:
        raise RefusedError(plain(400))
    try:
        told = json.loads(request.body)
        query = _QUERY.fullmatch(told["query"]) if set(told) == {"query"} else None
    except (ValueError, KeyError, TypeError):
        query = None
    if query is None:
        raise refused("queryError", "UNEXPECTED_INPUT", "Error in query: unexpected input.")
    fields = query["fields"].split(", ")
    if strange := sorted(set(fields) - FIELDS):
        raise refused("queryError", "UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{strange[0]}'.")
    if query["resource"] == "customer":
        rows = [_customer(account)]
    else:
        since, until = _days(query["since"], query["until"])
        found = world.advertising.days("google_ads", account.id, since, until, night)
        rows = [_row(account, day) for day in found]
    return fields, [_chosen(row, fields) for row in rows]


def _days(since: str | None, until: str | None) -> tuple[date, date]:
    try:
        first, last = date.fromisoformat(since or ""), date.fromisoformat(until or "")
    except ValueError:
        raise refused("queryError", "INVALID_VALUE_WITH_BETWEEN_OPERATOR", "Invalid date range.") from None
    if first > last:
        raise refused("queryError", "INVALID_VALUE_WITH_BETWEEN_OPERATOR", "Invalid date range.")
    return first, last


def _customer(account: Advertiser) -> dict[str, Any]:
    links = {"final_url_suffix": "utm_source=google&utm_campaign={campaignid}"} if account.id == AMERICAN else {}
    return {
        "customer": {
            "id": account.id,
            "descriptive_name": account.name,
            "currency_code": account.currency,
            "time_zone": account.zone.key,
            "manager": False,
            **links,
        }
    }


def _row(account: Advertiser, day: AdDay) -> dict[str, Any]:
    return {
        **_customer(account),
        "campaign": {"id": day.campaign.id, "name": day.campaign.name, **_links(account, day.campaign)},
        "segments": {"date": day.day.isoformat(), "ad_network_type": TYPES[day.network]},
        "metrics": {
            "cost_micros": str(int(day.spend * 1_000_000)),
            "impressions": str(day.impressions),
            "clicks": str(day.clicks),
            "conversions": round(day.clicks * 0.03, 2),
            "conversions_value": round(day.clicks * 1.7, 2),
        },
    }


def _links(account: Advertiser, campaign: Campaign) -> Mapping[str, Any]:
    if campaign.utm is None or account.id == AMERICAN:
        return {}
    if campaign.id == NUMBERED:
        return {"tracking_url_template": "{lpurl}?utm_source=google&utm_campaign={campaignid}"}
    if campaign.id == WORDED:
        words = [{"key": "season", "value": "winter"}, {"key": "name", "value": campaign.utm}]
        return {"final_url_suffix": "utm_source=google&utm_campaign={_name}", "url_custom_parameters": words}
    return {"final_url_suffix": f"utm_source=google&utm_medium=cpc&utm_campaign={campaign.utm}"}


FIELDS: Final = frozenset(
    {f"customer.{name}" for name in ("id", "descriptive_name", "currency_code", "time_zone", "manager")}
    | {f"customer.{name}" for name in ("final_url_suffix", "tracking_url_template")}
    | {f"campaign.{name}" for name in ("id", "name", "final_url_suffix", "tracking_url_template")}
    | {"campaign.url_custom_parameters", "segments.date", "segments.ad_network_type"}
    | {f"metrics.{name}" for name in ("cost_micros", "impressions", "clicks", "conversions", "conversions_value")}
)


def _chosen(row: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """What was asked for of a row, in the platform's spelling; what is empty is not there."""
    told: dict[str, Any] = {}
    for field in fields:
        resource, name = field.split(".")
        value = row.get(resource, {}).get(name)
        if value is not None:
            told.setdefault(resource, {})[_camel(name)] = value
    return told


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _batches(fields: Sequence[str], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    mask = ",".join(".".join(_camel(part) for part in field.split(".")) for field in fields)
    return [
        {"results": list(rows[start : start + A_BATCH]), "fieldMask": mask, "requestId": "sim-request"}
        for start in range(0, len(rows), A_BATCH)
    ]


def _tokens(request: Request, world: World, night: date) -> Reply:
    del world
    return APP.grant(request, access_token(night))


FACE: Final = Face(
    name="google_ads",
    platform="google_ads",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=faults.REFUSALS,
    distortions=faults.DISTORTIONS,
)
TOKENS: Final = Face(
    name="google-ads-oauth",
    platform="google_ads",
    prefix=APP.prefix,
    account=lambda _: None,
    answer=_tokens,
    refusals=faults.TOKEN_REFUSALS,
    distortions=faults.TOKEN_DISTORTIONS,
)
