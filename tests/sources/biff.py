"""An old workbook of Excel, byte by byte: BIFF8 records in an OLE2 container, as Excel 97 to 2003 wrote them.

Only what exports are made of: sheets, texts of the shared table, numbers in three encodings, days as serials,
merged cells, errors. Nothing of the reader under test is used.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_PLAIN, _DAY = 0, 1


@dataclass(frozen=True)
class Error:
    """A cell whose formula failed: 42 is #N/A, 7 is #DIV/0!."""

    code: int


@dataclass(frozen=True)
class Small:
    """A whole number in the short encoding that Excel prefers (RK)."""

    value: int


@dataclass(frozen=True)
class Serial:
    """A day's number without the format of a day."""

    value: float


Cell = str | int | float | date | Error | Small | Serial | None
Merged = tuple[int, int, int, int]


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Cell]]], *, since_1904: bool = False, merged: Sequence[Merged] = ()
) -> bytes:
    """The file. ``merged``: first and last row, first and last column, in every sheet."""
    texts = list(
        dict.fromkeys(cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str))
    )
    places = {text: place for place, text in enumerate(texts)}
    pages = [_sheet(rows, places, merged, since_1904=since_1904) for rows in sheets.values()]
    start = (
        _bof(0x0005)
        + _record(0x0042, struct.pack("<H", 1200))
        + _record(0x0022, struct.pack("<H", since_1904))
        + _record(0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + b"\x05\x00Arial")
        # Two formats of cells: General, and 14, a day in the order of the reader's country.
        + b"".join(_record(0x00E0, struct.pack("<HHH14x", 0, key, 0)) for key in (0, 14))
    )
    end = _shared(texts) + _record(0x000A, b"")
    names = [name.encode("utf-16-le") for name in sheets]
    offset = len(start) + sum(4 + 8 + len(name) for name in names) + len(end)
    bound = b""
    for name, page in zip(names, pages, strict=True):
        bound += _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name) // 2, 1) + name)
        offset += len(page)
    return _container(start + bound + end + b"".join(pages))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))


def _shared(texts: Sequence[str]) -> bytes:
    body = struct.pack("<II", len(texts), len(texts))
    body += b"".join(struct.pack("<HB", len(text), 1) + text.encode("utf-16-le") for text in texts)
    return _record(0x00FC, body)


def _sheet(
    rows: Sequence[Sequence[Cell]], places: Mapping[str, int], merged: Sequence[Merged], *, since_1904: bool
) -> bytes:
    width = max(map(len, rows), default=0)
    found = _bof(0x0010) + _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                found += _cell(line, column, cell, places, since_1904=since_1904)
    if merged:
        body = struct.pack("<H", len(merged)) + b"".join(struct.pack("<4H", *each) for each in merged)
        found += _record(0x00E5, body)
    return found + _record(0x000A, b"")


def _cell(line: int, column: int, cell: Cell, places: Mapping[str, int], *, since_1904: bool) -> bytes:
    if isinstance(cell, str):
        return _record(0x00FD, struct.pack("<HHHI", line, column, _PLAIN, places[cell]))
    if isinstance(cell, Error):
        return _record(0x0205, struct.pack("<HHHBB", line, column, _PLAIN, cell.code, 1))
    if isinstance(cell, Small):
        return _record(0x027E, struct.pack("<HHHi", line, column, _PLAIN, (cell.value << 2) | 2))
    if isinstance(cell, date):
        return _record(0x0203, struct.pack("<HHHd", line, column, _DAY, serial(cell, since_1904=since_1904)))
    value = cell.value if isinstance(cell, Serial) else cell
    return _record(0x0203, struct.pack("<HHHd", line, column, _PLAIN, float(value or 0)))


def serial(day: date, *, since_1904: bool = False) -> float:
    """Days since the beginning of the count; from 1900 on with the 29 February 1900 that never was."""
    return float((day - (date(1904, 1, 1) if since_1904 else date(1899, 12, 30))).days)


def _container(stream: bytes) -> bytes:
    """A file system of one file, called Workbook: sector 0 is its table of sectors, 1 its folder."""
    # A stream shorter than this would have to be kept in another way.
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // _SECTOR)
    if count > _SECTOR // 4 - 2:
        raise ValueError("too long for one table of sectors")
    chain = [_FAT, _END, *range(3, count + 2), _END]
    table = struct.pack(f"<{_SECTOR // 4}I", *chain, *[_FREE] * (_SECTOR // 4 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<I", 0)
    header += struct.pack("<108I", *[_FREE] * 108)
    folder = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    return header + table + folder.ljust(_SECTOR, b"\0") + stream.ljust(count * _SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text) + 2, kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
