"""An order reduced to what is counted: nothing that tells who bought leaves this module.

Only what is counted is asked for; but whatever else an answer holds is dropped here, at every depth, before
anything is written to disk. Of the addresses of a visit only their hosts stay, and the campaign's own words:
the rest may hold the id of a click, a search, or a mail address.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import msgspec

from pipeline.sources._answers import decode

_NOTHING = msgspec.Raw(b"null")
_CAMPAIGN = ("source", "medium", "campaign", "content")


class _Money(msgspec.Struct, rename="camel"):
    amount: str | float | None = None
    currency_code: str | None = None


class _Bag(msgspec.Struct, rename="camel"):
    """Money in the shop's currency; what the buyer saw it in is not asked for."""

    shop_money: _Money | None = None


class _Utm(msgspec.Struct):
    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None


class _Visit(msgspec.Struct, rename="camel"):
    occurred_at: str | None = None
    source: str | None = None
    source_type: str | None = None
    referrer_url: str | None = None
    landing_page: str | None = None
    utm_parameters: _Utm | None = None


class _Journey(msgspec.Struct, rename="camel"):
    ready: bool | None = None
    first_visit: _Visit | None = None
    last_visit: _Visit | None = None


class _Order(msgspec.Struct, rename="camel"):
    id: str
    legacy_resource_id: str | int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    processed_at: str | None = None
    cancelled_at: str | None = None
    test: bool | None = None
    display_financial_status: str | None = None
    total_price_set: _Bag | None = None
    current_total_price_set: _Bag | None = None
    total_refunded_set: _Bag | None = None
    customer_journey_summary: _Journey | None = None


class _KeptVisit(msgspec.Struct, rename="camel"):
    """A visit without its addresses."""

    occurred_at: str | None
    source: str | None
    source_type: str | None
    referrer_host: str | None
    landing_host: str | None
    utm_parameters: _Utm | None


class _KeptJourney(msgspec.Struct, rename="camel"):
    ready: bool | None
    first_visit: _KeptVisit | None
    last_visit: _KeptVisit | None


class _KeptOrder(msgspec.Struct, rename="camel"):
    id: str
    legacy_resource_id: str | int | None
    created_at: str | None
    updated_at: str | None
    processed_at: str | None
    cancelled_at: str | None
    test: bool | None
    display_financial_status: str | None
    total_price_set: _Bag | None
    current_total_price_set: _Bag | None
    total_refunded_set: _Bag | None
    customer_journey_summary: _KeptJourney | None


def without_people(order: bytes) -> tuple[str, bytes]:
    """The order's id and what is kept of it. SourceChanged where it is no order."""
    told = decode(msgspec.Raw(order), _Order, "an order")
    journey = told.customer_journey_summary
    kept = _KeptOrder(
        id=told.id,
        legacy_resource_id=told.legacy_resource_id,
        created_at=told.created_at,
        updated_at=told.updated_at,
        processed_at=told.processed_at,
        cancelled_at=told.cancelled_at,
        test=told.test,
        display_financial_status=told.display_financial_status,
        total_price_set=told.total_price_set,
        current_total_price_set=told.current_total_price_set,
        total_refunded_set=told.total_refunded_set,
        customer_journey_summary=None
        if journey is None
        else _KeptJourney(journey.ready, _kept(journey.first_visit), _kept(journey.last_visit)),
    )
    return told.id, msgspec.json.encode(kept)


def _kept(visit: _Visit | None) -> _KeptVisit | None:
    if visit is None:
        return None
    return _KeptVisit(
        visit.occurred_at,
        visit.source,
        visit.source_type,
        _host(visit.referrer_url),
        _host(visit.landing_page),
        visit.utm_parameters or _campaign(visit.landing_page),
    )


def _host(address: str | None) -> str | None:
    try:
        return urlsplit(address or "").hostname
    except ValueError:
        return None


def _campaign(address: str | None) -> _Utm | None:
    """What the address of the first page says of the campaign, where the shop has not taken it out."""
    try:
        told = dict(parse_qsl(urlsplit(address or "").query))
    except ValueError:
        return None
    found = [told.get(f"utm_{name}") for name in _CAMPAIGN]
    return _Utm(*found) if any(found) else None
