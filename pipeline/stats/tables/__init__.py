"""Tables that SQL alone cannot make: rows out of a built warehouse in, statistics of them out.

Each function takes an open connection and the first day that is built anew, reads what the directive of
its model names, and gives a frame whose rows the model's SQL reads as ``temp.<name>``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.stats.tables.anomaly import anomaly
from pipeline.stats.tables.attribution import attribution
from pipeline.stats.tables.budgets import budget_advice
from pipeline.stats.tables.content_types import content_type
from pipeline.stats.tables.forecasts import forecast, forecast_gap
from pipeline.stats.tables.goals import goal
from pipeline.stats.tables.hashtags import hashtag
from pipeline.stats.tables.posting_times import posting_time
from pipeline.stats.tables.trials import experiment_result

if TYPE_CHECKING:
    import pandas as pd

TABLES: Mapping[str, Callable[[Any, date], pd.DataFrame]] = {
    "anomaly": anomaly,
    "attribution": attribution,
    "budget_advice": budget_advice,
    "content_type": content_type,
    "experiment_result": experiment_result,
    "forecast": forecast,
    "forecast_gap": forecast_gap,
    "hashtag": hashtag,
    "posting_time": posting_time,
    "goal": goal,
}
