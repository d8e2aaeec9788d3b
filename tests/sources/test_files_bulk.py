"""A large text is read by DuckDB: what comes of it is what reading row by row gives, whatever the file holds."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from pipeline import warehouse
from pipeline.errors import ConfigError, FileRefused
from pipeline.sources import files
from pipeline.sources.files import Choices, Export, Limits, reading
from pipeline.streams import Note, Page

TODAY = date(2026, 11, 22)
EXPORTED = date(2026, 11, 10)
# Each try opens a database: a failure is told as it was found.
PHASES = (Phase.explicit, Phase.generate)

COUNTS = st.one_of(
    st.integers(0, 10**13).map(str),
    st.integers(0, 10**9).map(lambda n: f"{n:,}"),
    st.integers(0, 10**9).map(lambda n: f"{n:,}".replace(",", "\u202f")),
    st.integers(0, 10**9).map(lambda n: f"{n:,}".replace(",", ".")),
    st.sampled_from(
        ["", "-", "n/a", "N/A", "0", "007", "0,000", "1,000.0", "12.0", "12,0", "1.000", "1,5", "-3", "5 %"]
    ),
    st.sampled_from(
        [" 5", "5 ", "=1+1", "1e3", "1_000", "\u0660", "12.000", "+7", "many", "1 234,00", "999999999999999"]
    ),
)
DAYS = st.one_of(
    st.dates(date(2026, 10, 1), date(2026, 11, 23)).map(str),
    st.dates(date(2024, 1, 1), date(2026, 11, 9)).map(lambda day: f"{day:%d/%m/%Y}"),
    st.dates(date(2026, 3, 1), date(2026, 11, 9)).map(lambda day: f"{day:%Y-%m-%d} 02:30"),
    st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}"),
    st.sampled_from(["Thu, Oct 29, 2026", "28 sept. 2026 7:05", "20261001", "20261001 10:00", "2026-10-25 24:00"]),
    st.sampled_from(["", "-", "Total", "31/02/2026", "2026-10-1  9:30 PM", "2026-10-25 01:30", "2026-03-29T02:30"]),
)
TEXTS = st.one_of(
    st.text(alphabet='ab é,;"\n\t\\\u00a0\u2028\U0001f600\x01\x7f', max_size=6),
    st.sampled_from([" a ", "a\r\nb", "line\n\nline", '"', "Total", "a" * 300]),
)
IDS = st.one_of(
    st.integers(1, 6).map(str),
    st.sampled_from(["", " 7", "1E+17", "1,9e17", "-", "5e", "a b", "é", "R26qwMQVoos", "Total", "a\\b", "'"]),
)


def text(rows: list[list[str]], header: list[str], *, quoting: Any = csv.QUOTE_MINIMAL, end: str = "\n") -> str:
    made = io.StringIO()
    writer = csv.writer(made, quoting=quoting, lineterminator=end)
    writer.writerows([header, *rows])
    return made.getvalue()


def read(path: Path, mapping: str, *, bulk: bool, **choices: Any) -> Export:
    """With the database or without, whatever the size. A file that is left to Python has no database at the end."""
    told = Choices(**{"today": TODAY, "platform": "x", "account": "atelier", **choices})
    return files.open_file(path, mapping, told, scratch=warehouse.Scratch if bulk else None)


def outcome(path: Path, mapping: str, *, bulk: bool, **choices: Any) -> Any:
    try:
        export = read(path, mapping, bulk=bulk, **choices)
    except (FileRefused, ConfigError) as refused:
        return str(refused)
    items = list(export.items())
    records = [json.loads(record) for page in items if isinstance(page, Page) for record in page.records]
    return (
        export.understood,
        sorted(map(json.dumps, records)),
        [item for item in items if isinstance(item, Note)],
    )


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGE", 0)


def same(path: Path, mapping: str, **choices: Any) -> Any:
    found = outcome(path, mapping, bulk=True, **choices)
    assert found == outcome(path, mapping, bulk=False, **choices)
    return found


@settings(max_examples=12, deadline=None, phases=PHASES)
@given(
    rows=st.lists(st.tuples(DAYS, COUNTS, COUNTS, TEXTS), max_size=60),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    order=st.sampled_from([None, "dmy", "mdy"]),
)
def test_days_are_read_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    quoting: int,
    end: str,
    encoding: str,
    order: Any,
) -> None:
    path = tmp_path_factory.mktemp("days") / "days.csv"
    made = text([list(row) for row in rows], ["Date", "Impressions", "Likes", "Remark"], quoting=quoting, end=end)
    path.write_bytes(made.encode(encoding, "surrogatepass"))
    same(path, "generic", day_order=order)
    same(path, "generic", day_order=order, exported=EXPORTED)


@settings(max_examples=12, deadline=None, phases=PHASES)
@given(
    rows=st.lists(st.tuples(IDS, DAYS, TEXTS, COUNTS, st.sampled_from(["a", "A ", "b", ""])), max_size=60),
    zone=st.sampled_from(["UTC", "America/Los_Angeles", "Europe/Paris", "Australia/Lord_Howe"]),
    exported=st.sampled_from([None, EXPORTED]),
)
@example(rows=[("1", "2026-10-1  9:30 PM", "", "5", "a")], zone="UTC", exported=EXPORTED)
@example(rows=[("1", "2026-10-25 02:30", "", "5", "a")], zone="Europe/Paris", exported=EXPORTED)
def test_posts_are_read_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], zone: str, exported: date | None
) -> None:
    path = tmp_path_factory.mktemp("posts") / "posts.csv"
    made = text([list(row) for row in rows], ["Id", "Published", "Text", "Views", "Account"])
    path.write_text(made, encoding="utf-8", newline="")
    same(path, "generic_posts", account="a", time_zone=zone, exported=exported, day_order="dmy")


@settings(max_examples=25, deadline=None, phases=PHASES)
@given(lines=st.text(alphabet='1,"\n\r a;\x00', max_size=40))
@example(lines='1, "2,3"\n')
@example(lines='"2026-10-01,1\n2,3\n')
@example(lines="2026-10-01,1\n\n2026-10-02,2\n")
@example(lines='2026-10-01,"1"2\n')
@example(lines='2026-10-01,"1')
@example(lines='2026-10-01",1\n2026-10-02,"1')
@example(lines='2026-10-01,"1\n"')
@example(lines='"" ')
@example(lines='2026-10-01,1\n2026-10-02,""1\n')
@example(lines='2026-10-01,1"\n"2026-10-02",2\n\n\n')
@example(lines="2026-10-01,1,2,3,4,5,6,7,8,9,10,11,12\n")
def test_no_text_is_taken_apart_in_two_ways(tmp_path_factory: pytest.TempPathFactory, lines: str) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(f"My numbers\n\nDate,Impressions\n2026-09-01,1\n{lines}".encode())
    same(path, "generic")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_fault_of_a_large_file_is_told_with_its_line(tmp_path: Path, encoding: str, end: str) -> None:
    rows = [
        [str(n), f"2026-10-0{1 + n % 9} 10:{n % 60:02d}", "été, line\nline" if n % 3 else "été", "5"]
        for n in range(900)
    ]
    rows[100][3] = "many"
    rows[200][1] = "2027-01-01"
    rows[300][0] = "299"
    rows.insert(400, ["Total", "", "", "4500"])
    path = tmp_path / "posts.csv"
    path.write_bytes(text(rows, ["Id", "Published", "Text", "Views"], end=end).encode(encoding))
    understood, records, notes = same(path, "generic_posts", exported=EXPORTED)
    assert read(path, "generic_posts", bulk=True, exported=EXPORTED).reading.in_bulk
    assert (understood.records, understood.bad, len(notes)) == (897, 3, 4)
    # The header, 100 rows, and one line more for each that has two.
    assert [problem.line for problem in understood.problems] == [168, 335, 502]
    assert understood.left_out == (("of totals", 1, 668),)
    assert len(records) == 901


def test_a_text_with_a_fault_of_its_own_is_left_to_python_and_refused_by_it(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text('Date,Impressions\n2026-10-01,1\n2026-10-02,"2"3\n', encoding="utf-8")
    assert "line 3: cannot be taken apart" in same(path, "generic")
    path.write_text("Date,Impressions\n2026-10-01,1\n\n2026-10-02,many\n", encoding="utf-8")
    assert not read(path, "generic", bulk=True).reading.in_bulk
    assert [problem.line for problem in same(path, "generic")[0].problems] == [4]


def test_a_large_file_with_more_rows_than_are_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("Date,Impressions\n" + "2026-10-01,1\n" * 20, encoding="utf-8")
    with pytest.raises(FileRefused, match="more than 10 rows"):
        files.open_file(path, "generic", Choices(TODAY, "x", "a"), limits=Limits(rows=10), scratch=warehouse.Scratch)


def test_nothing_remains_of_the_scratch(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("Date,Impressions\n2026-10-01,1\n", encoding="utf-8")
    made: list[Path] = []

    def scratch() -> warehouse.Scratch:
        found = warehouse.Scratch(tmp_path)
        made.append(found.folder)
        return found

    export = files.open_file(path, "generic", Choices(TODAY, "x", "a"), scratch=scratch)
    assert [folder.parent for folder in made] == [tmp_path]
    assert len(list(export.items())) > 2
    del export
    assert not made[0].exists()
