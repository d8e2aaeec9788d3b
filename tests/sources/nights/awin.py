"""A night of a publisher: what was sold, what was approved, what was amended."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture


def answer(asked: Asked) -> Reply:
    return Reply(fixture(f"awin/{asked.query['dateType']}"))
