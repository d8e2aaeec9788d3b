"""The forms of the simulated brand, sending to the real inbox over HTTP while nights are replayed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import requests

from pipeline import steps
from pipeline.simulator import World
from pipeline.simulator.platforms.inbox.form import send
from pipeline.simulator.world.inbox import forms
from pipeline.sources.inbox.desk import Desk
from pipeline.sources.inbox.server import Inbox


@contextmanager
def sending(project: steps.Project, world: World) -> Iterator[Callable[[date], None]]:
    """A running inbox, and what sends to it everything that came until a night was over, in order.

    The inbox's clock is that of whoever sends. It begins with what the first night reads of history.
    """
    clock = [datetime(2000, 1, 1, tzinfo=UTC)]
    accounts = [account for account in project.settings.accounts if account.platform == "inbox"]
    inbox = Inbox(("127.0.0.1", 0), Desk(accounts, now=lambda: clock[0]))
    thread = threading.Thread(target=inbox.serve_forever, args=(0.02,))
    thread.start()
    until: list[date] = []

    def send_until(night: date) -> None:
        first = until[0] + timedelta(days=1) if until else night - timedelta(days=project.settings.history_days)
        for message in forms(world.seed, world.calendar).sent(first, night):
            clock[0] = message.sent
            for answer in send(session, f"{inbox.url}/inbox", message):
                assert answer.status_code == 200, answer.text
        until[:] = [max([night, *until])]

    try:
        with requests.Session() as session:
            yield send_until
    finally:
        inbox.shutdown()
        thread.join()
        inbox.server_close()
