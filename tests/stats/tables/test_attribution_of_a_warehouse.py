"""The Markov chain of a warehouse's journeys: the published check values, month by month and site by site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import duckdb
import pytest

from pipeline import models
from tests.models.warehouse import MODELS, empty_warehouse

# Paths, how many took them, what each earned; and those that led nowhere.
WON = (("ABC", 3, 100), ("AC", 2, 50), ("BC", 1, 30), ("A", 4, 10))
LOST = (("B", 2), ("CA", 2), ("AB", 3))
MONTH = date(2026, 10, 1)
CONVERSION = (
    *("site", "source", "account", "native_id", "action", "occurred_day", "count", "status", "value_reporting"),
)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return empty_warehouse(duckdb.connect())


def put(con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str], values: Sequence[object]) -> None:
    con.execute(f"insert into {relation} ({', '.join(columns)}) values ({', '.join('?' * len(values))})", list(values))


def take_in(con: duckdb.DuckDBPyConnection, month: date = MONTH, site: str = "s") -> None:
    """Orders of the check values' journeys in the middle of the month, and the visits of who did not buy."""
    noon = datetime(month.year, month.month, 15, 12)
    orders = [(path, value) for path, count, value in WON for _ in range(count)]
    for nth, (path, value) in enumerate(orders):
        key = (site, "shop", "1", f"{month:%m}-{nth}", "sale")
        values = [*key, noon.date(), 1, "confirmed", value]
        put(con, "core.conversion", CONVERSION, values)
        event = (*CONVERSION, "platform", "campaign", "conversion_id")
        put(con, "conversion.event", event, [*values, "x", "", "|".join(key)])
        for touch, channel in enumerate(path, start=1):
            at = noon - timedelta(days=len(path) - touch)
            con.execute(
                "insert into core.touch (site, source, account, native_id, action, occurred_day, journey, touch,"
                " touched_at, converted_at, platform, campaign, channel, is_direct)"
                " values (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, '', ?, false)",
                [*key, noon.date(), touch, at, noon, channel.lower(), channel],
            )
    for nth, path in enumerate(path for path, count in LOST for _ in range(count)):
        for touch, channel in enumerate(path, start=1):
            con.execute(
                "insert into core.visit (source, account, visit_id, site, day, visitor, visited_at, referrer_type,"
                " platform, campaign, orders, goals) values ('m', '1', ?, ?, ?, ?, ?, 'social', ?, '', [], [])",
                [
                    f"{month:%m}{nth}{touch}",
                    site,
                    noon.date(),
                    f"{month:%m}{nth}",
                    noon + timedelta(hours=touch),
                    channel,
                ],
            )


def build(con: duckdb.DuckDBPyConnection, since: date = models.FIRST_DAY) -> None:
    chosen = [model for model in MODELS if model.relation == "conversion.attribution"]
    models.build(con, chosen, {"conversion.attribution": since})


def revenue(con: duckdb.DuckDBPyConnection, model: str, where: str = "true") -> dict[str, float]:
    sql = f"select channel, sum(revenue) from conversion.attribution where model = ? and {where} group by channel"
    return {channel: float(value) for channel, value in con.execute(sql, [model]).fetchall()}


def test_the_check_values_come_out_of_the_table(con: duckdb.DuckDBPyConnection) -> None:
    take_in(con)
    build(con)
    assert revenue(con, "last") == {"A": 40.0, "B": 0.0, "C": 430.0}
    assert revenue(con, "linear") == pytest.approx({"A": 190.0, "B": 115.0, "C": 165.0}, abs=0.001)
    assert revenue(con, "position") == pytest.approx({"A": 210.0, "B": 75.0, "C": 185.0}, abs=0.001)
    assert revenue(con, "markov") == pytest.approx({"A": 172.3333, "B": 129.25, "C": 168.4167}, abs=0.001)


def test_every_month_has_a_chain_of_its_own_and_keeps_it(con: duckdb.DuckDBPyConnection) -> None:
    take_in(con)
    build(con)
    october = revenue(con, "markov")
    take_in(con, date(2026, 11, 1), site="t")
    con.execute("delete from core.visit where day >= date '2026-11-01'")
    build(con, date(2026, 11, 20))
    assert revenue(con, "markov", "occurred_day < date '2026-11-01'") == october
    assert con.execute("select count(distinct conversion_id) from conversion.attribution").fetchone() == (20,)
    assert sum(revenue(con, "markov", "occurred_day >= date '2026-11-01'").values()) == pytest.approx(470.0)


def test_who_did_not_convert_teaches_the_chain_without_values(con: duckdb.DuckDBPyConnection) -> None:
    take_in(con)
    con.execute("update core.conversion set value_reporting = null")
    build(con)
    with_lost = con.execute(
        "select channel, sum(weight) from conversion.attribution where model = 'markov' group by channel"
    ).fetchall()
    con.execute("delete from core.visit")
    build(con)
    without = con.execute(
        "select channel, sum(weight) from conversion.attribution where model = 'markov' group by channel"
    ).fetchall()
    assert sorted(with_lost) != sorted(without)
    assert sum(weight for _, weight in with_lost) == pytest.approx(10)
