"""What the tests of every source share: all platforms, played once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.every import Everyone, everyone
from tests.faults.staged import Staging, staging


@pytest.fixture(scope="session")
def platforms_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everyone]:
    with everyone(tmp_path_factory.mktemp("everyone")) as running:
        yield running


@pytest.fixture
def every(platforms_of_all: Everyone, tmp_path: Path) -> Iterator[Everyone]:
    """The brand on every platform, with an empty landing and no faults."""
    platforms_of_all.heal()
    platforms_of_all.move(tmp_path)
    yield platforms_of_all
    platforms_of_all.heal()


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staging]:
    with staging(tmp_path_factory.mktemp("staged") / "warehouse.duckdb") as found:
        yield found
