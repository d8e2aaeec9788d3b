"""What the suite of Meta's costs must catch, and what it must let pass."""

from __future__ import annotations

from tests.quality.planted import Planted

COSTS = "staging.meta_ads_spend_day"
NOW, UNIT = "night = date '2026-11-02'", "euros"
HERE = f"{NOW} and account = '{UNIT}'"


def changed(change: str, where: str = HERE) -> str:
    return f"update {COSTS} set {change} where {where}"


def planted(what: str, sql: str, rule: str) -> Planted:
    return Planted(what, COSTS, sql, rule, unit=UNIT)


def told(newest: str) -> str:
    """The platform gave costs up to that day and no further."""
    return f"update ops.stream_night set newest_day = date '{newest}' where platform = 'meta_ads' and {NOW}"


GONE = (
    f"delete from {COSTS} where {HERE}; insert into {COSTS} by name select distinct on (day, campaign_id, network)"
    f" * replace (true as is_absent, date '2026-11-02' as night) from {COSTS} where account = '{UNIT}'"
)

PLANTED = [
    planted("a cost twice", f"insert into {COSTS} select * from {COSTS} where {HERE} limit 1", "key_unique"),
    planted("a cost of tomorrow", changed("day = night + 1"), "rows_can_be_placed"),
    planted("a cost of no campaign", changed("campaign_id = null"), "rows_can_be_placed"),
    planted("shown nowhere", changed("network = ''"), "rows_can_be_placed"),
    planted("a day before the window", changed("day = night - 29", f"{HERE} and day = night"), "inside_the_window"),
    planted("money of no currency", changed("currency = null"), "currency_known"),
    planted("money of a sign", changed("currency = '€'"), "currency_known"),
    planted("no cost at all", changed("spend = null"), "spend_is_there"),
    planted("a negative cost", changed("spend = -5", f"{HERE} and network = 'instagram'"), "spend_in_range"),
    planted("an absurd cost", changed("spend = 99999999999"), "spend_in_range"),
    planted("minus one click", changed("clicks = -1"), "counters_in_range"),
    planted("more reached than live", changed("reach = 20000000000"), "counters_in_range"),
    planted("every cost gone", GONE, "not_all_gone"),
    planted(
        "costs came up to a day that is not here",
        f"delete from {COSTS} where day = night and {HERE}",
        "what_came_is_here",
    ),
    planted("costs came, none is stored", f"delete from {COSTS} where account = '{UNIT}'", "what_came_is_here"),
    Planted("another currency", COSTS, changed("currency = 'CHF'"), "one_currency", "warning"),
    Planted(
        "more clicks than impressions",
        COSTS,
        changed("clicks = impressions + 1"),
        "reach_and_clicks_within_impressions",
        "warning",
    ),
    Planted(
        "more people than impressions",
        COSTS,
        changed("reach = impressions + 1"),
        "reach_and_clicks_within_impressions",
        "warning",
    ),
    Planted(
        "a digit too many", COSTS, changed("spend = 100 * spend", f"{HERE} and day = night"), "spend_jumped", "warning"
    ),
]

LEGAL = {
    "a night without delivery": f"delete from {COSTS} where {NOW}; {told('2026-11-01')}",
    "a paused account": f"delete from {COSTS} where account = '{UNIT}' and day > date '2026-10-22';"
    f" {told('2026-10-22')}",
    "three costs taken back": f"insert into {COSTS} by name select distinct on (day, campaign_id, network)"
    f" * replace (true as is_absent, date '2026-11-02' as night) from {COSTS} where day between date '2026-10-27'"
    " and date '2026-10-29' and network = 'facebook'",
    "nobody clicked and nobody counted whom it reached": changed("clicks = null, reach = null"),
    "a cost of nothing": changed("spend = 0"),
    "a budget that was tripled": changed("spend = 3 * spend"),
    "a campaign that was renamed": changed("campaign_name = 'Spring coats'"),
    "links without a campaign": changed("utm_campaign = null"),
}
