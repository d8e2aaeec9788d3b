"""Messages on their way: written down with what was decided, sent afterwards, kept until a channel has accepted them.

A message is written in the transaction that changes its incidents, marked ``sending`` before it is handed over, and
``delivered`` after. Whatever dies in between, the next process goes on from what stands there: nothing is lost, and
what was not handed over is not repeated. One thing cannot be known: whether a channel had accepted a message when
the process died (or the answer was lost) before that was written down. It is then sent again, with the same mark and
a line that says so. Channels that look at the mark (``Idempotency-Key`` of a webhook) show it once.

One process at a time sends: a lock file that ends with its holder.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from pipeline.alerts.routing import is_quiet
from pipeline.alerts.sending import NO_ANSWER, Message, send
from pipeline.alerts.store import Store, Written, stamp
from pipeline.alerts.words import say
from pipeline.settings import Alerts, Channel

LOCK: Final = "alerts.lock"
_FIRST_WAIT: Final = timedelta(minutes=5)
_LONGEST_WAIT: Final = timedelta(hours=6)
# After a week nobody needs the message; the list still has it.
_KEPT: Final = timedelta(days=7)


@dataclass(frozen=True)
class Delivery:
    """What became of a message on one channel; ``error`` is None when it was accepted."""

    channel: str
    kind: str
    error: str | None = None


def write(store: Store, channel: str, message: Message, incidents: Sequence[int], now: datetime) -> None:
    """A message for a channel, in the caller's transaction. A digest takes the place of one that never arrived."""
    if message.kind == "digest":
        store.con.execute(
            "update message set state = 'superseded' where channel = ? and kind = 'digest' and state = 'due'", [channel]
        )
    store.con.execute(
        "insert or ignore into message (mark, channel, kind, severity, title, body, incidents, written_at, next_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [message.mark, channel, message.kind, message.severity, message.title, message.body,
         ",".join(map(str, incidents)), stamp(now), stamp(now)],
    )  # fmt: skip


def flush(
    store: Store, folder: Path, alerts: Alerts, *, zone: ZoneInfo, language: str, now: Callable[[], datetime]
) -> list[Delivery]:
    """Send what is due, each message once. A channel that fails is left alone until the next time.

    So a night waits for each channel once at most. Where another process is sending, it does this, too.
    """
    with _alone(folder) as mine:
        if not mine:
            return []
        _recover(store, language)
        done: list[Delivery] = []
        tried: set[int] = set()
        while (message := _next(store, alerts, zone, now(), tried)) is not None:
            tried.add(message.id)
            channel = alerts.channel(message.channel)
            if channel is None:
                _settle(store, message, now(), "no channel of the settings has this name", alerts, language)
                continue
            done.append(_deliver(store, message, channel, alerts, language, now))
        return done


def _deliver(
    store: Store, message: Written, channel: Channel, alerts: Alerts, language: str, now: Callable[[], datetime]
) -> Delivery:
    with store.change() as con:
        con.execute("update message set state = 'sending', attempts = attempts + 1 where id = ?", [message.id])
    handed = Message(message.mark, message.kind, message.severity, message.title, message.body)
    error = send(channel, handed, timeout=alerts.timeout)
    _settle(store, message, now(), error, alerts, language)
    return Delivery(channel.name, message.kind, error)


def _settle(store: Store, message: Written, now: datetime, error: str | None, alerts: Alerts, language: str) -> None:
    """Write down what became of it. The first failure hands it to the channel that stands in."""
    with store.change() as con:
        if error is None:
            con.execute(
                "update message set state = 'delivered', delivered_at = ?, error = null where id = ?",
                [stamp(now), message.id],
            )
            return
        wait = min(_FIRST_WAIT * 2 ** min(message.attempts, 10), _LONGEST_WAIT)
        channel = alerts.channel(message.channel)
        too_old = channel is None or message.written_at <= stamp(now - _KEPT)
        body = _doubtful(message, language) if error == NO_ANSWER else message.body
        con.execute(
            "update message set state = ?, error = ?, next_at = ?, body = ? where id = ?",
            ["given_up" if too_old else "due", error, stamp(now + wait), body, message.id],
        )
        if channel is not None and channel.fallback is not None:
            con.execute(
                "insert or ignore into message (mark, channel, kind, severity, title, body, incidents, written_at,"
                " next_at, stands_in_for) select mark, ?, kind, severity, title, body, incidents, written_at, ?,"
                " channel from message where id = ? and stands_in_for is null",
                [channel.fallback, stamp(now), message.id],
            )


def _next(store: Store, alerts: Alerts, zone: ZoneInfo, now: datetime, tried: set[int]) -> Written | None:
    """The oldest message that is due and whose channel is awake; of a channel that has just failed, none."""
    due = store.messages("state = 'due' and next_at <= ?", stamp(now))
    failed = {one.channel for one in store.messages("state = 'due' and error is not null") if one.id in tried}
    for message in due:
        channel = alerts.channel(message.channel)
        asleep = channel is not None and is_quiet(channel, message.severity, now, zone)
        if message.id not in tried and message.channel not in failed and not asleep:
            return message
    return None


def _recover(store: Store, language: str) -> None:
    """Messages that a dead process had in hand are due again, and say that they may have come before."""
    with store.change() as con:
        for message in store.messages("state = 'sending'"):
            body = _doubtful(message, language)
            con.execute("update message set state = 'due', body = ? where id = ?", [body, message.id])


def _doubtful(message: Written, language: str) -> str:
    """The body with a line that it may have come before."""
    line = say(language, "again", mark=message.mark)
    return message.body if line in message.body else f"{message.body}\n{line}"


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)
