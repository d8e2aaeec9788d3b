"""A file that somebody exported, opened: rows of cells with their line numbers, within limits.

Text in UTF-8, UTF-16 or Windows-1252 with any delimiter, ``.xlsx`` read as a stream, old ``.xls``.
Nothing is evaluated: a formula is a text that begins with an equals sign.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline.errors import FileRefused
from pipeline.sources.files.values import Cell
from pipeline.sources.files.workbooks import xls_rows, xls_sheets, xlsx_rows, xlsx_sheets

Row = tuple[int, Sequence[Cell]]
"""The number of the line (or of the row of a sheet) on which it begins, and its cells."""

DELIMITERS: Final = (",", ";", "\t", "|")
NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_CHUNK = 1 << 20
_SEP = "sep="
# How tables begin that are called .xls and are made for a browser.
_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")


@dataclass(frozen=True)
class Limits:
    """What an export may be at most. An attacker's file ends as an error, not as a machine without memory."""

    bytes: int = 1 << 30
    unpacked: int = 256 << 20
    members: int = 2_000
    rows: int = 3_000_000
    columns: int = 500


@dataclass(frozen=True)
class Opened:
    """An export. ``parts``: the delimiters that a text may have, or the sheets of a workbook."""

    path: Path
    kind: str
    parts: tuple[str, ...]
    encoding: str | None = None
    limits: Limits = field(default_factory=Limits)

    def rows(self, part: str) -> Iterator[Row]:
        """Rows of one part, empty ones left out. FileRefused where it is no table or larger than allowed."""
        for number, (line, cells) in enumerate(self.every_row(part), start=1):
            if number > self.limits.rows:
                raise FileRefused(f"{self.path.name}: more than {self.limits.rows:,} rows: split the file")
            if len(cells) > self.limits.columns:
                raise FileRefused(f"{self.path.name}, line {line}: more than {self.limits.columns} columns")
            if holds_anything(cells):
                yield line, cells

    def every_row(self, part: str) -> Iterator[Row]:
        """Rows of one part as they stand there, empty ones too."""
        if self.kind == "text":
            return _text_rows(self, part)
        return (xlsx_rows if self.kind == "xlsx" else xls_rows)(self.path, part)


def holds_anything(cells: Sequence[Cell]) -> bool:
    """Whether any cell of a row says something."""
    return any(cell is not None and cell != "" for cell in cells)


def open_export(path: Path, encoding: str | None = None, limits: Limits | None = None) -> Opened:
    """Find out what the file is. FileRefused where it is nothing that can be read, or is too large."""
    limits = limits or Limits()
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise FileRefused(f"{path}: cannot be read ({error.strerror})") from None
    if not size:
        raise FileRefused(f"{path.name}: the file is empty")
    if size > limits.bytes:
        raise FileRefused(f"{path.name}: {size:,} bytes, more than the {limits.bytes:,} that are read")
    if start.startswith(b"PK\x03\x04"):
        return Opened(path, "xlsx", xlsx_sheets(path, limits.unpacked, limits.members), limits=limits)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        if size > limits.unpacked:  # it is read as a whole
            raise FileRefused(f"{path.name}: {size:,} bytes, more than the {limits.unpacked:,} of an old workbook")
        return Opened(path, "xls", xls_sheets(path), limits=limits)
    if start.translate(None, b"\x00\xef\xbb\xbf\xff\xfe").lstrip()[:9].lower().startswith(_PAGES):
        raise FileRefused(f"{path.name}: a web page, not a workbook: open it and save it as CSV or .xlsx")
    found = encoding or _encoding(path, start)
    return Opened(path, "text", _delimiters(path, found), found, limits)


def _encoding(path: Path, start: bytes) -> str:
    """The encoding of a text: by its mark, by its zeros, else UTF-8, else Windows-1252."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in start:
        even, odd = start[0::2].count(0), start[1::2].count(0)
        if max(even, odd) * 2 < len(start) // 2:
            raise FileRefused(f"{path.name}: is neither a text nor a workbook")
        return "utf-16-le" if odd > even else "utf-16-be"
    fault = _first_fault(path, "utf-8")
    if fault is None:
        return "utf-8"
    offset, plain = fault
    if not plain:
        raise FileRefused(f"{path.name}: the byte at {offset:,} is no UTF-8 although the text before it is: damaged")
    other = _first_fault(path, "cp1252")
    if other is not None:
        raise FileRefused(
            f"{path.name}: neither UTF-8 nor Windows-1252 (byte at {other[0]:,}): save it as CSV in UTF-8"
        )
    return "cp1252"


def _first_fault(path: Path, encoding: str) -> tuple[int, bool] | None:
    """Where the file ceases to be of this encoding, and whether all before was ASCII; None where it never does."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset, plain = 0, True
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start]
                return offset - (len(error.object) - len(chunk)) + error.start, plain and before.isascii()
            plain = plain and text.isascii()
            offset += len(chunk)
            if not chunk:
                return None


def _delimiters(path: Path, encoding: str) -> tuple[str, ...]:
    """The delimiter that a first line ``sep=`` names, else all that are possible."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(64).lstrip("\ufeff").strip('"\r\n')
    except (UnicodeError, LookupError) as error:
        raise FileRefused(f"{path.name}: is no text in {encoding} ({type(error).__name__})") from None
    if first.casefold().startswith(_SEP) and len(first) == len(_SEP) + 1:
        return (first[-1],)
    return DELIMITERS


def _text_rows(opened: Opened, delimiter: str) -> Iterator[Row]:
    # However lines end, outside and inside cells, they are read as ending in one way.
    with opened.path.open(encoding=opened.encoding, newline=None) as file:
        reader = csv.reader(_lines(file), delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                if not (line == 1 and cells and cells[0].casefold().startswith(_SEP)):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise FileRefused(f"{opened.path.name}, line {line}: cannot be taken apart ({error})") from None
        except UnicodeError:
            raise FileRefused(f"{opened.path.name}, line {line}: is no text in {opened.encoding}") from None


def _lines(file: io.TextIOBase) -> Iterator[str]:
    """Lines without the mark at the beginning; a line without an end is not read for ever."""
    first = True
    while line := file.readline(_CHUNK):
        if len(line) == _CHUNK:
            raise csv.Error("a line of more than a million signs")
        yield line.lstrip("\ufeff") if first else line
        first = False
