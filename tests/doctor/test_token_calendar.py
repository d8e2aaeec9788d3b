"""The doctor says when a refresh token ends, a month before it does, and what to do when it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeline.doctor import Finding
from pipeline.doctor.credentials import check
from pipeline.streams import Source
from tests.http.granting import CONFIGURED, LIFE, Granting, account, read, session


@pytest.fixture
def platform() -> Iterator[Granting]:
    platform = Granting()
    with platform.server:
        yield platform


def examined(platform: Granting, state: Path) -> Finding:
    """What the doctor says of one account of a source that has nothing but its pages."""
    source = SimpleNamespace(
        CREDENTIALS=(),
        open_session=lambda told, *_: session(told.base, state),
        check=lambda _, http: f"{len(read(http))} records",
    )
    settings: Any = SimpleNamespace(accounts=(account(platform.server.base, state),))
    (finding,) = check(settings, {"x": cast("Source", source)})
    return finding


@pytest.mark.parametrize(("days", "state"), [(0, "ok"), (334, "ok"), (336, "warn"), (364, "warn")])
def test_a_refresh_token_is_told_of_a_month_before_it_ends(
    platform: Granting, tmp_path: Path, days: int, state: str
) -> None:
    with session(platform.server.base, tmp_path) as http:
        read(http)
    platform.pass_time(days * 86400)
    platform.ends = platform.now + LIFE
    finding = examined(platform, tmp_path)
    assert (finding.state, finding.message) == (state, "120 records; its refresh token ends 2027-11-03")
    assert bool(finding.advice) == (state == "warn")


def test_a_refresh_token_that_has_ended_says_what_to_renew(platform: Granting, tmp_path: Path) -> None:
    platform.refresh = "another one"
    finding = examined(platform, tmp_path)
    assert finding.state == "fail"
    assert "put the new token into env:X_REFRESH_TOKEN" in finding.message
    assert finding.advice == "renew the credential or its permission"
    assert CONFIGURED not in finding.message
