"""M4, M5: names and texts that are code elsewhere are only names and texts here."""

from __future__ import annotations

import csv
import itertools
import json
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import landing, warehouse
from pipeline.simulator.truth.export import write
from pipeline.simulator.truth.table import Table
from pipeline.streams import Page, Unit, Window
from tests.warehouse.landed import FIRST, PLATFORM, POSTS, SOURCES, opened, post

NAMES = st.text(min_size=1, max_size=60).filter(lambda name: name.encode("utf-8", "ignore").decode() == name)
INJECTION = 'x"; drop table raw.harbour_posts; --'


def stored(folder: Path, account: str, field: str) -> list[tuple[object, ...]]:
    """Land and load one post of ``account`` with an undeclared ``field``; what is then in the warehouse."""
    unit = Unit(PLATFORM, account, FIRST, Window(FIRST, FIRST))
    record = json.dumps({**post("104_1", FIRST), field: 7}).encode()
    manifest = landing.write(
        str(folder / "landing"),
        unit,
        "run-1",
        iter([Page("posts", [record])]),
        (POSTS,),
        api_version="1",
        clock=lambda: f"{FIRST}T23:00:00Z",
        requests=lambda: 1,
    )
    with opened(folder / "warehouse.duckdb") as con:
        (done,) = warehouse.load(con, [manifest], SOURCES, night=FIRST, files=landing.files, runs=lambda *_: [manifest])
        assert done.error is None
        assert done.loaded + done.quarantined == 1
        return con.execute("select _account, id, likes, json_keys(_unknown) from raw.harbour_posts").fetchall()


@settings(max_examples=25, deadline=None)
@given(account=NAMES, field=NAMES.filter(lambda name: name not in POSTS.columns))
@example(account=INJECTION, field=INJECTION)
@example(account="order", field="select")
@example(account="\U0001f980" * 50, field="\U0001f980")
@example(account="x" * 10_000, field="y" * 10_000)
def test_m5_an_account_and_a_field_of_any_name_are_kept_under_that_name(account: str, field: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ((kept, identity, likes, unknown),) = stored(Path(folder), account, field)
    assert (kept, identity, likes, unknown) == (account, "104_1", 1, [field])


def test_m5_names_in_settings_reach_the_seeds_as_they_are(tmp_path: Path) -> None:
    names = [INJECTION, "order", "\U0001f980", "'; select 1; --", "y" * 10_000]
    with opened(tmp_path / "warehouse.duckdb") as con:
        columns = ("campaign", "utm_campaign", "platform", "start", "end", "daily_cost")
        rows = [(name, name, "facebook", FIRST, FIRST, Decimal("1.5")) for name in names]
        warehouse.write_seeds(con, {"campaign": (columns, rows)})
        found = con.execute("select campaign, utm_campaign from seed.campaign").fetchall()
    assert sorted(found) == sorted((name, name) for name in names)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_m4_no_text_of_an_export_is_a_formula_and_numbers_stay_numbers(sign: str, tmp_path: Path) -> None:
    texts = [f"{sign}{rest}" for rest in ("cmd|' /C calc'!A0", "1+1", "SUM(A1:A9)", "", 'HYPERLINK("http://x")')]
    numbers = [-1, 0, 12, -(2**40)]
    rows = [(text, number, Decimal("-3.5000"), -0.25, None) for text, number in itertools.product(texts, numbers)]
    table = Table(
        name="conversion.event",
        columns=("text", "number", "money", "ratio", "absent"),
        types=("VARCHAR", "BIGINT", "DECIMAL(18,4)", "DOUBLE", "VARCHAR"),
        key=("text",),
        rows=rows,
    )
    with write(table, "csv", tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.reader(file))[1:]
    assert len(read) == len(rows)
    for given_row, (text, number, money, ratio, absent) in zip(rows, read, strict=True):
        assert text == f"'{given_row[0]}"
        assert (int(number), Decimal(money), float(ratio), absent) == (given_row[1], given_row[2], given_row[3], "")
