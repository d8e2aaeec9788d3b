"""The forecasts of a thousand series of thirteen months, out of a warehouse: seconds and memory of a whole process."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.bench.measure import Line, child, median, peak, runs

NAMES = ("forecast", "forecast_memory")
SERIES = 1000
METRICS = ("followers", "reach_1d", "engagements", "visits", "conversions")
DAYS = 396
NEWEST = date(2026, 11, 2)
# Two thirds of the time that forecasts and anomalies have together.
MOST_SECONDS = 80
MOST_MB = 1024


def lines(scale: float, wanted: frozenset[str]) -> Iterator[Line]:
    """``ratio`` is of the limits in seconds and in megabytes; the memory of each process is counted for itself."""
    accounts = max(2, round(SERIES * scale) // len(METRICS))
    found = [child("forecasts:ours", accounts=accounts) for _ in range(runs(scale))]
    more = {key: found[0][key] for key in ("cpu_seconds", "series", "days", "smoothed", "coverage_80")}
    seconds, most = median(found), peak(found)
    if "forecast" in wanted:
        yield Line("forecast", seconds / MOST_SECONDS, 1, seconds, most, more)
    if "forecast_memory" in wanted:
        yield Line("forecast_memory", most / MOST_MB, 1, seconds, most, {**more, "limit_mb": MOST_MB})


def ours(accounts: int) -> dict[str, Any]:
    """The table of forecasts as the model gets it; making the days is not measured, loading the library is."""
    import duckdb

    from pipeline.stats.tables import TABLES
    from tests.models.warehouse import empty_warehouse

    con = empty_warehouse(duckdb.connect())
    _history(con, accounts)
    start, begun = time.perf_counter(), _cpu_seconds()
    told = TABLES["forecast"](con, NEWEST)
    seconds, cpu = time.perf_counter() - start, _cpu_seconds() - begun
    every = told.groupby(["platform", "account", "metric"])
    if len(every) != accounts * len(METRICS) or len(told) != 28 * len(every):
        raise SystemExit(f"{len(every)} series of {accounts * len(METRICS)} have a forecast")
    return {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "series": len(every),
        "days": DAYS,
        "smoothed": int((every["model"].first() == "AutoETS").sum()),
        "coverage_80": float(every["coverage_80"].first().mean()),
    }


def _cpu_seconds() -> float:
    """What this process and those that it started have computed: a busy machine makes seconds, not these."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _history(con: Any, accounts: int) -> None:
    """Accounts of all sizes with a week, a slow growth and posts that some days have and others have not."""
    con.execute("insert into seed.forecast select unnest(?), 3", [list(METRICS)])
    con.execute("insert into core.night (platform, account, night) values ('x', '0', ?)", [NEWEST])
    con.execute("select setseed(0.2026)")
    con.execute(
        f"""
        insert into kpi.account_daily by name
        with days as (
            select
                'x' as platform, cast(a.account as varchar) as account, a.account as nth,
                date '{NEWEST}' - cast({DAYS} - 1 - d.n as integer) as day, d.n,
                (1 + a.account % 40) * (1 + 0.001 * d.n) * (1 + 0.3 * sin(2 * pi() * d.n / 7)) as size,
                -ln(1 - random()) as luck, random() as chance
            from range({accounts}) as a (account), range({DAYS}) as d (n)
        )
        select
            platform, account, day, true as is_final,
            1000 + cast(sum(round(size * chance)) over (partition by account order by n) as bigint) as followers,
            false as is_level_shift,
            cast(100 * size * luck as bigint) as reach_1d,
            cast(8 * size * (0.5 + luck) as bigint) as engagements,
            cast(5 * size * (0.5 + chance) as bigint) as visits,
            cast(size * chance * 0.3 as bigint) as conversions
        from days
        """
    )
