"""What was to be expected of each day of each metric of an account or site, by the days before it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from pipeline.stats.anomaly import AFTER, BEFORE, Flags, Floats, expect
from pipeline.stats.tables.frames import without_rows

_NET: Final = "followers_net"
METRICS: Final = (_NET, "reach_1d", "impressions", "engagements", "visits", "conversions")
# Who leaves takes the net change below 0, and a reaction withdrawn the engagements; no other count falls there.
_FALLING: Final = frozenset({_NET, "engagements"})
_OWNER: Final = ("platform", "account", "site")
_TYPES: Final = {
    **dict.fromkeys((*_OWNER, "metric"), "string"),
    "day": "datetime64[s]",
    **dict.fromkeys(("value", "followers_before", "expected", "low", "high", "score"), "float64"),
    **dict.fromkeys(("is_final", "is_moved", "stays"), "bool"),
    "training_days": "int16",
}
# What the platform itself moved the level by belongs to the day's change; a level that is told in steps
# changes by a step when a single person comes. Of a site there are visits alone.
_DAYS: Final = """
    with accounts as (
        select days.platform, days.account, days.day, days.is_final,
            coalesce(days.is_level_shift, false) as is_moved,
            days.followers_net + case when days.is_level_shift then days.follower_residual else 0 end
                as followers_net,
            days.followers - days.followers_net as followers_before,
            greatest(1, reported.followers_step, lag(reported.followers_step) over account_days) as step,
            days.reach_1d, days.impressions, days.engagements, days.visits, days.conversions
        from kpi.account_daily as days
        left join core.account_day as reported
            on days.platform = reported.platform and days.account = reported.account and days.day = reported.day
            and reported.day >= $read
        where days.day >= $read
        window account_days as (partition by days.platform, days.account order by days.day)
    ),
    days as (
        select * from accounts
        union all by name
        select site, day, is_final, false as is_moved, visits from kpi.site_daily where day >= $read
    ),
    owners as (
        select platform, account, site, row_number() over (order by platform, account, site) - 1 as owner
        from (select distinct platform, account, site from days)
    )
    select owners.owner, days.* exclude (platform, account, site),
        not coalesce(occasions.is_short, false) as is_ordinary
    from days
    inner join owners on days.platform is not distinct from owners.platform
        and days.account is not distinct from owners.account and days.site is not distinct from owners.site
    left join core.occasion as occasions
        on coalesce(days.platform, '') = occasions.platform and days.day = occasions.day
"""
_OWNERS: Final = """
    select distinct platform, account, null as site from kpi.account_daily where day >= $read
    union all
    select distinct null, null, site from kpi.site_daily where day >= $read
    order by platform, account, site
"""


def anomaly(con: Any, since: date) -> pd.DataFrame:
    """One row per account or site, metric and day from ``since`` on that has a value, with what was expected of it.

    ``expected``, ``low``, ``high`` and ``score`` are NaN while too little is known. ``is_moved``: the platform
    itself moved the level of followers; ``stays``: the days after lie where the day does.
    """
    # Before the first year of all days there is nothing to read.
    read = {"read": since - timedelta(days=BEFORE) if since.year > 1900 else since}
    days = con.execute(_DAYS, read).df()
    if days.empty or days["day"].max() < pd.Timestamp(since):
        return without_rows(_TYPES)
    owners = con.execute(_OWNERS, read).df()
    grid = _Grid(days, len(owners), since)
    found = pd.concat([grid.rows((_NET,)), grid.rows(METRICS[1:])], ignore_index=True)
    owner = found.pop("owner").to_numpy()
    for name in _OWNER:
        found[name] = pd.Categorical(owners[name]).take(owner)
    found["metric"] = pd.Categorical.from_codes(found["metric"].to_numpy(), pd.Index(METRICS))
    return found


class _Grid:
    """Days as matrices: a row for each account or site, a column for each day, with room before and after."""

    def __init__(self, days: pd.DataFrame, owners: int, since: date) -> None:
        day = days["day"].to_numpy().astype("datetime64[D]")
        self._first = max(day.min(), np.datetime64(since, "D"))
        self._days = days
        self._at = days["owner"].to_numpy(), (day - self._first).astype(np.int64) + BEFORE
        self._shape = (owners, int(self._at[1].max()) + 1 + AFTER)
        self._final = self._flags("is_final")
        self._ordinary = self._flags("is_ordinary")

    def rows(self, metrics: tuple[str, ...]) -> pd.DataFrame:
        """The rows of metrics of one kind, with numbers in the place of names: ``owner`` and ``metric``."""
        values = np.concatenate([self._numbers(metric) for metric in metrics])
        tested = slice(BEFORE, -AFTER)
        # Most accounts have some of the metrics.
        told = np.nonzero(~np.isnan(values[:, tested]).all(axis=1))[0]
        values, metric, owner = values[told], told // self._shape[0], told % self._shape[0]
        is_net = metrics == (_NET,)
        moved = self._flags("is_moved")[owner] & is_net
        step = np.fmax(self._numbers("step"), 1)[owner] if is_net else None
        found = expect(values, self._ordinary[owner] & ~moved, self._final[owner], step)
        at = np.nonzero(~np.isnan(values[:, tested]))
        before = self._numbers("followers_before")[owner][:, tested][at] if is_net else np.nan
        floor = np.array([-np.inf if name in _FALLING else 0.0 for name in metrics])[metric[at[0]]]
        return pd.DataFrame(
            {
                "owner": owner[at[0]].astype(np.int32),
                "metric": (metric + METRICS.index(metrics[0])).astype(np.int8)[at[0]],
                "day": (self._first + at[1]).astype("datetime64[s]"),
                "value": values[:, tested][at],
                "followers_before": before,
                "expected": np.maximum(found.expected[at], floor),
                "low": np.maximum(found.low[at], floor),
                "high": np.maximum(found.high[at], floor),
                "score": found.score[at],
                "is_final": self._final[owner][:, tested][at],
                "is_moved": moved[:, tested][at],
                "stays": found.stays[at],
                "training_days": found.training_days[at],
            }
        )

    def _numbers(self, column: str) -> Floats:
        matrix = np.full(self._shape, np.nan)
        matrix[self._at] = self._days[column].to_numpy(dtype=np.float64, na_value=np.nan)
        return matrix

    def _flags(self, column: str) -> Flags:
        matrix = np.zeros(self._shape, dtype=np.bool_)
        matrix[self._at] = self._days[column].to_numpy(dtype=np.bool_)
        return matrix
