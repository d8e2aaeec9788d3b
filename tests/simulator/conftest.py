"""One running simulator for the tests of this folder; each test starts from a fresh world."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from pipeline.simulator import Server, serve
from tests.simulator.client import Client


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture
def client(running: Server) -> Iterator[Client]:
    """A client of the simulator, whose world, clock and faults are as at the start."""
    running.simulator.reset(seed=7, nights=90)
    with requests.Session() as session:
        session.trust_env = False
        yield Client(running, session)
