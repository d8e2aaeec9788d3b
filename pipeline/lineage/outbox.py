"""Where events go: a file that stays small, and a collector that nobody waits for.

Every event is in the file. The collector is sent them beside the work, by a thread of its own; once it did not take
one in time, this process sends it no more. Nothing here raises: what became of events is never a night's fault.
"""

from __future__ import annotations

import fcntl
import json
import logging
import queue
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

# Events of some weeks of a small brand; the newest file and so many before it are kept.
_MOST_BYTES: Final = 8 * 2**20
_KEPT: Final = 3
# How long the collector may take for one event, and all of a step's after its work is done.
_PATIENCE, _PARTING = 2.0, 3.0
_MOST_WAITING: Final = 10_000

log = logging.getLogger(__name__)


def events_file(state: Path) -> Path:
    """The newest of the files; older ones have a number behind it."""
    return state / "lineage" / "events.jsonl"


class Outbox:
    """The way out of this process, for one file and at most one collector."""

    def __init__(self, file: Path, url: str | None = None, api_key: str | None = None) -> None:
        self._file, self._url, self._api_key = file, url, api_key
        self._waiting: queue.Queue[Any] = queue.Queue(_MOST_WAITING)
        self._gave_up = threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, events: Sequence[Any]) -> None:
        """Write events down, and hand them to the one who sends."""
        try:
            self._write(events)
        except Exception as error:  # noqa: BLE001 - a disk that is full is told by what needs the disk
            log.warning("lineage events are not written: %s", type(error).__name__)
        if self._url and not self._gave_up.is_set():
            self._send_beside(events)

    def flush(self, patience: float = _PARTING) -> None:
        """Wait a little for the collector to take what is waiting, when a step has done its work."""
        if self._thread is None or self._gave_up.is_set():
            return
        done = threading.Event()
        self._waiting.put(done)
        if not done.wait(patience):
            self._give_up("took too long")

    def _write(self, events: Sequence[Any]) -> None:
        lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in events).encode()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.with_suffix(".lock").open("w") as lock:
            # Several units are fetched at once, in threads and processes.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._file.exists() and self._file.stat().st_size + len(lines) > _MOST_BYTES:
                self._turn()
            with self._file.open("ab") as file:
                file.write(lines)

    def _turn(self) -> None:
        """events.jsonl becomes events.jsonl.1, and so on; the last one goes."""
        for number in range(_KEPT, 0, -1):
            older = self._file.with_name(f"{self._file.name}.{number}")
            newer = self._file.with_name(f"{self._file.name}.{number - 1}") if number > 1 else self._file
            if newer.exists():
                newer.replace(older)

    def _send_beside(self, events: Sequence[Any]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._send_all, name="lineage", daemon=True)
            self._thread.start()
        for each in events:
            try:
                self._waiting.put_nowait(each)
            except queue.Full:
                self._give_up("takes less than there is")
                return

    def _send_all(self) -> None:
        transport = self._transport()
        while True:
            each = self._waiting.get()
            if isinstance(each, threading.Event):
                each.set()
            elif not self._gave_up.is_set():
                try:
                    transport.emit(each)
                except Exception as error:  # noqa: BLE001 - whatever a collector answers
                    self._give_up(type(error).__name__)

    def _transport(self) -> Any:
        from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, HttpTransport, TokenProvider

        auth = ApiKeyTokenProvider({"apiKey": self._api_key}) if self._api_key else TokenProvider({})
        return HttpTransport(
            HttpConfig(url=str(self._url), timeout=_PATIENCE, auth=auth, retry={"total": 0, "redirect": 0})
        )

    def _give_up(self, why: str) -> None:
        self._gave_up.set()
        log.warning("the lineage collector %s (%s): its events are in %s only", self._url, why, self._file)
