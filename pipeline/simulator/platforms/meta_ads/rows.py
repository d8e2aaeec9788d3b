"""Rows of reports, campaigns and advertisements as the platform writes them: every number is a text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from pipeline.simulator.platforms.meta_ads.orders import Order
from pipeline.simulator.world import World
from pipeline.simulator.world.advertisers.meta_ads import TEMPLATED
from pipeline.simulator.world.advertising import AdDay, Advertiser, Campaign

Row = dict[str, Any]
# How many advertisements of a campaign carry its own tag, and what one more carries.
_TAGGED, _ODD = 3, "utm_source=facebook&utm_medium=paid&utm_campaign=an-old-name"


def report(world: World, order: Order, night: date) -> list[Row]:
    """All rows of a report as told at that night."""
    account = world.advertising.account("meta_ads", order.account)
    if account is None:
        return []
    found = world.advertising.days("meta_ads", order.account, order.since, order.until, night)
    return [_row(account, each, order) for each in found if each.campaign.id in order.campaigns]


def _row(account: Advertiser, told: AdDay, order: Order) -> Row:
    every: Row = {
        "account_currency": account.currency,
        "account_id": account.id,
        "account_name": account.name,
        "campaign_id": told.campaign.id,
        "campaign_name": told.campaign.name,
        "spend": f"{told.spend.normalize():f}",
        "impressions": str(told.impressions),
        "reach": str(told.reach),
        "clicks": str(told.all_clicks),
    }
    # What nobody did is not written.
    if told.clicks:
        every["inline_link_clicks"] = str(told.clicks)
        every["actions"] = [_action("link_click", told.clicks, order)]
    shown = {name: value for name, value in every.items() if name in order.fields}
    # Days and what the rows are broken down by stand in each of them, asked for or not.
    day = told.day.isoformat()
    return {**shown, "date_start": day, "date_stop": day, "publisher_platform": told.network}


def _action(kind: str, count: int, order: Order) -> Row:
    return {"action_type": kind, "value": str(count), **dict.fromkeys(order.windows[:1], str(count))}


def campaigns(account: Advertiser) -> Iterator[Row]:
    for campaign in account.campaigns:
        yield {"id": campaign.id, "name": campaign.name, "effective_status": "ACTIVE"}


def ads(campaign: Campaign) -> Iterator[Row]:
    """The advertisements of a campaign. One carries what nobody wants any more."""
    tag = None
    if campaign.utm:
        utm = "{{campaign.name}}" if campaign.id == TEMPLATED else campaign.utm
        tag = f"utm_source={{{{site_source_name}}}}&utm_medium=paid&utm_campaign={utm}"
    for n, tags in enumerate([tag] * _TAGGED + ([_ODD] if tag else [])):
        number = f"{int(campaign.id) + 1000 + n}"
        creative = {"id": f"{int(number) + 5000}", **({"url_tags": tags} if tags else {})}
        yield {"id": number, "name": f"Picture {n + 1}", "campaign_id": campaign.id, "creative": creative}
