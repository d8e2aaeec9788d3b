"""The face of X's Ads API, version 12: accounts, campaigns by cursor, statistics by campaign and day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from pipeline.simulator.allowance import Allowance, Bucket, Count, by_credential
from pipeline.simulator.face import Face
from pipeline.simulator.platforms.x_ads.faults import (
    DISTORTIONS,
    REFUSALS,
    UNSIGNED,
    RefusedError,
    error,
    invalid,
    limits,
    too_many,
)
from pipeline.simulator.platforms.x_ads.signatures import is_signed
from pipeline.simulator.wire import Pairs, Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.advertisers.x_ads import ADVERTISERS, DELETED
from pipeline.simulator.world.advertising import AdDay, Advertiser, Campaign
from pipeline.simulator.world.calendar import days

PREFIX: Final = "/x_ads"
API: Final = f"{PREFIX}/12/"
LONGEST: Final = 7
MOST_CAMPAIGNS: Final = 20
NETWORKS: Final[Mapping[str, str]] = {"ALL_ON_TWITTER": "x", "PUBLISHER_NETWORK": "x_audience_platform"}
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "ENGAGEMENT": ("impressions", "engagements", "clicks", "url_clicks", "retweets", "likes", "follows"),
    "BILLING": ("billed_engagements", "billed_charge_local_micro"),
}
STATISTICS: Final = ("entity", "entity_ids", "start_time", "end_time", "granularity", "metric_groups", "placement")


def account_of(request: Request) -> str | None:
    """The advertising account whose data is asked for."""
    parts = request.path.removeprefix(API).split("/")
    named = parts[2:3] if parts[:2] == ["stats", "accounts"] else parts[1:2] if parts[0] == "accounts" else []
    return next((each.id for each in ADVERTISERS if named == [each.id]), None)


def answer(request: Request, world: World, night: date) -> Reply:
    """What the platform answers as of that night."""
    try:
        if not is_signed(request):
            return UNSIGNED
        account, rest = _account(request, world)
        view = VIEWS.get(rest)
        if view is None or request.method != "GET":
            return error("ROUTE_NOT_FOUND", f"The requested resource could not be found: {request.path}", 404)
        return view(request, world, account, night)
    except RefusedError as refused:
        return refused.reply


def _account(request: Request, world: World) -> tuple[Advertiser, str]:
    named = account_of(request)
    account = world.advertising.account("x_ads", named) if named else None
    if account is None or named is None:
        raise RefusedError(error("NOT_FOUND", "User does not have access to account", 404))
    return account, request.path.removeprefix(API).replace(named, ":id", 1)


def _known(request: Request, *names: str) -> None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    for name in request.params:
        if name not in names:
            raise invalid(name, f'Unknown parameter "{name}"')


def _advertiser(request: Request, world: World, account: Advertiser, night: date) -> Reply:
    del world, night
    _known(request)
    told = {
        "id": account.id,
        "name": account.name,
        "business_name": None,
        "timezone": account.zone.key,
        "timezone_switch_at": "2020-01-01T08:00:00Z",
        "approval_status": "ACCEPTED",
        "deleted": False,
    }
    return Reply({"data": told, "data_type": "account", "request": {"params": {"account_id": account.id}}})


def _campaigns(request: Request, world: World, account: Advertiser, night: date) -> Reply:
    del night
    _known(request, "count", "cursor", "with_deleted", "campaign_ids")
    count = request.params.get("count", "200")
    if not count.isdecimal() or not 1 <= int(count) <= 1000:
        raise invalid("count", "Expected a number from 1 to 1000")
    gone = request.params.get("with_deleted") == "true"
    shown = [each for each in account.campaigns if gone or each.id != DELETED]
    start = _place(request.params.get("cursor"), shown)
    more = start + int(count) < len(shown)
    return Reply(
        {
            "data": [_campaign(each, account, world) for each in shown[start : start + int(count)]],
            "next_cursor": f"c-{shown[start + int(count)].id}" if more else None,
            "request": {"params": {"account_id": account.id}},
        }
    )


def _place(cursor: str | None, shown: Sequence[Campaign]) -> int:
    if cursor is None:
        return 0
    for n, each in enumerate(shown):
        if cursor == f"c-{each.id}":
            return n
    raise invalid("cursor", "Invalid cursor")


def _campaign(campaign: Campaign, account: Advertiser, world: World) -> dict[str, Any]:
    ended = world.calendar.ago(campaign.ended) if campaign.ended else None
    return {
        "id": campaign.id,
        "name": campaign.name,
        "currency": account.currency,
        "created_at": f"{world.calendar.ago(campaign.begun)}T09:14:11Z",
        "start_time": f"{world.calendar.ago(campaign.begun)}T09:14:11Z",
        "end_time": f"{ended}T23:59:59Z" if ended else None,
        "entity_status": "ACTIVE",
        "daily_budget_amount_local_micro": int(campaign.budget * 1_000_000),
        "deleted": campaign.id == DELETED,
    }


def _statistics(request: Request, world: World, account: Advertiser, night: date) -> Reply:
    _known(request, *STATISTICS)
    params = request.params
    for name in STATISTICS:
        if name not in params:
            raise RefusedError(error("MISSING_PARAMETER", f'"{name}" is a required parameter', 400, name))
    if (params["entity"], params["granularity"]) != ("CAMPAIGN", "DAY"):
        raise invalid("entity", "only CAMPAIGN by DAY is played here")
    if params["placement"] not in NETWORKS:
        raise invalid("placement", f'Expected one of {", ".join(NETWORKS)}, got "{params["placement"]}"')
    ids = params["entity_ids"].split(",")
    if len(ids) > MOST_CAMPAIGNS:
        raise invalid("entity_ids", f"Expected at most {MOST_CAMPAIGNS} ids, got {len(ids)}")
    if unknown := [each for each in ids if account.campaign(each) is None]:
        raise invalid("entity_ids", f"No such campaign: {unknown[0]}")
    metrics = [name for group in params["metric_groups"].split(",") for name in _group(group)]
    window = _window(request, account)
    told = {
        (row.campaign.id, row.day): row
        for row in world.advertising.days("x_ads", account.id, window[0], window[-1], night)
        if row.network == NETWORKS[params["placement"]]
    }
    data = []
    for each in ids:
        rows = [told.get((each, day)) for day in window]
        data.append({"id": each, "id_data": [{"segment": None, "metrics": _lists(rows, metrics)}]})
    return Reply({"data_type": "stats", "time_series_length": len(window), "data": data, "request": {"params": {}}})


def _group(name: str) -> tuple[str, ...]:
    if name not in GROUPS:
        raise invalid("metric_groups", f'Expected one of {", ".join(GROUPS)}, got "{name}"')
    return GROUPS[name]


def _window(request: Request, account: Advertiser) -> list[date]:
    """The days of the account from ``start_time`` to before ``end_time``."""
    ends = []
    for name in ("start_time", "end_time"):
        try:
            at = datetime.fromisoformat(request.params[name])
        except ValueError:
            raise invalid(name, "Expected an ISO 8601 time") from None
        local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(account.zone)
        if local.time() != time():
            raise invalid(name, f"Expected midnight in {account.zone.key} for granularity DAY")
        ends.append(local.date())
    if not 0 < (ends[1] - ends[0]).days <= LONGEST:
        raise invalid("end_time", f"Expected a range of at most {LONGEST} days")
    return list(days(ends[0], ends[1] - timedelta(days=1)))


def _lists(rows: Sequence[AdDay | None], metrics: Iterable[str]) -> dict[str, list[int] | None]:
    """A value for each day; null where nothing happened in all of them."""
    found: dict[str, list[int] | None] = {}
    for name in metrics:
        values = [_values(row).get(name, 0) if row else 0 for row in rows]
        found[name] = values if any(values) else None
    return found


def _values(row: AdDay) -> dict[str, int]:
    return {
        "billed_charge_local_micro": int(row.spend * 1_000_000),
        "billed_engagements": row.all_clicks,
        "impressions": row.impressions,
        "engagements": row.all_clicks + row.impressions // 60,
        "clicks": row.all_clicks,
        "url_clicks": row.clicks,
    }


def _buckets(request: Request) -> Iterable[Bucket]:
    kind = "statistics" if "/stats/" in request.path else "lists"
    return (Bucket(f"{kind} of {account_of(request)} {by_credential(request)}".rstrip(), 250, 900.0),)


def _spent(request: Request, count: Count) -> Reply:
    del request
    return too_many(count.bucket.limit, int(count.resets_at.timestamp()))


def _told(request: Request, counts: Sequence[Count]) -> Pairs:
    del request
    count = counts[0]
    return limits(count.bucket.limit, count.left, int(count.resets_at.timestamp()))


VIEWS: Mapping[str, Callable[[Request, World, Advertiser, date], Reply]] = {
    "accounts/:id": _advertiser,
    "accounts/:id/campaigns": _campaigns,
    "stats/accounts/:id": _statistics,
}
FACE = Face(
    name="x_ads",
    platform="x_ads",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
    allowance=Allowance(_buckets, _spent, _told),
)
