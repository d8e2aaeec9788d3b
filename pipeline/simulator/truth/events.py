"""Every conversion that is known, from the shop, the analytics and the networks themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from pipeline.simulator.truth.facts import CountedSales, Facts, Order, VisitRow
from pipeline.simulator.truth.journeys import post_platforms
from pipeline.simulator.truth.rates import reported
from pipeline.simulator.truth.table import Shape, Table, money, total
from pipeline.simulator.truth.terms import NETWORK_NAMES, UNATTRIBUTED, Terms

EVENT: Final = Shape(
    "conversion.event",
    ("site", "source", "account", "native_id", "action"),
    "conversion_id VARCHAR, site VARCHAR, source VARCHAR, account VARCHAR, native_id VARCHAR, action VARCHAR, "
    "occurred_at TIMESTAMP, occurred_day DATE, day_timezone VARCHAR, count BIGINT, value DECIMAL(18,4), "
    "refunded_value DECIMAL(18,4), currency VARCHAR, value_reporting DECIMAL(18,4), status VARCHAR, "
    "utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR, utm_content VARCHAR, "
    "click_reference VARCHAR, platform VARCHAR, campaign VARCHAR, post_id VARCHAR, observed_at TIMESTAMP",
)
STATUS: Final = {
    "processing": "confirmed",
    "completed": "confirmed",
    "pending": "pending",
    "on-hold": "pending",
    "cancelled": "cancelled",
    "failed": "cancelled",
    "trash": "cancelled",
    "refunded": "refunded",
}
SALES: Final = ("sale", "affiliate_sale")
UTM: Final = ("source", "medium", "campaign", "content")


def event_id(site: str, source: str, account: str, native_id: str, action: str) -> str:
    """The identity of a conversion, the same for ever."""
    return sha256(f"{site}|{source}|{account}|{native_id}|{action}".encode()).hexdigest()


def _event(**known: Any) -> dict[str, Any]:
    """An event with every column; what is not given is not known."""
    row: dict[str, Any] = {pair.split()[0]: None for pair in EVENT.text.split(", ")}
    row |= known
    row["conversion_id"] = event_id(row["site"], row["source"], row["account"], row["native_id"], row["action"])
    return row


def event(facts: Facts, terms: Terms, post_daily: Table) -> Table:
    """One row per site, source, native id and action."""
    posts = post_platforms(facts)
    rows = [_sale(order, facts, terms, posts) for order in facts.orders if order.status != "checkout-draft"]
    # The shop knows its sales better than the analytics beside it.
    rows += [
        _counted(sales, facts, terms) for sales in facts.counted_sales if sales.count and not terms.has_shop(sales.site)
    ]
    for visit in facts.visits:
        rows.extend(_goals(visit, terms))
    rows.extend(_boosts(post_daily))
    return EVENT.table(rows)


def origin(order: Order | CountedSales, terms: Terms) -> tuple[str, str]:
    """The network that brought an order, and the campaign, as far as its attribution tells."""
    name = order.utm.get("campaign", "")
    campaign = terms.campaign(name) if name else None
    if campaign is not None:
        return campaign.platform, name.lower()
    return NETWORK_NAMES.get(order.utm.get("source", "").lower(), UNATTRIBUTED), name.lower()


def _counted(sales: CountedSales, facts: Facts, terms: Terms) -> dict[str, Any]:
    platform, campaign = origin(sales, terms)
    return _event(
        site=sales.site,
        source=sales.source,
        account=terms.analytics(sales.site).account,
        native_id=sales.native_id,
        action="sale",
        occurred_day=sales.day,
        day_timezone=terms.site_zones[sales.site],
        count=sales.count,
        value=None if sales.value is None else money(sales.value),
        refunded_value=None if sales.value is None else money(Decimal(0)),
        currency=sales.currency,
        value_reporting=None if sales.value is None else reported(facts, terms, sales.value, sales.currency, sales.day),
        status="confirmed",
        platform=platform,
        campaign=campaign,
        observed_at=sales.observed_at,
        **{f"utm_{name}": sales.utm.get(name) for name in UTM},
    )


def _sale(order: Order, facts: Facts, terms: Terms, posts: Mapping[str, str]) -> dict[str, Any]:
    zone = terms.site_zones[order.site]
    occurred = order.paid_at or order.created_at
    platform, campaign = origin(order, terms)
    day = local_day(occurred, zone)
    order = _priced(order, terms)
    net = None if order.total is None or order.refunded is None else order.total - order.refunded
    content = order.utm.get("content")
    # A post that its link names is on a network, whatever else the link says.
    platform = posts.get(content or "", platform) if platform == UNATTRIBUTED else platform
    return _event(
        site=order.site,
        source=order.source,
        account=order.account,
        native_id=order.order_id,
        action=order.action,
        occurred_at=occurred,
        occurred_day=day,
        day_timezone=zone,
        count=1,
        value=None if order.total is None else money(order.total),
        refunded_value=None if order.refunded is None else money(order.refunded),
        currency=order.currency,
        value_reporting=None if net is None else reported(facts, terms, net, order.currency or "", day),
        status=STATUS.get(order.status, "pending"),
        platform=platform,
        campaign=campaign,
        post_id=content if content in posts else None,
        click_reference=order.click,
        observed_at=order.observed_at,
        **{f"utm_{name}": order.utm.get(name) for name in UTM},
    )


def _priced(order: Order, terms: Terms) -> Order:
    """A request that nobody put a price on, and that has no currency either, is worth what the settings say."""
    worth = None if order.action in SALES else terms.action_values.get(order.action)
    if worth is None or order.total is not None or order.currency is not None:
        return order
    return replace(order, total=worth, refunded=Decimal(0), currency=terms.reporting_currency)


def local_day(instant: datetime, zone: str) -> date:
    """The calendar day of a naive UTC instant in a zone."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def _goals(visit: VisitRow, terms: Terms) -> Iterator[dict[str, Any]]:
    """The goals that the visits of one referrer reached; goals that nobody mapped are no events."""
    actions = terms.goals.get(visit.site, {})
    for goal, count in visit.goals.items():
        if goal not in actions or count <= 0:
            continue
        worth = terms.action_values.get(actions[goal])
        value = None if worth is None else money(count * worth)
        yield _event(
            site=visit.site,
            source=terms.analytics(visit.site).platform,
            account=terms.analytics(visit.site).account,
            native_id=f"{goal}:{visit.day.isoformat()}:{visit.kind}:{visit.label}",
            action=actions[goal],
            occurred_day=visit.day,
            day_timezone=terms.site_zones[visit.site],
            count=count,
            value=value,
            refunded_value=None if value is None else money(Decimal(0)),
            currency=terms.reporting_currency,
            value_reporting=value,
            status="confirmed",
            utm_campaign=visit.label if visit.campaign else None,
            platform=visit.platform,
            campaign=visit.campaign,
            observed_at=visit.observed_at,
        )


def _boosts(post_daily: Table) -> Iterator[dict[str, Any]]:
    """Reactions and shares of a post's day: they show the brand to others. Withdrawn ones count back."""
    for row in post_daily.dicts():
        count = total([row["reactions"], row["shares"]])
        if row["is_baseline"] or not count:
            continue
        yield _event(
            site="",
            source=row["platform"],
            account=row["account"],
            native_id=f"{row['post_id']}:{row['day'].isoformat()}",
            action="social_boost",
            occurred_day=row["day"],
            day_timezone=row["day_timezone"],
            count=count,
            status="confirmed",
            platform=row["platform"],
            campaign="",
            post_id=row["post_id"],
            observed_at=row["observed_at"],
        )
