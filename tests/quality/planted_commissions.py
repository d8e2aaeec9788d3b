"""What the suite of a network of affiliates must catch, and what it must let pass: alike on all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

NOW: Final = "night = date '2026-11-02'"


class Commissions:
    """The faults of the clean nights of one account of a network."""

    def __init__(self, platform: str, account: str) -> None:
        sales = f"staging.{platform}_conversion"
        self.planted: list[Planted] = [
            Planted(
                "a sale twice",
                sales,
                f"insert into {sales} select * from {sales} where {NOW} limit 1",
                "key_unique",
                unit=account,
            ),
            Planted("no day", sales, f"update {sales} set day = null where {NOW}", "rows_can_be_placed", unit=account),
            Planted(
                "a sale of tomorrow",
                sales,
                f"update {sales} set occurred_at = observed_at + interval 9 hours where {NOW}",
                "rows_can_be_placed",
                unit=account,
            ),
            Planted(
                "money of nowhere",
                sales,
                f"update {sales} set currency = null where {NOW}",
                "currency_known",
                unit=account,
            ),
            Planted(
                "no commissions",
                sales,
                f"update {sales} set value = null where {NOW}",
                "amounts_are_there",
                unit=account,
            ),
            Planted(
                "an absurd commission",
                sales,
                f"update {sales} set value = 5e12 where {NOW}",
                "amounts_in_range",
                unit=account,
            ),
            Planted(
                "a commission taken back",
                sales,
                f"update {sales} set value = -2 where {NOW}",
                "commissions_are_earned",
                "warning",
            ),
            Planted(
                "an approved sale that earns nothing known",
                sales,
                f"update {sales} set value = null where {NOW} and status = 'confirmed'",
                "confirmed_sales_have_a_value",
                "warning",
            ),
            Planted("everything lost on the way", sales, f"delete from {sales}", "what_came_is_here", unit=account),
        ]
        self.legal: Mapping[str, str] = {
            "no sales": f"delete from {sales} where {NOW}",
            "everything declined": f"update {sales} set status = 'cancelled' where {NOW}",
            "sales that were validated after months": f"update {sales} set day = day - 90,"
            f" occurred_at = occurred_at - interval 90 days where {NOW}",
            "a lead that pays nothing": f"update {sales} set value = 0 where {NOW}",
        }
