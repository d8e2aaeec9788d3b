"""The inbox and power cuts: what was answered with 200 is there, and what is sent again is there once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from pipeline.sources.inbox.signature import HEADER, sign
from pipeline.sources.inbox.spool import Spool
from tests.sources.reading import account

ROOT = Path(__file__).parents[2]
SECRET = "inbox-0123456789abcdef"


@contextmanager
def serving(folder: Path, moment: str = "never") -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "tests.faults.take_once", str(folder), moment]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def body(identity: str = "r1") -> bytes:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    told = {"id": identity, "site": "shop", "action": "quote_request", "occurred_at": now, "value": "9.50"}
    return json.dumps({**told, "currency": "EUR"}).encode()


def post(url: str, content: bytes) -> str:
    headers = {"Content-Type": "application/json", HEADER: sign(SECRET, content, int(time.time()))}
    answer = requests.post(f"{url}/inbox", data=content, headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["status"])


def kept(folder: Path) -> list[str | None]:
    there = replace(account("inbox", "http://127.0.0.1:9", spool=str(folder)), site="shop")
    return [stored.record["id"] for stored in Spool(there).records()]


def test_what_was_answered_with_200_is_there_after_a_kill(tmp_path: Path) -> None:
    for n in range(3):
        with serving(tmp_path) as (process, url):
            assert post(url, body(f"r{n}")) == "stored"
            process.send_signal(signal.SIGKILL)
            assert process.wait(10) == -signal.SIGKILL
        assert sorted(map(str, kept(tmp_path))) == [f"r{each}" for each in range(n + 1)]


@pytest.mark.parametrize(("moment", "found"), [("written", "stored"), ("named", "known"), ("durable", "known")])
def test_a_message_that_was_never_answered_is_sent_again_and_is_there_once(
    tmp_path: Path, moment: str, found: str
) -> None:
    content = body()
    with serving(tmp_path, moment) as (process, url):
        with pytest.raises(requests.ConnectionError):
            post(url, content)
        assert process.wait(10) == -signal.SIGKILL
    with serving(tmp_path) as (_, url):
        assert post(url, content) == found
        assert post(url, content) == "known"
    assert kept(tmp_path) == ["r1"]


def test_the_order_on_disk_is_content_name_folder_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    there = replace(account("inbox", "http://127.0.0.1:9", spool=str(tmp_path)), site="shop")
    spool, done = Spool(there), []
    spool.prepare()
    real_sync, real_link = os.fsync, os.link

    def sync(descriptor: int) -> None:
        done.append(("sync", Path(f"/proc/self/fd/{descriptor}").resolve().suffix))
        real_sync(descriptor)

    def link(source: Path, target: Path) -> None:
        done.append(("link", target.suffix))
        real_link(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "link", link)
    assert spool.keep("k", "f", {"id": "r1"}) == "stored"
    assert done == [("sync", ".part"), ("link", ".json"), ("sync", "")]
    done.clear()
    # Who hears "known" may rely on it as well.
    assert spool.keep("k", "f", {"id": "r1"}) == "known"
    assert done[-1] == ("sync", "")
