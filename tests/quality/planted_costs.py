"""What the suites of advertising costs must catch, and what they must let pass: alike on every platform that sells it.

The clean nights of a platform have two accounts, ``euros`` and ``dollars``, whose campaigns are ``1``, ``2`` and more.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.quality.planted import Planted

NOW, UNIT = "night = date '2026-11-02'", "euros"
HERE = f"{NOW} and account = '{UNIT}'"


class Costs:
    """The faults of one platform's costs."""

    def __init__(self, platform: str) -> None:
        self._platform, self._table = platform, f"staging.{platform}_spend_day"

    def _changed(self, change: str, where: str = HERE) -> str:
        return f"update {self._table} set {change} where {where}"

    def _told(self, newest: str) -> str:
        """The platform gave costs up to that day and no further."""
        return f"update ops.stream_night set newest_day = date '{newest}' where platform = '{self._platform}' and {NOW}"

    def _gone(self, column: str, value: str, where: str = "true") -> str:
        return (
            f"insert into {self._table} by name select distinct on (account, day, campaign_id, network) * replace"
            f" (true as is_absent, date '2026-11-02' as night) from {self._table}"
            f" where {column} = '{value}' and {where}"
        )

    @property
    def planted(self) -> list[Planted]:
        table, changed = self._table, self._changed
        faults = [
            ("a cost twice", f"insert into {table} select * from {table} where {HERE} limit 1", "key_unique"),
            ("a cost of tomorrow", changed("day = night + 1"), "rows_can_be_placed"),
            ("a cost of no campaign", changed("campaign_id = null"), "rows_can_be_placed"),
            ("shown nowhere", changed("network = ''"), "rows_can_be_placed"),
            ("a day before the window", changed("day = night - 29", f"{HERE} and day = night"), "inside_the_window"),
            ("money of no currency", changed("currency = null"), "currency_known"),
            ("money of a sign", changed("currency = '€'"), "currency_known"),
            ("no cost at all", changed("spend = null"), "spend_is_there"),
            ("a negative cost", changed("spend = -5", f"{HERE} and campaign_id = '2'"), "spend_in_range"),
            ("an absurd cost", changed("spend = 99999999999"), "spend_in_range"),
            ("minus one click", changed("clicks = -1"), "counters_in_range"),
            ("more reached than live", changed("reach = 20000000000"), "counters_in_range"),
            (
                "every cost gone",
                f"delete from {table} where {HERE}; {self._gone('account', UNIT)}",
                "not_all_gone",
            ),
            (
                "costs came up to a day that is not here",
                f"delete from {table} where day = night and {HERE}",
                "what_came_is_here",
            ),
            ("costs came, none is stored", f"delete from {table} where account = '{UNIT}'", "what_came_is_here"),
        ]
        noticed = [
            ("another currency", changed("currency = 'CHF'"), "one_currency"),
            ("more clicks than shown", changed("clicks = impressions + 1"), "reach_and_clicks_within_impressions"),
            ("more people than shown", changed("reach = impressions + 1"), "reach_and_clicks_within_impressions"),
            ("a digit too many", changed("spend = 100 * spend", f"{HERE} and day = night"), "spend_jumped"),
        ]
        return [
            *(Planted(what, table, sql, rule, unit=UNIT) for what, sql, rule in faults),
            *(Planted(what, table, sql, rule, "warning") for what, sql, rule in noticed),
        ]

    @property
    def legal(self) -> Mapping[str, str]:
        table, changed = self._table, self._changed
        days = "day between date '2026-10-27' and date '2026-10-29'"
        return {
            "a night without delivery": f"delete from {table} where {NOW}; {self._told('2026-11-01')}",
            "a paused account": f"delete from {table} where account = '{UNIT}' and day > date '2026-10-22';"
            f" {self._told('2026-10-22')}",
            "three costs taken back": self._gone("campaign_id", "1", days),
            "nobody clicked and nobody counted whom it reached": changed("clicks = null, reach = null"),
            "a cost of nothing": changed("spend = 0"),
            "a budget that was tripled": changed("spend = 3 * spend"),
            "a campaign that was renamed": changed("campaign_name = 'Spring coats'"),
            "links without a campaign": changed("utm_campaign = null"),
        }
