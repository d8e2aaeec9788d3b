"""A zip archive from anywhere, read member by member, never trusted and never unpacked to disk.

The central directory is read as a stream, so an archive of a million members is refused before it
costs memory. What a member says of its size is checked while it is unpacked, and all limits hold
for the bytes that really come out. Names are shown, never used as paths. Format: APPNOTE.TXT of
https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from pipeline.errors import FileRefused

MOST_MEMBERS = 200_000
MOST_UNPACKED = 2**30
MOST_OF_A_MEMBER = 16 * 2**20
# A post that is said in few bytes may repeat itself; beyond this size it has no reason to.
MOST_RATIO, SMALL = 100, 2**18

_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENTRY = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_FULL_32, _FULL_16 = 0xFFFFFFFF, 0xFFFF
_ENCRYPTED, _UTF8 = 0x1, 0x800
_STORED, _DEFLATED = 0, 8
_LONGEST_COMMENT = 0xFFFF
_CHUNK = 2**16
_SHOWN = 80


@dataclass(frozen=True)
class Member:
    """One entry of the directory. ``number`` counts from 1; sizes and name are what the archive says."""

    number: int
    name: str
    made: date | None
    packed: int
    unpacked: int
    crc: int
    offset: int
    method: int
    flags: int
    is_link: bool

    def __str__(self) -> str:
        shown = ascii(self.name)
        return f"member {self.number} {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'}"


class Zip:
    """An open archive. ``place`` names it in messages; ``unpacked`` counts the bytes that came out of it."""

    def __init__(self, file: BinaryIO, place: str, *, most_unpacked: int = MOST_UNPACKED) -> None:
        self._file, self.place, self._most = file, place, most_unpacked
        self.unpacked = 0

    def members(self) -> Iterator[Member]:
        """All entries in their order. FileRefused where there are too many or the directory is damaged."""
        start, size = _directory(self._file, self.place)
        place, number = start, 0
        while place < start + size:
            number += 1
            if number > MOST_MEMBERS:
                raise FileRefused(f"{self.place}: more than {MOST_MEMBERS} members: no archive of one profile")
            self._file.seek(place)
            member, length = self._entry(number, start + size - place)
            yield member
            place += length

    def _entry(self, number: int, left: int) -> tuple[Member, int]:
        head = self._file.read(_ENTRY.size)
        if len(head) < _ENTRY.size or not head.startswith(b"PK\x01\x02"):
            raise self._damaged(f"its directory ends or breaks at member {number}")
        (_, _, _, flags, method, _, day, crc, packed, unpacked, n, e, c, _, _, mode, offset) = _ENTRY.unpack(head)
        length = _ENTRY.size + n + e + c
        if length > left:
            raise self._damaged(f"its directory ends within member {number}")
        raw, extra = self._file.read(n), self._file.read(e)
        unpacked, packed, offset = _wide(extra, unpacked, packed, offset)
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        is_link = stat.S_ISLNK(mode >> 16)
        return Member(number, name, _day(day), packed, unpacked, crc, offset, method, flags, is_link), length

    def read(self, member: Member) -> bytes:
        """A member's content, checked. FileRefused where it is encrypted, lies, is damaged or too large."""
        if member.flags & _ENCRYPTED:
            raise FileRefused(f"{self.place}: {member} is encrypted: unpack it and make a plain zip archive")
        if member.method not in (_STORED, _DEFLATED):
            raise FileRefused(f"{self.place}: {member} is compressed by a method ({member.method}) that is not read")
        if member.unpacked > MOST_OF_A_MEMBER:
            raise FileRefused(f"{self.place}: {member} is larger than {MOST_OF_A_MEMBER} bytes: no post")
        parts, came = [], 0
        for part in self._unpack(member):
            came += len(part)
            if came > member.unpacked:
                raise FileRefused(f"{self.place}: {member} holds more than the {member.unpacked} bytes that it says")
            self.unpacked += len(part)
            if self.unpacked > self._most:
                raise FileRefused(f"{self.place}: more than {self._most} bytes come out of it: stopped at {member}")
            parts.append(part)
        content = b"".join(parts)
        if came != member.unpacked or zlib.crc32(content) != member.crc:
            raise self._damaged(f"{member} is not what its checksum says")
        return content

    def _unpack(self, member: Member) -> Iterator[bytes]:
        """The content in pieces of bounded size, ended by the first limit that it breaks."""
        unpack = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == _DEFLATED else None
        taken = given = 0
        for packed in self._packed(member):
            taken += len(packed)
            waiting = packed
            while waiting:
                try:
                    part = unpack.decompress(waiting, _CHUNK) if unpack else waiting
                except zlib.error:
                    raise self._damaged(f"{member} cannot be unpacked") from None
                given += len(part)
                if given > SMALL and given > MOST_RATIO * taken:
                    raise FileRefused(f"{self.place}: {member} unpacks to more than {MOST_RATIO} times its size")
                yield part
                waiting = unpack.unconsumed_tail if unpack else b""
        if unpack:
            # What is still inside is less than one repetition of the format, 258 bytes.
            yield unpack.flush()
            if not unpack.eof:
                raise self._damaged(f"{member} is cut")

    def _packed(self, member: Member) -> Iterator[bytes]:
        self._file.seek(member.offset)
        head = self._file.read(_LOCAL.size)
        if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
            raise self._damaged(f"{member} is not where the directory says")
        *_, n, e = _LOCAL.unpack(head)
        place, left = member.offset + _LOCAL.size + n + e, member.packed
        while left:
            self._file.seek(place)
            part = self._file.read(min(left, _CHUNK))
            if not part:
                raise self._damaged(f"{member} is cut")
            place, left = place + len(part), left - len(part)
            yield part

    def _damaged(self, what: str) -> FileRefused:
        return FileRefused(f"{self.place}: the archive is damaged: {what}")


def _directory(file: BinaryIO, place: str) -> tuple[int, int]:
    """Where the central directory begins and how long it is."""
    end = file.seek(0, 2)
    start = max(0, end - 22 - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    found = tail.rfind(_END)
    if found < 0 or len(tail) - found < 22:
        raise FileRefused(f"{place}: not a zip archive, or cut before its end")
    size, offset = struct.unpack("<LL", tail[found + 12 : found + 20])
    last = start + found
    if _FULL_32 in (size, offset) and tail[max(0, found - 20) : found].startswith(_LOCATOR_64):
        file.seek(struct.unpack("<Q", tail[found - 12 : found - 4])[0] & (2**62 - 1))
        wide = file.read(56)
        if len(wide) < 56 or not wide.startswith(_END_64):
            raise FileRefused(f"{place}: the archive is damaged: its long directory is not where it says")
        size, offset = struct.unpack("<QQ", wide[40:56])
    if offset + size > last:
        raise FileRefused(f"{place}: the archive is damaged or cut: its directory is not where it says")
    return offset, size


def _wide(extra: bytes, *values: int) -> Iterator[int]:
    """Sizes and offset, from the ZIP64 field where the entry has no room for them."""
    long = b""
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == 1:
            long = extra[4 : 4 + length]
        extra = extra[4 + length :]
    for value in values:
        if value == _FULL_32 and len(long) >= 8:
            yield struct.unpack("<Q", long[:8])[0] & (2**62 - 1)
            long = long[8:]
        else:
            yield value


def _day(packed: int) -> date | None:
    """The day of a DOS date; None where it is none, or the format's zero."""
    with suppress(ValueError):
        made = date(1980 + (packed >> 9), packed >> 5 & 15, packed & 31)
        return made if made > date(1980, 1, 1) else None
    return None
