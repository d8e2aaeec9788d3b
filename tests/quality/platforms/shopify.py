"""What the suites of Shopify must catch, and what they must let pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

SALES: Final = "staging.shopify_conversion"
VISITS: Final = "staging.shopify_journey"
NOW: Final = "night = date '2026-11-02'"


def _twice(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} limit 1"


PLANTED = [
    Planted("an order twice", SALES, _twice(SALES), "key_unique", unit="abroad"),
    Planted("no day", SALES, f"update {SALES} set day = null where {NOW}", "rows_can_be_placed", unit="abroad"),
    Planted(
        "a sale of tomorrow",
        SALES,
        f"update {SALES} set occurred_at = observed_at + interval 9 hours where {NOW}",
        "rows_can_be_placed",
        unit="abroad",
    ),
    Planted(
        "an amount in nothing",
        SALES,
        f"update {SALES} set currency = 'gbp' where {NOW}",
        "currency_known",
        unit="abroad",
    ),
    Planted("no amounts", SALES, f"update {SALES} set value = null where {NOW}", "amounts_are_there", unit="abroad"),
    Planted(
        "an absurd amount",
        SALES,
        f"update {SALES} set value = 5000000000000 where {NOW} and status = 'confirmed'",
        "amounts_in_range",
        unit="abroad",
    ),
    Planted(
        "more given back than paid",
        SALES,
        f"update {SALES} set refunded_value = 2 * value where {NOW}",
        "refunds_within_the_sale",
        "warning",
    ),
    Planted(
        "a negative sale", SALES, f"update {SALES} set value = -1 where {NOW}", "refunds_within_the_sale", "warning"
    ),
    Planted(
        "a sale without its amount",
        SALES,
        f"update {SALES} set value = null where {NOW} and status = 'confirmed'",
        "confirmed_sales_have_a_value",
        "warning",
    ),
    Planted("everything lost on the way", SALES, f"delete from {SALES}", "what_came_is_here", unit="abroad"),
    Planted("a touch twice", VISITS, _twice(VISITS), "key_unique", unit="abroad"),
    Planted(
        "a touch without its order",
        VISITS,
        f"update {VISITS} set native_id = null where {NOW}",
        "rows_can_be_placed",
        unit="abroad",
    ),
    Planted(
        "a third touch",
        VISITS,
        f"update {VISITS} set touch = 3 where {NOW} and touch = 2",
        "rows_can_be_placed",
        unit="abroad",
    ),
    Planted("every touch lost on the way", VISITS, f"delete from {VISITS}", "what_came_is_here", unit="abroad"),
    Planted(
        "touches from nowhere",
        VISITS,
        f"insert into {VISITS} select v.* replace (native_id || k as native_id) from {VISITS} as v, range(9) as r (k)"
        f" where {NOW}; update {VISITS} set utm_source = null where {NOW}",
        "touches_say_where_from",
        "warning",
    ),
]
LEGAL: Final[Mapping[str, str]] = {
    "no orders": f"delete from {SALES} where {NOW}; delete from {VISITS} where {NOW}",
    "no journeys": f"delete from {VISITS}; delete from raw.shopify_orders",
    "a shop that has worked out no journey yet": f"delete from {VISITS};"
    """ update raw.shopify_orders set customerJourneySummary = '{"ready": false, "lastVisit": null}'""",
    "a day of refunds": f"update {SALES} set status = 'refunded', refunded_value = value where {NOW}",
    "an order taken on paper weeks ago": f"update {SALES} set day = day - 20,"
    f" occurred_at = occurred_at - interval 20 days where {NOW}",
    "a visit of last year": f"update {VISITS} set day = day - 300, touched_at = touched_at - interval 300 days"
    f" where {NOW} and touch = 1",
}
