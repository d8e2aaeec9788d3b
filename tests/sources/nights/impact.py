"""A night of a partner: actions in two pages, one of them approved since."""

from __future__ import annotations

from tests.sources.loopback import Asked, Reply
from tests.sources.nights import fixture


def answer(asked: Asked) -> Reply:
    return Reply(fixture(f"impact/actions_{asked.query.get('Page', '1')}"))
