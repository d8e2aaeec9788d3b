"""N10: a slow or broken line takes one account's time, never the night's."""

from __future__ import annotations

import time
from datetime import date

import pytest

from pipeline.errors import SourceUnavailable
from pipeline.http import Answer, Limits, Session, judge_status
from tests.faults.server import Act, Asked, FaultServer, Wire, answer, silence

BODY = b'{"data": []}'


def session(base: str, limits: Limits, waits: list[float] | None = None) -> Session:
    return Session(
        platform="facebook",
        account="104001",
        night=date(2026, 11, 2),
        base=base,
        limits=limits,
        sleep=(waits if waits is not None else []).append,
    )


def ask(base: str, limits: Limits, waits: list[float] | None = None) -> Answer:
    with session(base, limits, waits) as http:
        return http.get("posts", judge=judge_status)


def read_for_ever(http: Session) -> None:
    while True:
        http.get("posts", judge=judge_status)


def late(seconds: float, then: Act) -> Act:
    """A slow line: every answer comes so much later."""

    def act(wire: Wire, asked: Asked) -> bool:
        return wire.wait(seconds) and then(wire, asked)

    return act


def test_n10_a_slow_line_ends_with_the_session_and_not_with_the_night() -> None:
    started = time.monotonic()
    with (
        FaultServer(late(0.1, answer(BODY))) as server,
        session(server.base, Limits(read_timeout=5.0, session=0.5)) as http,
        pytest.raises(SourceUnavailable) as error,
    ):
        read_for_ever(http)
    assert time.monotonic() - started < 1.5
    assert 1 <= http.requests <= 4
    assert str(error.value).endswith("the account's night was not read within 0.5 s")


def test_n10_no_pause_is_begun_that_would_outlast_the_session() -> None:
    waits: list[float] = []
    with FaultServer(answer(b"{}", 503, Retry_After=100)) as server, pytest.raises(SourceUnavailable) as error:
        ask(server.base, Limits(session=60.0), waits)
    assert str(error.value).endswith("HTTP 503: {}")
    assert (waits, len(server.asked)) == ([], 1)


def test_n10_a_short_partition_is_ridden_out_and_a_long_one_is_an_error() -> None:
    limits = Limits(connect_timeout=0.1, read_timeout=0.1, attempts=3)
    with FaultServer(silence(), silence(), answer(BODY)) as server:
        assert ask(server.base, limits).body == BODY
    with FaultServer(silence()) as server, pytest.raises(SourceUnavailable) as error:
        ask(server.base, limits)
    assert str(error.value).endswith("no answer in time")
    assert server.connections == 3
