"""What the suite of the inbox must catch, and what it must let pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

SENT: Final = "staging.inbox_conversion"
NOW: Final = "night = date '2026-11-02'"
ID: Final = "forms"

PLANTED = [
    Planted(
        "a request twice", SENT, f"insert into {SENT} select * from {SENT} where {NOW} limit 1", "key_unique", unit=ID
    ),
    Planted("no site", SENT, f"update {SENT} set site = null where {NOW}", "rows_can_be_placed", unit=ID),
    Planted(
        "a request of tomorrow",
        SENT,
        f"update {SENT} set occurred_at = observed_at + interval 9 hours where {NOW}",
        "rows_can_be_placed",
        unit=ID,
    ),
    Planted("money of nowhere", SENT, f"update {SENT} set currency = 'euro' where {NOW}", "currency_known", unit=ID),
    Planted(
        "an action of nobody", SENT, f"update {SENT} set action = 'sale' where {NOW}", "actions_are_known", unit=ID
    ),
    Planted("worth less than nothing", SENT, f"update {SENT} set value = -1 where {NOW}", "amounts_in_range", unit=ID),
    Planted("an absurd amount", SENT, f"update {SENT} set value = 5e12 where {NOW}", "amounts_in_range", unit=ID),
    Planted(
        "a form that is abused",
        SENT,
        f"insert into {SENT} select * exclude (n) replace (native_id || '-' || n as native_id)"
        f" from {SENT}, range(50) as many (n) where {NOW}",
        "not_all_at_once",
        "warning",
    ),
    Planted("everything lost on the way", SENT, f"delete from {SENT}", "what_came_is_here", unit=ID),
]
LEGAL: Final[Mapping[str, str]] = {
    "nobody wrote": f"delete from {SENT} where {NOW}",
    "nobody knows what it is worth": f"update {SENT} set value = null, refunded_value = null, currency = null"
    f" where {NOW}",
    "sent a year late": f"update {SENT} set day = day - 365, occurred_at = occurred_at - interval 365 days where {NOW}",
    "worth nothing": f"update {SENT} set value = 0 where value is not null and {NOW}",
}
