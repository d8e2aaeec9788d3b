"""How many rows each rule of a suite finds: one statement for all, and whose error it is when one fails."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.quality.open_connection import OpenConnection
from pipeline.quality.tally import Tally

BIG = "select day from {batch} where visits > 10"
NONE = "select day from {batch} where visits is null -- a remark that ends the query"
WRONG = "select nope from {batch}"
RAISES = "select day from {batch} where day::varchar::integer > 0"


class Counting(OpenConnection):
    """A connection that counts the statements it is given."""

    statements = 0

    def execute(self, sql: str, parameters: object = None) -> object:  # type: ignore[override]
        self.statements += 1
        return super().execute(sql, parameters)  # type: ignore[arg-type]


@pytest.fixture
def connection() -> Iterator[Counting]:
    with duckdb.connect() as con:
        days = "select date '2026-11-01' + i::integer as day, 10 * i as visits from range(5) r(i)"
        con.execute(f"create table visits as {days}")
        yield Counting(con)


def test_all_rules_of_a_suite_cost_one_statement(connection: Counting) -> None:
    tally = Tally(connection, "visits", [BIG, NONE])
    assert [tally.rows(BIG), tally.rows(NONE), tally.rows(BIG)] == [3, 0, 3]
    assert connection.statements == 1


@pytest.mark.parametrize("transaction", [True, False], ids=["in a transaction", "outside one"])
def test_a_query_that_cannot_be_planned_raises_alone(connection: Counting, transaction: bool) -> None:
    if transaction:
        connection.con.begin()
    tally = Tally(connection, "visits", [BIG, WRONG, NONE])
    assert tally.rows(BIG) == 3
    with pytest.raises(duckdb.BinderException, match="nope"):
        tally.rows(WRONG)
    assert tally.rows(NONE) == 0


def test_a_query_that_fails_on_the_rows_raises_alone_outside_a_transaction(connection: Counting) -> None:
    tally = Tally(connection, "visits", [BIG, RAISES])
    assert tally.rows(BIG) == 3
    with pytest.raises(duckdb.ConversionException, match="2026-11-01"):
        tally.rows(RAISES)


def test_a_failure_that_ended_the_transaction_is_what_every_query_raises(connection: Counting) -> None:
    connection.con.begin()
    tally = Tally(connection, "visits", [BIG, RAISES])
    for query in (BIG, RAISES):
        with pytest.raises(duckdb.ConversionException, match="2026-11-01"):
            tally.rows(query)
