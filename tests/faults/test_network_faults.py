"""What the network and bad servers do: the answer comes whole, or an error says what happened, and where."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from datetime import date

import pytest

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Limits, Session, judge_status
from pipeline.http.reading import retry_after
from tests.faults.server import (
    DATE,
    Act,
    FaultServer,
    answer,
    chunked,
    compressed,
    drip,
    head,
    raw,
    reset_before,
    reset_inside,
    silence,
)

BODY = b'{"data": [' + b",".join(b'{"id": %d}' % number for number in range(3000)) + b"]}"
FAST = Limits(connect_timeout=1.0, read_timeout=1.0, deadline=5.0)


def session(base: str, waits: list[float] | None = None, limits: Limits = FAST) -> Session:
    """A session whose pauses are only written down."""
    sleep: Callable[[float], None] = (waits if waits is not None else []).append
    return Session(
        platform="facebook", account="104001", night=date(2026, 11, 2), base=base, limits=limits, sleep=sleep
    )


def ask(base: str, waits: list[float] | None = None, limits: Limits = FAST) -> Answer:
    with session(base, waits, limits) as http:
        return http.get("posts", {"after": "secret-cursor"}, judge=judge_status)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def said(error: pytest.ExceptionInfo[Exception]) -> str:
    """The message, after checking that it names the unit and the host, quotes no query, chains nothing."""
    text = str(error.value)
    assert text.startswith("facebook 104001, night 2026-11-02 (")
    assert "secret-cursor" not in text
    assert "?" not in text
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
    return text


def test_n1_connection_refused_is_retried_and_then_names_the_host_without_the_query() -> None:
    waits: list[float] = []
    with pytest.raises(SourceUnavailable) as error:
        ask(f"http://127.0.0.1:{closed_port()}", waits)
    assert said(error).endswith("(127.0.0.1): the connection was refused")
    assert len(waits) == 3
    assert waits == sorted(waits)
    assert 0.5 <= waits[0] <= 1.0
    assert 2.0 <= waits[2] <= 4.0


def test_n1_a_host_name_that_does_not_resolve_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SourceUnavailable) as error:
        ask("https://graph.example")
    assert said(error).endswith("(graph.example): the host name cannot be resolved")


def test_n1_a_host_that_takes_no_connection_is_told_after_the_connect_timeout() -> None:
    """A listener whose queue is full drops what comes next, like a host behind a firewall."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = []
        for _ in range(3):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(listener.getsockname())
        with pytest.raises(SourceUnavailable) as error:
            ask(
                f"http://127.0.0.1:{listener.getsockname()[1]}",
                limits=Limits(connect_timeout=0.2, read_timeout=9.0, deadline=9.0, attempts=1),
            )
        for client in waiting:
            client.close()
    assert said(error).endswith("no connection in time")


@pytest.mark.parametrize("fault", [reset_before(), reset_inside(BODY), raw(b"")])
def test_n2_a_reset_before_or_inside_the_body_is_retried_and_nothing_is_lost(fault: Act) -> None:
    waits: list[float] = []
    with FaultServer(fault, fault, answer(BODY)) as server:
        assert ask(server.base, waits).body == BODY
        assert server.connections == 3
    assert len(waits) == 2


def test_n2_resets_without_end_are_an_error() -> None:
    with FaultServer(reset_inside(BODY)) as server, pytest.raises(SourceUnavailable) as error:
        ask(server.base)
    assert said(error).endswith(("the connection was reset", "the answer was cut"))
    assert server.connections == 4


def test_n3_a_body_shorter_than_its_length_is_retried() -> None:
    cut = raw(head(Content_Length=len(BODY)) + BODY[:-1])
    with FaultServer(cut, answer(BODY)) as server:
        assert ask(server.base).body == BODY


def test_n3_a_body_that_stays_short_is_an_error_even_where_it_is_valid_json() -> None:
    cut = raw(head(Content_Length=len(BODY) + 1) + BODY)
    with FaultServer(cut) as server, pytest.raises(SourceUnavailable) as error:
        ask(server.base)
    assert "cut" in said(error)


@pytest.mark.parametrize("keep", [1, 100, len(BODY) // 2, len(BODY) - 2, len(BODY) - 1])
def test_n4_a_body_without_length_that_was_cut_anywhere_is_retried(keep: int) -> None:
    with FaultServer(raw(head() + BODY[:keep]), raw(head() + BODY)) as server:
        assert ask(server.base).body == BODY
        assert server.connections == 2


def test_n4_a_body_without_length_cut_just_behind_a_record_is_not_taken_for_whole() -> None:
    whole = b'[{"id": 1}, {"id": 2}]'
    with FaultServer(raw(head() + b'[{"id": 1}'), raw(head() + whole)) as server:
        assert ask(server.base).body == whole


@pytest.mark.parametrize("missing", [1, 4, 8, 9, 200])
@pytest.mark.parametrize("length", [True, False])
def test_n4_a_gzip_stream_that_was_cut_is_retried_with_and_without_length(missing: int, *, length: bool) -> None:
    packed = gzip.compress(BODY)[:-missing]
    lie = len(packed) if length else None
    with FaultServer(raw(head(Content_Encoding="gzip", Content_Length=lie) + packed), compressed(BODY)) as server:
        assert ask(server.base).body == BODY


def test_n4_a_flipped_byte_inside_gzip_is_retried() -> None:
    packed = bytearray(gzip.compress(BODY))
    packed[-6] ^= 1
    with FaultServer(answer(bytes(packed), Content_Encoding="gzip"), compressed(BODY)) as server:
        assert ask(server.base).body == BODY


def test_n4_chunks_without_their_end_are_retried() -> None:
    with FaultServer(chunked(BODY[:500], BODY[500:], end=False), chunked(BODY[:500], BODY[500:])) as server:
        assert ask(server.base).body == BODY
        assert server.connections == 2


def test_several_gzip_members_and_padding_are_one_body() -> None:
    packed = gzip.compress(BODY[:700]) + gzip.compress(BODY[700:]) + b"\0" * 16
    with FaultServer(answer(packed, Content_Encoding="gzip")) as server:
        assert ask(server.base).body == BODY


def test_half_an_emoji_in_a_body_without_length_is_not_taken_for_a_cut() -> None:
    body = b'[{"text": "\\ud83d"}]'
    with FaultServer(raw(head() + body)) as server:
        assert ask(server.base).body == body


@pytest.mark.parametrize(
    "fault",
    [
        drip(head(Content_Length=10**6) + b"[", b"1,"),
        drip(head() + b"[", b"1,"),
        drip(head(Transfer_Encoding="chunked"), b"2\r\n1,\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", every=0.03),
    ],
    ids=["length", "no length", "chunks", "inside a header", "header after header"],
)
def test_n5_one_byte_after_the_other_for_ever_ends_at_the_deadline(fault: Act) -> None:
    limits = Limits(read_timeout=1.0, deadline=0.3, attempts=2)
    with FaultServer(fault) as server:
        started = time.monotonic()
        with pytest.raises(SourceUnavailable) as error:
            ask(server.base, limits=limits)
        assert time.monotonic() - started < 2.0
    assert said(error).endswith("the answer was not complete within 0.3 s")


def test_n5_silence_ends_at_the_read_timeout() -> None:
    with FaultServer(silence()) as server, pytest.raises(SourceUnavailable) as error:
        ask(server.base, limits=Limits(read_timeout=0.1, deadline=5.0, attempts=1))
    assert said(error).endswith("no answer in time")


def test_n6_a_burst_of_5xx_is_ridden_out() -> None:
    waits: list[float] = []
    with FaultServer(answer(b"{}", 500), answer(b"{}", 502), answer(b"{}", 503), answer(BODY)) as server:
        assert ask(server.base, waits).body == BODY
    assert len(waits) == 3


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7.0, 7.5),
        ("0", 0.5, 1.0),
        ("-5", 0.5, 1.0),
        ("1.5", 1.0, 2.0),
        ("Tue, 03 Nov 2026 03:00:30 GMT", 30.0, 30.5),
        ("Tue, 03 Nov 2026 02:59:00 GMT", 0.5, 1.0),
        ("soon", 0.5, 1.0),
        ("120", 120.0, 120.0),
    ],
)
def test_n6_and_a8_retry_after_is_obeyed_in_all_its_forms(header: str, least: float, most: float) -> None:
    waits: list[float] = []
    with FaultServer(answer(b"{}", 503, Retry_After=header), answer(BODY)) as server:
        ask(server.base, waits)
    assert least <= waits[0] <= most


@pytest.mark.parametrize("header", ["1000000000", "121", "9" * 60, "Thu, 03 Nov 2050 03:00:00 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_n6_and_a8_a_wait_beyond_the_cap_is_told_at_once_instead_of_waited(header: str, status: int) -> None:
    waits: list[float] = []
    with FaultServer(answer(b"{}", status, Retry_After=header)) as server:
        with pytest.raises(SourceUnavailable) as error:
            ask(server.base, waits)
        assert server.connections == 1
    assert waits == []
    assert error.value.retry_after is not None
    assert error.value.retry_after > 120


def test_a8_a_date_is_read_against_the_platforms_own_clock() -> None:
    assert retry_after({"Retry-After": "Tue, 03 Nov 2026 03:01:00 GMT", "Date": DATE}) == 60.0
    assert retry_after({"Retry-After": "Tue, 03 Nov 2026 03:01:00 GMT"}) is None
    assert retry_after({}) is None


def test_a_judge_decides_what_is_worth_a_retry() -> None:
    def throttled(got: Answer) -> None:
        if b"request limit" in got.body:
            raise SourceUnavailable("(#4) request limit", retry_after=3)

    waits: list[float] = []
    with (
        FaultServer(answer(b'{"error": "request limit"}', 400), answer(BODY)) as server,
        session(server.base, waits) as http,
    ):
        assert http.get("", judge=throttled).body == BODY
        assert http.requests == 2
    assert 3.0 <= waits[0] <= 3.5


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, SourceChanged),
        (401, SourceRefused),
        (403, SourceRefused),
        (404, SourceChanged),
        (410, SourceChanged),
        (408, SourceUnavailable),
        (429, SourceUnavailable),
        (599, SourceUnavailable),
    ],
)
def test_every_status_has_its_error_and_only_one_kind_is_asked_again(status: int, kind: type[Exception]) -> None:
    with FaultServer(answer(b'{"message": "no"}', status)) as server:
        with pytest.raises(kind) as error:
            ask(server.base)
        assert len(server.asked) == (4 if kind is SourceUnavailable else 1)
    assert f"HTTP {status}" in said(error)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_n7_a_redirect_to_another_host_is_refused_and_no_header_is_sent_on(status: int) -> None:
    with FaultServer(answer()) as canary:
        location = f"{canary.base}/take?access_token=secret-cursor"
        with FaultServer(answer(b"", status, Location=location)) as server, pytest.raises(SourceRefused) as error:
            ask(server.base)
        assert canary.connections == 0
    assert f"redirect to http://127.0.0.1:{canary.port} refused" in said(error)
    assert "access_token" not in said(error)
    assert len(server.asked) == 1


@pytest.mark.parametrize("location", ["/elsewhere?token=secret-cursor", "", "file:///etc/passwd", "//other.example/x"])
def test_n7_no_other_redirect_is_followed_either(location: str) -> None:
    with FaultServer(answer(b"", 302, Location=location)) as server, pytest.raises(SourceRefused) as error:
        ask(server.base)
    assert "redirect" in said(error)
    assert len(server.asked) == 1


def test_n7_a_loop_of_redirects_ends_with_the_first() -> None:
    with FaultServer(answer()) as server:
        server.play(answer(b"", 302, Location=f"{server.base}/posts"))
        with pytest.raises(SourceRefused):
            ask(server.base)
        assert len(server.asked) == 1


def test_n9_a_gzip_bomb_is_stopped_at_the_cap_before_it_unpacks() -> None:
    bomb = gzip.compress(bytes(2**20)) * 300
    with FaultServer(answer(bomb, Content_Encoding="gzip")) as server, pytest.raises(SourceChanged) as error:
        ask(server.base)
    assert f"more than the {64 * 2**20} bytes" in said(error)


@pytest.mark.parametrize("declared", [True, False])
def test_n9_a_body_beyond_the_cap_is_not_read(*, declared: bool) -> None:
    length = 2**40 if declared else None
    with (
        FaultServer(drip(head(Content_Length=length), b"x" * 2**16, every=0.0)) as server,
        pytest.raises(SourceChanged, match="bytes"),
    ):
        ask(server.base, limits=Limits(max_body=2**20))


def test_n9_a_million_headers_are_an_error_before_they_are_read() -> None:
    many = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(10**6)) + b"\r\n"
    with FaultServer(raw(many)) as server, pytest.raises(SourceUnavailable) as error:
        ask(server.base, limits=Limits(attempts=1))
    assert said(error).endswith("the head of the answer cannot be read")


@pytest.mark.parametrize(
    "fault",
    [
        drip(b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * 60_000 + b"\r\n", every=0.0),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, every=0.0),
    ],
    ids=["long headers", "heads without end"],
)
def test_n9_a_head_has_a_cap_in_bytes(fault: Act) -> None:
    with FaultServer(fault) as server, pytest.raises(SourceChanged) as error:
        ask(server.base)
    assert said(error).endswith(f"the head of the answer has more than {2**20} bytes")
    assert len(server.asked) == 1


def test_an_encoding_that_nobody_asked_for_is_told() -> None:
    with FaultServer(answer(b"x", Content_Encoding="br")) as server, pytest.raises(SourceChanged, match="br"):
        ask(server.base)
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_one_connection_serves_many_requests_and_the_first_date_is_kept() -> None:
    later = answer(BODY, Date="Tue, 03 Nov 2026 09:00:00 GMT")
    with FaultServer(answer(BODY), later) as server, session(server.base + "/v26.0/") as http:
        for _ in range(3):
            http.get("104001/posts", {"fields": "id,message", "limit": 100}, judge=judge_status)
        http.get("", judge=judge_status)
        assert (server.connections, http.requests) == (1, 4)
        assert http.first_date == "2026-11-03T03:00:00Z"
    targets = [asked.target for asked in server.asked]
    assert targets[0] == "/v26.0/104001/posts?fields=id%2Cmessage&limit=100"
    assert targets[3] == "/v26.0/"


def test_environment_proxies_and_netrc_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(answer()) as canary, FaultServer(answer()) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, canary.base)
        ask(server.base)
        assert (canary.connections, server.connections) == (0, 1)


def test_cookies_are_not_kept() -> None:
    with FaultServer(answer(BODY, Set_Cookie="session=1; Path=/")) as server, session(server.base) as http:
        http.get("a", judge=judge_status)
        http.get("b", judge=judge_status)
    assert "cookie" not in server.asked[1].headers
