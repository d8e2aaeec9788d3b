"""YouTube: videos through the uploads, threads of comments, the channel and the days of Analytics."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.errors import SourceChanged, SourceRefused
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import check, names
from tests.sources.tube import ME, Tube, error, owner, read, stranger, thread, video

# --- videos ---


def test_all_pages_of_the_uploads_are_read_and_every_video_is_asked_for_once(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(n) for n in range(120)]
    found = read(server)
    assert names(found.records("posts"), "id") == [f"v{n}" for n in range(120)]
    assert [len(tube.asked(path)) for path in ("/playlistItems", "/videos", "/search")] == [3, 3, 0]
    assert found.requests == len(server.asked) - len(tube.asked("/oauth/token"))


def test_a_short_page_is_not_the_last_one(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos, tube.size = [video(n) for n in range(31)], 10
    assert len(read(server).records("posts")) == 31


def test_the_walk_ends_with_the_first_page_that_is_older_than_the_window(server: Loopback) -> None:
    tube = Tube(server)
    old = [video(n, "2026-09-01T12:00:00Z") for n in range(100, 400)]
    # Uploaded long ago, published now: it stands below videos that are older.
    premiere = video(7, "2026-11-01T20:00:00Z")
    tube.videos = [video(1), *old[:20], premiere, *old[20:]]
    assert names(read(server).records("posts"), "id") == ["v1", "v7"]
    assert len(tube.asked("/playlistItems")) == 2


def test_a_day_is_a_day_on_the_pacific_coast(server: Loopback) -> None:
    tube = Tube(server)
    # The window is 30 October to 2 November; the clocks went back on 1 November at 02:00.
    moments = ["2026-11-03T08:00:00Z", "2026-11-03T07:59:59Z", "2026-10-30T07:00:00Z", "2026-10-30T06:59:59Z"]
    tube.videos = [video(n, at) for n, at in enumerate(moments)]
    tube.threads = [thread(n, at) for n, at in enumerate(moments)]
    found = read(server)
    assert names(found.records("posts"), "id") == ["v1", "v2"]
    assert names(found.records("comment_threads"), "id") == ["t1", "t2"]


def test_a_video_of_the_playlist_that_is_not_shown_is_gone_and_told(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos, tube.gone = [video(n) for n in range(4)], {"v2"}
    found = read(server)
    assert names(found.records("posts"), "id") == ["v0", "v1", "v3"]
    assert [(note.kind, "1, such as v2" in note.message) for note in found.notes] == [("videos_missing", True)]


def test_a_private_video_that_its_owner_is_shown_is_gone_for_everybody_else(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(1), {**video(2), "status": {"privacyStatus": "private"}}]
    assert names(read(server).records("posts"), "id") == ["v1"]


def test_a_channel_that_never_uploaded_has_no_playlist_and_no_videos(server: Loopback) -> None:
    tube = Tube(server)
    tube.instead["/playlistItems"] = error("playlistNotFound", 404)
    found = read(server)
    assert "posts" in found.delivered()
    assert found.records("posts") == []
    assert "video_totals" in found.delivered()


def test_numbers_stay_the_texts_that_they_were_and_what_is_hidden_is_not_there(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(1, likeCount="3"), video(2)]
    first, second = read(server).records("posts")
    assert first["statistics"] == {"viewCount": "7", "likeCount": "3"}
    assert second["statistics"] == {"viewCount": "7"}


def test_a_moment_that_is_no_moment_any_more_is_a_change_of_the_contract(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(1, "soon")]
    with pytest.raises(SourceChanged, match="a moment"):
        read(server)
    tube.videos = [{**video(1), "snippet": {"publishedAt": 1793500000}}]
    with pytest.raises(SourceChanged, match="the uploads"):
        read(server)


def test_a_token_that_comes_twice_is_no_endless_walk(server: Loopback) -> None:
    tube = Tube(server)
    tube.instead["/playlistItems"] = Reply({"nextPageToken": "CDIQAA", "items": []})
    with pytest.raises(SourceChanged, match="circle"):
        read(server)


# --- comments ---


def test_threads_of_all_videos_come_from_one_list_that_ends_with_the_window(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(n) for n in range(60)]
    tube.threads = [thread(n) for n in range(250)] + [thread(n, "2026-10-01T12:00:00Z") for n in range(300, 900)]
    found = read(server).records("comment_threads")
    assert names(found, "id") == [f"t{n}" for n in range(250)]
    assert len(tube.asked("/commentThreads")) == 4
    assert {asked.query["allThreadsRelatedToChannelId"] for asked in tube.asked("/commentThreads")} == {ME}


def test_replies_that_did_not_come_with_their_thread_are_asked_for(server: Loopback) -> None:
    tube = Tube(server)
    tube.threads = [thread(1, replies=0), thread(2, replies=130)]
    tube.replies = [{"id": f"t2.{n}", "snippet": {"publishedAt": "2026-11-01T13:00:00Z"}} for n in range(130)]
    found = read(server).records("comment_threads")
    assert len(found) == 132
    assert {record["parent_id"] for record in found[2:]} == {"t2"}
    assert {record["thread_published_at"] for record in found} == {"2026-11-01T12:00:00Z"}
    assert [asked.query["parentId"] for asked in tube.asked("/comments")] == ["t2", "t2"]


def test_a_reply_of_a_day_after_the_window_is_left_to_its_own_night(server: Loopback) -> None:
    tube = Tube(server)
    tube.threads = [thread(1, replies=0), thread(2, replies=2)]
    moments = ("2026-11-03T07:59:59Z", "2026-11-03T08:00:00Z")
    tube.replies = [{"id": f"t2.{n}", "snippet": {"publishedAt": at}} for n, at in enumerate(moments)]
    assert names(read(server).records("comment_threads"), "id") == ["t1", "t2", "t2.0"]


def test_a_thread_that_vanishes_between_two_requests_breaks_nothing(server: Loopback) -> None:
    tube = Tube(server)
    tube.threads = [thread(1, replies=9), thread(2)]
    tube.instead["/comments"] = error("commentNotFound", 404)
    assert names(read(server).records("comment_threads"), "id") == ["t1", "t2"]


def test_comments_that_are_disabled_are_a_note_and_the_rest_still_comes(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(1)]
    tube.instead["/commentThreads"] = error("commentsDisabled", 403, "has disabled comments")
    found = read(server)
    assert [note.kind for note in found.notes] == ["comments_disabled"]
    assert "the comments are disabled" in found.absent["comment_threads"]
    assert {"posts", "channel_days"} <= found.delivered()


def test_neither_texts_nor_names_are_even_asked_for(server: Loopback) -> None:
    tube = Tube(server)
    tube.threads = [thread(1, replies=3)]
    read(server)
    for path in ("/commentThreads", "/comments"):
        assert not [word for word in ("text", "Name", "Image", "Url") if word in tube.asked(path)[0].query["fields"]]


def test_two_comments_of_one_person_have_one_hash_and_the_brand_is_known(server: Loopback) -> None:
    tube = Tube(server)
    same = thread(2)["snippet"]["topLevelComment"]["snippet"]["authorChannelId"]
    tube.threads = [thread(1), thread(2), thread(3)]
    tube.threads[0]["snippet"]["topLevelComment"]["snippet"]["authorChannelId"] = same
    tube.threads[2]["snippet"]["topLevelComment"]["snippet"]["authorChannelId"] = {"value": ME}
    first, second, own = read(server).records("comment_threads")
    assert first["person"] == second["person"] != own["person"]
    assert [record["is_own"] for record in (first, second, own)] == [False, False, True]


# --- the channel and others ---


def test_the_channel_and_the_others_are_one_call(server: Loopback) -> None:
    tube = Tube(server)
    others = ("UCsomebodyElse0000000001", "UCnobodyThere00000000001")
    found = read(server, tracked=others)
    assert len(tube.asked("/channels")) == 1
    assert names(found.records("tracked"), "id") == ["UCsomebodyElse0000000001"]
    assert [note.kind for note in found.notes] == ["tracked_missing"]
    assert found.records("channel")[0]["statistics"]["subscriberCount"] == "12300"


def test_fifty_channels_are_one_call_and_the_next_one_a_second(server: Loopback) -> None:
    tube = Tube(server)
    read(server, tracked=tuple(f"UC{n:022d}" for n in range(60)))
    assert [len(asked.query["id"].split(",")) for asked in tube.asked("/channels")] == [50, 11]


def test_a_night_that_is_read_late_has_no_level(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(1)]
    server.date = "Tue, 10 Nov 2026 03:00:00 GMT"
    found = read(server, tracked=("UCsomebodyElse0000000001",))
    assert set(found.absent) == {"channel", "tracked"}
    assert len(found.records("posts")) == 1


def test_a_check_says_how_many_subscribe_as_far_as_anybody_knows(server: Loopback) -> None:
    tube = Tube(server)
    assert check(owner(server)) == f"channel {ME}, about 12,300 subscribers, with Analytics"
    hidden = replace(owner(server), id="UCsomebodyElse0000000002")
    assert check(hidden).endswith("which hides its subscribers, with Analytics")
    assert "a key shows only what is public" in check(stranger(server))
    tube.instead["/analytics/reports"] = error("insufficientPermissions", 403)
    with pytest.raises(SourceRefused, match="grant the scopes"):
        check(owner(server))
    with pytest.raises(SourceRefused, match="check the id: there is no channel UCx"):
        check(replace(owner(server), id="UCx"))


# --- Analytics ---


def test_days_become_records_and_a_day_that_is_left_out_is_no_zero(server: Loopback) -> None:
    tube = Tube(server)
    tube.days = [["2026-10-30", 5, 4, 3, 2, 1, 0, 1, 2], ["2026-11-01", 6, 4, 3, 2, 1, 0, 1, 2]]
    found = read(server).records("channel_days")
    assert names(found, "day") == ["2026-10-30", "2026-11-01"]
    assert (found[0]["views"], found[0]["engagedViews"], found[0]["subscribersLost"]) == (5, 4, 2)
    (asked,) = [a for a in tube.asked("/analytics/reports") if a.query["dimensions"] == "day"]
    assert (asked.query["ids"], asked.query["startDate"]) == (f"channel=={ME}", "2026-10-30")


def test_an_answer_without_rows_is_absent(server: Loopback) -> None:
    tube = Tube(server)
    tube.days = []
    found = read(server)
    assert "no figures of these days yet" in found.absent["channel_days"]
    assert "channel_days" not in found.delivered()


def test_totals_of_videos_are_asked_for_by_two_hundred(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(n) for n in range(230)]
    read(server)
    asked = [a.query for a in tube.asked("/analytics/reports") if a.query["dimensions"] == "video"]
    assert [len(query["filters"].split(",")) for query in asked] == [200, 30]
    assert {(query["maxResults"], query["sort"]) for query in asked} == {("200", "-views")}


def test_a_metric_that_is_no_more_is_left_out_once_for_all_and_told(server: Loopback) -> None:
    tube = Tube(server)
    tube.videos = [video(1)]

    def answers(asked: Asked) -> Reply:
        if "engagedViews" in asked.query.get("metrics", ""):
            return error("badRequest", 400, "Unknown identifier (engagedViews) given in field parameters.metrics.")
        return tube.answer(asked)

    server.answers = answers
    found = read(server)
    assert "engagedViews" not in found.records("channel_days")[0]
    assert [note.kind for note in found.notes] == ["metric_retired"]
    assert len(tube.asked("/analytics/reports")) == 3


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"columnHeaders": [{"name": "day"}], "rows": [["2026-11-01"]]}, "not those that were asked for"),
        ({"columnHeaders": [], "rows": [["2026-11-01", 3]]}, "not those that were asked for"),
        ({"columnHeaders": "day", "rows": []}, "the report"),
        ({"rows": {"2026-11-01": 3}}, "the report"),
    ],
)
def test_a_table_of_another_shape_is_a_change(server: Loopback, document: object, words: str) -> None:
    Tube(server).instead["/analytics/reports"] = Reply(document)
    with pytest.raises(SourceChanged, match=words):
        read(server)
