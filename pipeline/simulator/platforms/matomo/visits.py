"""Matomo's log of visits: whoever came, with all that Matomo knows of them, which nobody may keep."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pipeline.simulator.brand import SITE, TIME_ZONE
from pipeline.simulator.platforms.matomo.reports import NUMBERS, View, money
from pipeline.simulator.world import Order, Visit

METHOD: Final = "Live.getLastVisitsDetails"
_ZONE: Final = ZoneInfo(TIME_ZONE)
_TYPES: Final = dict(
    zip(NUMBERS, ("Direct Entry", "Search Engines", "Websites", "Campaigns", "Social Networks"), strict=True)
)


def visits(view: View, day: date) -> object:
    """The visits of one day, those that ended last first; those of ``minTimestamp`` on, where it is given."""
    since = int(view.params.get("minTimestamp") or 0)
    found = [each for each in view.world.matomo.visits(day, view.night) if each.ended.timestamp() >= since]
    start, limit = int(view.params.get("filter_offset", 0)), int(view.params.get("filter_limit", 100))
    return [_visit(view, day, each) for each in (found[start:] if limit < 0 else found[start : start + limit])]


def _visit(view: View, day: date, visit: Visit) -> dict[str, Any]:
    begun, ended = int(visit.begun.timestamp()), int(visit.ended.timestamp())
    address = f"https://{SITE}/" + (f"?{urlencode(visit.utm)}" if visit.utm else "")
    bought = visit.order
    return {
        "idSite": 1,
        "idVisit": visit.id,
        "visitIp": f"203.0.113.{visit.id % 250}",
        "visitorId": visit.visitor,
        "userId": f"member-{visit.visitor[:6]}" if visit.goals else None,
        "actionDetails": [
            {"type": "action", "url": address, "pageTitle": "Boutique", "timestamp": begun},
            *(
                {"type": "goal", "goalId": goal, "revenue": 0, "url": address, "timestamp": ended}
                for goal in visit.goals
            ),
            *([_order(bought)] if bought else []),
        ],
        "goalConversions": len(visit.goals),
        "siteCurrency": "EUR",
        "serverDate": day.isoformat(),
        "visitLocalTime": visit.begun.astimezone(_ZONE).strftime("%H:%M:%S"),
        "firstActionTimestamp": begun,
        "lastActionTimestamp": ended,
        "serverTimestamp": ended,
        "visitorType": "returning" if visit.id % 3 == 0 else "new",
        "visitEcommerceStatus": "ordered" if bought else "none",
        "visitDuration": visit.seconds,
        **_referrer(view, visit),
        "languageCode": "fr-fr",
        "deviceType": "Smartphone",
        "browser": "Mobile Safari 18.1",
        "country": "France",
        "city": "Brest",
        "latitude": "48.390",
        "longitude": "-4.486",
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "type": "ecommerceOrder",
        "orderId": order.number,
        "revenue": money(order.total),
        "revenueTax": money(order.total_tax),
        "revenueShipping": money(order.shipping_total),
        "revenueDiscount": money(order.discount_total),
        "items": sum(line.quantity for line in order.lines),
        "timestamp": int(order.created.timestamp()),
    }


def _referrer(view: View, visit: Visit) -> dict[str, Any]:
    """Where the visit came from. The plugin for campaigns tells their parts; without one they are in the address."""
    host = {"social": f"{visit.label.lower()}.com", "search": "www.google.com", "website": visit.label}.get(visit.kind)
    campaign = visit.utm if visit.kind == "campaign" else {}
    return {
        "referrerType": visit.kind,
        "referrerTypeName": view.label(_TYPES[visit.kind]),
        "referrerName": visit.label,
        "referrerKeyword": "Keyword not defined" if visit.kind == "search" else "",
        "referrerUrl": f"https://{host}/nobody/private?q=1" if host else "",
        "campaignName": campaign.get("utm_campaign", ""),
        "campaignKeyword": "",
        "campaignSource": campaign.get("utm_source", ""),
        "campaignMedium": campaign.get("utm_medium", ""),
        "campaignContent": campaign.get("utm_content", ""),
    }
