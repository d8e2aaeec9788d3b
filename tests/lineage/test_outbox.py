"""A collector may be down, slow or wrong: the night goes on, and the file has every event."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.lineage import Outbox, outbox

EVENTS = [{"nth": nth, "outputs": [], "word": "é"} for nth in range(20)]


class Collector(ThreadingHTTPServer):
    """A real server that answers as it is told, and keeps what it was sent."""

    def __init__(self, status: int, seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.status, self.seconds = status, seconds
        self.taken: list[tuple[str, str | None, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, self.headers["Authorization"], json.loads(body)))
        time.sleep(self.server.seconds)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Callable[[int, float], Collector]]:
    running: list[Collector] = []

    def start(status: int, seconds: float) -> Collector:
        server = Collector(status, seconds)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def written(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_collector_is_sent_every_event_in_order_with_the_key(
    collector: Callable[[int, float], Collector], tmp_path: Path
) -> None:
    server = collector(201, 0)
    box = Outbox(tmp_path / "events.jsonl", server.url, "the-key-of-the-collector")
    box.put(EVENTS)
    box.flush()
    assert [event for _, _, event in server.taken] == EVENTS == written(tmp_path / "events.jsonl")
    assert {(path, key) for path, key, _ in server.taken} == {("/api/v1/lineage", "Bearer the-key-of-the-collector")}


@pytest.mark.parametrize(("status", "seconds"), [(500, 0.0), (401, 0.0), (302, 0.0), (200, 30.0)])
def test_a_collector_that_refuses_or_sleeps_is_left_alone_and_the_file_has_all(
    collector: Callable[[int, float], Collector], tmp_path: Path, status: int, seconds: float
) -> None:
    server = collector(status, seconds)
    box = Outbox(tmp_path / "events.jsonl", server.url)
    start = time.perf_counter()
    for _ in range(3):
        box.put(EVENTS)
        box.flush()
    assert time.perf_counter() - start < 5
    assert written(tmp_path / "events.jsonl") == EVENTS * 3
    if status != 302:
        assert len(server.taken) == 1


def test_a_collector_that_is_down_costs_nothing(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    box = Outbox(tmp_path / "events.jsonl", url)
    start = time.perf_counter()
    box.put(EVENTS)
    box.flush()
    assert time.perf_counter() - start < 3
    assert written(tmp_path / "events.jsonl") == EVENTS


def test_a_folder_that_cannot_be_written_is_no_fault_of_the_night(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    Outbox(tmp_path / "taken" / "events.jsonl").put(EVENTS)


def test_the_file_stays_small_and_keeps_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_MOST_BYTES", 2_000)
    box = Outbox(tmp_path / "events.jsonl")
    for nth in range(100):
        box.put([{"nth": nth, "filled": "x" * 150}])
    kept = sorted(tmp_path.glob("events.jsonl*"))
    assert [file.name for file in kept] == ["events.jsonl", *(f"events.jsonl.{nth}" for nth in (1, 2, 3))]
    assert all(file.stat().st_size <= 2_000 for file in kept)
    in_order = [event["nth"] for file in [*reversed(kept[1:]), kept[0]] for event in written(file)]
    assert in_order == list(range(in_order[0], 100))


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    boxes = [Outbox(tmp_path / "events.jsonl") for _ in range(8)]
    threads = [threading.Thread(target=lambda box=box: [box.put(EVENTS) for _ in range(20)]) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written(tmp_path / "events.jsonl")) == 8 * 20 * len(EVENTS)
