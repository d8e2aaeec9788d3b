"""Our posts beside the roll-up of another implementation, on the same raw facts: README.md tells the outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.models.warehouse import empty_warehouse
from tests.peers.rules import JSON_VALUE, NUMBERS, RULES
from tests.sql.cases import Case, Grid, grid
from tests.sql.test_cases import fill, run

HERE = Path(__file__).parent
OURS = ("core.post", "core.post_counter", "core.post_snapshot", "core.post_total", "kpi.post")
Posts = dict[str, dict[str, int | None]]


@dataclass(frozen=True)
class Comparison:
    """The same facts told to both; the numbers that must be equal, and those that differ, each with its reason."""

    platform: str
    case: str
    rule: str
    given: Mapping[str, str]
    theirs: str
    ours: str
    equal: tuple[str, ...] = ()
    differs: Mapping[str, str] = field(default_factory=dict)
    delivered: str = ""

    def __str__(self) -> str:
        return f"{self.platform}: {self.case}"


def comparisons() -> Iterator[Comparison]:
    for file in sorted(HERE.glob("*.yml")):
        for each in yaml.safe_load(file.read_text("utf-8")):
            yield Comparison(file.stem, **each)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        empty_warehouse(con).execute(JSON_VALUE)
        yield con


@pytest.fixture
def con(warehouse: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    warehouse.execute("begin")
    yield warehouse
    warehouse.execute("rollback")


def posts(con: duckdb.DuckDBPyConnection, query: str) -> Posts:
    """Post → its numbers; a query must have the column post_id."""
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {str(row.pop("post_id")): {name: None if n is None else int(n) for name, n in row.items()} for row in rows}


def told(text: str) -> Posts:
    known = grid(text)
    rows = [dict(zip(known.columns, row, strict=True)) for row in known.rows]
    return {str(row.pop("post_id")): {name: None if n is None else int(n) for name, n in row.items()} for row in rows}


def ours(con: duckdb.DuckDBPyConnection, each: Comparison) -> Posts:
    """What our own models make of the raw rows."""
    given = {name: grid(text) for name, text in each.given.items()}
    for relation, rows in given.items():
        fill(con, relation, rows)
    run(con, Case(HERE, each.case, given, OURS, None, {}))
    return posts(con, f"select post_id, {', '.join(NUMBERS.values())} from kpi.post")


def theirs(con: duckdb.DuckDBPyConnection, each: Comparison) -> Posts:
    """What their rule makes of what their connector has of the same facts."""
    rule = RULES[each.rule]
    if rule.delivered:
        con.execute(f"create temp table delivered as {rule.delivered}")
    else:
        _deliver(con, grid(each.delivered))
    return posts(con, rule.rolled_up)


def _deliver(con: duckdb.DuckDBPyConnection, reports: Grid) -> None:
    kinds = {"post_id": "varchar", "date_day": "date"}
    columns = ", ".join(f"{name} {kinds.get(name, 'bigint')}" for name in reports.columns)
    con.execute(f"create temp table delivered ({columns})")
    for row in reports.rows:
        con.execute(f"insert into delivered values ({', '.join('?' * len(row))})", list(row))


def values(found: Posts, number: str) -> dict[str, Any]:
    return {post: numbers[number] for post, numbers in found.items()}


@pytest.mark.parametrize("each", list(comparisons()), ids=str)
def test_equal_numbers_are_equal_and_the_others_differ_for_their_reason(
    con: duckdb.DuckDBPyConnection, each: Comparison
) -> None:
    mine, other = ours(con, each), theirs(con, each)
    assert (mine, other) == (told(each.ours), told(each.theirs))
    assert {number: values(mine, NUMBERS[number]) for number in each.equal} == {
        number: values(other, number) for number in each.equal
    }
    for number, reason in each.differs.items():
        assert values(mine, NUMBERS[number]) != values(other, number), reason


def test_every_rule_that_was_read_has_a_case_and_says_where_it_was_read() -> None:
    assert {each.rule for each in comparisons()} == set(RULES)
    assert all(" at " in rule.read and "fivetran/" in rule.read for rule in RULES.values())


def test_the_document_tells_every_number_of_every_case() -> None:
    text = (HERE / "README.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    written = {(row[0], row[1], row[2]) for row in rows if len(row) == 4}
    for each in comparisons():
        for number in each.equal:
            assert (each.rule, number, "equal") in written, each
        for number, reason in each.differs.items():
            assert (each.rule, number, reason) in written, each
