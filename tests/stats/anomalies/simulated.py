"""Days of simulated accounts in a warehouse, as the model of anomalies finds them there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd

from pipeline import models
from tests.models.warehouse import MODELS, empty_warehouse
from tests.stats.forecasting.played import accounts

METRICS = ("followers_net", "reach_1d", "engagements")
CHOSEN = [model for model in MODELS if model.relation in ("core.occasion", "kpi.anomaly")]


def days_of(wanted: int) -> pd.DataFrame:
    """One row per account and day of a year, all of them final: what came, nothing added."""
    parts = [
        pd.DataFrame(
            {
                "platform": one.name.split("/")[1],
                "account": one.name,
                "day": [one.first + timedelta(days=n) for n in range(len(one.reach))],
                "is_final": True,
                "followers": one.followers,
                "followers_net": np.append(np.nan, np.diff(one.followers)),
                "reach_1d": one.reach,
                "engagements": one.engagements,
            }
        )
        for one in accounts(wanted)
    ]
    return pd.concat(parts, ignore_index=True)


def warehouse(days: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    """A warehouse that knows these days of its accounts and nothing else."""
    con = empty_warehouse(duckdb.connect())
    con.register("given", days)
    con.execute(
        "insert into core.account by name select distinct platform, account, 'network' as kind, "
        "min(day) over () as first_window_since, max(day) over () as newest_night from given"
    )
    fill(con, days)
    return con


def fill(con: duckdb.DuckDBPyConnection, days: pd.DataFrame) -> None:
    """Make these the days of accounts."""
    con.register("given", days)
    numbers = ", ".join(
        f"cast(case when not isnan({name}) then {name} end as bigint) as {name}" for name in ("followers", *METRICS)
    )
    con.execute(
        "create or replace table kpi.account_daily as select * from "
        "(select * from kpi.account_daily limit 0) union all by name "
        f"select platform, account, cast(day as date) as day, is_final, {numbers} from given"
    )


def build(con: duckdb.DuckDBPyConnection, since: date = models.FIRST_DAY) -> None:
    models.build(con, CHOSEN, {model.relation: since for model in CHOSEN})


def rows(con: duckdb.DuckDBPyConnection, columns: Iterable[str] = ("*",), where: str = "true") -> pd.DataFrame:
    return con.execute(f"select {', '.join(columns)} from kpi.anomaly where {where} order by all").df()
