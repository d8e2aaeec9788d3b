"""Faults in the forecasts and in what says why there is none."""

from __future__ import annotations

from tests.quality.planted import Planted
from tests.quality.planted_marts import ACCOUNT, FORECAST, FORECAST_GAP, doubled, put

REACH = "metric = 'reach_1d'"

FORECASTS = [
    *(Planted("a row twice", relation, doubled(relation), "key_unique") for relation in (FORECAST, FORECAST_GAP)),
    Planted("whose it is, is not told", FORECAST, put(FORECAST, "account = null", REACH), "rows_can_be_placed"),
    Planted("of an account and of a site", FORECAST, put(FORECAST, "site = 'boutique'"), "rows_can_be_placed"),
    Planted("nobody asked for it", FORECAST, put(FORECAST, "metric = 'followers_lost'", REACH), "rows_can_be_placed"),
    Planted("no model", FORECAST, put(FORECAST, "model = null", "rowid = 0"), "rows_can_be_placed"),
    Planted(
        "a day is missing",
        FORECAST,
        f"delete from {FORECAST} where {REACH} and days_ahead = 9",
        "four_weeks_from_the_newest_night",
    ),
    Planted(
        "a forecast of last week",
        FORECAST,
        put(FORECAST, "day = day - 7, training_until = training_until - 7"),
        "four_weeks_from_the_newest_night",
    ),
    Planted(
        "learnt from the days to come",
        FORECAST,
        put(FORECAST, "training_until = date '2026-11-05'", REACH),
        "four_weeks_from_the_newest_night",
    ),
    Planted("fewer than none", FORECAST, put(FORECAST, "low_95 = -1", REACH), "values_within_their_bounds"),
    Planted("bounds that cross", FORECAST, put(FORECAST, "high_80 = high_95 + 1", REACH), "values_within_their_bounds"),
    Planted("a value beyond its bounds", FORECAST, put(FORECAST, "value = high_80 + 1"), "values_within_their_bounds"),
    Planted("no bound", FORECAST, put(FORECAST, "low_80 = null", "rowid = 3"), "values_within_their_bounds"),
    Planted(
        "worse than the naive",
        FORECAST,
        put(FORECAST, "model = 'AutoETS', backtest_error = backtest_error_naive + 1"),
        "never_worse_than_the_naive",
    ),
    Planted("an unknown model", FORECAST, put(FORECAST, "model = 'oracle'"), "never_worse_than_the_naive"),
    Planted(
        "two models of one series",
        FORECAST,
        put(FORECAST, "coverage_80 = 0.25", f"{REACH} and days_ahead > 14"),
        "one_model_per_series",
    ),
    Planted("a series is lost", FORECAST, f"delete from {FORECAST} where {REACH}", "every_series_is_told_of"),
    Planted(
        "a gap is lost",
        FORECAST,
        f"delete from {FORECAST_GAP} where metric = 'followers' and account = 'page'",
        "every_series_is_told_of",
    ),
    Planted(
        "bounds that hold nothing",
        FORECAST,
        put(FORECAST, "coverage_80 = 0.3, backtest_origins = 12"),
        "bounds_hold_what_they_promise",
        "warning",
    ),
    Planted("whose gap it is, is not told", FORECAST_GAP, put(FORECAST_GAP, "metric = null"), "rows_can_be_placed"),
    Planted("known days that are too many", FORECAST_GAP, put(FORECAST_GAP, "days_known = 99"), "rows_can_be_placed"),
    Planted("no reason in French", FORECAST_GAP, put(FORECAST_GAP, "reason_fr = ''"), "says_why_in_both_languages"),
    Planted(
        "a gap of what is foretold",
        FORECAST_GAP,
        put(FORECAST_GAP, "account = 'journal', platform = 'wordpress', metric = 'reach_1d'", "rowid = 0"),
        "no_gap_beside_a_forecast",
    ),
    Planted(
        "a short series that nobody tells of",
        FORECAST_GAP,
        put(ACCOUNT, "followers = null", "account = 'journal' and day <= date '2026-10-25'")
        + f"; delete from {FORECAST_GAP} where metric = 'followers' and account = 'journal'",
        "every_short_series_is_there",
    ),
    Planted(
        "reasons of last week",
        FORECAST_GAP,
        put(FORECAST_GAP, "last_day = last_day - 7, first_day = first_day - 7"),
        "known_days_are_those_of_the_marts",
    ),
]
