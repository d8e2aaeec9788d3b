"""One brand on every platform, published by real nights, and one real Superset that reads it, for all tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.simulator.platforms import PLATFORMS
from tests.bi import superset as real
from tests.bi.superset import NoSuperset, Superset
from tests.nights.replaying import Replay, replay

# Nights before the last one that are read before anybody looks; each reads the gap before it; the last is read later.
AGO = (34, 2, 1)


@pytest.fixture(scope="session")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(Path(tmp_path_factory.mktemp("bi")), tuple(PLATFORMS), nights=62) as played:
        yield played


@pytest.fixture(scope="session")
def superset(brand: Replay) -> Iterator[Superset]:
    """Superset is made ready while the brand's nights are read."""
    with real.folder() as home, ThreadPoolExecutor(1) as beside:
        ready = beside.submit(_ready, home)
        began = time.monotonic()
        brand.nights([brand.world.calendar.ago(ago) for ago in AGO])
        print(f"nights: {time.monotonic() - began:.1f} s")
        try:
            programs = ready.result()
        except NoSuperset as missing:
            pytest.skip(f"Superset cannot be installed here: {missing}")
        began = time.monotonic()
        with real.serving(programs, home, brand.project.settings.paths.publication) as served:
            print(f"serving: {time.monotonic() - began:.1f} s")
            yield served


def _ready(home: Path) -> Path:
    began = time.monotonic()
    programs = real.installed()
    print(f"installed: {time.monotonic() - began:.1f} s")
    began = time.monotonic()
    real.prepare(programs, home)
    print(f"prepared: {time.monotonic() - began:.1f} s")
    return programs
