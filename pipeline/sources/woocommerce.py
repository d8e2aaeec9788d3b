"""WooCommerce, REST v3: orders and refunds of a shop, without anything about the buyer.

No quota of its own; hosts may answer 429.
Documentation: https://woocommerce.github.io/woocommerce-rest-api-docs/#orders

Quirks that shape this module:

* Without ``dates_are_gmt=true`` the window is read in the shop's zone.
* ``after`` and ``before`` mean creation: changes of state are found by modification only.
* An order that is changed while the list is read leaves the list and shifts the pages.
* Money is text (``"90.00"``); ``_gmt`` times have no ``Z``.
* ``meta_data`` may hold anything. Only the keys ``_wc_order_attribution_*`` are kept.
* A refund's ``amount`` is positive, the ``total`` inside an order's ``refunds`` is negative.
"""

from __future__ import annotations

from pipeline.streams import Stream

PLATFORM = "woocommerce"
KIND = "shop"
BASE = ""
API_VERSION = "wc/v3"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 3
POOL_SLOTS = 2
CREDENTIALS = ("key", "secret")
OPTIONAL_CREDENTIALS: tuple[str, ...] = ()

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
