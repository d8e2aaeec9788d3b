"""What a person sees of the quarantine and of the suites."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline import sources, warehouse
from pipeline.settings import Storage
from tests.cli.conftest import Vigie

NIGHT = date(2026, 11, 1)


@pytest.fixture
def filled(brand: Path) -> Path:
    """A warehouse in which a night and one record were set aside."""
    with warehouse.open_warehouse(
        brand.with_name("warehouse.duckdb"), Storage(), sealed=False, command="test", night=NIGHT
    ) as con:
        warehouse.ensure_tables(con, {name: sources.module(name) for name in sources.names()})
        con.executemany(
            "insert into quality.quarantine values (?, 'facebook', '104001', ?, ?, ?, ?, ?, ?)",
            [
                [NIGHT, None, "counters_in_range failed \x1b[31m", None, None, None, 7],
                [NIGHT, "posts", "id is missing", "ab", "landing/posts-0001.jsonl.zst", 3, 1],
            ],
        )
    return brand


def test_the_list_names_each_entry_by_an_id_and_obeys_nothing_that_stands_in_it(vigie: Vigie, filled: Path) -> None:
    done = vigie("quarantine", "list", "-c", filled)
    assert done.exit_code == 0
    assert "the whole night" in done.output
    assert "id is missing" in done.output
    assert "\x1b" not in done.output
    found = json.loads(vigie("quarantine", "list", "-c", filled, "--json").output)
    assert [(entry["stream"], entry["rows"]) for entry in found] == [(None, 7), ("posts", 1)]
    assert len({entry["id"] for entry in found}) == 2


def test_one_entry_is_shown_with_where_it_lies_and_dropped_with_a_reason(vigie: Vigie, filled: Path) -> None:
    _, entry = json.loads(vigie("quarantine", "list", "-c", filled, "--json").output)
    shown = vigie("quarantine", "show", entry["id"], "-c", filled)
    assert "posts-0001.jsonl.zst, line 3" in shown.output
    assert (
        "Nothing was done" in vigie("quarantine", "drop", entry["id"], "-r", "a test", "--dry-run", "-c", filled).output
    )
    assert vigie("quarantine", "drop", entry["id"], "-r", "a test order", "-c", filled).exit_code == 0
    assert entry["id"] not in vigie("quarantine", "list", "-c", filled).output
    again = vigie("quarantine", "show", entry["id"][:4], "-c", filled).output
    assert "a test order" in again
    assert f"{datetime.now(UTC):%Y-%m-%d}" in again


def test_without_a_reason_nothing_is_released_or_dropped(vigie: Vigie, filled: Path) -> None:
    for act in ("release", "drop"):
        done = vigie("quarantine", act, "ffff", "-c", filled)
        assert done.exit_code == 2
        assert "--reason" in done.stderr


def test_what_cannot_be_released_says_what_to_do(vigie: Vigie, filled: Path) -> None:
    entry, _ = json.loads(vigie("quarantine", "list", "-c", filled, "--json").output)
    done = vigie("quarantine", "release", entry["id"], "-r", "mended", "-c", filled)
    assert done.exit_code == 2
    assert "nothing is left in the landing of facebook 104001 of 2026-11-01; fetch that night again" in done.stderr
    assert "nothing in quarantine has this id" in vigie("quarantine", "show", "ffff", "-c", filled).stderr


def test_a_suite_of_a_relation_that_no_gate_judges_is_refused(vigie: Vigie, filled: Path) -> None:
    for command in ("lint", "propose"):
        done = vigie("expectations", command, "kpi.nothing", "-c", filled)
        assert done.exit_code == 2
        assert "kpi.nothing: no gate judges such a relation" in done.stderr
    empty = vigie("expectations", "propose", "kpi.account_daily", "-c", filled)
    assert empty.exit_code == 2
    assert "kpi.account_daily is not in the warehouse yet. Run a night first: vigie run" in empty.stderr
