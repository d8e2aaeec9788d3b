"""What the suite of Awin must catch, and what it must let pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

SALES: Final = "staging.awin_conversion"
NOW: Final = "night = date '2026-11-02'"
ID: Final = "189069"

PLANTED = [
    Planted(
        "a sale twice", SALES, f"insert into {SALES} select * from {SALES} where {NOW} limit 1", "key_unique", unit=ID
    ),
    Planted("no day", SALES, f"update {SALES} set day = null where {NOW}", "rows_can_be_placed", unit=ID),
    Planted(
        "a sale of tomorrow",
        SALES,
        f"update {SALES} set occurred_at = observed_at + interval 9 hours where {NOW}",
        "rows_can_be_placed",
        unit=ID,
    ),
    Planted("money of nowhere", SALES, f"update {SALES} set currency = null where {NOW}", "currency_known", unit=ID),
    Planted("no commissions", SALES, f"update {SALES} set value = null where {NOW}", "amounts_are_there", unit=ID),
    Planted("an absurd commission", SALES, f"update {SALES} set value = 5e12 where {NOW}", "amounts_in_range", unit=ID),
    Planted(
        "a commission taken back",
        SALES,
        f"update {SALES} set value = -2 where {NOW}",
        "commissions_are_earned",
        "warning",
    ),
    Planted(
        "an approved sale that earns nothing known",
        SALES,
        f"update {SALES} set value = null where {NOW} and status = 'confirmed'",
        "confirmed_sales_have_a_value",
        "warning",
    ),
    Planted("everything lost on the way", SALES, f"delete from {SALES}", "what_came_is_here", unit=ID),
]
LEGAL: Final[Mapping[str, str]] = {
    "no sales": f"delete from {SALES} where {NOW}",
    "everything declined": f"update {SALES} set status = 'cancelled' where {NOW}",
    "sales that were validated after months": f"update {SALES} set day = day - 90,"
    f" occurred_at = occurred_at - interval 90 days where {NOW}",
    "a lead that pays nothing": f"update {SALES} set value = 0 where {NOW}",
}
