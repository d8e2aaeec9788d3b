"""Comments on the posts of a page: what comes with the posts, what is asked further, and what may not be shown."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pipeline.errors import SourceChanged, SourceRefused
from tests.sources.graph import PAGE, TOKEN, Graph, error, post
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import Read, account, fetch, names
from tests.sources.samples import sample

OWN = {"name": PAGE["name"], "id": PAGE["id"]}
NO_PERMISSION = error(10, "(#10) Application does not have permission for this action", status=403)
NAMED = error(10, "(#10) This endpoint requires the 'pages_read_user_content' permission", status=403)
WITHOUT = "grant the permission pages_read_user_content"


def said(number: int, by: str | None = "61", **more: Any) -> dict[str, Any]:
    """A comment of somebody (``61``), of the page, or of nobody who is shown; with words that nobody may keep."""
    person = {"from": {"name": f"Nobody {by}", "id": by} if by != PAGE["id"] else OWN} if by else {}
    told = {"id": f"9_{number}", "created_time": f"2026-11-02T10:{number % 60:02}:00+0000", **person}
    return {**told, "message": "happy birthday", **more}


class Talk:
    """A page with posts, and what is written under them: ``sizes`` of the lists, the first inside its post."""

    def __init__(
        self, server: Loopback, threads: dict[int, list[dict[str, Any]]], sizes: tuple[int, ...] = (100,)
    ) -> None:
        self.server, self.threads, self.sizes = server, threads, sizes
        self.most = 100
        self.linked = True
        self.refused: Reply | None = None
        self.further: Reply | None = None
        self._graph = Graph(server, [])
        self.server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        fields = asked.query.get("fields", "")
        if asked.path.endswith("/comments"):
            too_much = int(asked.query["limit"]) > self.most
            return _heavy() if too_much else self.further or self._list(asked)
        if not asked.path.endswith("/published_posts"):
            return self._graph.answer(asked)
        nested = re.search(r"comments\.filter\(stream\)\.limit\((\d+)\)\.summary\(true\)(\{)?", fields)
        assert nested
        if nested[2] and self.refused:
            return self.refused
        if int(nested[1]) > self.most:
            return _heavy()
        return Reply({"data": [self._post(number, read=bool(nested[2])) for number in self.threads]})

    def _post(self, number: int, *, read: bool) -> dict[str, Any]:
        thread = self.threads[number]
        summary = {"order": "chronological", "total_count": len(thread), "can_comment": False}
        inside = self._page(number, 0) if read else {"data": []}
        return post(number, comments={**inside, "summary": summary})

    def _list(self, asked: Asked) -> Reply:
        number = int(asked.path.split("/")[-2].partition("_")[2])
        return Reply(self._page(number, int(asked.query["after"])))

    def _page(self, number: int, nth: int) -> dict[str, Any]:
        start = sum(self.sizes[:nth])
        size = self.sizes[nth] if nth < len(self.sizes) else 0
        paging: dict[str, Any] = {"cursors": {"before": "x", "after": str(nth + 1)}}
        if self.linked and start + size < len(self.threads[number]):
            place = f"access_token={TOKEN}&filter=stream&after={nth + 1}"
            paging["next"] = f"{self.server.base}/v26.0/104001_{number}/comments?{place}"
        return {"data": self.threads[number][start : start + size], "paging": paging}

    @property
    def asked(self) -> list[Asked]:
        """What was asked for the comments of single posts."""
        return [asked for asked in self.server.asked if asked.path.endswith("/comments")]


def _heavy() -> Reply:
    return error(1, "Please reduce the amount of data you're asking for, then retry your request", status=500)


def night(server: Loopback) -> Read:
    return fetch(account("facebook", server.base))


def test_comments_come_with_their_posts_and_cost_no_request(server: Loopback) -> None:
    talk = Talk(server, {1: [said(1), said(2, "104001", parent={"id": "9_1"})], 2: [], 3: [said(3, "62")]})
    read = night(server)
    first, own, other = read.records("post_comments")
    assert (read.requests, talk.asked) == (5, [])
    assert (first["post_id"], first["post_created_time"]) == ("104001_1", "2026-11-01T12:00:00+0000")
    assert (first["id"], first["parent_id"], first["is_own"]) == ("9_1", None, False)
    assert (own["id"], own["parent_id"], own["is_own"]) == ("9_2", "9_1", True)
    assert len({first["person"], own["person"], other["person"]}) == 3
    assert all(re.fullmatch("[0-9a-f]{24}", record["person"]) for record in (first, own, other))


def test_neither_words_nor_people_are_kept_and_the_post_keeps_its_count(server: Loopback) -> None:
    Talk(server, {1: [said(n) for n in range(5)]}, (3, 2))
    read = night(server)
    kept = b"".join(b"".join(records) for records in read.raw.values())
    for word in ("Nobody", "birthday", TOKEN, '"61"'):
        assert word.encode() not in kept
    (told,) = read.records("posts")
    assert told["comments"] == {
        "data": [],
        "summary": {"order": "chronological", "total_count": 5, "can_comment": False},
    }


def test_more_comments_than_come_with_a_post_are_asked_page_by_page(server: Loopback) -> None:
    # The third page is short, the fourth empty, and neither is the last.
    talk = Talk(server, {1: [said(n) for n in range(230)], 2: [said(1000)]}, (100, 100, 7, 0, 23))
    read = night(server)
    assert names(read.records("post_comments"), "id") == [*(f"9_{n}" for n in range(230)), "9_1000"]
    assert [asked.query["after"] for asked in talk.asked] == ["1", "2", "3", "4"]
    assert {asked.path for asked in talk.asked} == {"/v26.0/104001_1/comments"}
    assert {(asked.query["filter"], asked.query["limit"]) for asked in talk.asked} == {("stream", "100")}
    assert not [asked for asked in talk.asked if "access_token" in asked.query]


def test_a_full_page_of_comments_without_a_link_is_not_taken_for_the_last_one(server: Loopback) -> None:
    talk = Talk(server, {1: [said(n) for n in range(104)]}, (100, 4))
    talk.linked = False
    assert len(night(server).records("post_comments")) == 104


def test_comments_that_go_in_a_circle_end_with_an_error(server: Loopback) -> None:
    talk = Talk(server, {1: [said(n) for n in range(9)]}, (3, 3, 3))
    talk.further = Reply(talk._page(1, 0))
    with pytest.raises(SourceChanged, match="goes in a circle"):
        night(server)


def test_a_comment_belongs_to_the_night_of_its_pacific_day(server: Loopback) -> None:
    late = [said(1, created_time="2026-11-03T07:59:59+0000"), said(2, created_time="2026-11-03T08:00:00+0000")]
    Talk(server, {1: late})
    assert names(night(server).records("post_comments"), "id") == ["9_1"]


def test_posts_without_comments_are_delivered_as_having_none(server: Loopback) -> None:
    Talk(server, {1: [], 2: []})
    read = night(server)
    assert "post_comments" in read.delivered()
    assert (read.records("post_comments"), read.absent) == ([], {})


@pytest.mark.parametrize("refused", [NO_PERMISSION, NAMED, error(200, "(#200) Permissions error", status=403)])
def test_a_token_that_may_only_count_still_brings_posts_and_metrics(server: Loopback, refused: Reply) -> None:
    Talk(server, {1: [said(1), said(2)], 2: []}).refused = refused
    read = night(server)
    assert WITHOUT in read.absent["post_comments"]
    assert read.delivered() == {"page", "page_insights", "posts"}
    assert [told["comments"]["summary"]["total_count"] for told in read.records("posts")] == [2, 0]
    assert read.requests == 6


def test_a_token_that_may_not_even_list_posts_is_refused_as_before(server: Loopback) -> None:
    graph = Graph(server, [])
    refused = error(10, "(#10) requires the 'pages_read_engagement' permission", status=403)
    server.answers = lambda asked: refused if asked.path.endswith("/published_posts") else graph.answer(asked)
    with pytest.raises(SourceRefused, match="grant the permission pages_read_engagement"):
        night(server)


@pytest.mark.parametrize(
    "thread",
    [
        [said(1, None), said(2, None)],
        # The page's own words are shown to every token.
        [said(1, None), said(2, "104001")],
        # Without the task MODERATE on the page there are no ids.
        [{key: value for key, value in said(1).items() if key != "id"}],
    ],
    ids=["nobody", "only the page", "no ids"],
)
def test_comments_without_people_are_absent_with_the_permission_that_is_missing(
    server: Loopback, thread: list[dict[str, Any]]
) -> None:
    Talk(server, {1: thread, 2: [said(9, "104001")]})
    read = night(server)
    assert WITHOUT in read.absent["post_comments"]
    assert "post_comments" not in read.delivered()
    assert [told["comments"]["summary"]["total_count"] for told in read.records("posts")] == [len(thread), 1]


def test_comments_that_are_counted_and_not_shown_are_absent_and_no_zero(server: Loopback) -> None:
    Talk(server, {1: [said(1), said(2)]}, (0, 0))
    server.answers = _unlinked(server)
    assert WITHOUT in night(server).absent["post_comments"]


def _unlinked(server: Loopback) -> Any:
    """The same answers, of which none leads on."""
    answers = server.answers

    def answer(asked: Asked) -> Reply:
        reply = answers(asked)
        if isinstance(reply.body, dict) and asked.path.endswith("/published_posts"):
            for told in reply.body["data"]:
                told["comments"].pop("paging")
        return reply

    return answer


def test_one_person_who_is_not_shown_among_others_is_a_comment_of_nobody(server: Loopback) -> None:
    Talk(server, {1: [said(1, None)], 2: [said(2)]})
    hidden, shown = night(server).records("post_comments")
    assert (hidden["person"], hidden["is_own"]) == (None, None)
    assert (len(shown["person"]), shown["is_own"]) == (24, False)


def test_a_post_that_vanished_before_all_its_comments_were_read_keeps_the_others(server: Loopback) -> None:
    talk = Talk(server, {1: [said(n) for n in range(5)], 2: [said(9)]}, (3, 2))
    talk.further = error(100, "Unsupported get request", subcode=33)
    assert names(night(server).records("post_comments"), "id") == ["9_0", "9_1", "9_2", "9_9"]


def test_a_permission_that_is_lost_on_the_way_leaves_nothing_half_read(server: Loopback) -> None:
    talk = Talk(server, {1: [said(n, "104001") for n in range(5)]}, (3, 2))
    talk.further = NO_PERMISSION
    assert WITHOUT in night(server).absent["post_comments"]
    talk.threads = {1: [said(n) for n in range(5)]}
    with pytest.raises(SourceRefused, match=WITHOUT):
        night(server)


def test_comments_that_are_too_heavy_are_asked_for_in_smaller_portions(server: Loopback) -> None:
    talk = Talk(server, {1: [said(n) for n in range(15)]}, (10, 5))
    talk.most = 10
    assert len(night(server).records("post_comments")) == 15
    posts = [asked.query for asked in server.asked if asked.path.endswith("/published_posts")]
    # First fewer posts, and only below a single one fewer comments.
    assert [query["limit"] for query in posts] == ["100", "50", "25", "12", "6", "3", "1", "1"]
    assert ["limit(10)" in query["fields"] for query in posts] == [False] * 7 + [True]
    assert [asked.query["limit"] for asked in talk.asked] == ["10"]


def test_a_longer_list_that_is_too_heavy_shrinks_by_itself(server: Loopback) -> None:
    talk = Talk(server, {1: [said(n) for n in range(105)]}, (100, 5))
    answers = talk.answer

    def narrow(asked: Asked) -> Reply:
        talk.most = 10 if asked.path.endswith("/comments") else 100
        return answers(asked)

    server.answers = narrow
    assert len(night(server).records("post_comments")) == 105
    assert [asked.query["limit"] for asked in talk.asked] == ["100", "10"]
    talk.most = 0
    server.answers = lambda asked: _heavy() if asked.path.endswith("/comments") else answers(asked)
    talk.most = 100
    with pytest.raises(SourceChanged, match="reduce the amount of data"):
        night(server)


def test_a_post_that_comes_twice_has_its_comments_once(server: Loopback) -> None:
    comments = {"data": [said(1)], "summary": {"total_count": 1}}
    Graph(server, [post(1, comments=comments), post(2), post(1, comments=comments)], sizes=(2, 1))
    read = night(server)
    assert names(read.records("posts"), "id") == ["104001_1", "104001_2", "104001_1"]
    assert names(read.records("post_comments"), "id") == ["9_1"]


@pytest.mark.parametrize(
    ("comments", "words"),
    [
        ([said(1)], "the comments of a post"),
        ({"data": {"9_1": {}}}, "the comments of a post"),
        ({"data": [{"id": "9_1"}]}, "a comment"),
        ({"data": [said(1, created_time="yesterday")]}, "the comment 9_1 has no usable time"),
        ({"data": [said(1, created_time="2026-11-02T10:00:00")]}, "the comment 9_1 has no usable time"),
        ({"data": [{**said(1), "from": "Nobody"}]}, "a comment"),
        ({"data": [said(1), {**said(2), "id": None}]}, "some comments have an id"),
        ({"data": [said(1)], "paging": {"next": "https://elsewhere.example/?after=x"}}, "leads elsewhere"),
    ],
)
def test_comments_of_another_shape_are_an_error(server: Loopback, comments: Any, words: str) -> None:
    Graph(server, [post(1, comments=comments)])
    with pytest.raises(SourceChanged, match=words) as caught:
        night(server)
    assert "Nobody" not in str(caught.value)
    assert "birthday" not in str(caught.value)


def _recorded(server: Loopback, *, identified: bool) -> tuple[list[Any], Read]:
    """Two recorded pages, below a post; their ids and people were not given to who recorded them."""
    pages = [
        sample("facebook_pages/facebook_apidata_comments_comments_p1.json"),
        sample("facebook_pages/facebook_apidata_comments_comments_p2.json"),
    ]
    text = re.sub(r'(created_time": ")[0-9-]{10}T', r"\g<1>2026-11-01T", json.dumps(pages))
    first, second = json.loads(text.replace("https://graph.facebook.com/v11.0", f"{server.base}/v26.0"))
    rows = [*first["data"], *second["data"]]
    for nth, row in enumerate(rows if identified else ()):
        row["id"] = f"10158407654328553_{row['permalink_url'].rpartition('=')[2]}"
        row["from"] = OWN if nth == 5 else {"name": "Nobody", "id": str(60 + nth)}
    graph = Graph(server, [post(1, comments=first)])
    server.answers = lambda asked: Reply(second) if asked.path.endswith("/comments") else graph.answer(asked)
    return rows, night(server)


def test_recorded_comments_are_counted_over_both_pages(server: Loopback) -> None:
    rows, read = _recorded(server, identified=True)
    assert len(rows) == 15
    assert names(read.records("post_comments"), "id") == names(rows, "id")
    assert names(read.records("post_comments"), "is_own").count(True) == 1
    kept = b"".join(b"".join(records) for records in read.raw.values()).decode()
    assert not [row for row in rows if row["message"][:20] in kept]
    assert read.records("posts")[0]["comments"]["summary"]["total_count"] == 18


def test_recorded_comments_without_people_are_absent(server: Loopback) -> None:
    _, read = _recorded(server, identified=False)
    assert WITHOUT in read.absent["post_comments"]
    assert len(read.records("posts")) == 1
