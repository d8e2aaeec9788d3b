"""LinkedIn: posts of a page, their counters, and what was written under them."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import SourceChanged
from tests.sources.linkedin_page import (
    ORGANIZATION,
    POSTS,
    SHARES,
    SOCIAL,
    Company,
    at,
    comment,
    elements,
    error,
    listed,
    post,
    read,
    urn,
)
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import names

COMMENTS = "/socialActions/{}/comments"


def asked(server: Loopback, path: str) -> list[Asked]:
    return [each for each in server.asked if each.path == path]


def test_all_pages_of_posts_are_read_and_counted(server: Loopback) -> None:
    Company(server, [post(n) for n in range(250)])
    found = read(server)
    assert names(found.records("posts"), "id") == [urn(n) for n in range(250)]
    assert [each.query["start"] for each in asked(server, POSTS)] == ["0", "100", "200"]
    assert names(found.records("post_stats"), "post") == [urn(n) for n in range(250)]
    # 5 numbers of the page, 3 pages of posts, 3 batches of counters, 5 of what was written.
    assert found.requests == 5 + 3 + 3 + 5


def test_a_short_or_empty_page_is_not_the_last_one(server: Loopback) -> None:
    there = Company(server, [post(n) for n in range(302)])
    there.posts[3], there.posts[100:200] = None, [None] * 100
    found = read(server)
    assert len(found.records("posts")) == 302 - 101
    assert urn(301) in names(found.records("posts"), "id")


@pytest.mark.parametrize("told", [True, False])
def test_a_list_without_links_is_read_to_its_total_or_until_a_page_is_not_full(server: Loopback, told: bool) -> None:
    there = Company(server, [post(n) for n in range(200)])
    there.linked, there.told = False, told
    assert len(read(server).records("posts")) == 200
    assert len(asked(server, POSTS)) == (2 if told else 3)


def test_the_list_is_left_where_everything_was_changed_before_the_window(server: Loopback) -> None:
    old = [post(n, at(date(2026, 9, 1))) for n in range(100, 900)]
    Company(server, [*(post(n) for n in range(100)), *old])
    assert len(read(server).records("posts")) == 100
    assert len(asked(server, POSTS)) == 2


def test_an_old_post_that_was_edited_yesterday_does_not_end_the_list(server: Loopback) -> None:
    edited = [post(n, at(date(2026, 9, 1)), lastModifiedAt=at(date(2026, 11, 1))) for n in range(100)]
    Company(server, [*edited, post(500)])
    assert names(read(server).records("posts"), "id") == [urn(500)]


def test_a_window_is_made_of_utc_days(server: Loopback) -> None:
    inside = [at(date(2026, 10, 30)), at(date(2026, 11, 3)) - 1]
    outside = [at(date(2026, 10, 30)) - 1, at(date(2026, 11, 3))]
    Company(server, [post(n, moment) for n, moment in enumerate([*outside, *inside])])
    assert names(read(server).records("posts"), "id") == [urn(2), urn(3)]


def test_a_post_that_is_deleted_while_the_list_is_read_takes_no_other_with_it(server: Loopback) -> None:
    there = Company(server, [post(n) for n in range(250)])

    def delete(start: int) -> None:
        if start == 100 and len(there.posts) == 250:
            del there.posts[:2]

    there.before_page = delete
    assert set(names(read(server).records("posts"), "id")) == {urn(n) for n in range(250)}


def test_a_post_that_is_edited_while_the_list_is_read_is_found_in_front(server: Loopback) -> None:
    there = Company(server, [post(n) for n in range(250)])

    def edit(start: int) -> None:
        if start == 100 and there.posts[0] == post(0):
            there.posts.insert(0, there.posts.pop(230))

    there.before_page = edit
    found = names(read(server).records("posts"), "id")
    assert sorted(found) == sorted(urn(n) for n in range(250))


def test_a_list_that_announces_posts_and_shows_none_is_not_believed(server: Loopback) -> None:
    there = Company(server, [])
    there.posts = [None] * 7
    with pytest.raises(SourceChanged, match="empty although the platform announces 7"):
        read(server)


def test_a_link_that_does_not_lead_on_is_an_error(server: Loopback) -> None:
    there = Company(server, [])
    links = [{"rel": "next", "href": "https://elsewhere.example/rest/posts?start=0&count=100"}]
    there.instead = lambda a: elements(post(1), links=links) if a.path == POSTS else None
    with pytest.raises(SourceChanged, match="does not lead on"):
        read(server)


def test_a_page_without_posts_delivers_nothing_and_says_so(server: Loopback) -> None:
    Company(server, [])
    found = read(server)
    assert {"posts", "post_stats", "comments"} <= found.delivered()
    assert found.requests == 6


def test_drafts_are_no_posts(server: Loopback) -> None:
    draft = post(2, lifecycleState="DRAFT")
    del draft["publishedAt"]
    Company(server, [post(1), draft])
    assert names(read(server).records("posts"), "id") == [urn(1)]


def test_a_post_without_any_time_is_an_error(server: Loopback) -> None:
    timeless = {"id": urn(1), "author": ORGANIZATION, "lifecycleState": "PUBLISHED"}
    Company(server, [timeless])
    with pytest.raises(SourceChanged, match="has no time of publication"):
        read(server)


def test_numbers_that_became_texts_are_read_and_kept_as_they_are(server: Loopback) -> None:
    moment = at(date(2026, 11, 1), 9)
    Company(server, [post(1, moment, publishedAt=str(moment), lastModifiedAt=str(moment))])
    assert read(server).records("posts")[0]["publishedAt"] == str(moment)


# --- counters ---


def test_counters_are_asked_for_in_batches_of_both_kinds_and_long_ones_go_through_the_tunnel(server: Loopback) -> None:
    Company(server, [post(n, kind="ugcPost" if n % 3 == 0 else "share") for n in range(120)])
    found = read(server)
    first, second = [each for each in asked(server, SHARES) if "timeIntervals" not in each.query]
    assert (first.method, first.headers["x-http-method-override"], first.query) == ("POST", "GET", {})
    assert (second.method, "x-http-method-override" in second.headers) == ("GET", False)
    assert len(listed(first, "shares") + listed(first, "ugcPosts")) == 100
    assert {urn(99, "ugcPost"), urn(98)} <= {*listed(first, "shares"), *listed(first, "ugcPosts")}
    assert first.headers["linkedin-version"] == second.headers["linkedin-version"] == "202608"
    assert len(found.records("post_stats")) == 120


def test_a_post_that_is_left_out_of_the_counters_has_none_and_not_zero(server: Loopback) -> None:
    there = Company(server, [post(1), post(2)])
    there.omitted = {urn(2)}
    assert names(read(server).records("post_stats"), "post") == [urn(1)]


def test_counters_of_posts_that_nobody_asked_for_are_not_kept(server: Loopback) -> None:
    there = Company(server, [post(1)])
    foreign = {"share": urn(99), "totalShareStatistics": {"likeCount": 7}}
    there.instead = lambda a: elements(foreign) if a.path == SHARES and "timeIntervals" not in a.query else None
    assert read(server).records("post_stats") == []


# --- comments ---


def test_comments_are_counted_timed_and_their_people_hashed(server: Loopback) -> None:
    there = Company(server, [post(1), post(2)])
    top, reply = comment(5, below=1), comment(6, actor=ORGANIZATION, parentComment=comment(5)["commentUrn"])
    there.under = {urn(1): [top, comment(7)], top["commentUrn"]: [reply]}
    found = read(server)
    first, answer, other = found.records("comments")
    assert [first["id"], answer["id"], other["id"]] == [each["commentUrn"] for each in (top, reply, comment(7))]
    assert (first["post"], first["post_day"], first["parent"]) == (urn(1), "2026-11-01", None)
    assert (answer["parent"], answer["own"], first["own"]) == (top["commentUrn"], True, False)
    assert first["person"] == other["person"] != answer["person"]
    assert first["time"] == at(date(2026, 11, 1), 10)
    assert b"Nobody" not in b"".join(found.raw["comments"])
    # The second post has no comments: nobody asks for them.
    assert len([each for each in server.asked if each.path.startswith("/socialActions/")]) == 2


def test_what_was_written_after_the_night_belongs_to_the_next_one(server: Loopback) -> None:
    there = Company(server, [post(1)])
    late = {"actor": ORGANIZATION, "time": at(date(2026, 11, 3))}
    there.under = {urn(1): [comment(5), comment(6, created=late)]}
    assert len(read(server).records("comments")) == 1


def test_without_summaries_every_post_is_asked_for_its_comments(server: Loopback) -> None:
    there = Company(server, [post(n) for n in range(60)])
    there.under = {urn(n): [comment(n)] for n in range(60)}
    there.instead = lambda a: error(400, "ILLEGAL_ARGUMENT", "no batches here") if a.path == SOCIAL else None
    assert len(read(server).records("comments")) == 60


def test_a_post_that_the_summaries_leave_out_is_asked_itself(server: Loopback) -> None:
    there = Company(server, [post(1)])
    there.under = {urn(1): [comment(5)]}
    there.instead = lambda a: Reply({"results": {}, "errors": {}}) if a.path == SOCIAL else None
    assert len(read(server).records("comments")) == 1


def test_a_post_that_is_deleted_before_its_comments_are_read_is_noted(server: Loopback) -> None:
    there = Company(server, [post(1), post(2)])
    there.under = {urn(1): [comment(5)], urn(2): [comment(6)]}
    gone = error(404, "RESOURCE_NOT_FOUND", "Could not find entity")
    there.instead = lambda a: gone if urn(1).replace(":", "%3A") in a.path else None
    found = read(server)
    assert [note.kind for note in found.notes] == ["post_gone"]
    assert len(found.records("comments")) == 1


def test_a_comment_is_named_by_its_parts_where_it_has_no_name_and_refused_without_any(server: Loopback) -> None:
    there = Company(server, [post(1)])
    nameless = {"id": "77", "object": "urn:li:activity:9", "created": {"actor": ORGANIZATION, "time": 1793520000000}}
    there.under = {urn(1): [nameless]}
    (found,) = read(server).records("comments")
    assert (found["id"], found["own"]) == ("urn:li:comment:(urn:li:activity:9,77)", True)
    there.under = {urn(1): [{"created": nameless["created"]}]}
    with pytest.raises(SourceChanged, match="a comment has no name"):
        read(server)
