"""M1: whatever a platform puts into a link, no packet leaves for another place."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError, SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Session, judge_status
from pipeline.http.origin import addresses, finished, joined, origin_of
from pipeline.paging import cursor_of
from tests.faults.server import FaultServer, answer

BASE = "https://graph.facebook.com/v26.0"

HOSTILE = [
    "http://graph.facebook.com/v26.0/x?after=c",
    "https://graph.facebook.com:444/x?after=c",
    "https://graph.facebook.com:80/x?after=c",
    "https://graph.facebook.com:0/x?after=c",
    "https://graph.facebook.com:99999/x?after=c",
    "https://graph.facebook.com:x/x?after=c",
    "https://graph.facebook.com.evil.example/x?after=c",
    "https://evil.example/graph.facebook.com?after=c",
    "https://graph.facebook.com@evil.example/x?after=c",
    "https://evil.example@graph.facebook.com/x?after=c",
    "https://user:password@graph.facebook.com/x?after=c",
    "https://graph.facebook.com%40evil.example/x?after=c",
    "https://graph.facebook.com%2eevil.example/x?after=c",
    "https://graph.facebook.com%00.evil.example/x?after=c",
    "https://graph.facebook.com\\@evil.example/x?after=c",
    "https:\\\\evil.example\\x?after=c",
    "https:/\\evil.example/x?after=c",
    "https:///evil.example/x?after=c",
    "https:evil.example/x?after=c",
    "//graph.facebook.com/x?after=c",
    "//evil.example/x?after=c",
    "/v26.0/x?after=c",
    "?after=c",
    "x?after=c",
    "https://127.0.0.1/x?after=c",
    "https://127.1/x?after=c",
    "https://2130706433/x?after=c",
    "https://0x7f000001/x?after=c",
    "https://0177.0.0.1/x?after=c",
    "https://0.0.0.0/x?after=c",
    "https://[::1]/x?after=c",
    "https://[::ffff:127.0.0.1]/x?after=c",
    "https://[::ffff:169.254.169.254]/x?after=c",
    "https://[fe80::1%25eth0]/x?after=c",
    "https://[graph.facebook.com]/x?after=c",
    "https://169.254.169.254/latest/meta-data?after=c",
    "https://metadata.google.internal/computeMetadata?after=c",
    "https://localhost/x?after=c",
    "https://localtest.me/x?after=c",
    "file:///etc/passwd?after=c",
    "ftp://graph.facebook.com/x?after=c",
    "gopher://graph.facebook.com/x?after=c",
    "dict://graph.facebook.com/x?after=c",
    "data:text/plain,x?after=c",
    "javascript:alert(1)?after=c",
    "jar:https://graph.facebook.com/x?after=c",
    "unix:///var/run/docker.sock?after=c",
    " https://graph.facebook.com/x?after=c",
    "https://graph.facebook.com/x?after=c\r\nHost: evil.example",
    "https://graph.facebook.com\t/x?after=c",
    "https://graph。facebook。com.evil.example/x?after=c",
    "https://ⓖraph.facebook.com/x?after=c",
    "https://graph.faceb\u043eok.com/x?after=c",
    "https://graph.facebook.com./x?after=c",
]


@pytest.fixture
def canary() -> Iterator[FaultServer]:
    with FaultServer(answer()) as server:
        yield server


@pytest.mark.parametrize("link", HOSTILE)
def test_m1_a_link_to_anywhere_else_is_refused(link: str) -> None:
    with pytest.raises(SourceChanged, match="the link to the next page"):
        cursor_of(link, BASE, "after")


def test_m1_no_packet_leaves_for_a_hostile_link(canary: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every socket of this process is watched while all hostile links, some to a canary, are worked through."""
    connected: list[object] = []
    resolved: list[object] = []
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def watched(sock: socket.socket, address: object) -> None:
        connected.append(address)
        connect(sock, address)  # type: ignore[arg-type]

    def asked(host: object, *rest: object) -> object:
        resolved.append(host)
        return resolve(host, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", watched)
    monkeypatch.setattr(socket, "getaddrinfo", asked)
    with FaultServer(answer(b"[]")) as platform:
        links = [*HOSTILE, f"{canary.base}/x?after=c", f"http://localhost:{canary.port}/x?after=c"]
        links += [f"http://127.0.0.1:{platform.port}@127.0.0.1:{canary.port}/x?after=c"]
        with Session(platform="facebook", account="1", night=None, base=platform.base) as http:
            for link in links:
                with pytest.raises(SourceChanged):
                    cursor_of(link, platform.base, "after")
                with pytest.raises(SourceChanged):
                    http.get(link, judge=judge_status)
            cursor = cursor_of(f"{platform.base}/v/x?access_token=t&after=good", platform.base, "after")
            http.get("x", {"after": str(cursor)}, judge=judge_status)
        assert [asked.target for asked in platform.asked] == ["/x?after=good"]
    assert canary.connections == 0
    assert connected == [("127.0.0.1", platform.port)]
    assert resolved == ["127.0.0.1"]


LEAVING = ["../x", "a/../../x", "./x", "a/./b", "%2e%2e/x", "a/%2E%2e/x", "a%2f..%2fx", "//evil.example/x"]
LEAVING += ["a\\b", "a?b=c", "a#b", "%00", "%0d%0aX:y", "a%5cb", "é", "https://evil.example", "x:%2f%2fevil.example"]


@pytest.mark.parametrize("path", [*LEAVING, "a b", "a\r\nb", "a\0b", "a\tb"])
def test_m6_an_identifier_cannot_leave_the_base(path: str) -> None:
    with pytest.raises(SourceChanged, match="cannot be part of an address"):
        joined(BASE, path)


@given(st.text())
def test_m6_a_quoted_identifier_stays_one_segment_or_is_refused(name: str) -> None:
    try:
        url = joined(BASE, f"{quote(name, safe='')}/insights")
    except SourceChanged:
        return
    assert origin_of(url) == origin_of(BASE)
    assert url.count("/") <= BASE.count("/") + 2


UNSAFE = ["graph.facebook.com", "//h/x", "ftp://h/x", "file:///x", "https://", "https://u:p@h/", "https://h/x?y=z"]
UNSAFE += ["https://h/#x", "http://graph.facebook.com", "http://10.0.0.1", "http://127.0.0.1.evil.example"]
UNSAFE += ["http://2130706433/"]


@pytest.mark.parametrize("base", ["", *UNSAFE])
def test_a_base_address_that_is_unsafe_is_a_matter_of_settings(base: str) -> None:
    with pytest.raises(ConfigError, match="base:"):
        Session(platform="matomo", account="1", night=None, base=base)


@pytest.mark.parametrize(
    "host", ["*.example", ".example", "x" * 64 + ".example", "a..b", "ex ample", "[::1", "\u2100.example"]
)
def test_a_host_that_cannot_be_is_told_as_a_setting_or_as_unresolvable(host: str) -> None:
    with pytest.raises((ConfigError, SourceUnavailable), match=r"base:|cannot be resolved"):
        Session(platform="m", account="1", night=None, base=f"https://{host}", sleep=lambda _: None).get(
            "", judge=judge_status
        )


def test_m6_an_identifier_that_is_refused_names_its_unit() -> None:
    with (
        Session(platform="facebook", account="1", night=None, base=BASE) as http,
        pytest.raises(SourceChanged) as error,
    ):
        http.get("../x", judge=judge_status)
    assert str(error.value).startswith("facebook 1 (graph.facebook.com): an identifier")


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0", "::", "224.0.0.1", "ff02::1"]
)
def test_m1_a_name_that_leads_to_a_link_local_or_multicast_address_is_not_connected_to(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the name is right, what it resolves to is not."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
    monkeypatch.setattr(socket, "socket", None)
    with (
        Session(platform="facebook", account="1", night=None, base=BASE, sleep=lambda _: None) as http,
        pytest.raises(SourceRefused, match="which is not asked"),
    ):
        http.get("me", judge=judge_status)


def test_m1_plain_http_to_localhost_does_not_leave_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
    with (
        Session(platform="matomo", account="1", night=None, base="http://localhost/", sleep=lambda _: None) as http,
        pytest.raises(SourceRefused, match=r"192\.0\.2\.7, which is not asked"),
    ):
        http.get("index.php", judge=judge_status)


def test_addresses_are_those_of_the_one_lookup() -> None:
    assert [address for *_, address in addresses("127.0.0.1", 80, loopback_only=True)] == [("127.0.0.1", 80)]


@pytest.mark.parametrize(
    "query", ["a=b c", "a=b#c", "a=b\r\nX: y", "a=b\0", "a=b\\c", "a=<b>", 'a="b"', "a=é", "a={b}"]
)
def test_m6_a_finished_query_cannot_become_anything_else(query: str) -> None:
    with pytest.raises(SourceChanged, match="cannot be part of a query"):
        finished(query)


def test_a_finished_query_is_sent_as_it_is_and_a_long_one_in_the_body() -> None:
    query = "ids=List(urn%3Ali%3Ashare%3A1,urn%3Ali%3Ashare%3A2)&at=(start:1,end:2)"
    with FaultServer(answer(b"{}"), answer(b"{}")) as platform:
        with Session(platform="x", account="1", night=None, base=platform.base, headers={"X-Key": "k"}) as http:
            http.get("/posts", query, judge=judge_status)
            http.tunnel("/posts", query, judge=judge_status)
        sent, tunnelled = platform.asked
    assert sent.target == f"/posts?{query}"
    assert (tunnelled.target, tunnelled.body.decode()) == ("/posts", query)
    headers = tunnelled.headers
    assert (headers["x-http-method-override"], headers["x-key"]) == ("GET", "k")
    assert headers["content-type"] == "application/x-www-form-urlencoded"
