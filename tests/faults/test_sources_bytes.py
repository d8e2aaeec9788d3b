"""Partial answers and odd bytes: nothing partial is accepted, nothing is rounded, nothing is believed twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.errors import SourceChanged, SourceError, SourceRefused
from tests.sources.graph import Graph, post
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import account, fetch
from tests.sources.wp import Site, order, route


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(lambda _: Reply(status=404)) as running:
        yield running


POSTS = [post(1), post(2)]


@pytest.mark.parametrize(
    ("beside", "kind"),
    [
        ({"error": {"message": "Session has expired", "code": 190}}, SourceRefused),
        ({"error": {"message": "odd"}}, SourceChanged),
        ({"errors": [{"message": "only a part of the posts could be read"}]}, SourceChanged),
    ],
)
@pytest.mark.parametrize("edge", ["/published_posts", "/insights"])
def test_a03_data_beside_an_error_is_not_half_a_success(
    server: Loopback, edge: str, beside: dict[str, Any], kind: type[SourceError]
) -> None:
    graph = Graph(server, POSTS)

    def answers(asked: Asked) -> Reply:
        answer = graph.answer(asked)
        return Reply({**json.loads(answer.payload), **beside}) if asked.path.endswith(edge) else answer

    server.answers = answers
    with pytest.raises(kind):
        fetch(account("facebook", server.base))


def test_a03_statistics_beside_an_error_are_not_accepted(server: Loopback) -> None:
    site = Site(server, {"/wp/v2/posts": [], "/wp/v2/comments": []})
    partial = {"fields": ["period", "views"], "data": [["2026-11-02", 1]], "error": "timeout", "message": "partial"}
    server.answers = lambda asked: Reply(partial) if "/rest/v1" in asked.path else site.answer(asked)
    there = account("wordpress", server.base, secrets={"stats_token": "stats-token-dddd"}, stats_base=server.base)
    with pytest.raises(SourceChanged, match="partial"):
        fetch(there)


ODD = [
    b'{"id":"104001_00000000000000000012345678901234567890","n":1}',
    b'{"id":"007","n":12345678901234567890123456789}',
    b'{"id":"1","n":1e999}',
    b'{"id":"2","n":-0.0,"m":0.1000000000000000055511151231257827}',
    b'{"id":"3","n":1,"n":2}',
    b'{"id":"4","n":null,"m":[1,{"deep":[true,"\\u0000"]}]}',
    b'{"id":9007199254740993}',
]


def bare(server: Loopback, record: bytes) -> None:
    """A page whose only post is this record."""
    graph = Graph(server, [])
    body = b'{"data":[' + record + b"]}"
    server.answers = lambda asked: Reply(body) if asked.path.endswith("published_posts") else graph.answer(asked)


@pytest.mark.parametrize("record", ODD)
def test_a15_a_record_is_the_platforms_own_bytes(server: Loopback, record: bytes) -> None:
    bare(server, record)
    assert fetch(account("facebook", server.base)).raw["posts"] == [record]


@pytest.mark.parametrize(
    "record", [b'{"id":1.0}', b'{"id":1e17}', b'{"id":true}', b'{"id":null}', b'{"n":1}', b'{"id":["1"]}', b'"1"']
)
def test_a15_a_post_without_a_usable_id_is_refused(server: Loopback, record: bytes) -> None:
    bare(server, record)
    with pytest.raises(SourceChanged):
        fetch(account("facebook", server.base))


@pytest.mark.parametrize("record", [b'{"id":"1","n":NaN}', b'{"id":"1","n":Infinity}', b'{"id":"1","n":01}'])
def test_a15_what_is_no_json_is_refused(server: Loopback, record: bytes) -> None:
    bare(server, record)
    with pytest.raises(SourceChanged):
        fetch(account("facebook", server.base))


@pytest.mark.parametrize("number", [b"9007199254740993", b'"9007199254740993"', b'"0042"'])
def test_a15_the_id_of_an_order_stays_as_it_was_written(server: Loopback, number: bytes) -> None:
    wrote = b'[{"id":' + number + b',"total":"90.10"}]'
    totals = {"X-WP-Total": "1", "X-WP-TotalPages": "1"}
    server.answers = lambda _: Reply(wrote, headers=totals)
    assert set(fetch(account("woocommerce", server.base)).raw["orders"]) == {b'{"id":' + number + b',"total":"90.10"}'}


@pytest.mark.parametrize("number", [1.5, True, "x", None, [1]])
def test_a15_an_order_without_a_usable_id_is_left_to_the_load_and_has_no_refunds(
    server: Loopback, number: object
) -> None:
    odd = order(1, refunds=[{"id": 7, "total": "-1.00"}])
    odd["id"] = number
    totals = {"X-WP-Total": "1", "X-WP-TotalPages": "1"}
    empty = {"X-WP-Total": "0", "X-WP-TotalPages": "0"}

    def answers(asked: Asked) -> Reply:
        return Reply([], headers=empty) if asked.query["status"] == "trash" else Reply([odd], headers=totals)

    server.answers = answers
    found = fetch(account("woocommerce", server.base))
    assert [record["id"] for record in found.records("orders")] == [number]
    assert not [asked for asked in server.asked if "refunds" in route(asked)]


def test_a15_an_insight_that_says_its_value_twice_keeps_both_for_the_load_to_see(server: Loopback) -> None:
    graph = Graph(server, [])
    value = b'{"value":1,"value":2,"end_time":"2026-11-02T08:00:00+0000"}'
    body = b'{"data":[{"name":"page_follows","period":"day","values":[' + value + b"]}]}"
    server.answers = lambda asked: Reply(body) if asked.path.endswith("/insights") else graph.answer(asked)
    first = fetch(account("facebook", server.base)).raw["page_insights"][0]
    assert first == b'{"name":"page_follows","period":"day",' + value[1:]
