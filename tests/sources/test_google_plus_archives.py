"""Archives that lie, overflow or break: refused with the member's number, nothing of them kept anywhere."""

from __future__ import annotations

import io
import os
import resource
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.errors import FileRefused
from pipeline.sources import google_plus
from pipeline.sources.google_plus import unzip
from tests.sources.takeout import Entry, archive, crooked, deflated, document, taken, takeout

POST = document("post.json")


def refused(*files: Path) -> str:
    with pytest.raises(FileRefused) as caught:
        google_plus.survey(files)
    return str(caught.value)


@pytest.fixture(autouse=True)
def nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a file does, reading it makes no other file, here or where temporary ones go."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    yield
    assert [*temporary.iterdir(), *here.iterdir()] == []
    assert {path.suffix for path in tmp_path.iterdir() if path.is_file()} <= {".zip", ".tgz"}


def test_our_reader_reads_what_the_standard_library_reads(tmp_path: Path) -> None:
    file = takeout(tmp_path / "a.zip")
    with zipfile.ZipFile(file) as theirs, file.open("rb") as opened:
        ours = unzip.Zip(opened, "a.zip")
        members = list(ours.members())
        assert [member.name for member in members] == theirs.namelist()
        assert [ours.read(member) for member in members] == [theirs.read(name) for name in theirs.namelist()]
        assert {str(member.made) for member in members} == {"2019-03-10"}


def test_an_archive_with_long_fields_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    with zipfile.ZipFile(file, "w") as made, made.open("1.json", "w", force_zip64=True) as member:
        member.write(POST)
    # The directory itself in the long form, as archives beyond 4 GiB have it.
    whole = file.read_bytes()
    end = whole.rfind(b"PK\x05\x06")
    size, start = struct.unpack("<LL", whole[end + 12 : end + 20])
    long_end = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    file.write_bytes(whole[:end] + long_end + locator + last)
    assert len(taken(file).posts) == 1


@pytest.mark.parametrize(
    "name",
    ["../../../etc/cron.d/x.json", "/etc/passwd.json", "..\\..\\x.json", "C:\\x.json", "CON.json", "a\x00b.json",
     "\x1b[2J\nx.json", "x" * 60_000 + ".json", ".json"],
    ids=range(9),
)  # fmt: skip
def test_a_name_is_never_a_path_and_is_shown_without_harm(tmp_path: Path, name: str) -> None:
    found = taken(crooked(tmp_path / "a.zip", [deflated(name, POST), deflated(name, b"{")]))
    assert len(found.posts) == 1
    [told] = [note.message for note in found.notes if "cannot be read" in note.message]
    assert told.isprintable()
    assert len(told) < 300
    assert "member 2" in told


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.zip").write_bytes(POST)
    link = deflated("link.json", str(tmp_path / "secret.zip").encode(), mode=0o120777)
    found = taken(crooked(tmp_path / "a.zip", [link, deflated("1.json", POST)]))
    assert len(found.posts) == 1
    assert "left out: links, which are not followed (1): member 1 'link.json'" in found.text


def test_a_bomb_is_stopped_by_what_comes_out_of_it(tmp_path: Path) -> None:
    bomb = deflated("bomb.json", b" " * (12 * 2**20))
    assert len(bomb.content) > 1000 * len(bomb.packed)
    message = refused(crooked(tmp_path / "a.zip", [deflated("1.json", POST), bomb]))
    assert message == "a.zip: member 2 'bomb.json' unpacks to more than 100 times its size"


def test_a_small_member_may_repeat_itself(tmp_path: Path) -> None:
    found = taken(crooked(tmp_path / "a.zip", [deflated("1.json", POST + b" " * 250_000)]))
    assert len(found.posts) == 1


def test_a_member_that_is_no_post_by_its_size_alone_is_not_even_opened(tmp_path: Path) -> None:
    location = Entry(b"Location History.json", b"\xff" * 10, unpacked=2**31, crc=1)
    found = taken(crooked(tmp_path / "a.zip", [location, deflated("1.json", POST)]))
    assert len(found.posts) == 1
    assert "left out: files larger than 16 MiB, which is no post (1): member 1 'Location History.json'" in found.text


def test_all_members_together_may_not_unpack_to_more_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.sources.google_plus.archive.MOST_UNPACKED", 10 * len(POST) + 5)
    files = [crooked(tmp_path / f"{n}.zip", [deflated(f"{n}{m}.json", POST) for m in range(5)]) for n in range(3)]
    assert len(taken(*files[:2]).posts) == 1
    assert refused(*files) == "2.zip: more than 5 bytes come out of it: stopped at member 1 '20.json'"


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        ({"unpacked": len(POST) - 1}, f"holds more than the {len(POST) - 1} bytes that it says"),
        ({"unpacked": 0}, "holds more than the 0 bytes that it says"),
        ({"unpacked": len(POST) + 1}, "is not what its checksum says"),
        ({"crc": 7}, "is not what its checksum says"),
        ({"flags": 0x801}, "is encrypted"),
        ({"method": 12}, r"is compressed by a method (12) that is not read"),
    ],
)
def test_a_member_that_is_not_what_it_says_is_refused_by_its_number(
    tmp_path: Path, lie: dict[str, int], message: str
) -> None:
    told = refused(crooked(tmp_path / "a.zip", [deflated("1.json", POST), deflated("2.json", POST, **lie)]))
    assert "member 2 '2.json'" in told
    assert message in told


def test_a_member_whose_content_is_no_deflate_is_damaged(tmp_path: Path) -> None:
    told = refused(crooked(tmp_path / "a.zip", [Entry(b"1.json", b"\xff" * 50, content=POST)]))
    assert told == "a.zip: the archive is damaged: member 1 '1.json' cannot be unpacked"


def test_archives_within_are_not_opened(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as made:
        made.writestr("2.json", POST.replace(b"aaBrise0001", b"inner"))
    found = taken(archive(tmp_path / "a.zip", {"inner.zip": inner.getvalue(), "1.json": POST, "x.TGZ": b""}))
    assert len(found.posts) == 1
    assert "left out: archives within the archive (2): member 1 'inner.zip'; member 3 'x.TGZ'" in found.text


def test_two_members_of_one_name_are_two_members(tmp_path: Path) -> None:
    other = POST.replace(b"aaBrise0001", b"other")
    found = taken(crooked(tmp_path / "a.zip", [deflated("1.json", POST), deflated("1.json", other)]))
    assert len(found.posts) == 2


def test_two_posts_of_one_id_are_the_first_of_them(tmp_path: Path) -> None:
    found = taken(
        crooked(tmp_path / "a.zip", [deflated("1.json", POST), deflated("2.json", POST.replace(b"Neu", b"Alt"))])
    )
    assert [b"Neu" in post for post in found.posts] == [True]
    assert "left out: posts that are there twice (1)" in found.text


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.6, 0.9, 0.99])
def test_an_archive_that_was_cut_is_refused(tmp_path: Path, kept: float) -> None:
    whole = takeout(tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[: int(kept * len(whole))])
    assert "not a zip archive, or cut before its end" in refused(tmp_path / "a.zip")


@pytest.mark.parametrize("seed", range(40))
def test_an_archive_with_one_other_byte_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    file = takeout(tmp_path / "a.zip")
    content = bytearray(file.read_bytes())
    place = seed * len(content) // 40
    content[place] ^= 0xFF
    file.write_bytes(content)
    with suppress(FileRefused):
        assert len(taken(file).posts) <= 3


def test_a_million_members_are_refused_before_they_cost_memory(tmp_path: Path) -> None:
    one = deflated("1.json", b"{}")
    file = crooked(tmp_path / "a.zip", [one])
    whole = file.read_bytes()
    start = whole.rfind(b"PK\x01\x02")
    record = whole[start : whole.rfind(b"PK\x05\x06")]
    with file.open("wb") as made:
        made.write(whole[:start])
        for _ in range(100):
            made.write(record * 10_000)
        made.write(struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, 10**6 * len(record), start, 0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    message = refused(file)
    assert message == "a.zip: more than 200000 members: no archive of one profile"
    # Linux counts in KiB. The standard library would hold a million entries: more than half a gigabyte.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Path.mkdir, "not a file"),
        (str, "cannot be read (No such file or directory)"),
        (lambda path: path.write_bytes(b"\x1f\x8b\x08" + b"x" * 500), "not a zip archive"),
        (os.mkfifo, "not a file"),
    ],
    ids=["folder", "nothing", "tgz", "pipe"],
)
def test_what_is_no_archive_is_told_as_what_it_is(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    make(tmp_path / "a.tgz")
    assert message in refused(tmp_path / "a.tgz")
