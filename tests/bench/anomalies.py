"""What was to be expected of a thousand series of thirteen months, out of a warehouse: seconds and memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.bench.measure import Line, child, median, peak, runs

NAMES = ("anomaly", "anomaly_memory")
SERIES = 1000
METRICS = ("followers_net", "reach_1d", "engagements", "visits", "conversions")
DAYS = 396
NEWEST = date(2026, 11, 2)
# One third of the time that forecasts and anomalies have together.
MOST_SECONDS = 40
MOST_MB = 1024


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    """``ratio`` is of the limits in seconds and in megabytes; every day of the thirteen months is tested."""
    accounts = max(2, round(SERIES * scale) // len(METRICS))
    found = [child("anomalies:ours", accounts=accounts) for _ in range(runs(scale))]
    more = {key: found[0][key] for key in ("series", "days", "tested")}
    seconds, most = median(found), peak(found)
    if "anomaly" in wanted:
        yield Line("anomaly", seconds / MOST_SECONDS, 1, seconds, most, more)
    if "anomaly_memory" in wanted:
        yield Line("anomaly_memory", most / MOST_MB, 1, seconds, most, {**more, "limit_mb": MOST_MB})


def ours(accounts: int) -> dict[str, Any]:
    """The whole table, built as the first night builds it; making the days is not measured."""
    import duckdb

    from pipeline import models
    from tests.models.warehouse import MODELS, empty_warehouse

    con = empty_warehouse(duckdb.connect())
    _history(con, accounts)
    chosen = [model for model in MODELS if model.relation in ("core.occasion", "kpi.anomaly")]
    start = time.perf_counter()
    models.build(con, chosen, {model.relation: models.FIRST_DAY for model in chosen})
    seconds = time.perf_counter() - start
    series, rows, tested = con.execute(
        "select count(distinct (account, metric)), count(*), count(score) from kpi.anomaly"
    ).fetchall()[0]
    if series != accounts * len(METRICS) or rows != series * DAYS:
        raise SystemExit(f"{rows} days of {series} series were looked at, not {DAYS} of {accounts * len(METRICS)}")
    return {"seconds": seconds, "series": series, "days": DAYS, "tested": tested}


def _history(con: Any, accounts: int) -> None:
    """Accounts of all sizes with a week, a slow growth and posts that some days have and others have not."""
    con.execute("select setseed(0.2026)")
    con.execute(
        f"""
        insert into kpi.account_daily by name
        with days as (
            select
                cast(a.account as varchar) as account, date '{NEWEST}' - cast({DAYS} - 1 - d.n as integer) as day,
                (1 + a.account % 40) * (1 + 0.001 * d.n) * (1 + 0.3 * sin(2 * pi() * d.n / 7)) as size,
                -ln(1 - random()) as luck, random() as chance
            from range({accounts}) as a (account), range({DAYS}) as d (n)
        )
        select
            'x' as platform, account, day, true as is_final, false as is_level_shift,
            cast(round(size * chance) as bigint) as followers_net,
            cast(100 * size * luck as bigint) as reach_1d,
            cast(8 * size * (0.5 + luck) as bigint) as engagements,
            cast(5 * size * (0.5 + chance) as bigint) as visits,
            cast(size * chance * 0.3 as bigint) as conversions
        from days
        """
    )
