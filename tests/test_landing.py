"""What lands is what came: whole, counted, hashed, byte for byte the same for the same records."""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import landing
from pipeline.errors import LandingError, SourceChanged, SourceRefused, SourceUnavailable
from pipeline.landing.contents import Landed, content_hash, encode
from pipeline.landing.names import folder_name
from pipeline.landing.parts import PartFile, Writer
from pipeline.landing.reading import runs
from pipeline.landing.stores import Place
from pipeline.streams import Absent, Manifest, Note, Page, Stream, Unit, Window, Yield

NIGHT = date(2026, 11, 2)
UNIT = Unit("facebook", "104001", NIGHT, Window(date(2026, 10, 6), NIGHT))
POSTS = Stream("posts", {"id": "BIGINT"}, ("id",), "day", absence_means_deleted=True)
INSIGHTS = Stream("page_insights", {"id": "BIGINT"}, ("id",), "day", every_day=True)
STORIES = Stream("stories", {"id": "BIGINT"}, ("id",), "day", optional=True)
STREAMS = (POSTS, INSIGHTS, STORIES)


def rows(first: int, last: int) -> list[bytes]:
    return [b'{"id": %d}' % number for number in range(first, last)]


def usual() -> list[Yield]:
    return [
        Page("posts", rows(0, 300), announced=450),
        Page("page_insights", rows(0, 7)),
        Page("posts", rows(300, 450), announced=450),
    ]


def land(root: Path | str, items: Sequence[Yield], *, unit: Unit = UNIT, run: str = "run-1", **more: Any) -> Manifest:
    given_: dict[str, Any] = {
        "api_version": "v26.0",
        "clock": lambda: "2026-11-03T03:00:00Z",
        "requests": lambda: 12,
        **more,
    }
    return landing.write(str(root), unit, run, iter(items), STREAMS, **given_)


def lines_of(path: str | Path) -> list[bytes]:
    with Path(path).open("rb") as file:
        return zstandard.ZstdDecompressor().stream_reader(file).read().split(b"\n")[:-1]


def everything_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_unit_lands_as_one_folder_with_a_manifest_that_counts_it(tmp_path: Path) -> None:
    manifest = land(tmp_path, [*usual(), Note("metric_retired", "page_fans"), Absent("stories", "no permission")])
    assert manifest.folder == f"{tmp_path}/facebook/104001/2026-11-02/run-1"
    assert everything_in(Path(manifest.folder)) == [
        "manifest.json",
        "page_insights-0001.jsonl.zst",
        "posts-0001.jsonl.zst",
    ]
    assert lines_of(landing.files(manifest, "posts")[0]) == rows(0, 450)
    told = json.loads((Path(manifest.folder) / "manifest.json").read_text())
    assert told["window"] == {"since": "2026-10-06", "until": "2026-11-02"}
    assert (told["requests"], told["observed_at"], told["api_version"]) == (12, "2026-11-03T03:00:00Z", "v26.0")
    assert told["bytes"] == sum(file.stat().st_size for file in Path(manifest.folder).glob("*.zst"))
    assert {
        name: (s["records"], s["announced"], s["verified"], s["absent"]) for name, s in told["streams"].items()
    } == {
        "posts": (450, 450, "total", None),
        "page_insights": (7, None, "days", None),
        "stories": (0, None, "unverifiable", "no permission"),
    }
    assert told["notes"] == [{"kind": "metric_retired", "message": "page_fans"}]
    assert landing.newest(str(tmp_path), "facebook", "104001", NIGHT) == manifest
    landing.verify(manifest)


def test_duckdb_reads_what_landed(tmp_path: Path) -> None:
    manifest = land(tmp_path, usual())
    files = landing.files(manifest, "posts")
    found = duckdb.sql(f"select count(*), sum(id) from read_json({files!r}, format = 'newline_delimited')").fetchone()
    assert found == (450, sum(range(450)))


@pytest.mark.parametrize("root", ["file://{}", "memory://{}", "{}/"])
def test_every_kind_of_place_that_fsspec_knows_holds_a_landing(root: str, tmp_path: Path) -> None:
    place = root.format(tmp_path)
    other = replace(UNIT, account="104002")
    landing.record_failure(place, UNIT, SourceRefused("token expired"), "run-0", "2026-11-03T03:00:00Z")
    assert [(f.error, f.account) for f in landing.failures(place, NIGHT)] == [("SourceRefused", "104001")]
    first = land(place, usual())
    second = land(place, [*usual(), Page("stories", rows(0, 3))], run="run-2")
    land(place, usual(), unit=other)
    assert landing.failures(place, NIGHT) == []
    assert landing.newest(place, "facebook", "104001", NIGHT) == second
    assert [m.run_id for m in landing.manifests(place, account="104001")] == ["run-1", "run-2"]
    assert [m.unit.account for m in landing.manifests(place)] == ["104001", "104001", "104002"]
    assert landing.nights(place, "facebook", "104001") == [NIGHT]
    landing.verify(first)
    landing.verify(second)
    damaged = replace(second, folder=first.folder)
    with pytest.raises(LandingError, match="stories-0001"):
        landing.verify(damaged)


def test_the_same_run_twice_is_one_run_and_another_content_a_newer_one(tmp_path: Path) -> None:
    first = land(tmp_path, usual())
    again = land(tmp_path, usual(), requests=lambda: 99)
    assert again == first
    assert again.requests == 12
    changed = land(tmp_path, [*usual(), Page("stories", rows(0, 1))])
    assert changed.folder.endswith("/run-1.2")
    back = land(tmp_path, usual())
    assert back.folder.endswith("/run-1.3")
    assert back.sha256 == first.sha256 != changed.sha256
    assert landing.newest(str(tmp_path), "facebook", "104001", NIGHT) == back


def test_the_hash_tells_contents_apart_not_runs_or_times(tmp_path: Path) -> None:
    first = land(tmp_path / "a", usual())
    second = land(tmp_path / "b", usual(), run="run-9", clock=lambda: "2027-01-01T00:00:00Z", requests=lambda: 1)
    assert first.sha256 == second.sha256
    wider = replace(UNIT, window=Window(date(2026, 10, 5), NIGHT))
    others = [
        land(tmp_path / "c", usual(), unit=wider),
        land(tmp_path / "d", [*usual(), Absent("stories", "no permission")]),
        land(tmp_path / "e", [*usual(), Page("stories", [])]),
        land(tmp_path / "f", [Page("posts", rows(0, 450)), Page("page_insights", rows(0, 7))]),
    ]
    assert len({manifest.sha256 for manifest in [first, *others]}) == 5


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([Page("posts", rows(0, 449), 450), Page("page_insights", [])], "450 records were announced, 449 came"),
        ([Page("posts", rows(0, 451), 450), Page("page_insights", [])], "450 records were announced, 451 came"),
        ([Page("posts", [], 1), Page("page_insights", [])], "1 records were announced, 0 came"),
        ([Page("posts", [])], "stream page_insights: neither records nor a reason"),
        ([Page("reels", [])], "stream reels is not declared"),
        ([Absent("posts", "x"), Page("posts", [])], "after it was called absent"),
        ([Page("posts", rows(0, 2)), Absent("posts", "x")], "called absent after 2 records"),
        ([Page("posts", [b"{}", b""])], "an empty record"),
    ],
)
def test_a4_and_a5_what_does_not_add_up_is_not_landed(items: list[Yield], said: str, tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match=said) as error:
        land(tmp_path, items)
    assert str(error.value).startswith("facebook 104001, night 2026-11-02: ")
    assert everything_in(tmp_path) == []
    assert list((tmp_path / "facebook/104001/2026-11-02").iterdir()) == []


def test_a_list_that_grew_while_it_was_read_is_whole_by_its_last_total(tmp_path: Path) -> None:
    items = [Page("posts", rows(0, 5), 9), Page("posts", rows(5, 10), 10), Page("posts", []), Page("page_insights", [])]
    assert land(tmp_path, items).streams["posts"].announced == 10


def test_an_error_of_the_source_passes_with_its_unit_and_leaves_nothing(tmp_path: Path) -> None:
    def items() -> Iterator[Yield]:
        yield Page("posts", rows(0, 10_000))
        assert [p.suffix for p in (tmp_path / "facebook/104001/2026-11-02").iterdir()] == [".partial"]
        raise SourceUnavailable("page 7 broke", retry_after=7)

    with pytest.raises(SourceUnavailable, match="facebook 104001, night 2026-11-02: page 7 broke") as error:
        landing.write(str(tmp_path), UNIT, "r", items(), STREAMS, api_version="", clock=lambda: "", requests=lambda: 0)
    assert error.value.retry_after == 7
    assert everything_in(tmp_path) == []
    assert [t.name for t in threading.enumerate() if t.name == "landing"] == []


def test_stopping_by_hand_leaves_nothing_either(tmp_path: Path) -> None:
    def items() -> Iterator[Yield]:
        yield Page("posts", rows(0, 10))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        landing.write(str(tmp_path), UNIT, "r", items(), STREAMS, api_version="", clock=lambda: "", requests=lambda: 0)
    assert everything_in(tmp_path) == []


def test_line_breaks_between_tokens_become_spaces_and_strings_stay(tmp_path: Path) -> None:
    pretty = b'{\r\n  "id": 1,\n  "text": "a\\nb"\n}'
    manifest = land(tmp_path, [Page("posts", [pretty, b'{"id": 2}']), Page("page_insights", [])])
    first, second = lines_of(landing.files(manifest, "posts")[0])
    assert json.loads(first) == {"id": 1, "text": "a\nb"}
    assert len(first) == len(pretty)
    assert second == b'{"id": 2}'


def parts(pages: list[list[bytes]], *, records: int, size: int) -> tuple[list[PartFile], list[list[bytes]]]:
    """The files that these pages make, in memory, and the lines of each."""
    place = Place("memory://parts")
    store = place.store("unit", "run")
    writer = Writer(store, most_records=records, most_bytes=size)
    for page in pages:
        writer.put("s", page)
    done = writer.close().get("s", [])
    unpack = zstandard.ZstdDecompressor().decompressobj
    folder = place.match("unit/run.*")[0]
    lines = [unpack().decompress(place.read(f"{folder}/{part.name}")).split(b"\n")[:-1] for part in done]
    store.discard()
    return done, lines


record = st.binary(min_size=1, max_size=40).filter(lambda b: b"\n" not in b and b"\r" not in b)


@settings(deadline=None)
@given(st.lists(record, max_size=40), st.lists(st.integers(0, 40), max_size=8), st.integers(1, 9), st.integers(1, 200))
@example([b"a" * 9] * 8, [4], 4, 40)
def test_however_the_pages_are_cut_the_files_are_the_same(
    found: list[bytes], cuts: list[int], records: int, size: int
) -> None:
    """And each is filled up to its limit and not beyond the record that reaches it."""
    edges = sorted({0, len(found), *(min(cut, len(found)) for cut in cuts)})
    one, _ = parts([found], records=records, size=size)
    many, lines = parts([found[a:b] for a, b in pairwise(edges)], records=records, size=size)
    assert one == many
    assert [line for part in lines for line in part] == found
    assert [len(part) for part in lines] == [part.records for part in many]
    for part in lines:
        assert len(part) <= records
        assert sum(len(line) + 1 for line in part[:-1]) < size
    for part in lines[:-1]:
        assert len(part) == records or sum(len(line) + 1 for line in part) >= size


def test_megabytes_cut_into_pages_of_any_size_give_the_same_bytes() -> None:
    chance = random.Random(7)
    found = [b'{"id": %d, "text": "%x"}' % (n, chance.getrandbits(chance.randint(8, 3000))) for n in range(8000)]
    made = []
    for most in (1, 8000, 500, 7, 3000):
        edges = [*range(0, len(found), most), len(found)]
        done, lines = parts([found[a:b] for a, b in pairwise(edges)], records=10**6, size=10**6)
        assert [line for part in lines for line in part] == found
        made.append(done)
    assert len(made[0]) == 4
    assert all(done == made[0] for done in made)


def test_many_records_make_several_files_and_memory_stays_bounded(tmp_path: Path) -> None:
    page = [b'{"id": %d, "text": "%s"}' % (n, os.urandom(200).hex().encode()) for n in range(500)]
    pages = 500
    folder = tmp_path / "big"
    seen: list[int] = []

    def items() -> Iterator[Yield]:
        for _ in range(pages):
            seen.append(_resident())
            yield Page("posts", list(page), announced=pages * 500)
        yield Page("page_insights", [])

    manifest = landing.write(
        str(folder), UNIT, "r", items(), STREAMS, api_version="", clock=lambda: "", requests=lambda: 0
    )
    files = manifest.streams["posts"].files
    assert [file["records"] for file in files[:-1]] != []
    assert sum(int(str(file["records"])) for file in files) == 250_000
    assert [str(file["name"]) for file in files] == [f"posts-{n:04d}.jsonl.zst" for n in range(1, len(files) + 1)]
    assert max(seen) - seen[2] < 40 * 2**20


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@given(st.text(max_size=300), st.text(max_size=300))
@example("..", ".")
@example("CON", "a/../../b")
@example("h-" + "0" * 32, "\0")
@example("x" * 64, "x" * 65)
def test_m6_any_name_makes_one_plain_folder_of_its_own(one: str, other: str) -> None:
    for name in (one, other):
        folder = folder_name(name)
        assert folder not in {"", ".", ".."}
        assert len(folder) <= 64
        assert set(folder) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        assert not folder.startswith(".")
    assert (folder_name(one) == folder_name(other)) == (one == other)


@pytest.mark.parametrize("account", ["../../etc", "a/b", "é", "x" * 300, "\0", "", "..", ".hidden", "urn:li:org:1"])
def test_m6_an_account_with_any_name_lands_inside_the_root(account: str, tmp_path: Path) -> None:
    root = tmp_path / "inner" / "landing"
    unit = replace(UNIT, account=account)
    manifest = land(root, usual(), unit=unit, run="scheduled__2026-11-02T03:00:00+00:00")
    assert (
        everything_in(tmp_path) == everything_in(root)
        if False
        else all(path.startswith("inner/landing/facebook/") for path in everything_in(tmp_path))
    )
    assert landing.newest(str(root), "facebook", account, NIGHT) == manifest
    assert manifest.unit == unit


def test_nights_of_an_account_and_the_last_one_before_another(tmp_path: Path) -> None:
    root = str(tmp_path)
    assert landing.last_night(root, "facebook", "104001") is None
    for day in (3, 1, 7):
        land(tmp_path, usual(), unit=replace(UNIT, night=date(2026, 11, day)))
    landing.record_failure(root, replace(UNIT, night=date(2026, 11, 9)), SourceRefused("no"), "r", "")
    assert landing.nights(root, "facebook", "104001") == [date(2026, 11, day) for day in (1, 3, 7)]
    assert landing.nights(root, "facebook", "104001", since=date(2026, 11, 2), besides=[date(2026, 11, 7)]) == [
        date(2026, 11, 3)
    ]
    assert landing.last_night(root, "facebook", "104001") == date(2026, 11, 7)
    assert landing.last_night(root, "facebook", "104001", before=date(2026, 11, 7)) == date(2026, 11, 3)
    assert landing.last_night(root, "facebook", "104001", before=date(2026, 11, 1)) is None
    assert landing.files(land(tmp_path, usual()), "stories") == []


def test_a_failure_says_who_what_when_on_one_line(tmp_path: Path) -> None:
    error = SourceRefused("HTTP 401:\naccess_token=abcdefgh is expired")
    landing.record_failure(str(tmp_path), UNIT, error, "run-1", "2026-11-03T03:00:00Z")
    landing.record_failure(str(tmp_path), UNIT, error, "run-2", "2026-11-03T03:10:00Z")
    (failure,) = landing.failures(str(tmp_path), NIGHT)
    assert failure.message == r"HTTP 401:\naccess_token=[redacted] is expired"
    assert (failure.error, failure.run_id, failure.at) == ("SourceRefused", "run-2", "2026-11-03T03:10:00Z")
    assert landing.manifests(str(tmp_path)) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[:-40], "damaged"),
        (lambda text: text.replace('"records": 450', '"records": 451'), "changed"),
        (lambda text: text.replace('"announced": 450', '"announced": null'), "changed"),
        (lambda text: text.replace("2026-10-06", "2026-10-07"), "changed"),
        (lambda text: text.replace('"version": 1', '"version": 2'), "newer Vigie"),
        (lambda text: text.replace('"account"', '"acount"'), "damaged"),
        (lambda _: "", "damaged"),
    ],
)
def test_d4_a_manifest_that_was_changed_is_named_and_never_believed(spoil: Any, said: str, tmp_path: Path) -> None:
    manifest = land(tmp_path, usual())
    file = Path(manifest.folder) / "manifest.json"
    file.write_text(spoil(file.read_text()))
    with pytest.raises(LandingError, match=said) as error:
        landing.newest(str(tmp_path), "facebook", "104001", NIGHT)
    assert manifest.folder in str(error.value)


def test_d4_a_manifest_that_counts_in_two_ways_is_refused_though_its_hash_fits(tmp_path: Path) -> None:
    manifest = land(tmp_path, usual())
    (landed,) = runs(Place(str(tmp_path)), "facebook/104001/2026-11-02")
    streams = {**manifest.streams, "posts": replace(manifest.streams["posts"], records=449, announced=449)}
    lie = replace(manifest, streams=streams, sha256=content_hash(UNIT.window, streams))
    (Path(manifest.folder) / "manifest.json").write_bytes(encode(Landed(landed.sequence, lie)))
    with pytest.raises(LandingError, match="counts the records of posts in two ways"):
        landing.manifests(str(tmp_path))


def test_d4_a_damaged_or_unreadable_note_of_a_failure_is_named(tmp_path: Path) -> None:
    landing.record_failure(str(tmp_path), UNIT, ValueError("x"), "r", "")
    note = tmp_path / "facebook/104001/2026-11-02/failure.json"
    note.write_text("{")
    with pytest.raises(LandingError, match=r"failure\.json: the note of a failure is damaged"):
        landing.failures(str(tmp_path), NIGHT)
    note.unlink()
    note.mkdir()
    with pytest.raises(LandingError, match=r"failure\.json: Is a directory"):
        landing.failures(str(tmp_path), NIGHT)


def test_a_fault_that_nobody_foresaw_in_the_writing_thread_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr("pipeline.landing.parts._lines", broken)
    with pytest.raises(LandingError, match="cannot be written: MemoryError"):
        land(tmp_path, [Page("posts", [b"x" * 10**6] * 8) for _ in range(9)])
    assert everything_in(tmp_path) == []


def test_d4_a_flipped_bit_or_a_missing_file_is_named(tmp_path: Path) -> None:
    manifest = land(tmp_path, usual())
    file = Path(landing.files(manifest, "posts")[0])
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(LandingError, match=r"posts-0001\.jsonl\.zst: the file was changed"):
        landing.verify(manifest)
    file.unlink()
    with pytest.raises(LandingError, match=r"posts-0001\.jsonl\.zst: No such file"):
        landing.verify(manifest)


def test_a_folder_without_a_manifest_does_not_exist(tmp_path: Path) -> None:
    manifest = land(tmp_path, usual())
    (Path(manifest.folder) / "manifest.json").unlink()
    assert landing.manifests(str(tmp_path)) == []
    assert landing.nights(str(tmp_path), "facebook", "104001") == []
