"""Answers that shift while they are paged, change their shape, restate the past, or lie about numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceChanged
from tests.warehouse.landed import FIRST, Landed, Record, opened, post
from tests.warehouse.test_load import load, nth

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

counter = iter(range(10**9))
quiet = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def con() -> Iterator[DuckDBPyConnection]:
    """One warehouse for all examples: each is an account of its own."""
    with TemporaryDirectory() as folder, opened(Path(folder) / "warehouse.duckdb") as con:
        yield con


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    return Landed(tmp_path)


@quiet
@given(order=st.permutations([*"aabbcdde"]), earlier=st.booleans())
def test_rows_that_pages_repeat_are_kept_once_in_any_order(
    con: DuckDBPyConnection, landed: Landed, order: list[str], earlier: bool
) -> None:
    account = f"overlap-{next(counter)}"
    if earlier:
        load(con, landed, landed.land(nth(-1), {"posts": [post("a", nth(-1)), post("b", nth(-1))]}, account=account))
    [unit] = load(con, landed, landed.land(FIRST, {"posts": [post(n, nth(-1)) for n in order]}, account=account))
    new = 3 if earlier else 5
    assert (unit.records, unit.loaded, unit.unchanged, unit.duplicates) == (8, new, 5 - new, 3)
    rows = con.execute("select count(*), count(distinct id) from raw.harbour_posts where _account = ?", [account])
    assert rows.fetchall() == [(5, 5)]


@quiet
@given(order=st.permutations([("a", 1), ("a", 2), ("b", 1), ("b", 1)]), earlier=st.integers(0, 2))
def test_rows_that_pages_contradict_fail_the_unit(
    con: DuckDBPyConnection, landed: Landed, order: list[tuple[str, int]], earlier: int
) -> None:
    account = f"conflict-{next(counter)}"
    if earlier:
        load(con, landed, landed.land(nth(-1), {"posts": [post("a", nth(-1), earlier)]}, account=account))
    records = [post(name, nth(-1), likes) for name, likes in order]
    [unit] = load(con, landed, landed.land(FIRST, {"posts": records}, account=account))
    assert isinstance(unit.error, SourceChanged)
    assert "'a'" in str(unit.error)
    rows = con.execute("select count(*) from raw.harbour_posts where _account = ?", [account]).fetchall()
    assert rows == [(1 if earlier else 0,)]


names = st.sampled_from(["id", "created", "text", "likes", "more", "new_field", "e", "Likes"])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
    st.sampled_from(
        ["12", "1e5", "0x1F", "12.5", "1_000", "NaN", "", "2026-10-01", "\u0000", "\ud7ff", "'", '"', "\\"]
    ),
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2))
shapes = st.one_of(st.dictionaries(names, values), values)


@quiet
@given(records=st.lists(shapes, max_size=6), history=st.booleans())
def test_records_of_any_shape_are_all_accounted_for(
    con: DuckDBPyConnection, landed: Landed, records: list[Any], history: bool
) -> None:
    """Whatever JSON a platform sends: each record is a row with its values, or in quarantine."""
    account = f"shape-{next(counter)}"
    if history:
        load(con, landed, landed.land(nth(-1), {"posts": [post("z", nth(-1))]}, account=account))
    lines = [json.dumps(record).encode() for record in records]
    [unit] = load(con, landed, landed.land(FIRST, {"posts": lines}, account=account))
    if isinstance(unit.error, SourceChanged):
        return
    assert unit.error is None
    assert unit.records == len(records) == unit.loaded + unit.unchanged + unit.duplicates + unit.quarantined
    rows = con.execute(
        "select id, likes, text, _unknown::varchar from raw.harbour_posts "
        "where _account = ? and _night = ? and not _absent",
        [account, FIRST],
    ).fetchall()
    told = {str(r["id"]): r for r in records if isinstance(r, dict) and isinstance(r.get("id"), (str, int))}
    assert len(rows) == unit.loaded
    for name, likes, text, unknown in rows:
        record = told[name]
        if isinstance(record.get("likes"), int):
            assert likes == record["likes"]
        if isinstance(record.get("text"), str):
            assert text == record["text"]
        strange = {k: v for k, v in record.items() if k not in {"id", "created", "text", "likes", "more"}}
        assert (json.loads(unknown) if unknown else {}) == strange


def test_a_field_whose_type_changed_is_set_aside_and_the_rest_goes_on(con: DuckDBPyConnection, landed: Landed) -> None:
    load(con, landed, landed.land(FIRST, {"posts": [post("a", FIRST, 3), post("b", FIRST, 3)]}, account="typed"))
    changed = [post("a", FIRST, {"count": 4}), post("b", FIRST, 4)]
    [unit] = load(con, landed, landed.land(nth(1), {"posts": changed}, account="typed"))
    assert (unit.loaded, unit.quarantined) == (1, 1)
    rows = con.execute(
        "select id, _night, likes, _absent from raw.harbour_posts where _account = 'typed' order by all"
    ).fetchall()
    assert rows == [("a", FIRST, 3, False), ("b", FIRST, 3, False), ("b", nth(1), 4, False)]


def test_a_record_that_cannot_be_read_is_not_taken_for_deleted(con: DuckDBPyConnection, landed: Landed) -> None:
    first: list[Record] = [post("a", FIRST), post("b", FIRST), post("c", FIRST)]
    load(con, landed, landed.land(FIRST, {"posts": first}, account="torn"))
    second: list[Record] = [b'{"id":"a","likes":', post("b", FIRST)]
    load(con, landed, landed.land(nth(1), {"posts": second}, account="torn"))
    assert absent(con, "torn") == [], "the broken line may be a or c"
    third = [post("a", FIRST, "x"), post("b", FIRST)]
    load(con, landed, landed.land(nth(2), {"posts": third}, account="torn"))
    assert absent(con, "torn") == ["c"], "a is there, though it does not fit"


def absent(con: DuckDBPyConnection, account: str) -> list[str]:
    rows = con.execute("select id from raw.harbour_posts where _absent and _account = ?", [account]).fetchall()
    return [name for (name,) in rows]


def test_a_past_that_is_restated_for_a_month_keeps_each_version_once(con: DuckDBPyConnection, landed: Landed) -> None:
    versions = [100, 98, 98, 97, 97, 97, 99]
    for number, views in enumerate(versions):
        day = {"day": str(FIRST), "views": views, "rate": 0.1, "cost": 0, "final": False}
        [unit] = load(con, landed, landed.land(nth(number), {"days": [day]}, account="restated", back=28))
        assert unit.loaded + unit.unchanged == 1
    rows = con.execute("select _night, views from raw.harbour_days where _account = 'restated' order by 1").fetchall()
    assert rows == [(FIRST, 100), (nth(1), 98), (nth(3), 97), (nth(6), 99)]
