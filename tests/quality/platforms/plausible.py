"""What the suites of Plausible must catch, and what they must let pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

VISITS, SALES = "staging.plausible_visit_day", "staging.plausible_conversion"
NOW: Final = "night = date '2026-11-02'"
SITE: Final = "report = 'site'"
ID: Final = "walks.example"


def put(relation: str, changes: str, where: str = "true") -> str:
    return f"update {relation} set {changes} where {NOW} and {where}"


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} limit 1"


def caught(what: str, relation: str, sql: str, rule: str) -> Planted:
    return Planted(what, relation, sql, rule, unit=ID)


def told(what: str, relation: str, sql: str, rule: str) -> Planted:
    return Planted(what, relation, sql, rule, "warning")


PLANTED: Final = [
    caught("a channel twice", VISITS, doubled(VISITS), "key_unique"),
    caught("no site", VISITS, put(VISITS, "site = null"), "rows_can_be_placed"),
    caught("visits of tomorrow", VISITS, put(VISITS, "day = night + 1", SITE), "rows_can_be_placed"),
    caught("a day outside the window", VISITS, put(VISITS, "day = date '2026-10-20'"), "inside_the_window"),
    caught("negative visits", VISITS, put(VISITS, "visits = -1", SITE), "counters_in_range"),
    caught("a channel without visits", VISITS, put(VISITS, "visits = null", "report = 'type'"), "counters_in_range"),
    caught("more bounces than visits", VISITS, put(VISITS, "bounces = visits + 1", SITE), "bounces_within_visits"),
    told("more visitors than visits", VISITS, put(VISITS, "visitors = visits + 1", SITE), "visitors_within_visits"),
    caught("no night", VISITS, f"delete from {VISITS} where day = date '2026-11-02'", "the_night_is_there"),
    caught(
        "a day without its visits",
        VISITS,
        put(VISITS, "visits = null", f"{SITE} and day = date '2026-11-01'"),
        "visits_are_not_taken_back",
    ),
    caught("visits that came from nowhere", VISITS, put(VISITS, "visits = 3", "label = 'Direct'"), "referrers_add_up"),
    caught(
        "origins of a day without visits",
        VISITS,
        put(VISITS, "visits = null", f"{SITE} and day = night"),
        "referrers_add_up",
    ),
    caught("visits told twice", VISITS, put(VISITS, "visits = 31", "label = 'Facebook'"), "referrers_add_up"),
    # sales
    caught("sales twice", SALES, doubled(SALES), "key_unique"),
    caught("no action", SALES, put(SALES, "action = null"), "rows_can_be_placed"),
    caught("sales of last month", SALES, put(SALES, "day = date '2026-10-01'"), "inside_the_window"),
    caught("money of nowhere", SALES, put(SALES, "currency = '', count = 1, value = 9"), "currency_known"),
    caught("fewer than no sales", SALES, put(SALES, "count = -1"), "amounts_in_range"),
    caught("revenue without a sale", SALES, put(SALES, "count = 0, value = 12"), "amounts_in_range"),
    caught("every sale lost on the way", SALES, f"delete from {SALES}", "what_came_is_here"),
    told("revenue that nobody tells", SALES, put(SALES, "count = 2, value = null"), "sales_have_a_value"),
]
LEGAL: Final[Mapping[str, str]] = {
    "a night on which nobody was counted": f"delete from {VISITS} where day = date '2026-11-02' and report <> 'site';"
    f" update {VISITS} set visits = null, visitors = null, actions = null, bounces = null, visit_seconds = null"
    " where day = date '2026-11-02'",
    "a network that sends nobody any more": put(VISITS, "is_absent = true", "label = 'Facebook'")
    + "; "
    + put(VISITS, "visits = visits - 10", SITE),
    "no sales": put(SALES, "count = 0, value = 0, currency = null"),
    "a night without news of sales": f"delete from {SALES} where {NOW}",
}
