"""WordPress: posts and comments of a site, and what the statistics say of them."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from pipeline.settings import Account
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import Read, account, check, fetch, names, unit
from tests.sources.wp import Site, comment, error, listed, post, route

POSTS, COMMENTS = "/wp/v2/posts", "/wp/v2/comments"


def site(server: Loopback, posts: int = 0, comments: int = 0) -> Site:
    rows = {POSTS: [post(n) for n in range(1, posts + 1)], COMMENTS: [comment(n) for n in range(1, comments + 1)]}
    return Site(server, rows)


def read(server: Loopback, **options: Any) -> Read:
    return fetch(account("wordpress", server.base, **options))


def test_all_pages_of_posts_and_comments_are_read_and_counted(server: Loopback) -> None:
    site(server, posts=205, comments=101)
    found = read(server)
    assert names(found.records("posts"), "id") == list(range(1, 206))
    assert names(found.records("comments"), "id") == list(range(1, 102))
    assert (found.announced("posts"), found.announced("comments")) == (205, 101)
    assert found.requests == 5


def test_a_site_without_news_delivers_nothing_and_says_so(server: Loopback) -> None:
    site(server)
    found = read(server)
    assert found.delivered() == {"posts", "comments"}
    assert (found.announced("posts"), found.announced("comments")) == (0, 0)
    assert found.requests == 2


def test_the_window_is_made_of_the_sites_own_days_and_holds_midnight(server: Loopback) -> None:
    site(server)
    there = account("wordpress", server.base)
    fetch(there, unit(there, days=10))
    # after and before are exclusive; the clocks of Paris went back on 25 October.
    assert {a.query["after"] for a in server.asked} == {"2026-10-22T23:59:59+02:00"}
    assert {a.query["before"] for a in server.asked} == {"2026-11-03T00:00:00+01:00"}


def test_only_what_is_needed_is_asked_for(server: Loopback) -> None:
    site(server)
    read(server)
    fields = {route(a): a.query["_fields"] for a in server.asked}
    assert fields[COMMENTS].endswith("author,author_name")
    assert "content" not in fields[COMMENTS] + fields[POSTS]


def test_who_wrote_a_comment_is_kept_as_a_hash_alone(server: Loopback) -> None:
    there = site(server, posts=1)
    there.lists[POSTS] = [post(1, author=3)]
    by = [(0, "Nobody"), (3, "The house"), (8, "A customer"), (0, "Nobody"), (0, "Somebody")]
    there.lists[COMMENTS] = [comment(n, author=who, author_name=name) for n, (who, name) in enumerate(by, 1)]
    kept = read(server).records("comments")
    assert names(kept, "own") == [False, True, False, False, False]
    # Only the house's own authors are told apart by more than a hash.
    assert [comment.get("own_author") for comment in kept] == [None, 3, None, None, None]
    people = names(kept, "person")
    assert people[0] == people[3]
    assert len(set(people)) == 4
    assert not {"author", "author_name"} & kept[0].keys()


def test_without_a_key_no_name_is_asked_for_and_nobody_is_told_from_anybody(server: Loopback) -> None:
    site(server, comments=2)
    ours = account("wordpress", server.base)
    found = fetch(type(ours)(**{**ours.__dict__, "person_key": None}))
    assert names(found.records("comments"), "person") == [None, None]
    assert not any("author_name" in a.query["_fields"] for a in server.asked)


def test_plain_permalinks_ask_by_parameter(server: Loopback) -> None:
    site(server, posts=3)
    found = read(server, rest="plain")
    assert len(found.records("posts")) == 3
    assert {a.path for a in server.asked} == {"/"}


def test_an_application_password_is_sent_where_there_is_one(server: Loopback) -> None:
    site(server)
    fetch(account("wordpress", server.base, secrets={"password": "abcd efgh ijkl"}, user="vigie"))
    assert server.asked[0].headers["authorization"] == "Basic " + b64encode(b"vigie:abcd efgh ijkl").decode()
    fetch(account("wordpress", server.base))
    assert "authorization" not in server.asked[-1].headers


def test_posts_that_are_deleted_while_the_list_is_read_take_no_other_post_with_them(server: Loopback) -> None:
    there = site(server, posts=250)

    def trash(asked: Asked) -> None:
        if asked.query.get("page") == "2" and len(there.lists[POSTS]) == 250:
            del there.lists[POSTS][:3]

    there.before_page = trash
    found = read(server)
    assert set(names(found.records("posts"), "id")) == set(range(1, 251))
    assert found.announced("posts") == len(found.records("posts"))


def test_a_list_whose_last_page_vanishes_is_read_to_its_new_end(server: Loopback) -> None:
    there = site(server, posts=101)

    def trash(asked: Asked) -> None:
        if asked.query.get("page") == "2":
            del there.lists[POSTS][40:]

    there.before_page = trash
    found = read(server)
    assert set(names(found.records("posts"), "id")) >= set(range(1, 41))
    assert found.announced("posts") == len(found.records("posts")) == 100


def test_a_comment_that_is_approved_while_the_list_is_read_is_found(server: Loopback) -> None:
    there = site(server, comments=150)
    late = there.lists[COMMENTS].pop(10)

    def approve(asked: Asked) -> None:
        if route(asked) == COMMENTS and asked.query.get("page") == "2" and late not in there.lists[COMMENTS]:
            there.lists[COMMENTS].append(late)

    there.before_page = approve
    found = read(server)
    assert sorted(names(found.records("comments"), "id")) == list(range(1, 151))
    assert found.announced("comments") == 150


def test_a_list_that_never_stands_still_is_left_for_later(server: Loopback) -> None:
    there = site(server, posts=150)

    def grow(asked: Asked) -> None:
        if asked.query.get("page") == "2":
            there.lists[POSTS].append(post(1000 + len(there.lists[POSTS])))

    there.before_page = grow
    with pytest.raises(SourceUnavailable, match="faster than they can be read"):
        read(server)


def test_headers_that_a_proxy_swallowed_are_no_reason_to_guess(server: Loopback) -> None:
    server.answers = lambda _: Reply([post(1)])
    with pytest.raises(SourceChanged, match="X-WP-Total is missing"):
        read(server)


def test_a_time_zone_that_is_not_the_sites_is_refused_with_what_to_change(server: Loopback) -> None:
    Site(server, {POSTS: [post(1), post(2, date="2026-11-01T04:00:00")], COMMENTS: []})
    server.answers = lambda a: listed([post(1, date="2026-11-01T04:00:00")], a)
    with pytest.raises(SourceRefused, match="set time_zone to the site's own zone"):
        read(server)


def test_posts_from_before_the_site_moved_to_its_zone_are_no_reason_to_refuse(server: Loopback) -> None:
    old = post(1, date="2026-10-31T04:00:00", date_gmt="2026-10-31T09:00:00")
    Site(server, {POSTS: [old, post(2)], COMMENTS: []})
    assert len(read(server).records("posts")) == 2


def test_a_check_counts_the_posts(server: Loopback) -> None:
    site(server, posts=38)
    assert check(account("wordpress", server.base)) == f"site {server.base}, 38 posts"
    assert len(server.asked) == 1


HTML = {"Content-Type": "text/html"}


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error("rest_no_route", "No route was found.", 404), SourceRefused, 'rest = "plain"'),
        (error("incorrect_password", "The provided password is invalid.", 401), SourceRefused, "renew the cred"),
        (error("rest_forbidden", "Sorry, you are not allowed to do that.", 403), SourceRefused, "renew the cred"),
        (error("rest_not_logged_in", "You are not currently logged in.", 401), SourceRefused, "not currently"),
        (error("rest_cannot_read", "Sorry.", 200), SourceRefused, "Sorry"),
        (error("rest_invalid_param", "Invalid parameter(s): after", 400), SourceChanged, "Invalid parameter"),
        (error("internal_server_error", "critical error", 500), SourceUnavailable, "HTTP 500"),
        (Reply(b"<html>Too many</html>", 429, {**HTML, "Retry-After": "90"}), SourceUnavailable, "HTTP 429"),
        (Reply(b"<html>Forbidden</html>", 403, HTML), SourceRefused, "HTTP 403"),
        (Reply(b"<html>Briefly unavailable</html>", 200, HTML), SourceUnavailable, "maintenance page"),
        (Reply({"posts": []}), SourceChanged, "X-WP-Total is missing"),
        (Reply({"posts": []}, headers={"X-WP-Total": "1", "X-WP-TotalPages": "1"}), SourceChanged, "the posts"),
        (Reply([1], headers={"X-WP-Total": "1", "X-WP-TotalPages": "1"}), SourceChanged, "no object"),
    ],
)
def test_every_error_of_the_site_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("wordpress journal, night 2026-11-02")


# --- the statistics ---

VISITS = {"date": "2026-11-02", "unit": "day", "fields": ["period", "visitors", "views", "likes"]}
DAYS = [["2026-10-30", 9, 20, 1], ["2026-10-31", 8, 19, 0], ["2026-11-01", 7, 18, 2], ["2026-11-02", 6, 17, 0]]


class Statistics:
    """WordPress.com beside the site, on the same server."""

    def __init__(self, server: Loopback, posts: int = 2) -> None:
        self.site = site(server, posts=posts)
        self.visits: Any = {**VISITS, "data": DAYS}
        self.summary: Any = {"date": "2026-11-02", "period": "day", "views": 17, "followers": 89, "comments": False}
        self.post: Any = {"views": 40, "like_count": 3, "discussion": {"comment_count": "5"}}
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if "/rest/v1" not in asked.path:
            return self.site.answer(asked)
        body = {"visits": self.visits, "summary": self.summary}.get(asked.path.rsplit("/", 1)[-1], self.post)
        return body if isinstance(body, Reply) else Reply(body)


def with_stats(server: Loopback) -> Account:
    return account(
        "wordpress",
        server.base,
        secrets={"stats_token": "stats-token-dddd"},
        stats_base=f"{server.base}/com",
        stats_site="journal.example",
    )


def test_statistics_are_not_asked_for_without_a_token(server: Loopback) -> None:
    Statistics(server)
    found = read(server)
    assert found.delivered() == {"posts", "comments"}
    assert found.absent == {}
    assert not [a for a in server.asked if "/rest/v1" in a.path]


def test_visits_under_named_columns_become_one_record_a_day(server: Loopback) -> None:
    Statistics(server)
    found = fetch(with_stats(server))
    assert found.records("stats_visits")[0] == {"day": "2026-10-30", "visitors": 9, "views": 20, "likes": 1}
    assert names(found.records("stats_visits"), "day") == [row[0] for row in DAYS]
    query = next(a.query for a in server.asked if a.path.endswith("visits"))
    assert (query["quantity"], query["date"], query["unit"]) == ("4", "2026-11-02", "day")


def test_statistics_have_their_own_token_and_the_site_never_sees_it(server: Loopback) -> None:
    Statistics(server)
    found = fetch(with_stats(server))
    sent = {("/rest/v1" in a.path): a.headers.get("authorization") for a in server.asked}
    assert sent == {True: "Bearer stats-token-dddd", False: None}
    assert {a.path.split("/")[3] for a in server.asked if "/rest/" in a.path} == {"v1", "v1.1"}
    assert found.requests == len(server.asked) == 2 + 2 + 2


def test_followers_are_written_down_for_the_night_and_an_odd_nothing_is_null(server: Loopback) -> None:
    Statistics(server)
    (summary,) = fetch(with_stats(server)).records("stats_summary")
    assert summary == {"day": "2026-11-02", "views": 17, "followers": 89, "comments": None}


def test_every_post_of_the_window_has_its_counters_and_its_date(server: Loopback) -> None:
    Statistics(server, posts=3)
    found = fetch(with_stats(server)).records("stats_post")
    assert names(found, "id") == [1, 2, 3]
    assert found[0] == {"id": 1, "date": "2026-11-01T10:00:00", "views": 40, "like_count": 3, "comment_count": "5"}


@pytest.mark.parametrize("nothing", [[], None, False, {}, {"data": []}, {"fields": False, "data": None}])
def test_every_way_of_saying_nothing_is_absent_and_no_zero(server: Loopback, nothing: object) -> None:
    there = Statistics(server)
    there.visits = nothing
    found = fetch(with_stats(server))
    assert "no statistics" in found.absent["stats_visits"]
    assert "stats_visits" not in found.delivered()


@pytest.mark.parametrize("nothing", [[], None, False])
def test_a_summary_that_is_nothing_is_absent(server: Loopback, nothing: object) -> None:
    Statistics(server).summary = nothing
    assert "no summary" in fetch(with_stats(server)).absent["stats_summary"]


def test_a_night_that_is_read_a_week_late_has_no_followers(server: Loopback) -> None:
    Statistics(server)
    server.date = "Tue, 10 Nov 2026 03:00:00 GMT"
    found = fetch(with_stats(server))
    assert "8 days after the night" in found.absent["stats_summary"]
    assert len(found.records("stats_visits")) == 4


def test_days_that_the_statistics_leave_out_are_told(server: Loopback) -> None:
    there = Statistics(server)
    there.visits = {**VISITS, "data": [["2026-10-01", 1, 1, 1], *DAYS[:3]]}
    found = fetch(with_stats(server))
    assert names(found.records("stats_visits"), "day") == [row[0] for row in DAYS[:3]]
    assert [(n.kind, "3 of the 4 days" in n.message) for n in found.notes] == [("days_missing", True)]


def test_a_post_that_the_statistics_do_not_know_is_told_and_the_others_come(server: Loopback) -> None:
    there = Statistics(server, posts=3)
    gone = Reply({"error": "unknown_post", "message": "Unknown post"}, 404)

    def answers(asked: Asked) -> Reply:
        return gone if asked.path.endswith("/post/2") else there.answer(asked)

    server.answers = answers
    found = fetch(with_stats(server))
    assert names(found.records("stats_post"), "id") == [1, 3]
    assert found.notes[0].kind == "post_without_stats"


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply({"error": "authorization_required", "message": "no"}, 403), SourceRefused, "renew stats_token"),
        (Reply({"error": "invalid_token", "message": "no"}, 400), SourceRefused, "renew stats_token"),
        (Reply({"error": "unauthorized", "message": "no"}, 200), SourceRefused, "renew stats_token"),
        (Reply({"error": "unknown_blog", "message": "no"}, 404), SourceRefused, "check stats_site"),
        (Reply({"error": "invalid_date", "message": "no"}, 400), SourceChanged, "invalid_date"),
        (Reply({"error": "too_many", "message": "no"}, 429), SourceUnavailable, "HTTP 429"),
        (Reply({**VISITS, "data": [["2026-11-02", 6]]}), SourceChanged, "rows of 2 values under 4 fields"),
        (Reply({"fields": ["views"], "data": [[1]]}), SourceChanged, "rows of 1 values"),
        (Reply({**VISITS, "data": {"2026-11-02": 1}}), SourceChanged, "the rows of the visits"),
        (Reply({**VISITS, "data": [["soon", 1, 1, 1]]}), SourceChanged, "the day of the visits"),
    ],
)
def test_every_error_of_the_statistics_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    Statistics(server).visits = reply
    with pytest.raises(kind, match=words) as caught:
        fetch(with_stats(server))
    assert str(caught.value).startswith("wordpress journal, night 2026-11-02")
    assert "stats-token-dddd" not in str(caught.value)


def test_the_site_of_the_statistics_is_the_sites_own_host_unless_told_otherwise(server: Loopback) -> None:
    Statistics(server)
    there = with_stats(server)
    fetch(Account(**{**there.__dict__, "options": {**there.options, "stats_site": ""}}))
    assert {a.path.split("/")[5] for a in server.asked if "/rest/" in a.path} == {"127.0.0.1"}
