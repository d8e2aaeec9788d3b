"""LinkedIn's old workbooks, and what calls itself one: real BIFF8 files, made byte by byte."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import FileRefused
from pipeline.sources import files
from pipeline.sources.files import Choices, Export, Limits
from pipeline.streams import Page
from tests.sources import biff

ABOUT = "Aggregated engagement metrics for organic and sponsored content"
METRICS = ["Date", "Impressions (organic)", "Impressions (total)", "Clicks (total)", "Engagement rate (total)"]


def opened(path: Path, content: bytes, mapping: str = "linkedin", **choices: Any) -> Export:
    path.write_bytes(content)
    told = Choices(**{"today": date(2026, 11, 22), "account": "104001", **choices})
    return files.open_file(path, mapping, told)


def records(export: Export) -> list[dict[str, Any]]:
    pages = [item for item in export.items() if isinstance(item, Page) and item.stream != "exports"]
    return [json.loads(record) for page in pages for record in page.records]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "atelier_content.xls"


def test_the_old_workbook_of_a_page_is_read(path: Path) -> None:
    """Above the header an explanation over merged cells; another sheet comes first; numbers in every encoding."""
    content = biff.workbook(
        {
            "All posts": [["Post title", "Post link"], ["Été", "https://example.org/urn:li:share:1"]],
            "Metrics": [
                [ABOUT],
                METRICS,
                ["10/13/2026", 10, biff.Small(12), "1,234", 0.25],
                ["10/15/2026", 10, 15.0, None, 0.25],
            ],
        },
        merged=[(0, 0, 0, 4)],
    )
    export = opened(path, content)
    assert (export.understood.encoding, export.understood.part) == ("xls", "Metrics")
    assert (export.understood.header_line, export.understood.day_order) == (2, "mdy")
    first, second = records(export)
    assert (first["day"], first["impressions"], first["clicks"]) == ("2026-10-13", 12, 1234)
    assert (second["impressions"], "clicks" in second) == (15, False)


@pytest.mark.parametrize("since_1904", [False, True])
def test_days_as_serials_are_the_same_in_both_counts(path: Path, since_1904: bool) -> None:
    rows: list[list[biff.Cell]] = [["Date", "Impressions (total)"], [date(2026, 10, 3), 1], [date(2024, 2, 29), 2]]
    export = opened(path, biff.workbook({"Metrics": rows}, since_1904=since_1904))
    assert [row["day"] for row in records(export)] == ["2026-10-03", "2024-02-29"]


def test_the_serial_of_a_day_is_the_one_that_excel_knows() -> None:
    """Known numbers, so that the maker of these files does not count as its reader does."""
    assert biff.serial(date(1900, 3, 1)) == 61
    assert biff.serial(date(2008, 1, 1)) == 39448
    assert biff.serial(date(2008, 1, 1), since_1904=True) == 39448 - 1462


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([biff.Serial(46298.0), 5], "is a number, not a day"),
        (["10/13/2026", biff.Error(7)], "is not a number"),
        (["10/13/2026", 1.5], "is not a whole number"),
        (["10/13/2026", -1], "is negative"),
        (["10/13/2026", "many"], "is not a number"),
        ([date(2026, 12, 1), 5], "is a day to come"),
    ],
)
def test_each_fault_is_told_with_its_row(path: Path, cells: list[biff.Cell], why: str) -> None:
    rows: list[list[biff.Cell]] = [["Date", "Impressions (total)"], ["10/14/2026", 5], cells]
    [problem] = opened(path, biff.workbook({"Metrics": rows})).understood.problems
    assert problem.line == 3
    assert why in problem.what


def test_an_error_of_excel_is_no_number(path: Path) -> None:
    """#N/A has the number 42."""
    rows: list[list[biff.Cell]] = [
        ["Date", "Impressions (total)", "Clicks (total)"],
        ["10/14/2026", 5, biff.Error(42)],
    ]
    [row] = records(opened(path, biff.workbook({"Metrics": rows})))
    assert "clicks" not in row


def test_what_calls_itself_an_old_workbook(path: Path) -> None:
    table = "Date\tImpressions (total)\n10/13/2026\t12\n"
    for content in (table.encode(), b"\xff\xfe" + table.encode("utf-16-le")):
        [row] = records(opened(path, content))
        assert (row["day"], row["impressions"]) == ("2026-10-13", 12)
    page = "<html><body><table><tr><td>Date</td></tr></table></body></html>"
    for content in (page.encode(), b"\xef\xbb\xbf \r\n<!DOCTYPE html>" + page.encode(), page.encode("utf-16")):
        with pytest.raises(FileRefused, match="a web page"):
            opened(path, content)
    with pytest.raises(FileRefused, match="a web page"):
        opened(path, b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>')


def test_a_damaged_or_boundless_old_workbook_is_refused(path: Path) -> None:
    content = biff.workbook({"Metrics": [["Date", "Impressions (total)"], ["10/13/2026", 12]]})
    for broken in (content[:700], content[:512] + bytes(512) + content[1024:], content[:1536] + bytes(len(content))):
        with pytest.raises(FileRefused, match=r"damaged|no table"):
            opened(path, broken)
    path.write_bytes(content)
    with pytest.raises(FileRefused, match="bytes"):
        files.open_file(path, "linkedin", Choices(date(2026, 11, 22), account="a"), limits=Limits(unpacked=100))


def test_a_sheet_is_chosen(path: Path) -> None:
    rows: list[list[biff.Cell]] = [["Date", "Total followers"], ["10/13/2026", 4]]
    content = biff.workbook({"New followers": rows, "Mine": [["Date", "Total followers"], ["10/13/2026", 7]]})
    assert [row["followers_gained"] for row in records(opened(path, content))] == [4]
    assert [row["followers_gained"] for row in records(opened(path, content, sheet="Mine"))] == [7]
