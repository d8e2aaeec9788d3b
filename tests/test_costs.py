"""Costs that people keep in a table of their own: read with care, spread to the cent, told where they are wrong."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.steps import costs
from pipeline.steps.costs import Cost, Fault

KNOWN = ("facebook", "instagram", "linkedin")


def read(folder: Path, text: str, *, encoding: str = "utf-8") -> tuple[list[Cost], list[Fault]]:
    file = folder / "costs.csv"
    file.write_bytes(text.encode(encoding))
    return costs.read(file, "EUR", KNOWN)


def test_a_day_with_everything_and_a_day_with_the_least(tmp_path: Path) -> None:
    found, faults = read(
        tmp_path,
        "day,platform,campaign,amount,currency,label\n"
        "2026-10-01,Facebook,Autumn-26,12.50,usd,agency\n"
        "\n"
        "2026-10-02,linkedin,,7,,\n",
    )
    assert faults == []
    assert found == [
        Cost(2, date(2026, 10, 1), "facebook", "autumn-26", Decimal("12.50"), "USD", "agency"),
        Cost(4, date(2026, 10, 2), "linkedin", "", Decimal(7), "EUR", ""),
    ]


def test_a_table_as_a_french_spreadsheet_writes_it(tmp_path: Path) -> None:
    found, faults = read(tmp_path, "Day;Platform;Amount\r\n2026-10-01;facebook;1 234,50\r\n", encoding="utf-8-sig")
    assert (faults, [cost.amount for cost in found]) == ([], [Decimal("1234.50")])


def test_a_period_is_spread_over_its_days_and_its_parts_add_up(tmp_path: Path) -> None:
    found, _ = read(tmp_path, "from,to,platform,amount\n2026-10-01,2026-10-03,facebook,100\n")
    assert [(cost.day.day, cost.amount) for cost in found] == [
        (1, Decimal("33.3333")),
        (2, Decimal("33.3333")),
        (3, Decimal("33.3334")),
    ]


@given(
    rows=st.lists(
        st.tuples(
            st.dates(date(2024, 1, 1), date(2026, 12, 31)),
            st.integers(0, 400),
            st.decimals(0, 1_000_000, places=2),
            st.sampled_from(KNOWN),
        ),
        max_size=20,
    )
)
def test_nothing_is_lost_and_nothing_invented(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[date, int, Decimal, str]]
) -> None:
    lines = [f"{day},{day + timedelta(days=more)},{platform},{amount}" for day, more, amount, platform in rows]
    found, faults = read(tmp_path_factory.mktemp("costs"), "\n".join(["from,to,platform,amount", *lines]))
    assert faults == []
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for cost in found:
        sums[cost.line] += cost.amount
    assert dict(sums) == {nth + 2: amount for nth, (_, _, amount, _) in enumerate(rows)}
    assert len(found) == sum(more + 1 for _, more, _, _ in rows)
    assert all(cost.amount >= 0 for cost in found)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-10-01,2026-10-01,myspace,,5,", "unknown platform 'myspace': known are facebook, instagram, linkedin"),
        ("someday,2026-10-01,facebook,,5,", "'someday' is no day: write it like 2026-10-31"),
        ("2026-10-01,,facebook,,5,", "'' is no day"),
        ("2026-10-02,2026-10-01,facebook,,5,", "ends on 2026-10-01, before it begins on 2026-10-02"),
        ("2026-10-01,2046-10-01,facebook,,5,", "covers more than ten years"),
        ("2026-10-01,2026-10-01,facebook,,-5,", "-5 is negative"),
        ("2026-10-01,2026-10-01,facebook,,1000000000000000000,", "a decimal point may be missing"),
        ("2026-10-01,2026-10-01,facebook,,1e3,", "'1e3' is no amount"),
        ("2026-10-01,2026-10-01,facebook,,NaN,", "'NaN' is no amount"),
        ("2026-10-01,2026-10-01,facebook,,,", "'' is no amount"),
        ("2026-10-01,2026-10-01,facebook,,5,Euro", "'EURO' is no currency: three letters, like EUR"),
        ("2026-10-01", "'' is no day"),
    ],
)
def test_a_line_that_cannot_be_right_is_left_out_and_told_and_the_others_count(
    tmp_path: Path, row: str, said: str
) -> None:
    found, faults = read(
        tmp_path,
        f"from,to,platform,campaign,amount,currency\n{row}\n2026-10-01,2026-10-01,facebook,,5,EUR\n",
    )
    assert [cost.line for cost in found] == [3]
    assert [fault.line for fault in faults] == [2]
    assert faults[0].message.startswith("costs.csv, line 2: ")
    assert said in faults[0].message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "missing: day (or from and to), platform, amount"),
        ("from,platform,amount\n", "missing: day (or from and to)"),
        ("day,platform,amount,who\n", "unknown column 'who'"),
        ("day,day,platform,amount\n", "two columns are named 'day'"),
    ],
)
def test_a_table_of_another_kind_is_told(tmp_path: Path, text: str, said: str) -> None:
    found, faults = read(tmp_path, text)
    assert (found, [fault.line for fault in faults]) == ([], [0])
    assert said in faults[0].message


def test_a_file_that_is_not_there_or_is_no_text_is_told(tmp_path: Path) -> None:
    assert costs.read(tmp_path / "none.csv", "EUR", KNOWN)[1][0].message == "none.csv: No such file or directory"
    assert "no text in UTF-8" in read(tmp_path, "day,platform,amount\né", encoding="latin-1")[1][0].message
    (tmp_path / "large.csv").write_bytes(b"x" * (costs.LARGEST + 1))
    assert "more than 8 MB" in costs.read(tmp_path / "large.csv", "EUR", KNOWN)[1][0].message
