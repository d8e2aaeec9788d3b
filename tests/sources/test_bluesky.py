"""Bluesky: an account's own posts, dated by what can be believed, and what stands below them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeline.errors import QuotaExhausted, SourceChanged, SourceRefused, SourceUnavailable
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, Read, account, check, fetch, names, unit

DID = "did:plc:atelier1"
PROFILE = {"did": DID, "handle": "atelier.example", "followersCount": 2100, "postsCount": 9}
THREAD = "app.bsky.feed.defs#threadViewPost"


def post(key: str, moment: str = "2026-11-01T12:00:00.000Z", did: str = DID, **more: Any) -> dict[str, Any]:
    record = {"text": "a", "createdAt": more.pop("created", moment)}
    told = {"uri": f"at://{did}/app.bsky.feed.post/{key}", "author": {"did": did, "handle": "h.example"}}
    return {**told, "record": record, "indexedAt": moment, "replyCount": 0, "likeCount": 2, **more}


def below(what: dict[str, Any], *replies: dict[str, Any]) -> dict[str, Any]:
    return {"$type": THREAD, "post": what, "replies": list(replies)}


class View:
    """A feed newest first in pages of ``size``; its cursor is the number of the next item."""

    def __init__(self, server: Loopback, posts: list[dict[str, Any]], size: int = 100) -> None:
        self.items: list[dict[str, Any]] = [each if "post" in each else {"post": each} for each in posts]
        self.size = size
        self.threads: dict[str, dict[str, Any]] = {}
        self.profiles = [PROFILE]
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        query = asked.path.rpartition(".")[2]
        if query == "getProfile":
            return Reply(PROFILE)
        if query == "getProfiles":
            return Reply({"profiles": self.profiles})
        if query == "getAuthorFeed":
            return Reply(self.page(int(asked.query["cursor"]) if asked.query.get("cursor", "").isdigit() else 0))
        found = self.threads.get(asked.query["uri"])
        return Reply({"thread": found}) if found else Reply({"error": "NotFound", "message": "Post not found"}, 400)

    def page(self, start: int) -> dict[str, Any]:
        feed = self.items[start : start + self.size]
        rest = start + self.size < len(self.items)
        return {"feed": feed, "cursor": str(start + self.size)} if rest else {"feed": feed}


def read(server: Loopback, **options: Any) -> Read:
    return fetch(account("bluesky", server.base, **options))


def keys(found: Read) -> list[str]:
    return [uri.rpartition("/")[2] for uri in names(found.records("posts"), "uri")]


def test_all_pages_are_read_by_their_cursors_and_counted(server: Loopback) -> None:
    View(server, [post(f"k{n}") for n in range(230)])
    found = read(server)
    assert keys(found) == [f"k{n}" for n in range(230)]
    assert found.requests == 1 + 3


def test_a_short_page_is_not_the_last_one_but_one_without_anything_is(server: Loopback) -> None:
    there = View(server, [post(f"k{n}") for n in range(6)], size=2)
    whole = there.page
    there.page = lambda start: {**whole(start), "cursor": str(start + 2)}  # type: ignore[method-assign]
    found = read(server)
    assert keys(found) == [f"k{n}" for n in range(6)]
    assert found.requests == 1 + 4


def test_an_account_without_posts_delivers_nothing_and_says_so(server: Loopback) -> None:
    View(server, [])
    found = read(server)
    assert found.delivered() == {"account", "posts", "comments"}
    assert found.records("account")[0]["followersCount"] == 2100


def test_reposts_and_pins_are_no_posts_and_a_pinned_post_is_kept_once(server: Loopback) -> None:
    pinned = post("k2")
    theirs = post("z", did="did:plc:other")
    repost = {"post": theirs, "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}
    pin = {"post": pinned, "reason": {"$type": "app.bsky.feed.defs#reasonPin"}}
    View(server, [pin, post("k3"), repost, pinned])
    assert keys(read(server)) == ["k3", "k2"]
    feed = next(a for a in server.asked if a.path.endswith("getAuthorFeed"))
    assert (feed.query["filter"], feed.query["includePins"]) == ("posts_and_author_threads", "false")


@pytest.mark.parametrize(
    ("created", "published"),
    [
        ("2026-11-01T11:59:58.000Z", "2026-11-01T11:59:58Z"),
        ("2026-10-31T12:00:01.000+00:00", "2026-10-31T12:00:01Z"),
        ("2020-01-01T00:00:00Z", "2026-11-01T12:00:00Z"),
        ("2031-01-01T00:00:00Z", "2026-11-01T12:00:00Z"),
        ("yesterday", "2026-11-01T12:00:00Z"),
        (None, "2026-11-01T12:00:00Z"),
    ],
)
def test_a_client_may_say_when_it_wrote_a_post_only_near_the_moment_it_was_seen(
    server: Loopback, created: str | None, published: str
) -> None:
    View(server, [post("k1", created=created)])
    kept = read(server).records("posts")[0]
    assert (kept["published"], kept["createdAt"]) == (published, created)


def test_days_are_those_of_greenwich(server: Loopback) -> None:
    late = [
        post("k3", "2026-11-03T00:00:00Z"),
        post("k2", "2026-11-03T00:30:00+01:00"),
        post("k1", "2026-10-29T23:59:59Z"),
    ]
    View(server, late)
    assert keys(read(server)) == ["k2"]


def test_a_counter_that_is_not_there_is_unknown_and_not_zero(server: Loopback) -> None:
    there = View(server, [{key: value for key, value in post("k1").items() if key != "replyCount"}])
    there.threads[f"at://{DID}/app.bsky.feed.post/k1"] = below(post("k1"))
    kept = read(server).records("posts")[0]
    assert not {"repostCount", "replyCount", "quoteCount"} & kept.keys()
    # Whoever does not know how many answers there are must look.
    assert any(a.path.endswith("getPostThread") for a in server.asked)


def test_answers_are_counted_and_timed_through_the_whole_thread_and_name_nobody(server: Loopback) -> None:
    there = View(server, [post("k9", replyCount=3), post("k8")])
    first = below(
        post("r1", "2026-11-01T13:00:00Z", "did:plc:nobody"),
        below(post("r2", "2026-11-01T14:00:00Z"), below(post("r3", "2026-11-02T15:00:00Z", "did:plc:nobody"))),
    )
    gone = {"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://x/y/z", "notFound": True}
    there.threads[f"at://{DID}/app.bsky.feed.post/k9"] = below(post("k9"), first, gone)
    found = read(server)
    kept = found.records("comments")
    assert {row["key"]: (row["own"], row["parent"]) for row in kept} == {
        "r1": (False, None),
        "r2": (True, "r1"),
        "r3": (False, "r2"),
    }
    assert len({row["person"] for row in kept}) == 2
    # The address of an answer would say who wrote it.
    assert b"did:plc:nobody" not in b"".join(found.raw["comments"])
    assert sum(a.path.endswith("getPostThread") for a in server.asked) == 1


def test_a_post_that_is_deleted_while_its_answers_are_read_stops_nothing(server: Loopback) -> None:
    there = View(server, [post("k9", replyCount=1), post("k8", replyCount=1)])
    there.threads[f"at://{DID}/app.bsky.feed.post/k8"] = below(post("k8"), below(post("r1", did="did:plc:n")))
    found = read(server)
    assert names(found.records("comments"), "key") == ["r1"]
    assert [note.kind for note in found.notes] == ["post_gone"]


def test_the_feed_is_left_once_a_whole_page_lies_before_the_window(server: Loopback) -> None:
    View(server, [post("k1"), *(post(f"o{n}", "2026-06-01T00:00:00Z") for n in range(400))])
    found = read(server)
    assert keys(found) == ["k1"]
    assert found.requests == 1 + 2


def test_a_window_of_long_ago_begins_at_its_own_end(server: Loopback) -> None:
    View(server, [])
    there = account("bluesky", server.base)
    what = unit(there)
    past = type(what)(what.platform, what.account, NIGHT, type(what.window)(date(2026, 3, 1), date(2026, 3, 31)))
    fetch(there, past)
    feed = next(a for a in server.asked if a.path.endswith("getAuthorFeed"))
    assert feed.query["cursor"] == "2026-03-31T23:59:59.999Z"


def test_others_are_asked_for_by_twenty_five_and_one_that_is_gone_is_told(server: Loopback) -> None:
    there = View(server, [])
    tracked = tuple(f"other{n}.example" for n in range(30))
    there.profiles = [{"did": f"did:plc:o{n}", "handle": f"Other{n}.example", "followersCount": n} for n in range(24)]
    answer = there.answer

    def known(asked: Asked) -> Reply:
        if asked.path.endswith("getProfiles"):
            last = asked.query["actors"]
            return Reply({"profiles": there.profiles if last == "other24.example" else []})
        return answer(asked)

    server.answers = known
    found = read(server, tracked=tracked)
    assert len(found.records("tracked")) == 24
    assert sum(note.kind == "tracked_gone" for note in found.notes) == 6
    assert sum(a.path.endswith("getProfiles") for a in server.asked) == 2


def test_followers_of_a_night_that_is_read_late_are_not_known(server: Loopback) -> None:
    View(server, [])
    server.date = "Sat, 07 Nov 2026 03:00:00 GMT"
    assert set(read(server, tracked=("voilerie.example",)).absent) == {"account", "tracked"}


def test_a_cursor_that_comes_again_is_a_circle(server: Loopback) -> None:
    there = View(server, [post("k1")])
    there.page = lambda start: {"feed": [{"post": post(f"k{start}")}], "cursor": "7"}  # type: ignore[method-assign]
    with pytest.raises(SourceChanged, match="goes in a circle"):
        read(server)


def test_a_check_says_who_and_how_many(server: Loopback) -> None:
    View(server, [])
    assert check(account("bluesky", server.base)) == f"@atelier.example ({DID}), 2100 followers"


def refused(name: str, status: int = 400, **headers: str) -> Reply:
    return Reply({"error": name, "message": "so it is"}, status, headers)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (refused("InvalidRequest"), SourceChanged, r"so it is.*InvalidRequest"),
        (refused("ExpiredToken"), SourceRefused, "only to those who log in"),
        (refused("AuthMissing", 401), SourceRefused, "only to those who log in"),
        (refused("AccountTakedown"), SourceRefused, "the account was closed"),
        (refused("NotFound"), SourceChanged, "NotFound"),
        (refused("UpstreamFailure", 502), SourceUnavailable, "HTTP 502"),
        (Reply(b"<html>maintenance</html>", 200, {"Content-Type": "text/html"}), SourceUnavailable, "maintenance page"),
        (Reply({"handle": "a"}), SourceChanged, "the profile"),
        (Reply([1]), SourceChanged, "the profile"),
    ],
)
def test_every_error_of_the_network_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("bluesky atelier.example, night 2026-11-02")


def test_a_spent_window_ends_at_a_moment_in_unix_seconds(server: Loopback) -> None:
    reset = int(datetime(2026, 11, 3, 4, 0, 0, tzinfo=UTC).timestamp())
    server.answers = lambda _: refused("RateLimitExceeded", 429, **{"RateLimit-Reset": str(reset)})
    with pytest.raises(QuotaExhausted, match=r"RateLimitExceeded.*more from 2026-11-03 04:00 UTC on") as caught:
        read(server)
    assert caught.value.resets_at is not None
    assert abs(caught.value.resets_at - datetime(2026, 11, 3, 4, tzinfo=UTC)) < timedelta(seconds=2)


def test_a_year_takes_no_more_requests_than_its_pages(server: Loopback) -> None:
    first = datetime(2025, 11, 3, tzinfo=UTC)
    View(server, [post(f"k{n}", (first + timedelta(hours=12 * n)).isoformat()) for n in range(729, -1, -1)])
    found = fetch(account("bluesky", server.base), unit(account("bluesky", server.base), days=364))
    assert len(found.records("posts")) == 730
    # 8 pages of 100, and the profile.
    assert found.requests == 9
