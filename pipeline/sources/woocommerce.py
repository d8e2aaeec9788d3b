"""WooCommerce, REST v3: orders and refunds of a shop, without anything about the buyer.

No quota of its own; hosts may answer 429.
Documentation: https://woocommerce.github.io/woocommerce-rest-api-docs/#orders

Quirks that shape this module:

* Without ``dates_are_gmt=true`` the window is read in the shop's zone.
* ``after`` and ``before`` mean creation: changes of state are found by modification only.
* Orders are changed while the list is read. It ends at the platform's clock of its first answer
  and is sorted by id, so that a change can only take an order out, which is noticed (``_wp_rest``).
* Trashed orders are not among ``any`` status: they are asked for apart.
* Money is text (``"90.00"``); ``_gmt`` times have no ``Z``.
* ``meta_data`` may hold anything. Kept is how the buyer came, the keys ``_wc_order_attribution_*`` that
  tell it and the click ids that plugins note, and of pages what names a campaign (``_orders``). Shops that
  keep orders in tables of their own and those that keep them among posts write it alike.
  A change of meta data alone does not move ``date_modified``; the attribution is written at the checkout.
* A refund's ``amount`` is positive, the ``total`` inside an order's ``refunds`` is negative.
* An order may be deleted for good between its list and its refunds: it has none then.
* Some hosts drop the header ``Authorization``. The shop takes the key in the address too, where every log
  between here and there would show it: we do not send it so. The host has to hand on the header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from pipeline.http import Limits, Session
from pipeline.settings import Account
from pipeline.sources._answers import guarded, in_front, whole
from pipeline.sources._orders import Order, without_people
from pipeline.sources._wp_rest import Gone, Params, Rest, just_before, midnight
from pipeline.streams import Page, Stream, Unit, Yield

PLATFORM = "woocommerce"
KIND: Literal["shop"] = "shop"
ORIGIN: Literal["api"] = "api"
BASE = ""
API_VERSION = "wc/v3"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 3
HISTORY_DAYS: int | None = None
POOL_SLOTS = 2
CREDENTIALS = ("key", "secret")
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()
OPTIONS: Mapping[str, object] = {"rest": "pretty"}

STREAMS = (
    Stream(
        name="orders",
        columns={
            "id": "BIGINT",
            "number": "VARCHAR",
            "status": "VARCHAR",
            "currency": "VARCHAR",
            "date_created_gmt": "VARCHAR",
            "date_modified_gmt": "VARCHAR",
            "date_paid_gmt": "VARCHAR",
            "date_completed_gmt": "VARCHAR",
            "total": "DECIMAL(18,4)",
            "total_tax": "DECIMAL(18,4)",
            "discount_total": "DECIMAL(18,4)",
            "shipping_total": "DECIMAL(18,4)",
            "refunds": "JSON",
            "meta_data": "JSON",
            "created_via": "VARCHAR",
        },
        key=("id",),
        # West of Greenwich the shop's day may be the one before the UTC date.
        day="TRY_CAST(left(date_created_gmt, 10) AS DATE) - 1",
    ),
    # `order_id` and `order_created_gmt` are put in front: a refund changes the day of its order.
    Stream(
        name="refunds",
        columns={
            "order_id": "BIGINT",
            "order_created_gmt": "VARCHAR",
            "id": "BIGINT",
            "date_created_gmt": "VARCHAR",
            "amount": "DECIMAL(18,4)",
        },
        key=("id",),
        day="TRY_CAST(left(order_created_gmt, 10) AS DATE) - 1",
    ),
)

_ORDERS = "/wc/v3/orders"
_ORDER_FIELDS = tuple(STREAMS[0].columns)
_REFUND_FIELDS = ("id", "date_created_gmt", "amount")


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the consumer key and secret in a header."""
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=account.base,
        basic=(account.secrets["key"], account.secrets["secret"]),
        limits=limits,
    )


def check(account: Account, http: Session) -> str:
    """One call for the number of orders."""
    orders = Rest(account, http).total(_ORDERS, (("status", "any"), ("_fields", "id")))
    return f"shop {account.base}, {orders:,} orders"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """Orders that were modified since the window began, then the refunds of those that have any."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    rest = Rest(account, http)
    refunded: list[Order] = []
    announced = 0
    for status in ("trash", "any"):
        for found, total in rest.listing(_ORDERS, _Query(account, unit, http, status), "the orders"):
            orders = [without_people(order, _ORDER_FIELDS) for order in found]
            refunded += [order for order in orders if order.refunded and whole(order.id) is not None]
            announced += total or 0
            complete = status == "any" and total is not None
            yield Page("orders", [order.record for order in orders], announced if complete else None)
    announced = 0
    for order in refunded:
        for found, total in _refunds(rest, order):
            announced += total or 0
            yield Page("refunds", found)
    yield Page("refunds", [], announced)


class _Query:
    """What is asked of each page: the same orders, however long the reading takes."""

    def __init__(self, account: Account, unit: Unit, http: Session, status: str) -> None:
        begin = just_before(midnight(unit.window.since, account.time_zone))
        end = midnight(unit.window.until + timedelta(days=1), account.time_zone)
        self._http = http
        self._fixed: Params = (
            ("status", status),
            ("modified_after", _gmt(begin)),
            ("before", _gmt(end)),
            ("dates_are_gmt", "true"),
            ("_fields", ",".join(_ORDER_FIELDS)),
        )

    def __call__(self) -> Params:
        if self._http.first_date is None:
            return self._fixed
        moment = datetime.fromisoformat(self._http.first_date) + timedelta(seconds=1)
        return (*self._fixed, ("modified_before", _gmt(moment)))


def _gmt(moment: datetime) -> str:
    """WooCommerce reads times without an offset, in Greenwich when ``dates_are_gmt`` is true."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _refunds(rest: Rest, order: Order) -> Iterator[tuple[list[bytes], int | None]]:
    query: Params = (("_fields", ",".join(_REFUND_FIELDS)),)
    ours = {"order_id": order.id, "order_created_gmt": order.created}
    read = 0
    try:
        for found, total in rest.listing(f"{_ORDERS}/{whole(order.id)}/refunds", lambda: query, "the refunds"):
            kept = [without_people(refund, _REFUND_FIELDS).record for refund in found]
            read += len(kept)
            yield [in_front(refund, **ours) for refund in kept], total
    except Gone:
        # Deleted for good since the list was read; the refunds that were told until then stay.
        yield [], read
