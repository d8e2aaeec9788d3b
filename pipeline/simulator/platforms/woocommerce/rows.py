"""Orders and refunds as WooCommerce writes them: money as text, buyers in full."""

from __future__ import annotations

from decimal import Decimal

from pipeline.simulator.rest import Row, gmt_time, local_time
from pipeline.simulator.world import Order, Refund


def money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _address(order: Order) -> Row:
    """A buyer who does not exist, with the fields that must never be kept."""
    return {
        "first_name": "Nobody",
        "last_name": f"Number {order.id % 1000}",
        "company": "",
        "address_1": f"{order.id % 90 + 1} Invented Quay",
        "address_2": "",
        "city": "Nowhere-sur-Mer",
        "state": "",
        "postcode": "00000",
        "country": "FR",
    }


def order_row(order: Order) -> Row:
    zero = Decimal(0)
    goods_tax = (sum((line.total for line in order.lines), zero) / 6).quantize(Decimal("0.01"))
    email = f"buyer-{order.id}@example.invalid"
    return {
        "id": order.id,
        "parent_id": 0,
        "number": order.number,
        "order_key": f"wc_order_{order.id:x}",
        "created_via": order.created_via,
        "version": "10.2.1",
        "status": order.status,
        "currency": order.currency,
        **_times(order),
        "discount_total": money(order.discount_total),
        "discount_tax": "0.00",
        "shipping_total": money(order.shipping_total),
        "shipping_tax": "0.00",
        "cart_tax": money(goods_tax),
        "total": money(order.total),
        "total_tax": money(order.total_tax),
        "prices_include_tax": True,
        "customer_id": 0,
        "customer_ip_address": "192.0.2.1",
        "customer_note": "",
        "billing": {**_address(order), "email": email, "phone": "+33 0 00 00 00 00"},
        "shipping": _address(order),
        "payment_method": "bacs" if order.status == "on-hold" else "card",
        "meta_data": _meta(order, email),
        "line_items": _lines(order),
        "coupon_lines": [],
        "refunds": [{"id": r.id, "reason": r.reason, "total": money(-r.amount)} for r in order.refunds],
    }


def _times(order: Order) -> Row:
    """Every date twice: in the shop's zone and in UTC."""
    named = {"created": order.created, "modified": order.modified, "paid": order.paid, "completed": order.completed}
    local = {f"date_{name}": local_time(moment) for name, moment in named.items()}
    return {**local, **{f"date_{name}_gmt": gmt_time(moment) for name, moment in named.items()}}


def _lines(order: Order) -> list[Row]:
    return [
        {
            "id": order.id * 10 + n,
            "name": line.name,
            "product_id": line.product_id,
            "variation_id": 0,
            "quantity": line.quantity,
            "total": money(line.total),
            "sku": line.sku,
            "price": float(line.total / line.quantity),
        }
        for n, line in enumerate(order.lines)
    ]


def _meta(order: Order, email: str) -> list[Row]:
    """Attribution among other things, some of which must never be kept."""
    values = {f"_wc_order_attribution_{name}": value for name, value in order.attribution.items()}
    values = {"is_vat_exempt": "no", **values, "_newsletter_contact": email}
    return [{"id": order.id * 20 + n, "key": key, "value": value} for n, (key, value) in enumerate(values.items())]


def refund_row(refund: Refund) -> Row:
    return {
        "id": refund.id,
        "date_created": local_time(refund.created),
        "date_created_gmt": gmt_time(refund.created),
        "amount": money(refund.amount),
        "reason": refund.reason,
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [],
        "line_items": [],
    }
