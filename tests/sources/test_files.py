"""Exports as people have them: every encoding, both languages, and each fault told with its line."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import registry
from pipeline.errors import ConfigError, FileRefused
from pipeline.sources import files
from pipeline.sources.files import Choices, Export, Limits
from pipeline.sources.files.columns import ACCOUNT_METRICS, POST_METRICS
from pipeline.sources.files.values import AmbiguousDayError, count, moment
from pipeline.streams import Page

TODAY = date(2026, 11, 22)
X = (
    "Date,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Unfollows,Replies,Reposts,Profile visits,"
    "Create Post,Video views,Media views\n"
)
X_DAYS = X + '"Fri, Oct 30, 2026","1,234",5,8,1,2,3,0,1,2,4,1,20,25\n"Thu, Oct 29, 2026",90,4,7,0,1,1,2,0,0,3,0,1,1\n'

Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str | bytes, name: str = "export.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def opened(path: Path, mapping: str, account: str | None = "atelier", **choices: Any) -> Export:
    return files.open_file(path, mapping, Choices(today=TODAY, account=account, **choices))


def records(export: Export, stream: str) -> list[dict[str, Any]]:
    pages = [item for item in export.items() if isinstance(item, Page) and item.stream == stream]
    return [json.loads(record) for page in pages for record in page.records]


def test_days_of_x_become_records_with_their_night(written: Written) -> None:
    export = opened(written(X_DAYS), "x")
    first, second = records(export, "account_days")
    assert (first["day"], first["impressions"], first["shares"], first["followers_gained"]) == (
        "2026-10-30",
        1234,
        2,
        3,
    )
    assert (second["day"], second["followers_lost"]) == ("2026-10-29", 2)
    unit = export.unit()
    assert (unit.night, unit.window.since, unit.platform) == (date(2026, 10, 30), date(2026, 10, 29), "files")
    assert export.understood.language == "en"
    assert set(export.understood.ignored) == {"Shares", "Create Post", "Media views"}
    assert len(records(export, "exports")) == 1


def test_meta_tables_stand_below_their_names_in_utf_16(written: Written) -> None:
    text = (
        'sep=,\r\n"Facebook reach"\r\n"Date","Primary"\r\n"2026-10-01T00:00:00","20"\r\n"2026-10-02T00:00:00","22"\r\n'
        '\r\n"Facebook follows"\r\n"Date","Primary"\r\n"2026-10-02T00:00:00","3"\r\n'
        '"Stars"\r\n"Date","Primary"\r\n"2026-10-02T00:00:00","9"\r\n'
    )
    export = opened(written(codecs.BOM_UTF16_LE + text.encode("utf-16-le")), "meta_facebook")
    found = {row["day"]: row for row in records(export, "account_days")}
    assert found["2026-10-01"] == {
        "platform": "facebook",
        "account": "atelier",
        "time_zone": "America/Los_Angeles",
        "day": "2026-10-01",
        "reach_1d": 20,
    }
    assert (found["2026-10-02"]["reach_1d"], found["2026-10-02"]["followers_gained"]) == (22, 3)
    assert export.understood.encoding == "utf-16"
    assert export.understood.left_out == (("of the table “Stars”", 1, 12),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter_gives_the_same_days(written: Written, encoding: str, delimiter: str) -> None:
    rows = [
        ("Date", "Abonnés", "Portée", "Réactions"),
        ("2026-10-01", '"1\u00a0234"', "20", "-"),
        ("Total", "", "20", ""),
    ]
    text = "Mes chiffres, été\n" + "".join(delimiter.join(row) + "\n" for row in rows)
    export = opened(written(text, encoding=encoding), "generic", platform="x")
    [row] = records(export, "account_days")
    assert (row["followers"], row["reach_1d"], "reactions" in row) == (1234, 20, False)
    assert export.understood.header_line == 2
    assert export.understood.language == "fr"
    assert export.understood.left_out == (("of totals", 1, 4),)


def test_videos_of_a_french_studio_and_their_row_of_totals(written: Written) -> None:
    text = (
        "Contenu,Titre de la vidéo,Heure de publication de la vidéo,Durée,Vues,Partages\n"
        'Total,,,,"44\u202f531",12\nR26qwMQVoos,Une brise,28 sept. 2026,31,"4\u202f531",2\n'
    )
    export = opened(written(text), "youtube_posts", exported=date(2026, 10, 5))
    [row] = records(export, "posts")
    assert (row["post_id"], row["impressions"], row["video_views"], row["shares"]) == ("R26qwMQVoos", 4531, 4531, 2)
    assert row["published_at"] == "2026-09-28T07:00:00Z"
    assert row["date"] == "2026-10-05"


def test_posts_of_facebook_have_the_ids_of_the_api(written: Written) -> None:
    text = (
        '"Post ID","Page ID","Page name",Title,Description,"Publish time",Permalink,"Post type",Date,Views,Reach,'
        "Reactions,Comments,Shares\n"
        '77,104001,"Atelier","A\ntitle",,"09/04/2026 18:12",https://e.example/1,Photos,Lifetime,63,45,5,0,1\n'
        '78,104001,"Atelier",b,,"09/05/2026 18:12",https://e.example/2,Photos,2026-09-05,63,45,5,0,1\n'
    )
    path = written(text, encoding="utf-8-sig")
    export = opened(path, "meta_facebook_posts", account=None, exported=date(2026, 10, 5))
    [row] = [row for row in records(export, "posts") if "post_id" in row]
    assert (row["post_id"], row["account"], row["published_at"]) == ("104001_77", "104001", "2026-09-05T01:12:00Z")
    [problem] = export.understood.problems
    assert (problem.line, "whole life" in problem.what) == (4, True)
    with pytest.raises(FileRefused, match="--date"):
        opened(path, "meta_facebook_posts", account=None).unit()


def test_a_workbook_of_linkedin_is_read_below_its_explanation(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Metrics"
    sheet.append(["Aggregated engagement metrics of your organic and sponsored posts"])
    sheet.append(["Date", "Impressions (organic)", "Impressions (total)", "Clicks (total)", "Engagement rate (total)"])
    sheet.append(["10/03/2026", 10, 12, "=1+1", 0.25])
    sheet.append(["10/04/2026", 10, 15, 3, 0.25])
    path = tmp_path / "metrics.xlsx"
    book.save(path)
    export = opened(path, "linkedin")
    assert [row["impressions"] for row in records(export, "account_days") if "day" in row] == [15]
    assert [(p.line, p.what) for p in export.understood.problems] == [(3, "Clicks (total): is not a number")]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2026-11-22,5", "is not over yet"),
        ("2027-01-01,5", "is a day to come"),
        ("2026-10-01,-5", "is negative"),
        ("2026-10-01,abc", "is not a number"),
        ("2026-10-01,12 %", "is a percentage"),
        ("2026-10-01,1.5", "is not a whole number"),
        ("2026-10-01,=1+1", "is not a number"),
        ("2026-10-01,1,234", "cells under"),
        ("2026-10-01", "cut off"),
        ("31/02/2026,5", "is not a day"),
        ("03/04/2026,5", "could be two days"),
        ("2026-09-30,6", "the same day as line 2"),
    ],
)
def test_each_fault_is_told_with_its_line(written: Written, row: str, why: str) -> None:
    export = opened(written(f"Date,Impressions\n2026-09-30,5\n{row}\n"), "generic", platform="x")
    [problem] = export.understood.problems
    assert problem.line == 3
    assert why in problem.what
    assert export.understood.records == 1
    assert [note for note in export.items() if getattr(note, "kind", "") == "row_set_aside"]
    assert len(records(export, "account_days")) == 2


def test_one_day_past_the_twelfth_settles_the_order_of_all(written: Written) -> None:
    text = "Date,Impressions\n03/04/2026,5\n13/04/2026,6\n"
    export = opened(written(text), "generic", platform="x")
    assert [row["day"] for row in records(export, "account_days")] == ["2026-04-03", "2026-04-13"]
    with pytest.raises(FileRefused, match="two orders"):
        opened(written(text + "04/14/2026,6\n"), "generic", platform="x")
    said = opened(written("Date,Impressions\n03/04/2026,5\n"), "generic", platform="x", day_order="mdy")
    assert [row["day"] for row in records(said, "account_days")] == ["2026-03-04"]


def test_the_same_export_corrected_is_the_same_unit_and_another_is_not(written: Written) -> None:
    first = opened(written(X_DAYS), "x")
    again = opened(written(X_DAYS.replace("1,234", "1,235")), "x")
    other = opened(written("Date,Impressions\n2026-10-29,1\n2026-10-30,1\n"), "x")
    assert first.unit() == again.unit()
    assert first.mark != again.mark
    assert other.unit() != first.unit()


def test_files_that_are_no_export_are_refused_with_a_reason(written: Written) -> None:
    for content, why in (
        (b"", "empty"),
        (b"PK\x03\x04nothing", "damaged"),
        (b"\xd0\xcf\x11\xe0nothing", "damaged"),
        ("é".encode() + b"\xe9\xff", "damaged"),
        (b"a,b\n1,2\n", "no table"),
    ):
        with pytest.raises(FileRefused, match=why):
            opened(written(content), "x")
    with pytest.raises(FileRefused, match="more than"):
        files.open_file(written(X_DAYS), "x", Choices(today=TODAY, account="a"), limits=Limits(rows=2))
    with pytest.raises(FileRefused, match="bytes"):
        files.open_file(written(X_DAYS), "x", Choices(today=TODAY, account="a"), limits=Limits(bytes=10))
    with pytest.raises(ConfigError, match="neither a file"):
        opened(written(X_DAYS), "myspace")
    with pytest.raises(ConfigError, match="--account"):
        opened(written(X_DAYS), "x", account=None)


def test_a_workbook_that_unpacks_to_too_much_is_not_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    path = tmp_path / "bomb.xlsx"
    book.save(path)
    with pytest.raises(FileRefused, match="unpacks to"):
        files.open_file(path, "x", Choices(today=TODAY, account="a"), limits=Limits(unpacked=100))


def test_a_mapping_of_ones_own(written: Written, tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text("platform: tiktok\nof: days\ncolumns: {day: [Tag], reach_1d: [Reichweite]}\n", encoding="utf-8")
    [row] = records(opened(written("Tag;Reichweite\n2026-10-01;7\n"), str(own)), "account_days")
    assert (row["platform"], row["reach_1d"]) == ("tiktok", 7)
    own.write_text("of: days\ncolumns: {day: [Tag], likes: [x]}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="likes: no column of ours"):
        opened(written(X_DAYS), str(own))


@given(st.integers(0, 10**12), st.sampled_from(["", " ", "\u00a0", "\u202f", ",", ".", "'", "\u2019"]))
def test_a_count_is_read_however_it_is_grouped(number: int, sign: str) -> None:
    assert count(f"{number:,}".replace(",", sign)) == number


@given(st.text(max_size=12))
def test_any_text_is_a_count_nothing_or_a_fault(text: str) -> None:
    try:
        found = count(text)
    except ValueError:
        return
    assert found is None or found >= 0


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_however_it_is_written(day: date) -> None:
    assert moment(f"{day}").day == day  # type: ignore[union-attr]
    assert moment(f"{day:%d/%m/%Y}", "dmy").day == day  # type: ignore[union-attr]
    assert moment(f"{day:%m/%d/%Y}", "mdy").day == day  # type: ignore[union-attr]
    assert moment(f"{day:%a, %b} {day.day}, {day.year}").day == day  # type: ignore[union-attr]
    if day.day <= 12 and day.day != day.month:
        with pytest.raises(AmbiguousDayError):
            moment(f"{day:%d/%m/%Y}")


def test_the_registry_knows_what_every_export_calls_our_metrics() -> None:
    """Column by column: a name that is added to a mapping and not to the registry is missed here."""
    root = Path(__file__).resolve().parents[2]
    metrics = registry.read(root / "sql/metrics.yml").metrics
    told = {
        (metric.name, native.name)
        for metric in metrics.values()
        for native in metric.native
        if native.platform == "files"
    }
    found = set()
    for file in sorted((root / "pipeline/sources/files/exports").glob("*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for target, names in {**content["columns"], **content.get("titles", {})}.items():
            metric = "reach" if target.startswith("reach_") else target
            ours = target in ACCOUNT_METRICS or target in POST_METRICS
            if ours and metric in metrics and not file.stem.startswith("generic"):
                found.add((metric, f"{file.stem}: {', '.join(names['en'])}"))
    assert told == found
    assert len(found) > 40


def test_an_unknown_header_is_told_with_what_was_looked_for_and_how_to_name_it(written: Written) -> None:
    with pytest.raises(FileRefused) as refused:
        opened(written("Datum,Eindrücke\n2026-10-01,1\n"), "x")
    for word in ("day: date", "“Datum”, “Eindrücke”", "exports/x.yml", "--mapping mine.yml"):
        assert word in str(refused.value)


@pytest.mark.parametrize("name", [name for name in files.known() if not name.startswith("generic")])
def test_every_mapping_says_what_nobody_has_compared_with_a_real_file(name: str) -> None:
    unconfirmed = files.read_mapping(name).unconfirmed
    assert unconfirmed is not None
    assert "French" in unconfirmed
