"""Every source and answers that were made to hurt: refused in one plain line or read as they are, never half."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from pipeline.errors import SourceError
from pipeline.http import RedactingFilter
from pipeline.simulator.distortions import is_count, walked
from pipeline.simulator.platforms import FACES
from pipeline.simulator.wire import Request
from tests.faults.bending import Outgoing, refusing
from tests.faults.every import FACE_NAMES, XML_NAMES, Everyone
from tests.faults.staged import Staging

DEEP = "[" * 60 + "]" * 60
MUCH_TOO_DEEP = "[" * 20_000 + "]" * 20_000
LONG = "7" * 5000
# A text, so that it can be put anywhere into a document and be replaced in its bytes.
PLACE = "the-place-of-something-hostile"


def inside(hostile: str) -> Callable[[bytes], bytes]:
    """In each object of a list, and beside them, one more field with this JSON."""

    def put(document: Any) -> Any:
        if isinstance(document, list):
            return [put(each) for each in document]
        if isinstance(document, dict):
            return {**{key: put(value) for key, value in document.items()}, "odd": PLACE}
        return document

    def change(body: bytes) -> bytes:
        told = json.loads(body)
        rows = (
            {key: put(value) if isinstance(value, list) else value for key, value in told.items()}
            if isinstance(told, dict)
            else put(told)
        )
        return json.dumps(rows).encode().replace(f'"{PLACE}"'.encode(), hostile.encode())

    return change


def counting(hostile: str) -> Callable[[bytes], bytes]:
    """Every count is this JSON."""

    def change(body: bytes) -> bytes:
        told = walked(json.loads(body), lambda _, value: PLACE if is_count(value) else value)
        return json.dumps(told).encode().replace(f'"{PLACE}"'.encode(), hostile.encode())

    return change


def named(hostile: bytes) -> Callable[[bytes], bytes]:
    """Every text begins with these bytes."""
    return lambda body: body.replace(b':"', b':"' + hostile)


BODIES: Mapping[str, Callable[[bytes], bytes]] = {
    "sixty levels deep": lambda _: DEEP.encode(),
    "twenty thousand levels deep": lambda _: MUCH_TOO_DEEP.encode(),
    "objects deep": lambda _: b'{"data":' * 60 + b"1" + b"}" * 60,
    "records with something deep": inside(DEEP),
    "records with something much too deep": inside(MUCH_TOO_DEEP),
    "records with a long number": inside(LONG),
    "counts of 5000 digits": counting(LONG),
    "counts that are infinite": counting("1e999"),
    "counts that are no number": counting("NaN"),
    "counts that are lists": counting("[1]"),
    "texts that are no UTF-8": named(b"\xff\xfe\xc3"),
    "texts with half a pair": named(b"\\ud83d"),
    "texts with a zero": named(b"\\u0000"),
    "null": lambda _: b"null",
    "a number": lambda _: b"7",
    "a text": lambda _: b'"data"',
    "a list of nulls": lambda _: b"[null,null]",
    "an object of nothing": lambda _: b"{}",
}


CUBES = b"<Cube>" * 20_000
XML_BODIES: Mapping[str, Callable[[bytes], bytes]] = {
    "names that grow": lambda body: (
        b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
        + body.replace(b"</Cube></gesmes", b"&b;</Cube></gesmes")
    ),
    "a file of ours": lambda body: (
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + body.replace(b"USD", b"&f;")
    ),
    "twenty thousand levels deep": lambda body: body.replace(b"</Cube></gesmes", CUBES + b"</Cube></gesmes"),
    "twenty thousand levels deep and closed": lambda body: body.replace(
        b"</Cube></gesmes", CUBES + b"</Cube>" * 20_001 + b"</gesmes", 1
    ),
    "rates of 5000 digits": lambda body: body.replace(b'rate="', b'rate="' + LONG.encode()),
    "currencies that are SQL": lambda body: body.replace(b'"USD"', b"\"'); drop table x; --\""),
    "texts that are no UTF-8": lambda body: body.replace(b'"USD"', b'"\xff\xfe\xc3"'),
    "texts with a zero": lambda body: body.replace(b'"USD"', b'"U\x00D"'),
    "another encoding": lambda body: body.replace(b'encoding="UTF-8"', b'encoding="UTF-7"'),
    "cut in two": lambda body: body[: len(body) // 2],
    "an envelope of nothing": lambda _: b"<gesmes:Envelope/>",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, kind) for name in FACE_NAMES if name not in XML_NAMES for kind in BODIES),
        *((name, kind) for name in XML_NAMES for kind in XML_BODIES),
    ],
)
def test_m8_an_answer_that_was_made_to_hurt_is_refused_or_read(
    every: Everyone, staged: Staging, name: str, kind: str
) -> None:
    def hurt(request: Request, told: Outgoing) -> Outgoing:
        del request
        if name in XML_NAMES:
            return replace(told, body=XML_BODIES[kind](told.body))
        return told if told.document is None else replace(told, body=BODIES[kind](told.body))

    unit = every.reader(name)
    every.bender.bend(FACES[name], hurt, after=every.middle(name))
    night, told = every.believed(*unit)
    assert told.isprintable()
    assert len(told) < 2000
    if night:
        loaded = staged.load(night.manifest).unit
        assert loaded.error is None or isinstance(loaded.error, SourceError)
        assert loaded.error or loaded.records == loaded.loaded + loaded.duplicates + loaded.quarantined
    assert every.bender.struck


@pytest.mark.parametrize("name", FACE_NAMES)
def test_m8_a_mark_of_the_byte_order_is_no_part_of_the_answer(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    every.bender.bend(FACES[name], lambda _, told: replace(told, body=b"\xef\xbb\xbf" + told.body))
    assert every.night(*unit).records == every.clean(*unit).records


FORGED = "\n2026-11-02 ERROR forged \x1b[2J\u2028\u202egnp.exe\r\0\x9b"


@pytest.mark.parametrize("kind", ["expired_token", "rate_limit", "unavailable"])
@pytest.mark.parametrize("name", FACE_NAMES)
def test_m11_what_a_platform_says_is_one_line_wherever_it_is_written(
    every: Everyone, name: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    def forged(request: Request, told: Outgoing) -> Outgoing:
        del request
        try:
            document = json.loads(told.body)
        except ValueError:
            return replace(told, body=told.body + FORGED.encode())
        return told.telling(walked(document, lambda _, value: value + FORGED if isinstance(value, str) else value))

    caplog.set_level(logging.DEBUG)
    unit = every.reader(name)
    every.bender.bend(FACES[name], refusing(FACES[name], kind, {"all": True}, change=forged), after=every.middle(name))
    every.refuses(*unit)
    for record in caplog.records:
        # What every handler of ours does to a record before it is written.
        RedactingFilter().filter(record)
        assert record.getMessage().isprintable()
