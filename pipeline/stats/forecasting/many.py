"""The forecasts of many series: in this process where they are few, on several cores where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import current_process, get_context
from typing import Final

from pipeline.stats.forecasting.holidays import Holidays
from pipeline.stats.forecasting.horizon import Forecast, forecast
from pipeline.stats.forecasting.series import Series

# Fewer are done sooner than other processes have begun.
MANY: Final = 150
_A_CHUNK: Final = 25
# Each of them loads the library anew: seconds, and some hundred megabytes.
_MOST_PROCESSES: Final = 8


def forecasts(every: Sequence[Series], newest: date, holidays: Holidays, cores: int = 1) -> list[Forecast]:
    """The forecast of each series, in their order. The same on one core as on many.

    A worker that may have no children (a daemon, as those of some queues are) does all of them itself.
    """
    cores = min(cores, _MOST_PROCESSES)
    if cores == 1 or len(every) < MANY or current_process().daemon:
        return _chunk(every, newest, holidays)
    # A process of its own for each: a copy of this one would hold the open database.
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        chunks = [every[start : start + _A_CHUNK] for start in range(0, len(every), _A_CHUNK)]
        found = pool.map(_chunk, chunks, [newest] * len(chunks), [holidays] * len(chunks))
        return [one for part in found for one in part]


def _chunk(every: Sequence[Series], newest: date, holidays: Holidays) -> list[Forecast]:
    return [forecast(one, newest, holidays) for one in every]
