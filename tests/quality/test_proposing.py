"""A draft of a suite holds on the nights it was made from, and says so where later ones differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pipeline.errors import QualityError
from pipeline.quality.proposing import Shape, propose

COLUMNS = {
    "platform": "VARCHAR",
    "account": "VARCHAR",
    "day": "DATE",
    "visits": "BIGINT",
    "saves": "BIGINT",
    "margin": "DECIMAL(18,4)",
    "never": "BIGINT",
    "note": "VARCHAR",
}
SHAPE = Shape("kpi.thing", ("platform", "account", "day"), "day", COLUMNS, begins_with_unit=False)
# Seventy days of three accounts; saves are told by x alone, and there not on each seventh day; the margin goes below 0.
DAYS = """
    create schema kpi;
    create table kpi.thing as
    select
        platform, platform || '-1' as account, date '2026-08-25' + cast(n as integer) as day,
        100 + (n * 37) % 50 as visits,
        case when platform = 'x' and n % 7 > 0 then n % 5 end as saves,
        cast((n * 13) % 40 - 20 as decimal(18, 4)) as margin,
        cast(null as bigint) as never,
        'a text' as note
    from range(70) as numbers (n), (values ('facebook'), ('x'), ('youtube')) as networks (platform)
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(DAYS)
        yield con


def broken(con: duckdb.DuckDBPyConnection, draft: dict[str, Any], batch: str = "kpi.thing") -> dict[str, int]:
    """By id of the rule how many rows it did not expect."""
    counts = {
        rule["id"]: len(con.execute(rule["kwargs"]["unexpected_rows_query"].format(batch=batch)).fetchall())
        for rule in draft["expectations"]
    }
    return {name: count for name, count in counts.items() if count}


def test_a_draft_holds_on_the_nights_that_it_was_made_from(con: duckdb.DuckDBPyConnection) -> None:
    draft = propose(con, SHAPE)
    assert broken(con, draft) == {}
    rules = {rule["id"]: rule for rule in draft["expectations"]}
    assert list(rules)[:2] == ["key_unique", "rows_as_usual"]
    assert rules["key_unique"]["severity"] == "critical"
    assert {name for name in rules if name.startswith(("margin", "never"))} == {"margin_is_told", "margin_in_its_range"}
    assert "In the 60 nights to 2026-11-02 there were 3 to 3 rows a night" in rules["rows_as_usual"]["meta"]["reason"]


@pytest.mark.parametrize(
    ("fault", "caught"),
    [
        ("insert into kpi.thing from kpi.thing where day = '2026-11-02' and platform = 'x'", {"key_unique": 1}),
        ("delete from kpi.thing where day = '2026-11-01'", {}),
        (
            (
                "insert into kpi.thing select thing.* replace (account || '-' || n as account)"
                " from kpi.thing as thing, range(5) as more (n) where day = '2026-11-02'"
            ),
            {"rows_as_usual": 1},
        ),
        ("update kpi.thing set visits = null where day = '2026-11-02' and platform = 'x'", {"visits_is_told": 1}),
        ("update kpi.thing set saves = null where day = '2026-11-02'", {}),
        ("update kpi.thing set visits = -1 where day = '2026-11-02' and platform = 'x'", {"visits_not_negative": 1}),
        ("update kpi.thing set visits = 9000 where day = '2026-11-02'", {"visits_in_its_range": 3}),
        ("update kpi.thing set margin = -900 where day = '2026-11-02'", {"margin_in_its_range": 3}),
        ("update kpi.thing set note = null where platform = 'x' and day = '2026-11-02'", {"note_is_told": 1}),
    ],
)
def test_what_differs_from_the_nights_before_is_named(
    con: duckdb.DuckDBPyConnection, fault: str, caught: dict[str, int]
) -> None:
    """A night that is gone wholly has no row to count, and a platform that misses a value now and then may do so."""
    draft = propose(con, SHAPE)
    con.execute(fault)
    assert broken(con, draft) == caught


def test_a_value_that_one_platform_alone_tells_is_expected_of_that_platform_alone(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute("update kpi.thing set saves = coalesce(saves, 1) where platform = 'x'")
    draft = propose(con, SHAPE)
    con.execute("update kpi.thing set saves = null where day = '2026-11-02'")
    assert broken(con, draft) == {"saves_is_told": 1}


def test_a_draft_of_few_nights_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from kpi.thing where day < '2026-10-21'")
    with pytest.raises(QualityError, match=r"kpi\.thing has 13 nights, and what is usual shows in 14 at least"):
        propose(con, SHAPE)
