"""M2: a secret put into every place where one can be, searched in everything that the program writes."""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import landing
from pipeline.errors import ConfigError, SourceError
from pipeline.http import (
    Answer,
    Limits,
    RedactingFilter,
    Session,
    excerpt,
    install_redaction,
    judge_status,
    one_line,
    redact,
    redaction,
    register_secret,
)
from pipeline.paging import cursor_of
from pipeline.settings import Secret
from pipeline.streams import Absent, Note, Page, Stream, Unit, Window, Yield
from tests.faults.server import Act, FaultServer, answer, drip, head, raw, reset_inside

CANARY = 'cAnAry/7f3+9e"1b=tok%en&x'
USER = "canary-user-4711"
SPELLINGS = [
    CANARY,
    quote(CANARY),
    quote(CANARY, safe=""),
    json.dumps(CANARY)[1:-1],
    CANARY[4:],
    base64.b64encode(f"{USER}:{CANARY}".encode()).decode(),
]
UNIT = Unit("facebook", "104001", date(2026, 11, 2), Window(date(2026, 10, 6), date(2026, 11, 2)))
STREAM = Stream("posts", {"id": "VARCHAR"}, ("id",), "day")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging, the hooks of the process and the known secrets as they were."""
    known = set(redaction._known), redaction._known_pattern
    root, library = logging.getLogger(), logging.getLogger("urllib3")
    before = (logging.getLogRecordFactory(), sys.excepthook, threading.excepthook, root.level, library.level)
    handlers = list(root.handlers)
    yield
    logging.setLogRecordFactory(before[0])
    sys.excepthook, threading.excepthook = before[1], before[2]
    root.setLevel(before[3])
    library.setLevel(before[4])
    root.handlers[:] = handlers
    redaction._known, redaction._known_pattern = known


@pytest.fixture
def logged() -> io.StringIO:
    """Everything that any logger says, from the lowest level on, as a log file would get it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    install_redaction()
    return out


def fail(message: str) -> None:
    raise ValueError(message)


@dataclass(frozen=True)
class Placement:
    """Where the secret is sent, and how the platform may send it back."""

    name: str
    session: Callable[[str], Session]
    form: dict[str, str | int | Secret] | None = None


def _session(base: str, **more: Any) -> Session:
    return Session(
        platform="facebook",
        account="104001",
        night=UNIT.night,
        base=base,
        limits=Limits(connect_timeout=1, read_timeout=1, deadline=0.2, attempts=2),
        sleep=lambda _: None,
        **more,
    )


def _known_elsewhere(base: str) -> Session:
    register_secret(CANARY)
    return _session(base)


SECRET = Secret("env:CANARY", CANARY)
PLACEMENTS = [
    Placement("bearer header", lambda base: _session(base, headers={"Authorization": Secret("x", f"Bearer {CANARY}")})),
    Placement("own header", lambda base: _session(base, headers={"X-Api-Key": SECRET})),
    Placement("password", lambda base: _session(base, basic=(USER, SECRET))),
    Placement("user and password", lambda base: _session(base, basic=(Secret("env:USER", USER), SECRET))),
    Placement("form", _session, {"token_auth": SECRET, "idSite": 1}),
    Placement("known from elsewhere", _known_elsewhere),
]

ECHO = f'{{"error": {{"message": "bad token {json.dumps(CANARY)[1:-1]}", "access_token": {json.dumps(CANARY)}}}}}'
FAULTS: dict[str, Act] = {
    "refused by status": answer(ECHO.encode(), 401),
    "changed": answer(ECHO.encode(), 404),
    "server error": answer(ECHO.encode(), 500),
    "cut": raw(head(Content_Length=9999) + ECHO.encode()),
    "reset": reset_inside(ECHO.encode() * 100),
    "too slow": drip(head() + ECHO.encode()),
    "redirect": answer(b"", 302, Location=f"https://evil.example/?access_token={quote(CANARY, safe='')}"),
    "login page": answer(f"<html><input value='{CANARY}'></html>".encode()),
    "no http": raw(f"HTTP/9 {CANARY}\r\n\r\n".encode()),
    "bad encoding": answer(b"x", Content_Encoding=CANARY),
    "echoed header": answer(ECHO.encode(), 403, Set_Cookie=CANARY, WWW_Authenticate=f"Bearer {CANARY}"),
}


def leaks(text: str, spellings: Sequence[str] = SPELLINGS) -> list[str]:
    return [spelling for spelling in spellings if spelling in text]


def everything_of(error: BaseException) -> str:
    """Message, repr, arguments, chain and every local variable of every frame."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [line for line in told.format() if "test_canary_secret.py" not in line]
    return "\n".join([str(error), repr(error), repr(error.args), repr(vars(error)), *frames])


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("placement", PLACEMENTS, ids=lambda p: p.name)
def test_m2_a_secret_is_in_no_error_log_or_file(
    placement: Placement, fault: str, logged: io.StringIO, tmp_path: Path
) -> None:
    with FaultServer(FAULTS[fault]) as server, placement.session(server.base) as http:
        try:
            if placement.form is None:
                http.get("me", {"limit": 1}, judge=judge_status)
            else:
                http.post("index.php", placement.form, judge=judge_status)
        except SourceError as error:
            failure = error
        assert server.asked
        assert leaks("\n".join(asked.target for asked in server.asked)) == []
        assert leaks(repr(http) + repr(vars(http))) == []
    logging.getLogger("anything").error("it went wrong", exc_info=failure)
    landing.record_failure(str(tmp_path), UNIT, failure, "run", "2026-11-03T03:00:00Z")
    written = "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file())
    assert leaks(everything_of(failure)) == []
    assert leaks(logged.getvalue()) == []
    assert leaks(written) == []
    assert failure.__context__ is None
    assert "facebook 104001" in written


def test_m2_a_secret_in_notes_reasons_and_links_of_a_platform_is_not_landed(tmp_path: Path) -> None:
    register_secret(CANARY)
    link = f"https://graph.facebook.com/x?after=c1&access_token={quote(CANARY, safe='')}"
    assert cursor_of(link, "https://graph.facebook.com/v26.0", "after") == "c1"

    def items() -> Iterator[Yield]:
        yield Note("odd", f"the platform sent {link}")
        yield Absent("posts", f"it said {ECHO}")

    manifest = landing.write(
        str(tmp_path), UNIT, "run", items(), [STREAM], api_version="26", clock=lambda: "", requests=lambda: 1
    )
    assert leaks((Path(manifest.folder) / "manifest.json").read_text()) == []


def test_m2_an_error_of_a_source_that_quotes_a_secret_is_redacted_where_it_is_recorded(tmp_path: Path) -> None:
    register_secret(CANARY)

    def items() -> Iterator[Yield]:
        yield Page("posts", [b"{}"])
        raise SourceError(f"asked with {CANARY}")

    with pytest.raises(SourceError) as error:
        landing.write(
            str(tmp_path), UNIT, "run", items(), [STREAM], api_version="26", clock=lambda: "", requests=lambda: 1
        )
    assert leaks(str(error.value)) == []


@pytest.mark.parametrize("value", ["", " ", "abc\n", "abc\r\nX-Evil: 1", " abc", "abc\0", "tök€n", "a\x7f"])
def test_c2_a_secret_that_no_header_can_hold_is_named_by_its_reference_only(value: str) -> None:
    with pytest.raises(ConfigError) as error:
        _session("https://h.example", headers={"Authorization": Secret("env:VIGIE_TOKEN", value)})
    assert "env:VIGIE_TOKEN" in str(error.value)
    assert value.strip() == "" or value.strip() not in str(error.value)


PATTERNS = [
    "https://graph.facebook.com/x?access_token={}&after=1",
    "https://h/?after=1&token_auth={}#x",
    "GET /index.php?module=API&TOKEN_AUTH={} HTTP/1.1",
    "Authorization: Bearer {}",
    "{{'Authorization': 'Bearer {}'}}",
    "Authorization: Basic {}",
    "{{'authorization': b'Basic {}'}}",
    'body {{"access_token": "{}", "expires_in": 1}}',
    "body {{'client_secret': '{}'}}",
    r'body "{{\"refresh_token\": \"{}\"}}"',
    "https://user:{}@h.example/x",
    "consumer_key=ck_{}&consumer_secret=cs_{}",
    "key ck_{} was refused",
    "EAA{} is no valid token",
    "appsecret_proof={}",
    "X-Api-Key: {}",
    "access_token%3D{}%26after%3D1",
    "password={} rest",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_m2_a_secret_that_nobody_registered_is_known_by_what_stands_around_it(pattern: str) -> None:
    unknown = "Zq81ab77Xw52fe90Kd33mN"
    text = pattern.format(unknown, unknown)
    assert unknown not in redact(text)
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "facebook 104001, night 2026-11-02 (graph.facebook.com): HTTP 400: (#100) The value must be a valid metric",
        "stream posts: 12 records were announced, 11 came",
        "Basic authentication is needed",
        "the token of this account has expired on 2026-11-02",
        "SELECT key, token_count FROM kpi.post WHERE key = 'a'",
        "https://www.facebook.com/104001/posts/1?utm_source=facebook&utm_campaign=autumn-2026",
    ],
)
def test_ordinary_sentences_stay_as_they_are(text: str) -> None:
    assert redact(text) == text


@given(st.text(min_size=4).filter(lambda s: len(s.strip()) >= 4), st.text(), st.text())
@example("abcd", "abc", "d")
def test_m2_a_registered_secret_never_survives_whatever_surrounds_it(secret: str, before: str, after: str) -> None:
    register_secret(secret)
    for spelling in (secret.strip(), quote(secret.strip(), safe=""), json.dumps(secret.strip())[1:-1]):
        shown = redact(f"{before}{spelling}{after}")
        assert [part for part in shown.split("[redacted]") if spelling in part] == []


@pytest.mark.parametrize(
    "hostile", ["a\nERROR forged", "a\r\nb", "\x1b[2Jx", "a\u2028b", "\u202egnp.exe", "\0", "\x9bx"]
)
def test_m11_one_event_is_one_line_without_control_characters(hostile: str, logged: io.StringIO) -> None:
    logging.getLogger("source").warning("the platform said %s", hostile, extra={"detail": hostile})
    logging.getLogger("source").warning(hostile, stack_info=True)
    try:
        fail(hostile)
    except ValueError:
        logging.getLogger("source").exception("failed")
    lines = logged.getvalue().splitlines()
    assert [line.split()[0] for line in lines if line[:1] not in {"T", "S"}] == ["WARNING", "WARNING", "ERROR"]
    assert all(line.isprintable() for line in lines)


def test_a_bad_format_string_does_not_end_the_night(logged: io.StringIO) -> None:
    logging.getLogger("source").warning("%d records", "many")
    assert "many" in logged.getvalue()


def test_the_filter_alone_cleans_a_record_of_any_origin() -> None:
    register_secret(CANARY)
    try:
        fail(CANARY)
    except ValueError:
        record = logging.makeLogRecord(
            {
                "msg": "said %s",
                "args": (CANARY,),
                "exc_info": sys.exc_info(),
                "more": CANARY,
                "stack_info": CANARY,
            }
        )
    assert RedactingFilter().filter(record)
    assert leaks(logging.Formatter("%(message)s %(more)s").format(record)) == []
    assert record.exc_info is None


def test_uncaught_errors_are_redacted_on_their_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    register_secret(CANARY)
    install_redaction()
    install_redaction()
    error = ValueError(f"with {CANARY}")
    sys.excepthook(ValueError, error, None)
    threading.excepthook(threading.ExceptHookArgs([ValueError, error, None, None]))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    shown = capsys.readouterr().err
    assert shown.count("ValueError: with [redacted]") == 2
    assert leaks(shown) == []


def test_an_excerpt_cannot_cut_a_secret_in_half_and_show_the_rest() -> None:
    register_secret(CANARY)
    for position in range(150, 210):
        assert "cAnA" not in excerpt(b"x" * position + CANARY.encode())
    assert len(excerpt(b"y" * 9999)) == 201
    assert one_line("a\tb") == "a\\tb"


def test_an_answer_shows_neither_body_nor_headers_when_printed() -> None:
    assert repr(Answer(200, {"X-Token": CANARY}, CANARY.encode())) == "Answer(status=200)"
