"""Answers taken apart: every record in its own bytes, and nothing that is not quite JSON."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceChanged, SourceUnavailable
from pipeline.records import by_key, objects, read, split

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
records = st.lists(st.dictionaries(st.text(), json_values, max_size=4), max_size=8)
layouts = st.sampled_from([{"indent": None}, {"indent": 2}, {"separators": (",", ":")}, {"indent": "\t"}])


@given(records, layouts, st.booleans())
def test_records_come_out_as_they_were_written(found: list[Any], layout: dict[str, Any], ascii_only: bool) -> None:
    body = json.dumps({"before": [1], "data": found, "paging": {}}, ensure_ascii=ascii_only, **layout)
    try:
        encoded = body.encode()
    except UnicodeEncodeError:
        return
    parts = split(encoded, "data")
    assert [json.loads(part) for part in parts] == json.loads(encoded)["data"]
    position = 0
    for part in parts:
        position = encoded.index(part, position) + len(part)


@given(records)
def test_a_list_may_be_the_body_itself_or_lie_deep(found: list[Any]) -> None:
    assert len(split(json.dumps(found).encode())) == len(found)
    assert len(split(json.dumps({"a b": {"c-d": found}}).encode(), "a b.c-d")) == len(found)


@given(st.binary(max_size=60))
def test_any_bytes_give_records_or_an_error_of_ours(body: bytes) -> None:
    try:
        parts = split(body)
    except (SourceChanged, SourceUnavailable):
        return
    assert all(isinstance(json.loads(part), dict) for part in parts)


@given(records, st.integers(0, 400))
def test_a4_a_body_cut_anywhere_is_never_a_shorter_list(found: list[Any], at: int) -> None:
    body = json.dumps(found).encode()
    with pytest.raises((SourceChanged, SourceUnavailable)):
        split(body[: min(at, len(body) - 1)])


@pytest.mark.parametrize(
    "body",
    [
        b'[{"a": NaN}]',
        b'[{"a": Infinity}]',
        b'[{"a": -Infinity}]',
        b'[{"a": 01}]',
        b'[{"a": +1}]',
        b'[{"a": .5}]',
        b"[{'a': 1}]",
        b'[{"a": 1,}]',
        b"[{a: 1}]",
        b'[{"a": "\n"}]',
        b'[{"a": "\\x"}]',
        b'[{"a": "\xff"}]',
        b'[{"\xc3\x28": 1}]',
        b'[{"a": "\xed\xa0\x80"}]',
        b"[{}] []",
        b"[{}]x",
        b"[{}, null]",
        b"[{}, 1]",
        b'[{}, "x"]',
        b"[[]]",
        b"{}",
        b"null",
        b"true",
        b'"text"',
        b"12",
        b"\x1f\x8b",
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_a15_what_is_not_quite_a_list_of_objects_is_refused(body: bytes) -> None:
    with pytest.raises(SourceChanged) as error:
        split(body)
    assert len(str(error.value)) < 500
    assert error.value.__cause__ is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!doctype html><html>Please log in access_token=abcdefgh</html>", "login or maintenance page"),
        (b"\n <html>", "login or maintenance page"),
        (b"<br />\n<b>Warning</b>: mysqli_connect()", "login or maintenance page"),
        (b"", "cut"),
        (b'[{"a": 1}', "cut"),
        (b'[{"a": "x', "cut"),
    ],
)
def test_a2_pages_for_people_and_cut_bodies_may_be_asked_again(body: bytes, said: str) -> None:
    with pytest.raises(SourceUnavailable, match=said) as error:
        split(body)
    assert "abcdefgh" not in str(error.value)


def test_a15_numbers_keep_their_digits_whatever_their_size() -> None:
    body = b'[{"id": 9223372036854775808123, "f": 1e999, "z": 1.10, "n": -0}]'
    assert split(body) == [b'{"id": 9223372036854775808123, "f": 1e999, "z": 1.10, "n": -0}']


def test_a15_keys_that_come_twice_stay_for_the_load_to_judge() -> None:
    assert split(b'[{"a": 1, "a": 2}]') == [b'{"a": 1, "a": 2}']


def test_a_byte_order_mark_is_no_part_of_the_answer() -> None:
    assert split(b'\xef\xbb\xbf[{"a": 1}]') == [b'{"a": 1}']


@pytest.mark.parametrize(
    ("text", "landed"),
    [
        (rb"\ud83d", rb"\ufffd"),
        (rb"\ude00", rb"\ufffd"),
        (rb"\ud83d\ud83d\ude00", rb"\ufffd\ud83d\ude00"),
        (rb"\ud83d\n", rb"\ufffd\n"),
        (rb"\\ud83d", rb"\\ud83d"),
        (rb"\uD83D\uDE00", rb"\uD83D\uDE00"),
        (rb"a\"\ud83d", rb"a\"\ufffd"),
    ],
)
def test_half_an_emoji_becomes_a_replacement_character_and_costs_no_record(text: bytes, landed: bytes) -> None:
    assert split(b'[{"a": 1}, {"t": "' + text + b'"}]') == [b'{"a": 1}', b'{"t": "' + landed + b'"}']


def test_an_object_gives_its_values_by_name() -> None:
    body = b'{"2026-10-01": [], "2026-10-02": {"nb_visits": 3}, "x": "y"}'
    assert by_key(body) == {"2026-10-01": b"[]", "2026-10-02": b'{"nb_visits": 3}', "x": b'"y"'}
    assert by_key(b'{"report": {"a": 1}}', "report") == {"a": b"1"}
    with pytest.raises(SourceChanged, match="expected form"):
        by_key(b"[]")


def test_a_declared_shape_is_enforced() -> None:
    class Envelope(msgspec.Struct):
        data: list[msgspec.Raw]
        next: str | None = None

    page = read(b'{"data": [{"id": 1}], "next": "c", "more": 1}', Envelope)
    assert (objects(page.data), page.next) == ([b'{"id": 1}'], "c")
    for body in (b'{"next": "c"}', b'{"data": {}}', b'{"data": null}', b'{"data": [], "next": 3}'):
        with pytest.raises(SourceChanged, match="expected form"):
            read(body, Envelope)
