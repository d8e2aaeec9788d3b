"""Mastodon: an account's own posts, what stands below them, and how many follow it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeline.errors import QuotaExhausted, SourceChanged, SourceRefused, SourceUnavailable
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, Read, account, check, fetch, names, unit

PROFILE = {"id": "109348", "acct": "atelier", "followers_count": 2100, "statuses_count": 5}
STATUSES, LOOKUP = "/api/v1/accounts/109348/statuses", "/api/v1/accounts/lookup"


def status(number: int, created: str = "2026-11-01T12:00:00.000Z", **more: Any) -> dict[str, Any]:
    told = {"id": str(number), "created_at": created, "content": "<p>a</p>", "replies_count": 0}
    return {**told, "reblogs_count": 1, "favourites_count": 2, "reblog": None, "account": PROFILE, **more}


class Instance:
    """Statuses newest first in pages of ``size``; what stands below each by its id."""

    def __init__(self, server: Loopback, statuses: list[dict[str, Any]], size: int = 40) -> None:
        self.statuses, self.size = statuses, size
        self.below: dict[str, list[dict[str, Any]]] = {}
        self.profiles: dict[str, Any] = {"atelier": PROFILE}
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if asked.path == LOOKUP:
            found = self.profiles.get(asked.query["acct"])
            return Reply(found) if found else Reply({"error": "Record not found"}, 404)
        if asked.path == STATUSES:
            return self.page(asked)
        number = asked.path.split("/")[-2]
        if number not in self.below:
            return Reply({"error": "Record not found"}, 404)
        return Reply({"ancestors": [], "descendants": self.below[number]})

    def page(self, asked: Asked) -> Reply:
        most = asked.query.get("max_id")
        rows = [row for row in self.statuses if most is None or int(row["id"]) < int(most)]
        shown, rest = rows[: self.size], rows[self.size :]
        link = f'<http://{asked.headers["host"]}{asked.path}?max_id={shown[-1]["id"]}>; rel="next"' if rest else ""
        back = f'<http://{asked.headers["host"]}{asked.path}?min_id=9>; rel="prev"'
        return Reply(shown, headers={"Link": ", ".join(filter(None, (link, back)))})


def read(server: Loopback, **options: Any) -> Read:
    return fetch(account("mastodon", server.base, **options))


def test_all_pages_are_read_by_their_links_and_counted(server: Loopback) -> None:
    Instance(server, [status(n) for n in range(1105, 1000, -1)])
    found = read(server)
    assert names(found.records("posts"), "id") == [str(n) for n in range(1105, 1000, -1)]
    assert len(found.pages) >= 3
    assert found.requests == 1 + 3


def test_a_short_or_empty_page_is_not_the_last_one(server: Loopback) -> None:
    there = Instance(server, [status(n) for n in range(50, 0, -1)], size=10)
    pages = there.page

    def filtered(asked: Asked) -> Reply:
        reply = pages(asked)
        return Reply([], headers=reply.headers) if asked.query.get("max_id") == "41" else reply

    there.page = filtered  # type: ignore[method-assign]
    assert len(read(server).records("posts")) == 40


def test_a_full_page_whose_link_was_swallowed_is_not_the_last_one(server: Loopback) -> None:
    there = Instance(server, [status(n) for n in range(1105, 1000, -1)])
    pages = there.page
    there.page = lambda asked: Reply(json.loads(pages(asked).payload))  # type: ignore[method-assign]
    assert len(read(server).records("posts")) == 105


def test_an_account_without_posts_delivers_nothing_and_says_so(server: Loopback) -> None:
    Instance(server, [])
    found = read(server)
    assert found.delivered() == {"account", "posts", "comments"}
    assert found.records("account") == [{"day": "2026-11-02", **PROFILE}]


def test_the_list_is_left_once_a_whole_page_lies_before_the_window(server: Loopback) -> None:
    old = [status(n, "2026-08-01T00:00:00Z") for n in range(200, 0, -1)]
    Instance(server, [status(300), *old])
    found = read(server)
    assert names(found.records("posts"), "id") == ["300"]
    assert found.requests == 1 + 2


def test_boosts_and_answers_to_others_are_not_asked_for_and_not_kept(server: Loopback) -> None:
    Instance(server, [status(3), status(2, reblog={"id": "1", "content": "theirs"})])
    assert names(read(server).records("posts"), "id") == ["3"]
    asked = next(a for a in server.asked if a.path == STATUSES)
    assert (asked.query["exclude_reblogs"], asked.query["exclude_replies"]) == ("true", "true")
    assert asked.query["limit"] == "40"


def test_days_are_those_of_greenwich(server: Loopback) -> None:
    late = [
        status(3, "2026-11-03T00:00:00Z"),
        status(2, "2026-11-03T00:30:00+01:00"),
        status(1, "2026-10-29T23:59:59Z"),
    ]
    Instance(server, late)
    assert names(read(server).records("posts"), "id") == ["2"]


def test_a_window_of_long_ago_begins_at_its_own_end(server: Loopback) -> None:
    Instance(server, [])
    there = account("mastodon", server.base)
    what = unit(there)
    past = type(what)(what.platform, what.account, NIGHT, type(what.window)(date(2026, 3, 1), date(2026, 3, 31)))
    fetch(there, past)
    asked = next(a for a in server.asked if a.path == STATUSES)
    moment = datetime.fromtimestamp((int(asked.query["max_id"]) >> 16) / 1000, UTC)
    assert moment == datetime(2026, 4, 1, tzinfo=UTC)


def test_answers_are_counted_and_timed_and_name_nobody(server: Loopback) -> None:
    there = Instance(server, [status(9, replies_count=3), status(8)])
    person = {"id": "7", "acct": "nobody@elsewhere.example", "display_name": "Nobody"}
    there.below["9"] = [
        status(20, "2026-11-01T13:00:00Z", account=person, in_reply_to_id="9"),
        status(21, "2026-11-01T14:00:00Z", account=PROFILE, in_reply_to_id="20"),
        status(22, "2026-11-02T14:00:00Z", account=person, in_reply_to_id="9"),
        status(23, "2026-11-03T00:00:01Z", account=person, in_reply_to_id="9"),
    ]
    found = read(server)
    kept = found.records("comments")
    assert names(kept, "id") == ["20", "21", "22"]
    assert names(kept, "own") == [False, True, False]
    assert names(kept, "post_day") == ["2026-11-01"] * 3
    assert kept[0]["person"] == kept[2]["person"] != kept[1]["person"]
    assert b"obody" not in b"".join(found.raw["comments"])
    # Nothing stands below the other one: nobody asks.
    assert [a.path for a in server.asked if a.path.endswith("/context")] == ["/api/v1/statuses/9/context"]


def test_without_a_key_nobody_is_told_from_anybody(server: Loopback) -> None:
    there = Instance(server, [status(9, replies_count=1)])
    there.below["9"] = [status(20, account={"id": "7", "acct": "nobody"}, in_reply_to_id="9")]
    ours = account("mastodon", server.base)
    kept = fetch(type(ours)(**{**ours.__dict__, "person_key": None})).records("comments")
    assert names(kept, "person") == [None]


def test_a_post_that_is_deleted_while_its_answers_are_read_stops_nothing(server: Loopback) -> None:
    there = Instance(server, [status(9, replies_count=1), status(8, replies_count=1)])
    there.below["8"] = [status(20, account={"id": "7"}, in_reply_to_id="8")]
    found = read(server)
    assert names(found.records("comments"), "post") == ["8"]
    assert [note.kind for note in found.notes] == ["post_gone"]


def test_fields_that_another_server_does_not_have_are_absent_and_not_zero(server: Loopback) -> None:
    there = Instance(server, [{"id": "01HX", "created_at": "2026-11-01T12:00:00Z", "content": "a"}])
    there.below["01HX"] = []
    kept = read(server).records("posts")[0]
    assert not {"reblogs_count", "favourites_count", "quotes_count"} & kept.keys()


def test_followers_of_a_night_that_is_read_late_are_not_known(server: Loopback) -> None:
    Instance(server, [])
    server.date = "Sat, 07 Nov 2026 03:00:00 GMT"
    found = read(server, tracked=("voilerie@autre.example",))
    assert set(found.absent) == {"account", "tracked"}
    assert "5 days after the night" in found.absent["account"]


def test_others_are_looked_up_by_name_and_one_that_is_gone_is_told(server: Loopback) -> None:
    there = Instance(server, [])
    there.profiles["voilerie@autre.example"] = {"id": "1", "acct": "voilerie@autre.example", "followers_count": 5}
    found = read(server, tracked=("voilerie@autre.example", "gone@autre.example"))
    assert [(row["acct"], row["followers_count"]) for row in found.records("tracked")] == [
        ("voilerie@autre.example", 5)
    ]
    assert [note.kind for note in found.notes] == ["tracked_gone"]


def test_a_link_that_leads_elsewhere_is_never_followed(server: Loopback) -> None:
    there = Instance(server, [status(n) for n in range(90, 0, -1)])
    link = {"Link": '<https://evil.example/api?max_id=5>; rel="next"'}
    there.page = lambda asked: Reply([status(5)], 200, link if asked else {})  # type: ignore[method-assign]
    with pytest.raises(SourceChanged, match=r"leads elsewhere: https://evil\.example"):
        read(server)


def test_a_page_that_comes_again_is_a_circle(server: Loopback) -> None:
    there = Instance(server, [])
    there.page = lambda asked: Reply(  # type: ignore[method-assign]
        [status(5)], headers={"Link": f'<http://{asked.headers["host"]}{STATUSES}?max_id=5>; rel="next"'}
    )
    with pytest.raises(SourceChanged, match="goes in a circle"):
        read(server)


def test_a_token_is_sent_where_there_is_one(server: Loopback) -> None:
    Instance(server, [])
    read(server)
    assert {a.headers.get("authorization") for a in server.asked} == {"Bearer mastodon-token-eeee"}


def test_a_check_says_who_and_how_many(server: Loopback) -> None:
    Instance(server, [])
    assert check(account("mastodon", server.base)) == f"@atelier on {server.base}, 2100 followers"


def limited(reset: str) -> Reply:
    return Reply({"error": "Too many requests"}, 429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply({"error": "The access token is invalid"}, 401), SourceRefused, "set or renew token.*is invalid"),
        (Reply({"error": "This action is not allowed"}, 403), SourceRefused, "with the scope read"),
        (Reply({"error": "Record not found"}, 404), SourceChanged, "Record not found"),
        (Reply({"error": "Gone"}, 410), SourceRefused, "the account was deleted"),
        (Reply({"error": "Validation failed"}, 422), SourceChanged, "Validation failed"),
        (Reply({"error": "Service unavailable"}, 503), SourceUnavailable, "HTTP 503"),
        (Reply(b"<html>maintenance</html>", 200, {"Content-Type": "text/html"}), SourceUnavailable, "maintenance page"),
        (Reply({"id": 5}), SourceChanged, "the account"),
        (Reply([1]), SourceChanged, "no object"),
    ],
)
def test_every_error_of_the_instance_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("mastodon atelier, night 2026-11-02")


def test_a_spent_window_says_when_it_is_over_by_the_instances_own_clock(server: Loopback) -> None:
    # The moment is in ISO format, not in seconds; the clock of this machine has no part in it.
    server.answers = lambda _: limited("2026-11-03T03:04:30.348080Z")
    with pytest.raises(QuotaExhausted, match="Too many requests") as caught:
        read(server)
    assert caught.value.resets_at is not None
    assert abs(caught.value.resets_at - datetime(2026, 11, 3, 3, 4, 30, tzinfo=UTC)) < timedelta(seconds=2)


def test_a_counter_that_became_a_text_is_kept_as_it_came(server: Loopback) -> None:
    Instance(server, [status(3, favourites_count="12")])
    assert read(server).raw["posts"][0].count(b'"favourites_count":"12"') == 1


def test_a_year_takes_no_more_requests_than_its_pages(server: Loopback) -> None:
    first = datetime(2025, 11, 3, tzinfo=UTC)
    rows = [status(1000 + n, (first + timedelta(hours=12 * n)).isoformat()) for n in range(729, -1, -1)]
    Instance(server, rows)
    there = account("mastodon", server.base)
    found = fetch(there, unit(there, days=364))
    assert len(found.records("posts")) == 730
    # 19 pages of 40, and the account.
    assert found.requests == 20
