"""What the suites of Google Analytics must catch, and what they must let pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.quality.planted import Planted

VISITS, BOUGHT = "staging.ga4_visit_day", "staging.ga4_conversion"
NOW: Final = "night = date '2026-11-02'"
ID: Final = "318170001"


def put(relation: str, changes: str, where: str = "true") -> str:
    return f"update {relation} set {changes} where {NOW} and {where}"


def doubled(relation: str) -> str:
    return f"insert into {relation} select * from {relation} where {NOW} limit 1"


def caught(what: str, relation: str, sql: str, rule: str) -> Planted:
    return Planted(what, relation, sql, rule, unit=ID)


def told(what: str, relation: str, sql: str, rule: str) -> Planted:
    return Planted(what, relation, sql, rule, "warning")


PLANTED: Final = [
    caught("an origin twice", VISITS, doubled(VISITS), "key_unique"),
    caught("no site", VISITS, put(VISITS, "site = null"), "rows_can_be_placed"),
    caught("visits of today", VISITS, put(VISITS, "day = night + 1", "report = 'site'"), "rows_can_be_placed"),
    caught("a day outside the window", VISITS, put(VISITS, "day = date '2026-10-20'"), "inside_the_window"),
    caught("negative visits", VISITS, put(VISITS, "visits = -1", "report = 'site'"), "counters_in_range"),
    caught("an origin without visits", VISITS, put(VISITS, "visits = null", "report = 'type'"), "counters_in_range"),
    caught(
        "more bounces than visits",
        VISITS,
        put(VISITS, "bounces = visits + 1", "report = 'site'"),
        "bounces_within_visits",
    ),
    told(
        "more visitors than visits",
        VISITS,
        put(VISITS, "visitors = visits + 1", "report = 'site'"),
        "visitors_within_visits",
    ),
    caught("nothing of four days", VISITS, f"delete from {VISITS} where day > date '2026-10-29'", "brings_recent_days"),
    caught(
        "a day without its visits",
        VISITS,
        put(VISITS, "visits = 0, bounces = 0", "report = 'site' and day = date '2026-11-01'"),
        "visits_are_not_taken_back",
    ),
    caught(
        "origins twice over",
        VISITS,
        put(VISITS, "visits = visits + 200", "referrer_type = 'direct'"),
        "origins_within_the_day",
    ),
    caught(
        "networks beyond their kind", VISITS, put(VISITS, "visits = 31", "label = 'facebook'"), "origins_within_the_day"
    ),
    told(
        "rows left out",
        VISITS,
        put(VISITS, "visits = visits - 20", "referrer_type = 'direct'"),
        "origins_add_up",
    ),
    caught("every origin lost on the way", VISITS, f"delete from {VISITS} where report <> 'site'", "what_came_is_here"),
    # purchases
    caught("purchases twice", BOUGHT, doubled(BOUGHT), "key_unique"),
    caught("no action", BOUGHT, put(BOUGHT, "action = null"), "rows_can_be_placed"),
    caught("purchases of last month", BOUGHT, put(BOUGHT, "day = date '2026-10-01'"), "inside_the_window"),
    caught("revenue of nowhere", BOUGHT, put(BOUGHT, "currency = '', value = 9"), "currency_known"),
    caught("fewer than no purchases", BOUGHT, put(BOUGHT, "count = -1"), "amounts_in_range"),
    caught("purchases for nothing known", BOUGHT, put(BOUGHT, "count = 2, value = null"), "amounts_in_range"),
    caught("every purchase lost on the way", BOUGHT, f"delete from {BOUGHT}", "what_came_is_here"),
    told("revenue without a purchase", BOUGHT, put(BOUGHT, "count = 0, value = 12"), "revenue_has_purchases"),
]
LEGAL: Final[Mapping[str, str]] = {
    "three days late": f"delete from {VISITS} where day > date '2026-10-30'",
    "a site that nobody visits at the weekend": f"delete from {VISITS} where isodow(day) > 5",
    "an origin that is told no more": put(VISITS, "is_absent = true, visits = 0", "label = 'autumn-2026'"),
    "a night without news": f"delete from {VISITS} where {NOW}; delete from {BOUGHT} where {NOW}",
    "a property that sells in no currency because it sells nothing": f"update {BOUGHT} set count = 0, value = 0,"
    " currency = null",
    "more origins than visits by a rounding": put(VISITS, "visits = visits + 2", "referrer_type = 'direct'"),
}
