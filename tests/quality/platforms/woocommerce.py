"""What the suite of a shop's visits must catch and let pass; its sales are planted with the first sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

VISITS: Final = "staging.woocommerce_journey"
NOW: Final = "night = date '2026-11-02'"

PLANTED = [
    Planted(
        "a touch twice",
        VISITS,
        f"insert into {VISITS} select * from {VISITS} where {NOW} limit 1",
        "key_unique",
        unit="shop",
    ),
    Planted(
        "a touch without its order",
        VISITS,
        f"update {VISITS} set native_id = null where {NOW}",
        "rows_can_be_placed",
        unit="shop",
    ),
    Planted("a second touch", VISITS, f"update {VISITS} set touch = 2 where {NOW}", "rows_can_be_placed", unit="shop"),
    Planted(
        "a visit of tomorrow",
        VISITS,
        f"update {VISITS} set touched_at = observed_at + interval 9 hours where {NOW}",
        "rows_can_be_placed",
        unit="shop",
    ),
    Planted("every touch lost on the way", VISITS, f"delete from {VISITS}", "what_came_is_here", unit="shop"),
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
    "a shop that does not note where its buyers came from": f"delete from {VISITS};"
    " update raw.woocommerce_orders set meta_data = '[]'",
    "a shop whose notes say no time": f"delete from {VISITS};"
    """ update raw.woocommerce_orders set meta_data = '[{"key": "_wc_order_attribution_utm_source", "value": "x"}]'""",
    "a visit of last month": f"update {VISITS} set day = day - 30, touched_at = touched_at - interval 30 days"
    f" where {NOW}",
}
