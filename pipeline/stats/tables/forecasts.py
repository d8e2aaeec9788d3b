"""What is expected of each account and site in the 28 days to come, and of which nothing can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from pipeline.stats.forecasting.holidays import Holidays
from pipeline.stats.forecasting.horizon import Forecast
from pipeline.stats.forecasting.many import forecasts
from pipeline.stats.forecasting.series import FEWEST_DAYS, LONGEST_SILENCE, Gap, Series, of_counts, of_levels
from pipeline.stats.tables.frames import without_rows

# Models train on half a year; a year shows what its holidays do.
_HISTORY: Final = 400
# Nobody waits for news of an archive.
_FORGOTTEN: Final = 90
_LEVELS: Final = {"followers": "followers_shift"}
_ACCOUNTS: Final = """
    select
        platform, account, cast(null as varchar) as site, day, is_final, followers,
        case when is_level_shift then follower_residual else 0 end as followers_shift,
        reach_1d, engagements, visits, conversions
    from kpi.account_daily
    where day > ? and day <= ?
    order by platform, account, day
"""
# A site that was read and sold nothing is a true 0; of a shop that was not read nobody knows.
_SITES: Final = """
    with brought as (
        select site, occurred_day as day,
            sum(count) filter (where status = 'confirmed' and action <> 'social_boost') as conversions
        from conversion.event
        where occurred_day > ?
        group by site, occurred_day
    )
    select
        cast(null as varchar) as platform, cast(null as varchar) as account, days.site, days.day, days.is_final,
        days.visits,
        case
            when days.visits is null or (sites.has_shop and sold.day is null) then null
            else coalesce(brought.conversions, 0)
        end as conversions
    from kpi.site_daily as days
    left join seed.site as sites on days.site = sites.site
    left join core.sale_day as sold on days.day = sold.day
    left join brought on days.site = brought.site and days.day = brought.day
    where days.day > ? and days.day <= ?
    order by days.site, days.day
"""
_KEY: Final = ("platform", "account", "site")
_BOUNDS: Final = ("low_80", "high_80", "low_95", "high_95")
_TYPES: Final = {
    **dict.fromkeys((*_KEY, "metric", "model"), "string"),
    **dict.fromkeys(("day", "training_since", "training_until"), "datetime64[s]"),
    **dict.fromkeys(("days_ahead", "value", *_BOUNDS, "backtest_origins"), "float64"),
    **dict.fromkeys(("backtest_error", "backtest_error_naive", "coverage_80"), "float64"),
}
_GAP_TYPES: Final = {
    **dict.fromkeys((*_KEY, "metric", "reason", "reason_fr"), "string"),
    **dict.fromkeys(("first_day", "last_day"), "datetime64[s]"),
    "days_known": "float64",
}
_REASONS: Final = {
    "short": (
        "{metric} of {whose}: {known} days are known, a forecast needs {fewest}",
        "{metric} de {whose} : {known} jours connus, une prévision en demande {fewest}",
    ),
    "silent": (
        "{metric} of {whose}: nothing is known since {last}, more than {silence} days ago",
        "{metric} de {whose} : rien de connu depuis le {last}, plus de {silence} jours",
    ),
    "holes": (
        "{metric} of {whose}: more than a third of its days are not known",
        "{metric} de {whose} : plus d'un tiers de ses jours sont inconnus",
    ),
}


@dataclass(frozen=True)
class Named:
    """A series, or why there is none, with whose it is (platform, account, site) and of what."""

    whose: tuple[str | None, ...]
    metric: str
    found: Series | Gap

    def key(self) -> dict[str, str | None]:
        return dict(zip((*_KEY, "metric"), (*self.whose, self.metric), strict=True))


def forecast(con: Any, since: date) -> pd.DataFrame:  # noqa: ARG001 - every night forecasts anew
    """One row per series and day ahead of the newest night, for every series that is long enough."""
    newest = newest_night(con)
    named = [] if newest is None else [one for one in every_series(con, newest) if isinstance(one.found, Series)]
    if newest is None or not named:
        return without_rows(_TYPES)
    # The warehouse waits meanwhile: what it may use of the machine is free.
    (cores,) = con.execute("select current_setting('threads')").fetchone()
    told = forecasts([one.found for one in named if isinstance(one.found, Series)], newest, holidays(con), cores)
    rows = [row for one, found in zip(named, told, strict=True) for row in _rows(one, found)]
    return pd.DataFrame(rows).astype(_TYPES)


def forecast_gap(con: Any, since: date) -> pd.DataFrame:  # noqa: ARG001 - as the forecasts are
    """One row per series of which something is known but no forecast is made, with the reason."""
    newest = newest_night(con)
    labels = _labels(con)
    rows = [] if newest is None else [_gap(one, newest, labels) for one in every_series(con, newest)]
    known = [row for row in rows if row is not None]
    return pd.DataFrame(known).astype(_GAP_TYPES) if known else without_rows(_GAP_TYPES)


def newest_night(con: Any) -> date | None:
    """The night after whose day forecasts begin."""
    (night,) = con.execute("select max(night) from core.night").fetchone()
    return night  # type: ignore[no-any-return]


def holidays(con: Any) -> Holidays:
    """The holidays of the configured country."""
    return Holidays(day for (day,) in con.execute("select day from seed.holiday").fetchall())


def every_series(con: Any, newest: date) -> Iterator[Named]:
    """Each metric that is to be forecast, of each account and site, as far as it is settled."""
    settled = dict(con.execute("select metric, settled_days from seed.forecast order by all").fetchall())
    if not settled:
        return
    since = newest - timedelta(days=_HISTORY)
    yield from _of(con.execute(_ACCOUNTS, [since, newest]).df(), settled, newest)
    yield from _of(con.execute(_SITES, [since, since, newest]).df(), settled, newest)


def _of(days: pd.DataFrame, settled: dict[str, int], newest: date) -> Iterator[Named]:
    metrics = [metric for metric in settled if metric in days.columns]
    for (platform, account, site), own in days.groupby(list(_KEY), sort=False, dropna=False):
        whose = tuple(part if isinstance(part, str) else None for part in (platform, account, site))
        calendar = pd.date_range(own["day"].min(), own["day"].max())
        facts = own.set_index("day").reindex(calendar)
        first = calendar[0].date()
        final = facts["is_final"].eq(True).to_numpy()
        for metric in metrics:
            values = facts[metric].to_numpy(dtype=float, na_value=np.nan)
            if metric in _LEVELS:
                shifts = facts[_LEVELS[metric]].to_numpy(dtype=float, na_value=0.0)
                yield Named(whose, metric, of_levels(first, values, shifts, newest))
                continue
            # The newest days are still being counted: those that are neither final nor so old teach nothing.
            young = ~final & (calendar > pd.Timestamp(newest - timedelta(days=settled[metric])))
            yield Named(whose, metric, of_counts(first, np.where(young, np.nan, values), newest))


def _rows(one: Named, told: Forecast) -> Iterator[dict[str, object]]:
    fixed: dict[str, object] = {
        **one.key(),
        "model": told.model,
        "training_since": told.training_since,
        "training_until": told.training_until,
        "backtest_origins": told.origins,
        "backtest_error": told.error,
        "backtest_error_naive": told.error_naive,
        "coverage_80": told.coverage_80,
    }
    for ahead, (day, value, limits) in enumerate(zip(told.days, told.value, told.bounds, strict=True), start=1):
        bounds = dict(zip(_BOUNDS, limits, strict=True))
        yield {**fixed, "day": day, "days_ahead": ahead, "value": value, **bounds}


def _labels(con: Any) -> dict[str, tuple[str, str]]:
    """What each metric is called in English and French."""
    told = con.execute("select name, label_en, label_fr from seed.metric").fetchall()
    return {name: (english, french) for name, english, french in told}


def _gap(one: Named, newest: date, labels: dict[str, tuple[str, str]]) -> dict[str, object] | None:
    gap = one.found
    if isinstance(gap, Series) or gap.last is None or (newest - gap.last).days > _FORGOTTEN:
        return None
    whose = " ".join(part for part in one.whose if part is not None)
    words = {"whose": whose, "known": gap.known_days, "last": gap.last}
    words |= {"fewest": FEWEST_DAYS, "silence": LONGEST_SILENCE}
    called = labels.get(one.metric, (one.metric, one.metric))
    english, french = (
        text.format(metric=label, **words) for text, label in zip(_REASONS[gap.reason], called, strict=True)
    )
    return {
        **one.key(),
        "reason": english,
        "reason_fr": french,
        "days_known": gap.known_days,
        "first_day": gap.first,
        "last_day": gap.last,
    }
