"""The face of LinkedIn's advertising: an account, its campaigns page by page, and statistics by campaign and day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final
from urllib.parse import unquote

from pipeline.simulator.allowance import Allowance, Bucket
from pipeline.simulator.face import Face
from pipeline.simulator.platforms.linkedin import restli, tokens
from pipeline.simulator.platforms.linkedin.restli import Row
from pipeline.simulator.platforms.linkedin_ads import faults
from pipeline.simulator.rest import answering
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.advertising import AdDay, Advertiser
from pipeline.simulator.world.calendar import observed_at

PREFIX: Final = "/linkedin_ads"
ACCOUNT: Final = re.compile(r"urn:li:sponsoredAccount:(\d{1,18})")
RANGE: Final = re.compile(
    r"\(start:\(year:(\d{4}),month:(\d{1,2}),day:(\d{1,2})\),end:\(year:(\d{4}),month:(\d{1,2}),day:(\d{1,2})\)\)"
)
FIELDS: Final = frozenset(
    {
        "dateRange", "pivotValues", "impressions", "clicks", "landingPageClicks", "costInLocalCurrency", "costInUsd",
        "externalWebsiteConversions", "likes", "shares", "comments",
    }
)  # fmt: skip
MOST_FIELDS: Final = 20
# What a dollar costs here, where both are told.
DOLLARS: Final = Decimal("1.08")
Query = Mapping[str, str]


def account_of(request: Request) -> str | None:
    """The advertising account that the request names."""
    text = unquote(f"{request.target} {request.body.decode('utf-8', 'replace')}")
    named = ACCOUNT.search(text) or re.search(r"/adAccounts/(\d{1,18})", text)
    return named[1] if named else None


@answering
def answer(request: Request, world: World, night: date) -> Reply:
    """What the platform answers as of that night."""
    today = observed_at(night).date()
    tokens.check(request, today)
    restli.check_version(request.headers.get("linkedin-version"), today)
    if request.headers.get("x-restli-protocol-version") != "2.0.0":
        raise restli.refused(400, "PROTOCOL_VERSION", "This syntax needs X-Restli-Protocol-Version 2.0.0")
    route, query = request.path.removeprefix(f"{PREFIX}/rest/"), restli.query_of(request)
    found = re.fullmatch(r"adAccounts/(\d{1,18})(/adCampaigns)?", route)
    if found:
        account = _account(world, found[1])
        return _campaigns(query, account) if found[2] else _told(query, account)
    if route == "adAnalytics":
        return _statistics(query, world, night)
    return restli.error(404, "RESOURCE_NOT_FOUND", "No virtual resource found")


def _account(world: World, number: str) -> Advertiser:
    found = world.advertising.account("linkedin_ads", number)
    if found is None:
        raise restli.refused(403, "ACCESS_DENIED", "Not enough permissions to access: adAccounts")
    return found


def _told(query: Query, account: Advertiser) -> Reply:
    restli.known(query, ())
    told: Row = {"id": int(account.id), "name": account.name, "currency": account.currency, "status": "ACTIVE"}
    return Reply({**told, "type": "BUSINESS", "test": False})


def _campaigns(query: Query, account: Advertiser) -> Reply:
    """The list knows where it goes on by a token, not by a number."""
    restli.known(query, ("q",), ("pageSize", "pageToken"))
    restli.finder(query, "search")
    size, start = query.get("pageSize", "100"), query.get("pageToken", "at-0").removeprefix("at-")
    if not size.isdecimal() or not 1 <= int(size) <= 1000 or not start.isdecimal():
        raise restli.illegal("Invalid value for param pageSize or pageToken")
    rows = [{"id": int(each.id), "name": each.name, "status": "ACTIVE"} for each in account.campaigns]
    end = int(start) + int(size)
    metadata = {"nextPageToken": f"at-{end}"} if end < len(rows) else {}
    return Reply({"elements": rows[int(start) : end], "metadata": metadata})


def _statistics(query: Query, world: World, night: date) -> Reply:
    restli.known(query, ("q", "pivot", "timeGranularity", "dateRange", "accounts"), ("fields",))
    restli.finder(query, "analytics")
    if (query["pivot"], query["timeGranularity"]) != ("CAMPAIGN", "DAILY"):
        raise restli.illegal("Only the pivot CAMPAIGN and days are played here")
    accounts = [ACCOUNT.fullmatch(urn) for urn in restli.listed(query, "accounts")]
    if len(accounts) != 1 or accounts[0] is None:
        raise restli.illegal("Invalid value for param accounts; wrong type or other syntax error")
    account = _account(world, accounts[0][1])
    fields = query.get("fields", "impressions,clicks").split(",")
    if not FIELDS.issuperset(fields) or len(fields) > MOST_FIELDS:
        raise restli.illegal("Unpermitted fields present in PARAMETER: fields")
    first, last = _range(query["dateRange"])
    found = world.advertising.days("linkedin_ads", account.id, first, last, night)
    return restli.elements([_row(told, account, fields) for told in found])


def _range(text: str) -> tuple[date, date]:
    found = RANGE.fullmatch(text)
    if found is None:
        raise restli.illegal("Invalid value for param dateRange; wrong type or other syntax error")
    numbers = list(map(int, found.groups()))
    try:
        first, last = date(*numbers[:3]), date(*numbers[3:])
    except ValueError:
        raise restli.illegal("Invalid value for param dateRange; no such day") from None
    if first > last:
        raise restli.illegal("dateRange: start is after end")
    return first, last


def _row(told: AdDay, account: Advertiser, fields: list[str]) -> Row:
    """Money with all its digits. Where a day brought no visitor, its conversions are next to nothing, as a text."""
    day = {"year": told.day.year, "month": told.day.month, "day": told.day.day}
    dollars = told.spend if account.currency == "USD" else told.spend * DOLLARS
    every: Row = {
        "dateRange": {"start": day, "end": day},
        "pivotValues": [f"urn:li:sponsoredCampaign:{told.campaign.id}"],
        "impressions": told.impressions,
        "clicks": told.all_clicks,
        "landingPageClicks": told.clicks,
        "costInLocalCurrency": f"{told.spend:.18f}",
        "costInUsd": f"{dollars:.18f}" if told.clicks else "-2E-18",
        "externalWebsiteConversions": 0,
        "likes": 0,
        "shares": 0,
        "comments": 0,
    }
    return {name: every[name] for name in fields}


def _bucket(request: Request) -> tuple[Bucket, ...]:
    resource = request.path.removeprefix(f"{PREFIX}/rest/").partition("/")[0]
    return (Bucket(resource, 5000, "day in UTC"),)


FACE = Face(
    name="linkedin_ads",
    platform="linkedin_ads",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=faults.REFUSALS,
    distortions=faults.DISTORTIONS,
    allowance=Allowance(_bucket, lambda request, _: faults.REFUSALS["rate_limit"](request, {}) or Reply(status=429)),
)
