"""Ninety nights are replayed once for all tests that look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nights.replaying import Replay, replay


@pytest.fixture(scope="session")
def ninety(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """Every night of the simulated world, replayed in order."""
    with replay(Path(tmp_path_factory.mktemp("ninety"))) as played:
        played.nights(played.world.nights)
        yield played
