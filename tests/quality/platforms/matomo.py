"""What the suite of Matomo's single visits must catch, and what it must let pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

VISITS: Final = "staging.matomo_visit"
NOW: Final = "night = date '2026-11-02'"


def _with(change: str, rows: str = "true") -> str:
    return f"update {VISITS} set {change} where {NOW} and not is_absent and {rows}"


PLANTED = [
    Planted("a visit twice", VISITS, f"insert into {VISITS} from {VISITS} where {NOW} limit 1", "key_unique", unit="1"),
    Planted("a visit at no time", VISITS, _with("visited_at = null"), "rows_can_be_placed", unit="1"),
    Planted("a visit of no number", VISITS, _with("visit_id = null"), "rows_can_be_placed", unit="1"),
    Planted(
        "a visit after it was read",
        VISITS,
        _with("visited_at = observed_at + interval 1 hour"),
        "rows_can_be_placed",
        unit="1",
    ),
    Planted("a day outside the window", VISITS, _with("day = date '2026-10-20'"), "inside_the_window", unit="1"),
    Planted(
        "milliseconds for seconds",
        VISITS,
        _with("visited_at = timestamp '1970-01-21 18:13:37'"),
        "visited_on_its_day",
        unit="1",
    ),
    Planted("orders that nobody could read", VISITS, _with("orders = null"), "orders_and_goals_are_lists", unit="1"),
    Planted("a goal without a number", VISITS, _with("goals = [null]"), "orders_and_goals_are_lists", unit="1"),
    Planted("an order in two visits", VISITS, _with("orders = ['77']"), "an_order_is_of_one_visit", "warning"),
    Planted(
        "one cookie for everybody",
        VISITS,
        f"insert into {VISITS} by name select v.* replace (visit_id || '.' || i as visit_id) from {VISITS} as v,"
        f" range(600) as r (i) where {NOW} and visitor = 'aa' and len(orders) = 0",
        "a_visitor_is_not_everybody",
        "warning",
    ),
    Planted("no visit stored", VISITS, f"delete from {VISITS}", "what_came_is_here", unit="1"),
]

LEGAL: Final[Mapping[str, str]] = {
    "visits of people of whom nothing is kept": _with("visitor = null"),
    "a visit that began before midnight": _with("visited_at = day - interval 5 hours", "label = ''"),
    "two orders in one visit": _with("orders = ['77', '78']", "label = 'autumn-2026'"),
    "an order that the script did not see": _with("orders = []"),
}
