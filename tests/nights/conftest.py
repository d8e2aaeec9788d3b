"""Ninety nights of the demonstration, and a year of every platform, are replayed once for all who look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nights.ninety import nights_of
from tests.nights.replaying import Replay, replay
from tests.nights.year import Year, a_year


@pytest.fixture(scope="session")
def ninety(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """The simulated world, replayed in order, on the nights that matter."""
    with replay(Path(tmp_path_factory.mktemp("ninety"))) as played:
        played.nights(nights_of(played.world))
        yield played


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """A year of all platforms, read on the nights that matter."""
    with a_year(Path(tmp_path_factory.mktemp("year"))) as played:
        yield played
