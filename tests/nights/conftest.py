"""Ninety nights of the demonstration, and a year of every platform, are replayed once for all who look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nights.replaying import Replay, replay
from tests.nights.year import Year, a_year


@pytest.fixture(scope="session")
def ninety(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """Every night of the simulated world, replayed in order."""
    with replay(Path(tmp_path_factory.mktemp("ninety"))) as played:
        played.nights(played.world.nights)
        yield played


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """A year of all platforms, read on the nights that matter."""
    with a_year(Path(tmp_path_factory.mktemp("year"))) as played:
        yield played
