"""Every source and what must stay with it: credentials and people reach no file, no log and no error."""

from __future__ import annotations

import contextlib
import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import zstandard

from pipeline import sources, steps
from pipeline.errors import ConfigError, SourceError
from pipeline.http import RedactingFilter
from pipeline.settings import Lineage
from pipeline.simulator.platforms import FACES, PLATFORMS
from pipeline.simulator.wire import Request
from pipeline.streams import Unit, Window
from tests.faults.bending import Outgoing, concerns, refusing
from tests.faults.brand import NIGHT, QUICK
from tests.faults.every import ACCOUNTS, ASKED, FACE_NAMES, Everyone

# What the platforms that are played call people who write to the brand.
PERSON = re.compile(rb"(?:urn:li:person:Reader|(?i:person|reader|someone)[ _]?)\d+(?:@[a-z.]+)?")

RESPONSES = re.compile("comment|repl")


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below a folder, unpacked, but the tokens that must be kept."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "tokens" not in file.parts:
            content = file.read_bytes()
            packed = file.suffix == ".zst"
            yield file, zstandard.ZstdDecompressor().stream_reader(content).read() if packed else content


def secrets_of(every: Everyone, unit: tuple[str, str]) -> list[bytes]:
    """The account's credentials, and every token that stands in the folder of tokens."""
    account = every.accounts[unit]
    told = [
        secret.reveal() for secret in (*account.secrets.values(), *([account.person_key] if account.person_key else []))
    ]
    kept = "".join(file.read_text(encoding="utf-8") for file in (every.root.parent / "state" / "tokens").glob("*.json"))
    return [text.encode() for text in {*told, *re.findall(r'"(?:access|refresh)":"([^"]+)"', kept)} if len(text) > 7]


def fetch(every: Everyone, unit: tuple[str, str]) -> None:
    """One night as the pipeline fetches it, with its spool and its record of failures."""
    platform, name = unit
    state = every.root.parent / "state"
    account = replace(every.accounts[unit], state=state)
    paths = SimpleNamespace(landing=str(every.root), state=state)
    zone = {"brand": "Atelier Marin", "time_zone": "Europe/Paris"}
    told = SimpleNamespace(account=lambda *_: account, paths=paths, lineage=Lineage(), **zone)
    project = SimpleNamespace(settings=told, sources={platform: sources.module(platform)})
    every.server.night(NIGHT)
    window = Window(NIGHT - timedelta(days=sources.module(platform).RESTATEMENT_DAYS), NIGHT)
    steps.fetch(cast("Any", project), Unit(platform, name, NIGHT, window), now=lambda: datetime.now(UTC), limits=QUICK)


@pytest.mark.parametrize("kind", [None, "expired_token", "rate_limit", "unavailable", "html_page"])
@pytest.mark.parametrize("name", FACE_NAMES)
def test_m2_no_credential_and_nobody_s_name_is_written_down(
    every: Everyone, name: str, kind: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    unit = every.reader(name)
    secrets, sent, told = secrets_of(every, unit), bytearray(), ""

    def echoed(request: Request, answer: Outgoing) -> Outgoing:
        """An error page that repeats the whole request, as a debugging proxy does."""
        header = " ".join(f"{key}: {value}" for key, value in request.headers.items()).encode()
        return replace(answer, body=answer.body + header + request.target.encode() + request.body)

    def heard(request: Request, answer: Outgoing) -> Outgoing:
        del request
        sent.extend(answer.body)
        return answer

    caplog.set_level(logging.DEBUG)
    every.bender.bend(FACES[name], heard)
    if kind:
        every.bender.bend(
            FACES[name], refusing(FACES[name], kind, {"all": True}, change=echoed), after=every.middle(name)
        )
    try:
        fetch(every, unit)
    except SourceError as error:
        told = "".join(traceback.format_exception(error))
    assert bool(told) == bool(kind)
    people = set(PERSON.findall(bytes(sent)))
    told_of_people = any(records for stream, records in every.clean(*unit).records.items() if RESPONSES.search(stream))
    if kind is None and told_of_people and name == FACES[name].platform:
        # Either names came, so that they can be missing in what is kept, or they were not even asked for.
        assert people or b"author_name" not in sent
    logged = "\n".join(_written(record) for record in caplog.records).encode()
    kept = [*files(every.root.parent), (Path("log"), logged), (Path("error"), told.encode())]
    (events,) = (content for file, content in kept if file.name == "events.jsonl")
    assert unit[0].encode() in events, "what the fetch tells of its lineage is looked through, too"
    found = {(file.name, secret) for file, content in kept for secret in (*secrets, *people) if secret in content}
    assert found == set()


def _written(record: logging.LogRecord) -> str:
    RedactingFilter().filter(record)
    return record.getMessage()


@pytest.mark.parametrize(("platform", "account"), ACCOUNTS)
def test_m2_tokens_that_are_kept_can_be_read_by_their_owner_alone(every: Everyone, platform: str, account: str) -> None:
    fetch(every, (platform, account))
    state = every.root.parent / "state"
    for file in (*(state / "tokens").glob("*.json"), *(state / "spool").glob("*")):
        assert file.stat().st_mode & 0o077 == 0, file


NAMES = [
    "../../etc/passwd",
    "a b",
    "\U0001f980",
    "x" * 300,
    "..",
    "a/b?c=d#e",
    "a\nb",
    "%2e%2e%2f",
    "'; drop table t; --",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("platform", ASKED)
def test_m5_m6_an_account_of_any_name_leaves_neither_its_folder_nor_its_address(
    every: Everyone, platform: str, name: str
) -> None:
    first = next(unit for unit in ACCOUNTS if unit[0] == platform)
    every.accounts[platform, name] = replace(every.accounts[first], id=name)
    before = set(every.root.parent.parent.iterdir())
    every.bender.listen()
    with contextlib.suppress(SourceError, ConfigError):
        every.land(platform, name)
    del every.accounts[platform, name]
    assert set(every.root.parent.parent.iterdir()) == before
    assert {file.name for file in every.root.parent.iterdir()} <= {"landing", "state"}
    faces = PLATFORMS[platform].FACES
    for request in every.bender.asked:
        assert any(concerns(face, request) for face in faces), request.path
        assert "/../" not in request.path or "%2F" in request.target.upper()
