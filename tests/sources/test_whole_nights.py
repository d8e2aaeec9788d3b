"""One small night of each platform, made by hand in its shapes, and every byte that is kept of it."""

from __future__ import annotations

import pytest

from tests.sources.loopback import Loopback
from tests.sources.nights import FIXTURES, PLATFORMS, there
from tests.sources.reading import fetch, unit


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_kept_of_a_night_is_exactly_this(server: Loopback, platform: str) -> None:
    source = there(platform, server)
    read = fetch(source, unit(source, days=2))
    kept = [f"{stream}\t{record.decode()}" for stream, records in sorted(read.raw.items()) for record in records]
    assert kept == (FIXTURES / platform / "kept.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_nothing_that_is_kept_names_a_person_or_holds_a_credential(server: Loopback, platform: str) -> None:
    # Every fixture that has people calls them Nobody, and writes something about a birthday.
    source = there(platform, server)
    kept = b"".join(b"".join(records) for records in fetch(source, unit(source, days=2)).raw.values())
    for word in ("Nobody", "192.0.2.44", "birthday", *(secret.reveal() for secret in source.secrets.values())):
        assert word.encode() not in kept
