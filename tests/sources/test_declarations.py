"""What sources declare is true of what they give: columns, keys, days."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest

from pipeline import sources
from pipeline.errors import ConfigError
from pipeline.streams import Kind, Stream
from tests.sources.nights import PLATFORMS
from tests.sources.reading import account

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
STREAMS = [(name, stream) for name in sources.names() for stream in sources.module(name).STREAMS]
IDS = [f"{name}.{stream.name}" for name, stream in STREAMS]
ASKED = tuple(name for name in sources.names() if sources.module(name).ORIGIN == "api")


def kept(platform: str, stream: str) -> list[dict[str, Any]]:
    """The records of the platform's night by hand."""
    lines = (FIXTURES / platform / "kept.txt").read_text(encoding="utf-8").splitlines()
    found = (line.partition("\t") for line in lines)
    return [json.loads(record) for name, _, record in found if name == stream]


def days(stream: Stream, records: list[dict[str, Any]]) -> list[date | None]:
    """What the database makes of the stream's ``day`` for these records."""
    shape = json.dumps(dict(stream.columns))
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        told = [json.dumps(record) for record in records]
        typed = "select json_transform(unnest(?::json[]), ?) as record"
        rows = con.execute(
            f"select cast({stream.day} as date) from (select unnest(record) from ({typed}))", [told, shape]
        )
        return [row[0] for row in rows.fetchall()]


def test_sources_are_found_by_listing_their_folder_and_each_has_a_night_by_hand() -> None:
    assert set(sources.names()) >= {"facebook", "matomo", "woocommerce", "wordpress"}
    assert ASKED == PLATFORMS


def test_an_unknown_source_is_told_which_there_are() -> None:
    with pytest.raises(ConfigError, match=r"known are .*facebook.*wordpress"):
        sources.module("myspace")


@pytest.mark.parametrize("name", sources.names())
def test_a_source_says_everything_that_the_pipeline_needs_to_know_of_it(name: str) -> None:
    source = sources.module(name)
    assert (source.PLATFORM, source.KIND in get_args(Kind)) == (name, True)
    assert "https://" in str(source.__doc__)
    if name in ASKED:
        assert source.ORIGIN == "api"
        assert set(source.CREDENTIALS) <= set(account(name, "https://example.org").secrets)
        assert source.RESTATEMENT_DAYS > 0
        assert source.POOL_SLOTS > 0
    else:
        # Nobody can ask it: its records come from files that a person has, by the command that it names.
        assert source.ORIGIN in ("archive", "export")
        assert vars(source)["IMPORT"].startswith("vigie import ")
        assert (source.CREDENTIALS, source.OPTIONAL_CREDENTIALS) == ((), ())
        assert not hasattr(source, "fetch")


@pytest.mark.parametrize(("platform", "stream"), STREAMS, ids=IDS)
def test_keys_are_columns_and_every_stream_has_a_record_by_hand(platform: str, stream: Stream) -> None:
    assert set(stream.key) <= set(stream.columns)
    assert kept(platform, stream.name)


@pytest.mark.parametrize(("platform", "stream"), STREAMS, ids=IDS)
def test_every_field_that_is_kept_is_declared(platform: str, stream: Stream) -> None:
    fields = {field for record in kept(platform, stream.name) for field in record}
    assert fields <= set(stream.columns)


@pytest.mark.parametrize(("platform", "stream"), [each for each in STREAMS if each[0] in ASKED])
def test_the_day_of_a_record_lies_in_the_window_that_was_asked_for(platform: str, stream: Stream) -> None:
    # Where the day is only a low-water mark it may be one too early.
    least = date(2026, 10, 31) if stream.absence_means_deleted else date(2026, 10, 30)
    found = days(stream, kept(platform, stream.name))
    assert all(day is not None and least <= day <= date(2026, 11, 2) for day in found)


@pytest.mark.parametrize(("platform", "stream"), STREAMS, ids=IDS)
def test_a_record_without_its_date_has_no_day_instead_of_an_error(platform: str, stream: Stream) -> None:
    assert days(stream, [{}, dict.fromkeys(stream.columns, "?")]) == [None, None]
