"""A loopback server for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sources.loopback import Loopback, Reply


@pytest.fixture
def server() -> Iterator[Loopback]:
    """Answers 404 to everything until the test says otherwise."""
    with Loopback(lambda _: Reply({"error": "nothing here"}, 404)) as running:
        yield running
