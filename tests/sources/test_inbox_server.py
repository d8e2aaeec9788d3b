"""The inbox over HTTP: what it answers, how long it waits, what it logs, and how it ends."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests

from pipeline import durable
from pipeline.settings import Account
from pipeline.sources.inbox import spool
from pipeline.sources.inbox.desk import Desk
from pipeline.sources.inbox.server import Inbox, Patience
from pipeline.sources.inbox.signature import HEADER, sign
from tests.sources.reading import account

SECRET = "inbox-0123456789abcdef"
JSON = {"Content-Type": "application/json"}


@contextmanager
def serving(folder: Path, patience: Patience | None = None) -> Iterator[Inbox]:
    there: Account = replace(account("inbox", "http://127.0.0.1:9", spool=str(folder)), site="shop")
    inbox = Inbox(("127.0.0.1", 0), Desk([there]), patience)
    thread = threading.Thread(target=inbox.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield inbox
    finally:
        inbox.shutdown()
        thread.join()
        inbox.server_close()


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with serving(tmp_path / "spool", Patience(body=2000, seconds=0.6, connections=3)) as running:
        yield running


def message(**fields: Any) -> bytes:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    told = {"id": "r1", "site": "shop", "action": "quote_request", "occurred_at": now, "email": "nobody@example.org"}
    return json.dumps({**told, **fields}).encode()


def post(inbox: Inbox, body: bytes, path: str = "/inbox", **headers: str | None) -> requests.Response:
    given: dict[str, str | None] = {**JSON, HEADER: sign(SECRET, body, int(time.time()))}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(f"{inbox.url}{path}", data=body, headers=given, timeout=10)


def test_a_message_is_stored_then_known(inbox: Inbox) -> None:
    body = message()
    told = [post(inbox, body) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in told] == [
        (200, {"status": "stored", "id": "r1"}),
        (200, {"status": "known", "id": "r1"}),
    ]
    assert post(inbox, message(value=1, currency="EUR")).status_code == 409


@pytest.mark.parametrize(
    ("status", "error", "call"),
    [
        (401, "not_signed", lambda i: post(i, message(), X_Vigie_Signature=None)),
        (401, "wrong_signature", lambda i: post(i, message(), X_Vigie_Signature=sign("x" * 16, b"", 1))),
        (401, "outside_the_window", lambda i: post(i, b"{}", X_Vigie_Signature=sign(SECRET, b"{}", 1_700_000_000))),
        (404, "unknown_site", lambda i: post(i, message(site="elsewhere"))),
        (404, "nothing_here", lambda i: post(i, message(), "/")),
        (404, "nothing_here", lambda i: post(i, message(), "/inbox/../etc")),
        (405, "wrong_method", lambda i: requests.get(f"{i.url}/inbox", timeout=9)),
        (405, "wrong_method", lambda i: requests.delete(f"{i.url}/inbox", timeout=9)),
        (405, "wrong_method", lambda i: requests.post(f"{i.url}/healthz", timeout=9)),
        (411, "no_length", lambda i: requests.post(f"{i.url}/inbox", data=iter([b"{}"]), headers=JSON, timeout=9)),
        (413, "too_large", lambda i: post(i, message(name="x" * 2000))),
        (413, "too_large", lambda i: post(i, b"x" * 3_000_000)),
        (415, "wrong_type", lambda i: post(i, message(), Content_Type="application/x-www-form-urlencoded")),
        (415, "wrong_type", lambda i: post(i, message(), Content_Type=None)),
        (415, "wrong_type", lambda i: post(i, message(), Content_Encoding="gzip")),
        (400, "not_json", lambda i: post(i, b"{")),
        (422, "wrong_field", lambda i: post(i, message(action="sale"))),
    ],
)
def test_a_refusal_has_a_status_a_word_and_a_sentence(
    inbox: Inbox, status: int, error: str, call: Callable[[Inbox], requests.Response]
) -> None:
    answer = call(inbox)
    told = answer.json()
    assert (answer.status_code, told["error"]) == (status, error)
    assert len(told["message"]) > 10
    assert told.get("field") == ("action" if status == 422 else None)
    assert ("Allow" in answer.headers) == (status == 405)
    assert answer.headers["Connection"] == "close"


def test_health_says_whether_messages_can_be_stored(inbox: Inbox, tmp_path: Path) -> None:
    assert requests.get(f"{inbox.url}/healthz", timeout=9).json() == {"status": "ok"}
    assert requests.head(f"{inbox.url}/healthz", timeout=9).status_code == 200
    (tmp_path / "spool").rename(tmp_path / "away")
    (tmp_path / "spool").write_text("a file in the way")
    assert requests.get(f"{inbox.url}/healthz", timeout=9).status_code == 503
    answer = post(inbox, message())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def test_a_disk_that_knows_no_links_is_known_before_anybody_sends(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as broken:
        broken.setattr(os, "link", refuse)
        answer = requests.get(f"{inbox.url}/healthz", timeout=9)
        assert (answer.status_code, answer.json()["status"]) == (503, "cannot store")
    assert requests.get(f"{inbox.url}/healthz", timeout=9).status_code == 200
    assert [file for file in (tmp_path / "spool").rglob("*") if file.is_file()] == []


@pytest.mark.parametrize(("module", "call"), [(spool, "_write"), (durable, "sync")], ids=["write", "sync"])
def test_a_full_disk_is_never_a_200(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, module: ModuleType, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(module, call, full)
        assert post(inbox, message()).status_code == 503
    # Whatever was left behind by then: the sender comes again, and there is one.
    assert post(inbox, message()).status_code in (200, 409)


def raw(inbox: Inbox, *parts: bytes, pause: float = 0.0) -> bytes:
    """What is answered to bytes that are sent piece by piece."""
    with socket.create_connection(("127.0.0.1", inbox.server_port), timeout=10) as line:
        for part in parts:
            try:
                line.sendall(part)
            except OSError:
                break
            time.sleep(pause)
        answer = b""
        while more := line.recv(65_536):
            answer += more
    return answer


def head(length: object, *more: str) -> bytes:
    lines = ["POST /inbox HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {length}", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_who_does_not_send_the_rest_is_not_waited_for(inbox: Inbox) -> None:
    began = time.monotonic()
    assert raw(inbox, head(100), b"{").startswith(b"HTTP/1.1 408 ")
    assert 0.5 < time.monotonic() - began < 3


def test_who_sends_a_letter_at_a_time_is_cut_off_all_the_same(inbox: Inbox) -> None:
    began = time.monotonic()
    assert b" 408 " in raw(inbox, head(100), *[b" "] * 8, pause=0.15)
    # Also while the head is not over yet.
    raw(inbox, b"POST /inbox HTTP/1.1\r\n", *[b"X: y\r\n"] * 14, pause=0.15)
    assert time.monotonic() - began < 6


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", b" 400 "),
        (b"GET /healthz HTTP/9.9\r\n\r\n", b" 505 "),
        (b"BREW /inbox HTTP/1.1\r\nHost: x\r\n\r\n", b" 501 "),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", b" 414 "),
        (head("-1"), b" 400 "),
        (head("1e3"), b" 400 "),
        (head("9" * 30), b" 400 "),
        (head(5, "Transfer-Encoding: chunked") + b"hello", b" 411 "),
    ],
)
def test_what_is_hardly_http_gets_an_answer_of_the_same_form(inbox: Inbox, request_: bytes, status: bytes) -> None:
    answer = raw(inbox, request_)
    top, _, content = answer.partition(b"\r\n\r\n")
    assert status in top.splitlines()[0]
    assert {"error", "message"} <= json.loads(content).keys()
    assert b"Python" not in top


def test_who_hangs_up_in_the_middle_leaves_nothing(inbox: Inbox, tmp_path: Path) -> None:
    body = message()
    with socket.create_connection(("127.0.0.1", inbox.server_port), timeout=10) as line:
        line.sendall(head(len(body), f"{HEADER}: {sign(SECRET, body, int(time.time()))}") + body[:-1])
    assert post(inbox, message(id="r2")).json()["status"] == "stored"
    assert len(list((tmp_path / "spool").rglob("*.json"))) == 1


def test_too_many_at_once_are_asked_to_come_again(inbox: Inbox) -> None:
    lines = [socket.create_connection(("127.0.0.1", inbox.server_port), timeout=10) for _ in range(3)]
    try:
        time.sleep(0.1)
        answer = requests.get(f"{inbox.url}/healthz", timeout=9)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    finally:
        for line in lines:
            line.close()
    time.sleep(0.2)
    assert requests.get(f"{inbox.url}/healthz", timeout=9).status_code == 200


def test_many_senders_of_one_message_store_it_once(tmp_path: Path) -> None:
    with serving(tmp_path / "spool", Patience(connections=64)) as inbox:
        body, told = message(), []
        senders = [threading.Thread(target=lambda: told.append(post(inbox, body).json()["status"])) for _ in range(24)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    assert sorted(told) == ["known"] * 23 + ["stored"]
    assert [file.suffix for file in (tmp_path / "spool").rglob("*") if file.is_file()] == [".json"]


def test_a_request_is_one_line_of_the_log_without_what_was_sent(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = message(id="the-id", name="Nobody", utm_source="who\r\nknows")
    post(inbox, body)
    post(inbox, message(id="the-id"))
    post(inbox, b"{", "/secret-path\x1b[2J")
    raw(inbox, b"nonsense-of-somebody\r\n\r\n")
    lines = [record.getMessage() for record in caplog.records if "inbox" in record.name]
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "POST /inbox 422 wrong_field utm_source",
        "POST /inbox 200 stored quote_request of shop",
        "POST elsewhere 404 nothing_here",
        "? elsewhere 400 bad_request",
    ]
    everything = "\n".join(lines)
    assert all(word not in everything for word in ("Nobody", "nobody@", "the-id", SECRET, "secret-path", "somebody"))


def test_what_was_begun_is_answered_before_the_inbox_ends(tmp_path: Path) -> None:
    body = message()
    with serving(tmp_path / "spool") as inbox:
        line = socket.create_connection(("127.0.0.1", inbox.server_port), timeout=10)
        line.sendall(head(len(body), f"{HEADER}: {sign(SECRET, body, int(time.time()))}"))
        time.sleep(0.1)

        def end() -> None:
            inbox.shutdown()
            inbox.server_close()

        ending = threading.Thread(target=end)
        ending.start()
        time.sleep(0.1)
        line.sendall(body)
        assert line.recv(65_536).startswith(b"HTTP/1.1 200 ")
        line.close()
        ending.join(5)
        assert not ending.is_alive()
