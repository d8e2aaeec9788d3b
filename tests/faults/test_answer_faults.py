"""Answers that are whole but not what was asked for, and how credentials and forms travel."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qs

import pytest

from pipeline.errors import ConfigError, SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Limits, Session, judge_status, looks_like_html
from pipeline.settings import Secret
from tests.faults.server import FaultServer, answer, compressed, raw, reset_before

LOGIN = b"<!DOCTYPE html><html><title>Log in</title><input name=token value=access_token=abcdefghij></html>"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer(answer()) as running:
        yield running


def session(server: FaultServer, attempts: int = 2, **more: object) -> Session:
    return Session(
        platform="wordpress",
        account="journal",
        night=date(2026, 11, 2),
        base=f"{server.base}/wp-json/wp/v2",
        limits=Limits(attempts=attempts, connect_timeout=2, read_timeout=2),
        sleep=lambda _: None,
        **more,  # type: ignore[arg-type]
    )


def test_a2_a_login_page_with_status_200_is_no_data_and_its_start_is_shown_redacted(server: FaultServer) -> None:
    server.play(answer(LOGIN, Content_Type="text/html; charset=UTF-8"))
    with session(server) as http, pytest.raises(SourceUnavailable, match="login or maintenance page") as error:
        http.get("posts", judge=judge_status)
    assert "Log in" in str(error.value)
    assert "abcdefghij" not in str(error.value)
    assert len(server.asked) == 2


def test_a2_a_maintenance_page_that_passes_costs_nothing(server: FaultServer) -> None:
    server.play(answer(LOGIN, Content_Type="text/html"), answer(b"[]"))
    with session(server) as http:
        assert http.get("posts", judge=judge_status).body == b"[]"


def test_a2_a_firewall_page_with_403_is_a_refusal(server: FaultServer) -> None:
    server.play(answer(LOGIN, 403, Content_Type="text/html"))
    with session(server) as http, pytest.raises(SourceRefused, match="renew the credentials"):
        http.get("posts", judge=judge_status)


@pytest.mark.parametrize(
    ("body", "kind", "html"),
    [
        (b'{"a": 1}', "text/html", False),
        (b" \r\n[]", "text/html; charset=utf-8", False),
        (b"\xef\xbb\xbf[]", "text/html", False),
        (b"", "text/html", False),
        (b"Error establishing a database connection", "text/html", True),
        (b"<br />\n<b>Warning</b>: x in y.php[]", "application/json", True),
        (b"  <!doctype html>", "application/json", True),
        (b"plain words", "text/plain", False),
    ],
)
def test_a2_the_body_decides_what_is_a_page_for_people(body: bytes, kind: str, html: bool) -> None:
    assert looks_like_html(Answer(200, {"Content-Type": kind}, body)) is html


def test_an_empty_answer_is_asked_again_and_204_is_an_answer(server: FaultServer) -> None:
    server.play(answer(b""), answer(b"[]"), answer(b"", 204))
    with session(server) as http:
        assert http.get("posts", judge=judge_status).body == b"[]"
        assert http.get("posts", judge=judge_status).status == 204
        assert http.requests == 3


@pytest.mark.parametrize("cut", [b'{"data": [{"id": 1}, {"id"', b'[{"id": 1},   ' + b" " * 100, b'{"data": [{"id": 1'])
def test_n4_a_platform_that_cuts_its_own_json_is_asked_again_though_the_length_is_right(
    server: FaultServer, cut: bytes
) -> None:
    server.play(answer(cut), compressed(cut), answer(b"[]"))
    with session(server, attempts=3) as http:
        assert http.get("posts", judge=judge_status).body == b"[]"


def test_a_redirect_is_refused_by_the_usual_judge_too() -> None:
    with pytest.raises(SourceRefused, match=r"redirect to https://evil\.example:443 refused"):
        judge_status(Answer(302, {"Location": "https://evil.example/?token=x"}, b""))


def test_only_answers_are_counted_not_attempts(server: FaultServer) -> None:
    server.play(reset_before(), answer(b"{}", 500))
    with session(server) as http:
        with pytest.raises(SourceUnavailable):
            http.get("posts", judge=judge_status)
        assert http.requests == 1


def test_a_secret_header_basic_credentials_and_a_form_arrive_as_they_are(server: FaultServer) -> None:
    token = Secret("env:TOKEN", "t&k=n/+ é")
    basic = (Secret("env:KEY", "ck_1"), Secret("env:SECRET", "cs:2"))
    with session(server, headers={"X-Plain": "yes"}, basic=basic) as http:
        http.post("index.php", {"token_auth": token, "idSite": 1}, {"module": "API"}, judge=judge_status)
        http.get("orders", [("status", "a"), ("status", "b")], judge=judge_status)
    posted, got = server.asked
    assert (posted.method, posted.target) == ("POST", "/wp-json/wp/v2/index.php?module=API")
    assert parse_qs(posted.body.decode()) == {"token_auth": ["t&k=n/+ é"], "idSite": ["1"]}
    assert posted.headers["content-type"] == "application/x-www-form-urlencoded"
    assert base64.b64decode(posted.headers["authorization"].removeprefix("Basic ")) == b"ck_1:cs:2"
    assert (got.method, got.target, got.body) == ("GET", "/wp-json/wp/v2/orders?status=a&status=b", b"")
    assert (got.headers["x-plain"], got.headers["authorization"]) == ("yes", posted.headers["authorization"])
    assert "content-type" not in got.headers
    assert got.headers["accept"] == "application/json"
    assert got.headers["user-agent"].startswith("Vigie/")


def test_a_form_is_sent_again_whole_when_it_is_tried_again(server: FaultServer) -> None:
    server.play(reset_before(), answer(b"{}", 503), answer(b"[]"))
    with session(server) as http:
        with pytest.raises(SourceUnavailable):
            http.post("x", {"a": 1}, judge=judge_status)
        http.post("x", {"a": 1}, judge=judge_status)
    assert {asked.body for asked in server.asked} == {b"a=1"}


def test_a_user_name_with_a_colon_cannot_be_sent(server: FaultServer) -> None:
    with pytest.raises(ConfigError, match="env:USER: a user name must not contain a colon"):
        session(server, basic=(Secret("env:USER", "a:b"), "x"))


def test_a_session_beside_has_its_own_credentials_and_speaks_of_the_same_unit(server: FaultServer) -> None:
    with FaultServer(answer(b"no", 404)) as other, session(server, headers={"X-Own": "1"}) as http:
        with http.beside(other.base, {"X-Other": "2"}) as second, pytest.raises(SourceChanged) as error:
            second.get("stats", judge=judge_status)
        http.get("posts", judge=judge_status)
    assert str(error.value).startswith("wordpress journal, night 2026-11-02 (127.0.0.1): HTTP 404")
    assert "x-own" not in other.asked[0].headers
    assert "x-other" not in server.asked[0].headers


def test_errors_of_a_judge_keep_what_they_know_and_gain_the_unit(server: FaultServer) -> None:
    def judge(_: Answer) -> None:
        raise SourceUnavailable("(#4) limit", retry_after=999)

    with session(server) as http, pytest.raises(SourceUnavailable) as error:
        http.get("posts", judge=judge)
    assert error.value.retry_after == 999
    assert str(error.value) == "wordpress journal, night 2026-11-02 (127.0.0.1): (#4) limit"


def test_a_status_line_that_is_no_http_is_a_broken_answer(server: FaultServer) -> None:
    server.play(raw(b"220 smtp.example ESMTP\r\n"))
    with session(server) as http, pytest.raises(SourceUnavailable, match="the head of the answer cannot be read"):
        http.get("posts", judge=judge_status)


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "9" * 30, "1, 2", "\u0661"])
def test_a_length_that_is_no_number_is_a_broken_answer(server: FaultServer, length: str) -> None:
    body = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n[]".encode()
    server.play(raw(body))
    with session(server) as http, pytest.raises(SourceUnavailable):
        http.get("posts", judge=judge_status)


def test_a_body_labelled_gzip_that_is_none_is_a_broken_answer(server: FaultServer) -> None:
    server.play(answer(b'{"data": []}', Content_Encoding="gzip"), answer(b"[]"))
    with session(server) as http:
        assert http.get("posts", judge=judge_status).body == b"[]"


def test_plain_http_to_another_host_needs_the_word_of_the_settings() -> None:
    with pytest.raises(ConfigError, match="plain http"):
        Session(platform="matomo", account="1", night=None, base="http://stats.example")
    Session(platform="matomo", account="1", night=None, base="http://stats.example", allow_http=True).close()
