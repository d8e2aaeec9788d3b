"""Workbooks of Excel as rows of cells: ``.xlsx`` read as a stream, old ``.xls``. Nothing is evaluated."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pipeline.errors import FileRefused
from pipeline.sources.files.values import Cell


def xlsx_sheets(path: Path, most_bytes: int, most_members: int) -> tuple[str, ...]:
    """The names of the sheets. FileRefused for no workbook, or one that unpacks to more than allowed."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise FileRefused(f"{path.name}: a damaged workbook") from None
    # What a member says of its size is also the most that is unpacked of it.
    unpacked = sum(member.file_size for member in members)
    if len(members) > most_members or unpacked > most_bytes:
        raise FileRefused(f"{path.name}: unpacks to {unpacked:,} bytes in {len(members):,} parts: not read")
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise FileRefused(f"{path.name}: an archive, not a workbook: unpack it and import the CSV files in it")
    with closing(_workbook(path)) as book:
        return tuple(book.sheetnames)


def xlsx_rows(path: Path, sheet: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows with their numbers, one at a time, without empty cells at their end."""
    with closing(_workbook(path)) as book:
        page = book[sheet]
        if not hasattr(page, "iter_rows"):  # a sheet that is a chart
            return
        # A sheet may say that it is larger or smaller than it is: it is read as it is.
        page.reset_dimensions()
        try:
            for line, cells in enumerate(page.iter_rows(values_only=True), start=1):
                yield line, _trimmed([_cell(value) for value in cells])
        except Exception as error:  # noqa: BLE001 - whatever a hostile file makes of the reader
            raise _damaged(path, sheet, error) from None


def xls_sheets(path: Path) -> tuple[str, ...]:
    """The names of the sheets of an old workbook. FileRefused for none."""
    with _old_workbook(path) as book:
        return tuple(book.sheet_names())


def xls_rows(path: Path, sheet: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows with their numbers, without empty cells at their end."""
    with _old_workbook(path) as book:
        try:
            page = book.sheet_by_name(sheet)
        except Exception as error:  # noqa: BLE001 - whatever a hostile file makes of the reader
            raise _damaged(path, sheet, error) from None
        for number in range(page.nrows):
            yield number + 1, _trimmed([_old_cell(cell, book.datemode) for cell in page.row(number)])


def _workbook(path: Path) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # noqa: BLE001 - whatever a hostile file makes of the reader
        raise _damaged(path, "", error) from None


def _old_workbook(path: Path) -> Any:
    import xlrd

    try:
        return xlrd.open_workbook(path, on_demand=True, ragged_rows=True, logfile=io.StringIO())
    except Exception as error:  # noqa: BLE001 - whatever a hostile file makes of the reader
        raise _damaged(path, "", error) from None


def _damaged(path: Path, sheet: str, error: Exception) -> FileRefused:
    where = f"{path.name}, {sheet}: a damaged sheet" if sheet else f"{path.name}: a damaged workbook"
    return FileRefused(f"{where} ({type(error).__name__})")


def _trimmed(cells: list[Cell]) -> list[Cell]:
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, (str, int, float, bool, date, datetime, time)):
        return value
    return str(value)


def _old_cell(cell: Any, datemode: int) -> Cell:
    import xlrd

    kind, value = cell.ctype, cell.value
    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if kind == xlrd.XL_CELL_DATE:
        try:
            found: datetime = xlrd.xldate_as_datetime(value, datemode)
        except (ValueError, OverflowError):
            return float(value)
        return found
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:  # kept as a number: #N/A would be 42
        return str(xlrd.error_text_from_code.get(value, "#ERROR!"))
    return str(value) if kind == xlrd.XL_CELL_TEXT else float(value)
