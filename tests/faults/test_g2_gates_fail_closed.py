"""A gate that cannot do its work stays shut: broken suites and a raising engine never pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import QualityError
from pipeline.quality import Gate

NIGHT = date(2026, 11, 2)
GOOD: dict[str, object] = {
    "type": "unexpected_rows_expectation",
    "kwargs": {"unexpected_rows_query": "select platform, account, day from {batch} where visits < 0"},
    "severity": "critical",
    "meta": {"reason": "Visits are counted.", "owner": "data"},
    "id": "good",
}


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(
            "create schema kpi; create table kpi.site_daily as"
            " select 'matomo' as platform, '1' as account, date '2026-11-02' as day, 3 as visits"
        )
        yield con


def refusal(con: duckdb.DuckDBPyConnection, folder: Path) -> str:
    """What the gate says instead of a report; its transaction is rolled back like the transform's."""
    con.execute("begin")
    with pytest.raises(QualityError) as caught:
        Gate(con, folder).check(2, {"kpi.site_daily": None}, night=NIGHT, run_id="r1")
    con.execute("rollback")
    return str(caught.value)


BROKEN = {
    "empty file": ("", "not valid JSON"),
    "cut file": ('{"name": "kpi.site_daily", "expectations": [', "not valid JSON"),
    "a list": ("[]", "must be an object"),
    "no name": ('{"expectations": []}', '"name": "kpi.site_daily"'),
    "name of another relation": ('{"name": "kpi.post", "expectations": []}', '"name": "kpi.site_daily"'),
    "no expectations": ('{"name": "kpi.site_daily"}', "holds no expectation"),
    "empty suite": ('{"name": "kpi.site_daily", "expectations": []}', "holds no expectation"),
    "text as expectation": ('{"name": "kpi.site_daily", "expectations": ["x"]}', "is not an object"),
    "not UTF-8": ("\udcff", "cannot be read"),
}


@pytest.mark.parametrize(("content", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_g2_a_broken_suite_file_shuts_the_gate_and_is_named(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, content: str, says: str
) -> None:
    file = tmp_path / "kpi.site_daily.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    message = refusal(warehouse, tmp_path)
    assert message.startswith(str(file))
    assert says in message


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "unknown type": ({"type": "expect_miracles"}, "good is no expectation"),
    "unknown argument": ({"kwargs": {"unexpected_rows_query": "select 1 from {batch}", "x": 1}}, "extra fields"),
    "unpaired brace": ({"kwargs": {"unexpected_rows_query": "select 1 from {batch} where '{'"}}, "brace"),
    "no batch": ({"kwargs": {"unexpected_rows_query": "select 1"}}, "must read {batch}"),
    "unknown severity": ({"severity": "fatal"}, "critical, warning, info"),
    "no severity": ({"severity": None}, "critical, warning, info"),
    "no id": ({"id": ""}, 'has no "id"'),
    "no type": ({"type": None}, 'needs "type"'),
    "no reason": ({"meta": {"owner": "data"}}, "meta.reason"),
    "no owner": ({"meta": {"reason": "because", "owner": " "}}, "meta.owner"),
}


@pytest.mark.parametrize(("change", "says"), WRONG.values(), ids=WRONG.keys())
def test_g2_a_wrong_expectation_shuts_the_gate_though_others_are_right(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, change: dict[str, object], says: str
) -> None:
    file = tmp_path / "kpi.site_daily.json"
    rules = [{**GOOD, "id": "first"}, GOOD | change]
    file.write_text(json.dumps({"name": "kpi.site_daily", "expectations": rules}))
    message = refusal(warehouse, tmp_path)
    assert message.startswith(str(file))
    assert says in message


def test_g2_two_expectations_with_one_id_shut_the_gate(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "kpi.site_daily.json").write_text(json.dumps({"name": "kpi.site_daily", "expectations": [GOOD, GOOD]}))
    assert "the id good appears twice" in refusal(warehouse, tmp_path)


def test_g2_a_missing_suite_shuts_the_gate_and_says_what_to_write(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert refusal(warehouse, tmp_path).startswith(
        f"{tmp_path / 'kpi.site_daily.json'}: there is no suite for kpi.site_daily; write one"
    )


def test_g2_a_missing_folder_of_suites_shuts_the_gate(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(QualityError, match="there is no folder of suites"):
        Gate(warehouse, tmp_path / "absent")


def test_g2_a_gate_asked_about_nothing_is_an_error(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(QualityError, match="no relation to check"):
        Gate(warehouse, tmp_path).check(2, {}, night=NIGHT, run_id="r1")


@pytest.mark.parametrize("transaction", [True, False], ids=["in a transaction", "outside one"])
def test_g2_an_expectation_whose_sql_raises_shuts_the_gate_with_the_databases_own_words(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, transaction: bool
) -> None:
    sql = {"unexpected_rows_query": "select nope from {batch}"}
    rules = [GOOD, {**GOOD, "id": "raises", "kwargs": sql}, {**GOOD, "id": "after"}]
    file = tmp_path / "kpi.site_daily.json"
    file.write_text(json.dumps({"name": "kpi.site_daily", "expectations": rules}))
    if transaction:
        message = refusal(warehouse, tmp_path)
    else:
        with pytest.raises(QualityError) as caught:
            Gate(warehouse, tmp_path).check(2, {"kpi.site_daily": None}, night=NIGHT, run_id="r1")
        message = str(caught.value)
    assert message.startswith(f"{file}: raises could not be evaluated")
    assert "nope" in message


def test_g2_a_relation_that_does_not_exist_shuts_the_gate(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "kpi.site_daily.json").write_text(json.dumps({"name": "kpi.site_daily", "expectations": [GOOD]}))
    warehouse.execute("drop table kpi.site_daily")
    assert "kpi.site_daily cannot be read" in refusal(warehouse, tmp_path)


def test_g2_a_connection_that_is_closed_under_the_gate_is_an_error_and_not_a_pass(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "kpi.site_daily.json").write_text(json.dumps({"name": "kpi.site_daily", "expectations": [GOOD]}))
    gate = Gate(warehouse, tmp_path)
    assert gate.check(2, {"kpi.site_daily": None}, night=NIGHT, run_id="r1").passed
    warehouse.close()
    with pytest.raises(QualityError, match="the warehouse cannot be read"):
        gate.check(2, {"kpi.site_daily": None}, night=NIGHT, run_id="r1")


def test_g2_a_gate_cannot_be_made_on_a_closed_connection(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    warehouse.close()
    with pytest.raises(QualityError, match="the gate stays shut"):
        Gate(warehouse, tmp_path)


def test_g2_a_suite_is_whole_again_as_soon_as_its_file_is(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert "there is no suite" in refusal(warehouse, tmp_path)
    (tmp_path / "kpi.site_daily.json").write_text(json.dumps({"name": "kpi.site_daily", "expectations": [GOOD]}))
    assert Gate(warehouse, tmp_path).check(2, {"kpi.site_daily": None}, night=NIGHT, run_id="r1").passed
