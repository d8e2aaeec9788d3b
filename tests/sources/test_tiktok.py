"""TikTok accounts: what a night reads through either API, and what it makes of the platform's odd answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import (
    ConfigError,
    QuotaExhausted,
    SourceChanged,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from pipeline.http import Known
from pipeline.settings import Account
from pipeline.sources import tiktok
from pipeline.sources.tiktok.business import ENDPOINTS
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, account, check, fetch, names, unit
from tests.sources.samples import sample

LATEST = datetime(2026, 11, 2, 18, tzinfo=UTC)


def ok(data: object) -> Reply:
    return Reply({"code": 0, "message": "OK", "request_id": "r1", "data": data})


def error(code: object, message: str = "no", status: int = 200, **headers: str) -> Reply:
    told = {"code": code, "message": message, "request_id": "r1", "data": {}}
    return Reply(told, status, {name.replace("_", "-"): value for name, value in headers.items()})


def video(number: int, days_ago: float = 0, **more: Any) -> dict[str, Any]:
    """A video of so many days before the evening of the night; every second one with its moment as text."""
    moment = int((LATEST - timedelta(days=days_ago)).timestamp())
    created = str(moment) if number % 2 else moment
    return {"item_id": str(7_400_000_000_000_000_000 + number), "create_time": created, "comments": 0, **more}


def comment(number: int, **more: Any) -> dict[str, Any]:
    written = str(int((LATEST - timedelta(hours=1)).timestamp()))
    return {"comment_id": str(7_410_000_000_000_000_000 + number), "create_time": written, "user_id": "41", **more}


class Accounts:
    """The Accounts API: ``videos`` and the comments below each are cut into pages of ``sizes``."""

    def __init__(self, server: Loopback, videos: Sequence[dict[str, Any]] = (), sizes: Sequence[int] = (20,)) -> None:
        self.server, self.videos, self.sizes = server, videos, sizes
        self.comments: dict[str, list[dict[str, Any]]] = {}
        self.days: list[dict[str, Any]] | None = None
        self.now: dict[str, Any] = {"followers_count": 5210, "videos_count": "41", "total_likes": 9}
        self.tokens: list[str] = []
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if "/oauth2/" in asked.path:
            return self._renewed(asked)
        if asked.path.endswith("/video/list/"):
            return self._page("videos", self.videos, asked)
        if asked.path.endswith("/comment/list/"):
            return self._page("comments", self.comments[asked.query["video_id"]], asked)
        return ok({**self.now, "metrics": self.days if self.days is not None else list(self._days(asked))})

    def _renewed(self, asked: Asked) -> Reply:
        told = json.loads(asked.body)
        self.tokens.append(told["refresh_token"])
        number = len(self.tokens)
        grant = {"access_token": f"access-token-{number}", "expires_in": 86400}
        lasting = {"refresh_token": f"refresh-token-{number}", "refresh_token_expires_in": 31536000}
        return ok({**grant, **lasting, "open_id": "-000creator"})

    def _page(self, name: str, rows: Sequence[dict[str, Any]], asked: Asked) -> Reply:
        # A moment stands for the top of the list: nothing here is newer than it.
        at, begin = int(asked.query["cursor"]) if len(asked.query["cursor"]) < 6 else 0, 0
        for n in range(at):
            begin += self.sizes[min(n, len(self.sizes) - 1)]
        end = begin + self.sizes[min(at, len(self.sizes) - 1)]
        return ok({name: rows[begin:end], "cursor": at + 1, "has_more": end < len(rows)})

    def _days(self, asked: Asked) -> Iterator[dict[str, Any]]:
        if "start_date" not in asked.query:
            return
        day, last = (date.fromisoformat(asked.query[name]) for name in ("start_date", "end_date"))
        while day <= min(last, NIGHT - timedelta(days=1)):
            yield {"date": day.isoformat(), "video_views": 7, "likes": "3"}
            day += timedelta(days=1)

    def asked(self, end: str) -> list[Asked]:
        return [asked for asked in self.server.asked if asked.path.endswith(end)]


class Display:
    """The Display API: one account, its videos in one list."""

    def __init__(self, server: Loopback, videos: Sequence[dict[str, Any]] = ()) -> None:
        self.server, self.videos = server, videos
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/v2/oauth/token/":
            assert asked.form["grant_type"] == "refresh_token"
            return Reply({"access_token": "display-token-1", "expires_in": 86400, "refresh_token": "display-refresh-1"})
        if asked.path == "/v2/user/info/":
            return told({"user": {"follower_count": 640, "video_count": 3}})
        body = json.loads(asked.body)
        begin = body.get("cursor", 0)
        page = self.videos[begin : begin + 2]
        return told({"videos": page, "cursor": begin + 2, "has_more": begin + 2 < len(self.videos)})


def told(data: object) -> Reply:
    return Reply({"data": data, "error": {"code": "ok", "message": "", "log_id": "l1"}})


def wrong(code: str, status: int) -> Reply:
    return Reply({"data": {}, "error": {"code": code, "message": "no", "log_id": "l1"}}, status)


def shown(number: int, days_ago: float = 0) -> dict[str, Any]:
    moment = int((LATEST - timedelta(days=days_ago)).timestamp())
    return {"id": str(7_400_000_000_000_000_000 + number), "create_time": moment, "view_count": 9, "comment_count": 1}


def display(server: Loopback) -> Account:
    return account("tiktok", "https://unused.example", api="display", display_base=server.base)


def test_a_night_costs_one_request_for_the_days_one_for_each_list_and_one_for_each_video_with_comments(
    server: Loopback,
) -> None:
    platform = Accounts(server, [video(1, comments=2), video(2), video(3, comments="-"), video(4, comments="1")])
    platform.comments = {v["item_id"]: [comment(n)] for n, v in enumerate(platform.videos)}
    read = fetch(account("tiktok", server.base))
    assert read.requests == 1 + 1 + 3
    assert len(read.records("comments")) == 3
    assert {a.headers["access-token"] for a in server.asked} == {"access-token-aaaa-1111"}


def test_videos_of_all_pages_are_read_although_one_is_short_and_one_is_empty(server: Loopback) -> None:
    videos = [video(n, days_ago=n / 100) for n in range(1, 61)]
    Accounts(server, videos, sizes=(20, 3, 0, 20, 20))
    read = fetch(account("tiktok", server.base))
    assert names(read.records("posts"), "item_id") == names(videos, "item_id")


def test_a_pinned_old_video_is_no_end_of_the_list_and_not_of_the_window(server: Loopback) -> None:
    videos = [video(1, days_ago=300), video(2), video(3, days_ago=1), video(4, days_ago=2)]
    Accounts(server, videos, sizes=(1, 2, 1))
    read = fetch(account("tiktok", server.base))
    assert names(read.records("posts"), "item_id") == names(videos[1:], "item_id")


@pytest.mark.parametrize(("new", "pages"), [(4, 1), (6, 1), (7, 2), (9, 2), (10, 2), (16, 2), (17, 3)])
def test_the_list_is_left_where_more_old_ones_follow_each_other_than_can_be_pinned(
    server: Loopback, new: int, pages: int
) -> None:
    videos = [video(n, days_ago=0 if n < new else 30 + n) for n in range(40)]
    platform = Accounts(server, videos, sizes=(10,))
    read = fetch(account("tiktok", server.base))
    assert len(read.records("posts")) == new
    assert len(platform.asked("/video/list/")) == pages


def test_three_pinned_videos_of_a_quiet_account_are_no_end_even_on_pages_of_their_own(server: Loopback) -> None:
    videos = [*(video(n, days_ago=300 + n) for n in range(3)), video(3), *(video(n, days_ago=50) for n in range(4, 30))]
    platform = Accounts(server, videos, sizes=(1, 2, 0, 1, 5, 5))
    read = fetch(account("tiktok", server.base))
    assert names(read.records("posts"), "item_id") == [videos[3]["item_id"]]
    assert len(platform.asked("/video/list/")) == 5


def test_what_was_published_after_the_night_belongs_to_the_next_one(server: Loopback) -> None:
    platform = Accounts(server, [video(1, days_ago=-0.5), video(2, comments=2)])
    platform.comments = {platform.videos[1]["item_id"]: [comment(1, create_time=1793671200), comment(2)]}
    read = fetch(account("tiktok", server.base))
    assert names(read.records("posts"), "item_id") == [platform.videos[1]["item_id"]]
    assert names(read.records("comments"), "comment_id") == ["7410000000000000002"]


def test_a_video_or_comment_that_comes_twice_is_kept_once(server: Loopback) -> None:
    one = video(1, comments=3)
    platform = Accounts(server, [one, {**one, "likes": 7}, video(2)], sizes=(1,))
    platform.comments = {one["item_id"]: [comment(1), comment(1), comment(2)]}
    read = fetch(account("tiktok", server.base))
    assert len(read.records("posts")) == 2
    assert names(read.records("comments"), "comment_id") == ["7410000000000000001", "7410000000000000002"]


def test_windows_of_days_are_never_longer_than_sixty_and_ask_for_the_present_once(server: Loopback) -> None:
    platform = Accounts(server)
    what = unit(account("tiktok", server.base), days=130)
    read = fetch(account("tiktok", server.base), what)
    spans = [(a.query["start_date"], a.query["end_date"]) for a in platform.asked("/business/get/")]
    lengths = [(date.fromisoformat(b) - date.fromisoformat(a)).days + 1 for a, b in spans]
    assert lengths == [60, 60, 11]
    assert (spans[0][1], spans[-1][0]) == ("2026-11-02", what.window.since.isoformat())
    assert ["followers_count" in a.query["fields"] for a in platform.asked("/business/get/")] == [True, False, False]
    assert len(read.records("days")) == 130


def test_days_that_lie_too_far_back_are_noted_and_the_newest_ones_are_kept(server: Loopback) -> None:
    platform = Accounts(server)

    def answers(asked: Asked) -> Reply:
        old = asked.query.get("start_date", "9999") < "2026-09-01"
        return error(40002, "the maximum look-back period is 60 days") if old else platform.answer(asked)

    server.answers = answers
    read = fetch(account("tiktok", server.base), unit(account("tiktok", server.base), days=200))
    assert len(read.records("days")) == 59
    assert [note.kind for note in read.notes] == ["history_ended"]
    assert "no days up to 2026-09-03" in read.notes[0].message
    assert len(platform.asked("/business/get/")) == 2


def test_a_dash_and_an_empty_text_are_null_and_never_zero_but_a_caption_may_be_a_dash(server: Loopback) -> None:
    platform = Accounts(server, [video(2, caption="-", reach="-", likes="", video_views="12")])
    platform.days = [{"date": "2026-11-01", "video_views": "-", "likes": 0}]
    read = fetch(account("tiktok", server.base))
    (kept,) = read.records("posts")
    assert (kept["caption"], kept["reach"], kept["likes"], kept["video_views"]) == ("-", None, None, "12")
    assert read.records("days") == [{"date": "2026-11-01", "video_views": None, "likes": 0}]


def test_a_late_day_is_absent_whether_it_is_left_out_or_full_of_dashes(server: Loopback) -> None:
    platform = Accounts(server)
    platform.days = [{"date": "2026-10-31", "likes": 0}, {"date": "2026-11-01", "likes": "-", "video_views": None}]
    assert names(fetch(account("tiktok", server.base)).records("days"), "date") == ["2026-10-31"]


def test_a_small_account_has_no_audience_but_everything_else(server: Loopback) -> None:
    platform = Accounts(server, [video(1)])
    platform.now |= {"followers_count": "61", "audience_countries": None}
    read = fetch(account("tiktok", server.base))
    assert read.absent == {"audience": "fewer than 100 followers: the platform gives no audience"}
    assert read.delivered() == {"account", "days", "posts", "comments"}


def test_every_audience_that_the_settings_name_becomes_segments_with_the_level_beside_them(server: Loopback) -> None:
    platform = Accounts(server)
    platform.now["audience_countries"] = [{"country": "FR", "percentage": "0.5"}]
    platform.now["audience_genders"] = [{"gender": "Female", "percentage": 0.6}]
    read = fetch(account("tiktok", server.base, audience=("audience_countries", "audience_genders")))
    found = [(r["dimension"], r["segment"], r["percentage"]) for r in read.records("audience")]
    assert found == [("countries", "FR", "0.5"), ("genders", "Female", 0.6)]
    assert names(read.records("audience"), "followers_count") == [5210, 5210]


def test_a_night_that_is_read_a_week_late_has_no_level_because_it_is_gone(server: Loopback) -> None:
    Accounts(server, [video(1)])
    server.date = "Tue, 10 Nov 2026 03:00:00 GMT"
    read = fetch(account("tiktok", server.base))
    assert "8 days after the night" in read.absent["account"]
    assert set(read.absent) == {"account", "audience"}
    assert read.delivered() == {"days", "posts", "comments"}


@pytest.mark.parametrize("understood", [True, False])
def test_the_videos_of_a_late_night_are_looked_for_where_its_window_ends(server: Loopback, understood: bool) -> None:
    platform = Accounts(server, [video(1, days_ago=-5), video(2, days_ago=1)])
    server.date = "Tue, 10 Nov 2026 03:00:00 GMT"

    def answers(asked: Asked) -> Reply:
        if not asked.path.endswith("/video/list/") or asked.query["cursor"] == "0":
            return platform.answer(asked)
        behind = platform.videos[1:] if understood else []
        return ok({"videos": behind, "cursor": int(asked.query["cursor"]), "has_more": False})

    server.answers = answers
    read = fetch(account("tiktok", server.base))
    assert names(read.records("posts"), "item_id") == [platform.videos[1]["item_id"]]
    # Midnight after 2 November in milliseconds; where nobody knows what that means, the list is read from its top.
    cursors = [asked.query["cursor"] for asked in platform.asked("/video/list/")]
    assert cursors == (["1793664000000"] if understood else ["1793664000000", "0"])


def test_videos_whose_statistics_have_ended_are_noted_and_fail_nothing(server: Loopback) -> None:
    Accounts(server, [video(1), video(2, days_ago=400, video_views=None, likes=None)])
    what = unit(account("tiktok", server.base), days=450)
    read = fetch(account("tiktok", server.base), what)
    assert len(read.records("posts")) == 2
    assert [note.kind for note in read.notes] == ["statistics_ended"]
    assert "1 of the window are older" in read.notes[0].message


def test_people_are_hashes_their_words_are_dropped_and_the_brand_is_known(server: Loopback) -> None:
    one = video(1, comments=4)
    rude = {"username": "somebody", "display_name": "Somebody", "text": "hello", "profile_image": "https://x/y.jpg"}
    inside = comment(3, owner=True, parent_comment_id=7_410_000_000_000_000_001, **rude)
    platform = Accounts(server, [one])
    platform.comments = {one["item_id"]: [comment(1, reply_list=[inside], **rude), comment(2, user_id="-000creator")]}
    read = fetch(account("tiktok", server.base))
    first, answer, own = read.records("comments")
    assert b"omebody" not in b"".join(read.raw["comments"])
    assert b"hello" not in b"".join(read.raw["comments"])
    assert (first["own"], answer["own"], own["own"]) == (False, True, True)
    assert answer["parent_comment_id"] == first["comment_id"]
    assert first["person"] == answer["person"] != own["person"]
    assert len(first["person"]) == 24


def test_replies_are_asked_for_where_the_settings_say_so(server: Loopback) -> None:
    one = video(1, comments=1)
    platform = Accounts(server, [one])
    platform.comments = {one["item_id"]: []}
    fetch(account("tiktok", server.base, include_replies=True, comments_a_page=30))
    (asked,) = platform.asked("/comment/list/")
    assert (asked.query["include_replies"], asked.query["max_count"]) == ("true", "30")


def test_an_access_token_that_ended_is_renewed_once_and_both_new_tokens_are_stored(
    server: Loopback, tmp_path: Path
) -> None:
    platform = Accounts(server, [video(1)])
    alive = {"access-token-1"}

    def answers(asked: Asked) -> Reply:
        refused = "/oauth2/" not in asked.path and asked.headers["access-token"] not in alive
        return error(40105, "Access token is incorrect") if refused else platform.answer(asked)

    server.answers = answers
    ours = replace(account("tiktok", server.base), state=tmp_path)
    fetch(ours)
    assert platform.tokens == ["refresh-token-bbbb-2222"]
    alive = {"access-token-2"}
    fetch(ours)
    # The second renewal spends the refresh token of the first one, not that of the settings.
    assert platform.tokens == ["refresh-token-bbbb-2222", "refresh-token-1"]
    (asked,) = [a for a in platform.asked("/refresh_token/") if b"bbbb" in a.body]
    assert asked.method == "POST"
    assert json.loads(asked.body) == {
        "client_id": "app-id-cccc-3333",
        "client_secret": "app-secret-dddd-4444",
        "grant_type": "refresh_token",
        "refresh_token": "refresh-token-bbbb-2222",
    }


def test_a_refresh_token_that_is_refused_says_to_connect_the_account_again(server: Loopback) -> None:
    server.answers = lambda _: error(40105, "refresh_token is invalid")
    with pytest.raises(TokenExpired, match="connect the account again") as caught:
        fetch(account("tiktok", server.base))
    assert "bbbb" not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error(40100, "Too many requests"), QuotaExhausted, "code 40100"),
        (error(40100, "Too many requests", Retry_After="30"), SourceUnavailable, "code 40100"),
        (error(40105, "Access token is incorrect"), SourceRefused, "connect the account again"),
        (error(40001, "the user has no permission for this business_id"), SourceRefused, "grant the scopes"),
        (error(40001, "Invalid value"), SourceChanged, "Invalid value"),
        (error(40002, "fields: likes is not one of the allowed values"), SourceChanged, "code 40002, request r1"),
        (error(40200, "busy"), SourceUnavailable, "busy"),
        (error(40202, "busy"), SourceUnavailable, "busy"),
        (error(40700, "busy"), SourceUnavailable, "busy"),
        (error(50000, "System error"), SourceUnavailable, "System error"),
        (error(50002, "Service error", status=500), SourceUnavailable, "Service error"),
        (error("50002", "Service error"), SourceUnavailable, "Service error"),
        (error(49999, "never heard of"), SourceChanged, "never heard of"),
        (error(40002, "no such path", status=404), SourceChanged, "no such path"),
        (Reply({"message": "fine", "data": {}}), SourceChanged, "no code of success"),
        (Reply({"code": True, "data": {}}), SourceChanged, "no code of success"),
        (Reply({"code": 0, "data": {}}, 503), SourceUnavailable, "HTTP 503"),
        (Reply([]), SourceChanged, "no code"),
        (Reply(b"<!doctype html><title>Hi</title>", 200, {"Content-Type": "text/html"}), SourceUnavailable, "login"),
        (Reply({"code": 0, "data": []}), SourceChanged, "the account"),
        (Reply(b"", 302, {"Location": "https://elsewhere.example/"}), SourceRefused, "redirect"),
    ],
)
def test_every_error_of_the_accounts_api_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        fetch(account("tiktok", server.base))
    assert str(caught.value).startswith("tiktok -000creator, night 2026-11-02")
    assert "aaaa-1111" not in str(caught.value)


def test_who_asked_too_often_comes_back_after_five_minutes(server: Loopback) -> None:
    server.answers = lambda _: error(40100, "Requests from App 1 are temporarily restricted")
    with pytest.raises(QuotaExhausted) as caught:
        fetch(account("tiktok", server.base))
    assert caught.value.resets_at == datetime(2026, 11, 3, 3, 5, tzinfo=UTC)
    assert len(server.asked) == 1


def test_a_short_limit_is_sat_out(server: Loopback) -> None:
    platform, first = Accounts(server, [video(1)]), [error(40100, "Too many requests", Retry_After="0")]
    server.answers = lambda asked: first.pop() if first else platform.answer(asked)
    assert fetch(account("tiktok", server.base)).delivered() >= {"account", "days", "posts"}


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ({"videos": [], "has_more": True}, "not where"),
        ({"videos": [], "cursor": 0}, "the list of videos"),
        ({"videos": [{"item_id": "1"}], "has_more": False}, "a video"),
        ({"videos": [{"item_id": "1", "create_time": "soon"}], "has_more": False}, "create_time in seconds"),
        ({"videos": [{"create_time": 1793622600}], "has_more": False}, "no id"),
        ({"videos": [{"item_id": "1", "create_time": 1793622600000000}], "has_more": False}, "no moment in seconds"),
        ({"videos": [[]], "has_more": False}, "is no object"),
        ({"videos": [], "cursor": 7, "has_more": True}, "goes in a circle"),
    ],
)
def test_a_list_of_another_shape_is_an_error_and_no_loop(server: Loopback, page: dict[str, Any], words: str) -> None:
    platform = Accounts(server)
    server.answers = lambda asked: ok(page) if asked.path.endswith("/video/list/") else platform.answer(asked)
    with pytest.raises(SourceChanged, match=words):
        fetch(account("tiktok", server.base))


def test_the_display_api_gives_followers_now_and_videos_and_says_what_it_lacks(server: Loopback) -> None:
    videos = [shown(n, days_ago=n / 10) for n in range(1, 6)]
    Display(server, videos)
    read = fetch(display(server))
    assert read.records("account") == [{"day": "2026-11-02", "follower_count": 640, "video_count": 3}]
    assert names(read.records("posts"), "item_id") == names(videos, "id") == names(read.records("posts"), "id")
    assert read.absent == {name: f"the Display API gives no {name}" for name in ("days", "audience", "comments")}
    lists = [json.loads(a.body) for a in server.asked if a.path == "/v2/video/list/"]
    assert lists == [{"max_count": 20}, {"max_count": 20, "cursor": 2}, {"max_count": 20, "cursor": 4}]
    assert {a.headers["authorization"] for a in server.asked} == {"Bearer access-token-aaaa-1111"}


def test_the_display_api_renews_its_token_with_a_form(server: Loopback) -> None:
    platform = Display(server, [shown(1)])

    def answers(asked: Asked) -> Reply:
        old = asked.headers.get("authorization") == "Bearer access-token-aaaa-1111"
        return wrong("access_token_invalid", 401) if old else platform.answer(asked)

    server.answers = answers
    assert len(fetch(display(server)).records("posts")) == 1
    (asked,) = [a for a in server.asked if a.path == "/v2/oauth/token/"]
    assert asked.form["client_key"] == "app-id-cccc-3333"
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (wrong("rate_limit_exceeded", 429), SourceUnavailable, "rate_limit_exceeded"),
        (wrong("access_token_invalid", 401), SourceRefused, "connect the account again"),
        (wrong("scope_not_authorized", 403), SourceRefused, "grant the scopes"),
        (wrong("invalid_params", 400), SourceChanged, "invalid_params"),
        (wrong("internal_error", 500), SourceUnavailable, "internal_error"),
        (wrong("something_new", 200), SourceChanged, "something_new"),
        (Reply({"data": {}}), SourceChanged, "no code of success"),
        (Reply(b"<html>", 503), SourceUnavailable, "HTTP 503"),
    ],
)
def test_every_error_of_the_display_api_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words):
        fetch(display(server))


def test_a_cursor_of_the_display_api_that_is_no_moment_is_an_error(server: Loopback) -> None:
    platform = Display(server)
    page = told({"videos": [], "cursor": "next please", "has_more": True})
    server.answers = lambda asked: page if asked.path == "/v2/video/list/" else platform.answer(asked)
    with pytest.raises(SourceChanged, match="no number of milliseconds"):
        fetch(display(server))


def test_a_check_says_how_many_follow(server: Loopback) -> None:
    Accounts(server)
    assert check(account("tiktok", server.base)) == "account -000creator, 5,210 followers, 41 videos"
    Display(server)
    assert check(display(server)) == "account with 640 followers, 3 videos (Display API)"
    assert len(server.asked) == 2


def test_another_api_than_these_two_is_a_setting_to_change(server: Loopback) -> None:
    with pytest.raises(ConfigError, match="neither"):
        fetch(account("tiktok", server.base, api="ads"))


def test_limits_are_kept_where_the_platform_itself_is_asked(server: Loopback) -> None:
    ours = account("tiktok", tiktok.BASE)
    rates = tiktok.rates_of(ours, tiktok.BASE)
    assert rates is not None
    paced = {path: [rates.known[name] for name in rates.buckets(path)] for path in (*ENDPOINTS, "/tt_user/")}
    of_the_app, of_the_account = Known(600, per=60), Known(40, per=60)
    assert paced == {**{path: [of_the_app, of_the_account] for path in ENDPOINTS}, "/tt_user/": [of_the_app]}
    assert len({name for path in ENDPOINTS for name in rates.buckets(path)}) == 4
    other = tiktok.rates_of(account("tiktok", tiktok.BASE, requests_a_minute=0), tiktok.BASE)
    assert other is not None
    assert other.buckets(ENDPOINTS[0]) == ("the app",)
    assert tiktok.rates_of(ours, server.base) is None
    here = tiktok.rates_of(account("tiktok", server.base, paced="always"), server.base)
    assert here is not None
    assert here.known == rates.known
    assert tiktok.rates_of(account("tiktok", tiktok.BASE, paced="never"), tiktok.BASE) is None
    with pytest.raises(ConfigError, match='not "often"'):
        tiktok.rates_of(account("tiktok", tiktok.BASE, paced="often"), tiktok.BASE)


def test_the_documented_envelope_with_its_mixed_numbers_is_read(server: Loopback) -> None:
    told = sample("tiktok/airbyte_unit_campaigns_reports_hourly.json")
    rows = told["data"]["list"]
    platform = Accounts(server)
    # Its numbers are those of advertisements, written as the days of an account are: texts beside numbers.
    metrics = [{"date": f"2026-10-3{n}", **row["metrics"]} for n, row in enumerate(rows)]
    server.answers = lambda asked: (
        Reply({**told, "data": {"metrics": metrics}}) if asked.path.endswith("/get/") else platform.answer(asked)
    )
    found = fetch(account("tiktok", server.base)).records("days")
    assert len(found) == len(rows) == 2
    assert [(row["likes"], row["reach"]) for row in found] == [(18, "3822"), (18, "3822")]
