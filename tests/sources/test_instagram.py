"""Instagram: what a night reads by either login, and what it makes of the platform's odd answers."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
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
from pipeline.sources import instagram
from pipeline.sources.instagram import audience, numbers
from pipeline.sources.instagram import insights as source_insights
from pipeline.sources.instagram.media import _FIELDS
from tests.sources.graph import error
from tests.sources.insta import (
    ACCOUNT,
    FEW_VIEWERS,
    FOR_OTHERS,
    MISSING,
    RETIRED,
    TOKEN,
    UNMEASURED,
    Insta,
    comment,
    post,
)
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import Read, account, check, fetch, names, unit
from tests.sources.samples import sample

SHARED = Path(__file__).resolve().parents[3] / "shared"
RATE = '{"17841400000000901":[{"type":"instagram","call_count":100,"estimated_time_to_regain_access":%d}]}'


def night(server: Loopback, days: int = 3, **options: Any) -> Read:
    source = account("instagram", server.base, **options)
    return fetch(source, unit(source, days))


def insights(read: Read) -> dict[str, dict[str, int]]:
    return {record["id"]: record.get("insights", {}) for record in read.records("media")}


# --- posts ---


def test_posts_of_all_pages_are_read_although_one_of_them_is_short(server: Loopback) -> None:
    Insta(server, [post(n) for n in range(1, 206)], sizes=(100, 3, 0, 100, 2))
    read = night(server)
    assert names(read.records("media"), "id") == [f"179{n:05d}" for n in range(1, 206)]
    assert all(len(told) == 9 for told in insights(read).values())


def test_no_request_carries_the_token_in_its_address_and_no_record_keeps_it(server: Loopback) -> None:
    odd = post(2, caption=f"https://example.org/?access_token={TOKEN}", comments_count=1)
    made = Insta(server, [post(1), odd])
    made.threads = {odd["id"]: [comment(1)]}
    read = night(server)
    assert not [asked for asked in server.asked if "access_token" in asked.query]
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {TOKEN}"}
    assert TOKEN.encode() not in b"".join(b"".join(records) for records in read.raw.values())
    assert read.records("media")[1]["caption"].endswith("access_token=***")


def test_a_link_to_another_host_is_refused(server: Loopback) -> None:
    made = Insta(server, [])
    away = {"data": [post(1)], "paging": {"next": "https://graph.facebook.example/v26.0/1/media?after=2"}}
    server.answers = lambda asked: Reply(away) if asked.path.endswith("/media") else made.answer(asked)
    with pytest.raises(SourceChanged, match="leads elsewhere"):
        night(server)


def test_a_cursor_that_comes_twice_is_an_error_and_no_loop(server: Loopback) -> None:
    made = Insta(server, [])
    link = f"{server.base}/v26.0/{ACCOUNT}/media?after=1"
    again = {"data": [post(1)], "paging": {"cursors": {"after": "1"}, "next": link}}
    server.answers = lambda asked: Reply(again) if asked.path.endswith("/media") else made.answer(asked)
    with pytest.raises(SourceChanged, match="goes in a circle"):
        night(server)


def test_an_account_without_posts_has_none(server: Loopback) -> None:
    made = Insta(server, [])
    read = night(server)
    assert read.delivered() == {"profile", "series", "totals", "media", "stories", "comments"}
    assert read.records("media") == read.records("comments") == []
    assert made.batched == []


def test_the_window_of_posts_is_made_of_pacific_days(server: Loopback) -> None:
    made = Insta(server, [])
    night(server)
    (query,) = (asked.query for asked in made.asked("/media"))
    since, until = (datetime.fromtimestamp(int(query[name]), UTC) for name in ("since", "until"))
    # The clocks of the west coast went back on 1 November.
    assert since == datetime(2026, 10, 30, 7, tzinfo=UTC)
    assert until == datetime(2026, 11, 3, 8, tzinfo=UTC)


def test_a_list_that_does_not_heed_its_window_is_not_read_to_its_end(server: Loopback) -> None:
    posts = [post(1), *(post(n, timestamp="2026-09-01T12:00:00+0000") for n in range(2, 400))]
    made = Insta(server, posts, sizes=(100, 100, 100, 100))
    assert names(night(server).records("media"), "id") == ["17900001"]
    assert len(made.asked("/media")) == 2


def test_hidden_likes_and_a_missing_caption_are_absent_and_no_zero(server: Loopback) -> None:
    hidden = {key: value for key, value in post(1).items() if key != "like_count"}
    Insta(server, [hidden])
    (record,) = night(server).records("media")
    assert "like_count" not in record
    assert "caption" not in record
    assert record["insights"]["likes"] == 3


def test_a_list_that_is_too_heavy_is_asked_for_in_smaller_portions(server: Loopback) -> None:
    made = Insta(server, [post(1)])
    heavy = error(1, "Please reduce the amount of data you're asking for, then retry your request", status=500)

    def answers(asked: Asked) -> Reply:
        too_many = asked.path.endswith("/media") and int(asked.query["limit"]) > 25
        return heavy if too_many else made.answer(asked)

    server.answers = answers
    assert len(night(server).records("media")) == 1
    assert [asked.query["limit"] for asked in made.asked("/media")] == ["100", "50", "25"]


def test_a_post_without_a_zone_in_its_time_is_an_error(server: Loopback) -> None:
    Insta(server, [post(1, timestamp="2026-11-01T12:00:00")])
    with pytest.raises(SourceChanged, match="has no usable time"):
        night(server)


# --- insights of posts ---


def test_each_kind_is_asked_for_its_own_metrics_fifty_posts_a_call(server: Loopback) -> None:
    kinds = ["FEED"] * 60 + ["REELS"] * 30
    made = Insta(server, [post(n, kind) for n, kind in enumerate(kinds)])
    told = insights(night(server))
    assert [len(asked.query["ids"].split(",")) for asked in made.batched] == [50, 10, 30]
    assert set(told["17900001"]) >= {"views", "follows", "profile_visits"}
    assert set(told["17900089"]) >= {"views", "reels_skip_rate"}
    assert "follows" not in told["17900089"]


def test_a_new_kind_is_asked_for_what_every_kind_has(server: Loopback) -> None:
    Insta(server, [post(1, "HOLOGRAM"), {k: v for k, v in post(2).items() if k != "media_product_type"}])
    assert [set(told) for told in insights(night(server)).values()] == [{"views", "reach", "shares"}] * 2


def test_a_retired_metric_is_found_and_the_others_are_read_for_every_post(server: Loopback) -> None:
    made = Insta(server, [post(n) for n in range(1, 120)], sizes=(100, 19))
    made.retired = {"profile_visits"}
    read = night(server)
    assert {len(told) for told in insights(read).values()} == {8}
    assert [note.kind for note in read.notes] == ["metric_retired"]
    assert "profile_visits" in read.notes[0].message
    assert len(made.batched) + len([a for a in made.asked("/insights") if "/179" in a.path]) < 25


def test_a_metric_that_one_post_lacks_is_not_taken_for_retired(server: Loopback) -> None:
    made = Insta(server, [post(n) for n in range(1, 9)])
    made.refused = {"17900003": FOR_OTHERS}
    read = night(server)
    assert {number: len(told) for number, told in insights(read).items() if len(told) != 9} == {"17900003": 8}
    assert [note.kind for note in read.notes] == ["metrics_of_others"]


def test_posts_from_before_the_account_was_a_business_have_no_insights_and_cost_few_calls(server: Loopback) -> None:
    posts = [post(n) for n in range(100)]
    made = Insta(server, posts)
    made.refused = {one["id"]: UNMEASURED for one in posts[40:]}
    read = night(server)
    told = insights(read)
    assert [number for number, values in told.items() if not values] == [one["id"] for one in posts[40:]]
    assert all("insights" not in record for record in read.records("media")[40:])
    assert len(made.batched) < 12
    assert [(note.kind, note.message[-3:]) for note in read.notes] == [("insights_kept_back", " 60")]


def test_a_post_that_vanished_between_the_list_and_its_insights_keeps_the_others(server: Loopback) -> None:
    made = Insta(server, [post(n) for n in range(1, 9)])
    made.refused = {"17900005": MISSING}
    assert [number for number, told in insights(night(server)).items() if not told] == ["17900005"]


@pytest.mark.parametrize(
    ("refusal", "most"),
    [(error(2500, "Unknown path components: /"), 2), (MISSING, 12), (Reply({"error": "Not Found"}, 404), 2)],
)
def test_a_platform_that_takes_one_post_at_a_time_is_asked_so(server: Loopback, refusal: Reply, most: int) -> None:
    made = Insta(server, [post(n, comments_count=1) for n in range(1, 50)])
    made.no_batches = refusal
    made.threads = {"17900003": [comment(1)]}
    read = night(server)
    assert {len(told) for told in insights(read).values()} == {9}
    assert names(read.records("comments"), "media_id") == ["17900003"]
    assert len(made.batched) <= most


def test_a_post_that_vanished_before_its_comments_were_read_keeps_the_others(server: Loopback) -> None:
    made = Insta(server, [post(n, comments_count=1) for n in range(1, 5)])
    made.threads = {f"1790000{n}": [comment(n)] for n in range(1, 5)}

    def answers(asked: Asked) -> Reply:
        gone = "17900002" in f"{asked.path} {asked.query.get('ids', '')}"
        about_comments = "comments" in f"{asked.path} {asked.query.get('fields', '')}"
        return MISSING if gone and about_comments and "/media" not in asked.path else made.answer(asked)

    server.answers = answers
    found = night(server).records("comments")
    assert names(found, "media_id") == ["17900001", "17900003", "17900004"]


def test_the_secret_of_the_app_proves_every_call(server: Loopback) -> None:
    Insta(server, [post(1)])
    night(server, secrets={"app_secret": "app-secret-cccc"})
    proof = hmac.new(b"app-secret-cccc", TOKEN.encode(), hashlib.sha256).hexdigest()
    assert {asked.query["appsecret_proof"] for asked in server.asked} == {proof}


def test_metrics_that_the_settings_skip_are_not_asked_for(server: Loopback) -> None:
    made = Insta(server, [post(1), post(2)])
    made.retired = {"profile_visits", "profile_links_taps"}
    read = night(server, skip_metrics=("profile_visits", "profile_links_taps"))
    assert read.notes == []
    assert len(made.batched) == 1


# --- stories ---


def test_stories_have_metrics_of_their_own_and_those_of_the_morning_wait(server: Loopback) -> None:
    made = Insta(server)
    made.stories = [
        post(1, "STORY", timestamp="2026-11-03T08:30:00+0000"),
        post(2, "STORY", timestamp="2026-11-03T07:30:00+0000"),
    ]
    (record,) = night(server).records("stories")
    assert record["id"] == "17900002"
    assert set(record["insights"]) == {"views", "reach", "replies", "navigation", "follows", "shares"}


def test_a_story_with_few_viewers_has_no_insights(server: Loopback) -> None:
    made = Insta(server)
    made.stories = [post(1, "STORY"), post(2, "STORY")]
    made.refused = {"17900002": FEW_VIEWERS}
    read = night(server)
    assert ["insights" in record for record in read.records("stories")] == [True, False]
    assert [note.kind for note in read.notes] == ["insights_kept_back"]


def test_a_night_that_is_read_a_day_late_has_lost_its_stories(server: Loopback) -> None:
    made = Insta(server, [post(1)])
    made.stories = [post(2, "STORY")]
    server.date = "Wed, 04 Nov 2026 03:00:00 GMT"
    read = night(server)
    assert "stories are shown for 24 hours" in read.absent["stories"]
    assert made.asked("/stories") == []
    assert len(read.records("media")) == 1


# --- days ---


def test_totals_are_asked_day_by_day_and_never_for_a_day_that_is_not_over(server: Loopback) -> None:
    made = Insta(server)
    read = night(server, days=5)
    asked = [
        a.query for a in made.asked("/insights") if a.query.get("metric_type") == "total_value" and "since" in a.query
    ]
    spans = [[datetime.fromtimestamp(int(query[name]), UTC) for name in ("since", "until")] for query in asked]
    # 3 November 03:00 UTC: the second is not over on the Pacific coast. The first has 25 hours.
    assert [(until - since).total_seconds() / 3600 for since, until in spans] == [24, 24, 24, 24, 25]
    assert max(record["day"] for record in read.records("totals")) == "2026-11-01"
    assert len(read.records("totals")) == 5 * 12


def test_a_year_is_read_with_hardly_more_calls_than_it_must_cost(server: Loopback) -> None:
    made = Insta(server, [post(n) for n in range(100)])
    read = night(server, days=365)
    series = [a for a in made.asked("/insights") if "metric_type" not in a.query and "/179" not in a.path]
    assert len(series) == 13
    assert all(int(a.query["until"]) - int(a.query["since"]) <= 30 * 86_400 + 3600 for a in series)
    least = 1 + 365 + 13 + 1 + 2 + 1 + 1
    assert read.requests <= 1.05 * least


def test_a_series_that_is_only_kept_for_the_last_days_is_read_for_these(server: Loopback) -> None:
    made = Insta(server)
    short = error(100, "(#100) metric follower_count is no longer available for dates before the last 30 days")

    def answers(asked: Asked) -> Reply:
        old = int(asked.query.get("since", 2**40)) < 1790700000
        return short if old and "follower_count" in asked.query.get("metric", "") else made.answer(asked)

    server.answers = answers
    found = night(server, days=60).records("series")
    days = {name: [r["end_time"] for r in found if r["name"] == name] for name in ("reach", "follower_count")}
    assert len(days["reach"]) == 60
    assert 20 < len(days["follower_count"]) <= 31


def test_a_metric_that_tells_nothing_is_no_zero(server: Loopback) -> None:
    made = Insta(server)
    empty = {"data": [{"name": "views", "period": "day"}, {"name": "likes", "period": "day", "values": []}]}

    def answers(asked: Asked) -> Reply:
        return Reply(empty) if asked.query.get("metric_type") == "total_value" else made.answer(asked)

    server.answers = answers
    made.profile["followers_count"] = 61
    read = night(server)
    assert read.absent["totals"] == "fewer than 100 followers: the platform gives no insights"


def test_empty_insights_of_a_large_account_are_an_error(server: Loopback) -> None:
    made = Insta(server)
    made.of_account = Reply({"data": []})
    with pytest.raises(SourceChanged, match="empty although the account has 6412 followers"):
        night(server)


def test_a_retired_metric_of_the_account_costs_its_search_once(server: Loopback) -> None:
    made = Insta(server)
    made.retired = {"profile_links_taps"}
    read = night(server, days=20)
    assert len({record["day"] for record in read.records("totals")}) == 20
    assert [note.kind for note in read.notes] == ["metric_retired"]
    assert read.requests < 20 + 8 + 8


def test_numbers_that_came_as_texts_stay_as_the_platform_wrote_them(server: Loopback) -> None:
    made = Insta(server)
    values = [{"value": "12", "end_time": "2026-11-01T07:00:00+0000"}]
    made.of_account = Reply(
        {"data": [{"name": "reach", "period": "day", "values": values, "total_value": {"value": "4"}}]}
    )
    read = night(server)
    assert read.records("series")[0]["value"] == "12"
    assert read.records("totals")[0]["value"] == "4"


def test_a_shape_that_changed_is_an_error(server: Loopback) -> None:
    made = Insta(server)
    made.of_account = Reply({"data": {"name": "reach"}})
    with pytest.raises(SourceChanged, match="the insights of the account"):
        night(server)


# --- people ---


def test_threads_are_read_to_their_end_and_nobody_is_named(server: Loopback) -> None:
    made = Insta(server, [post(1, comments_count=60), post(2)])
    replies = {"data": [comment(900, "ateliermarin", text="happy birthday")], "paging": {"cursors": {"after": "x"}}}
    made.threads = {"17900001": [comment(n, f"Nobody{n}", replies=replies if n == 55 else None) for n in range(60)]}
    read = night(server)
    found = read.records("comments")
    assert len(found) == 61
    assert len({record["person"] for record in found}) == 61
    (reply,) = (record for record in found if record["parent_id"])
    assert (reply["parent_id"], reply["is_own"]) == ("18000055", True)
    assert b"Nobody" not in b"".join(read.raw["comments"])
    assert b"birthday" not in b"".join(read.raw["comments"])
    assert all("text" not in asked.query.get("fields", "") for asked in server.asked)


def test_a_comment_is_read_of_a_post_of_the_window_and_written_before_its_end(server: Loopback) -> None:
    made = Insta(server, [post(1, comments_count=2)])
    made.threads = {"17900001": [comment(1, timestamp="2026-11-03T08:30:00+0000"), comment(2)]}
    (record,) = night(server).records("comments")
    assert (record["id"], record["media_timestamp"]) == ("18000002", "2026-11-01T19:59:00+0000")


def test_comments_without_permission_are_absent_and_the_rest_comes(server: Loopback) -> None:
    made = Insta(server, [post(1, comments_count=1), post(2, comments_count=1)])
    refused = error(10, "(#10) Application does not have permission for this action", status=403)
    server.answers = lambda a: refused if a.query.get("fields", "").startswith("comments") else made.answer(a)
    read = night(server)
    assert "grant the permission instagram_manage_comments" in read.absent["comments"]
    assert len(read.records("media")) == 2


def test_demographics_become_segments(server: Loopback) -> None:
    made = Insta(server)
    told: dict[str, Any] = {
        "age,gender": (["gender", "age"], [["F", "25-34"], ["U", "65+"]]),
        "country": (["country"], [["FR"]]),
        "city": (["city"], [["Nantes, Pays de la Loire"]]),
    }

    def answers(asked: Asked) -> Reply:
        if "breakdown" not in asked.query:
            return made.answer(asked)
        keys, values = told[asked.query["breakdown"]]
        results = [{"dimension_values": value, "value": 9} for value in values]
        total = {"breakdowns": [{"dimension_keys": keys, "results": results}]}
        return Reply({"data": [{"name": "follower_demographics", "period": "lifetime", "total_value": total}]})

    server.answers = answers
    segments = names(night(server).records("demographics"), "segment")
    assert segments == ["F.25-34", "U.65+", "country.FR", "city.Nantes, Pays de la Loire"]


def people(metric: str, segments: dict[str, Any]) -> Reply:
    results = [{"dimension_values": [segment], "value": value} for segment, value in segments.items()]
    total = {"breakdowns": [{"dimension_keys": ["country"], "results": results}]}
    return Reply({"data": [{"name": metric, "period": "lifetime", "total_value": total}]})


def test_whom_the_month_reached_stands_beside_the_followers_of_the_segment(server: Loopback) -> None:
    made = Insta(server)
    told = {"follower_demographics": {"FR": 90, "BE": 7}, "reached_audience_demographics": {"FR": 41, "CA": 3}}

    def answers(asked: Asked) -> Reply:
        if asked.query.get("breakdown") != "country":
            return people("any", {"XX": 1}) if "breakdown" in asked.query else made.answer(asked)
        assert (asked.query["period"], asked.query["timeframe"]) == ("lifetime", "this_month")
        return people(asked.query["metric"], told[asked.query["metric"]])

    server.answers = answers
    records = [one for one in night(server).records("demographics") if one["breakdown"] == "country"]
    assert [(one["segment"], one["value"], one["reach"]) for one in records] == [
        ("country.FR", 90, 41),
        ("country.BE", 7, None),
        ("country.CA", None, 3),
    ]


def test_where_nobody_says_whom_the_month_reached_the_followers_come_all_the_same(server: Loopback) -> None:
    made = Insta(server)

    def answers(asked: Asked) -> Reply:
        if asked.query.get("metric") == "reached_audience_demographics":
            return RETIRED
        return people("any", {"FR": 9}) if "breakdown" in asked.query else made.answer(asked)

    server.answers = answers
    read = night(server)
    assert {(one["value"], one["reach"]) for one in read.records("demographics")} == {(9, None)}
    notes = [note for note in read.notes if "reached_audience_demographics" in note.message]
    assert [note.kind for note in notes] == ["metric_retired"]
    refused = [asked for asked in server.asked if asked.query.get("metric") == "reached_audience_demographics"]
    assert len(refused) == 1
    server.asked.clear()
    assert not night(server, skip_metrics=("reached_audience_demographics",)).notes
    assert not [asked for asked in server.asked if asked.query.get("metric") == "reached_audience_demographics"]


def test_a_small_account_has_no_demographics(server: Loopback) -> None:
    made = Insta(server)
    read = night(server)
    assert "fewer than 100" in read.absent["demographics"]
    assert len([asked for asked in made.asked("/insights") if "breakdown" in asked.query]) == 1


def test_other_businesses_are_read_by_facebooks_login_alone(server: Loopback) -> None:
    made = Insta(server)
    other = {"id": "9", "username": "voilerie.autre", "followers_count": 12, "media_count": 3}

    def answers(asked: Asked) -> Reply:
        fields = asked.query.get("fields", "")
        if "username(nobody)" in fields:
            return error(110, "(#110) The user with username: nobody cannot be found.", subcode=2207013)
        return Reply({"business_discovery": other, "id": ACCOUNT}) if "discovery" in fields else made.answer(asked)

    server.answers = answers
    read = night(server, tracked=("voilerie.autre", "nobody"))
    assert read.records("tracked") == [{"day": "2026-11-02", **other}]
    assert [note.kind for note in read.notes] == ["tracked_unknown"]
    assert "tracked" not in night(server).absent
    with pytest.raises(ConfigError, match="no name of an account"):
        night(server, tracked=("a){id}",))


def test_a_night_that_is_read_a_week_late_lacks_what_is_only_known_for_now(server: Loopback) -> None:
    Insta(server, [post(1)])
    server.date = "Tue, 10 Nov 2026 03:00:00 GMT"
    read = night(server, tracked=("voilerie.autre",))
    assert set(read.absent) == {"profile", "stories", "demographics", "tracked"}
    assert read.delivered() == {"series", "totals", "media", "comments"}


# --- logins ---


def by_itself(server: Loopback, made: Insta, renewed: Reply) -> list[Asked]:
    """The requests for a new token, while everything else is answered by ``made``."""
    asked_for: list[Asked] = []

    def answers(asked: Asked) -> Reply:
        if asked.path == "/refresh_access_token":
            asked_for.append(asked)
            return renewed
        return made.answer(asked)

    server.answers = answers
    return asked_for


def test_the_token_of_instagrams_login_is_renewed_stored_and_used(server: Loopback, tmp_path: Path) -> None:
    made = Insta(server, [post(1)])
    asked_for = by_itself(server, made, Reply({"access_token": "ig-token-bbbb-3333", "expires_in": 5_184_000}))
    source = replace(account("instagram", f"{server.base}/v26.0", login="instagram"), state=tmp_path)
    for _ in range(2):
        assert len(fetch(source, unit(source)).records("media")) == 1
    (renewal,) = asked_for
    assert renewal.query == {"grant_type": "ig_refresh_token"}
    assert renewal.headers["authorization"] == f"Bearer {TOKEN}"
    used = {asked.headers["authorization"] for asked in server.asked if asked.path != "/refresh_access_token"}
    assert used == {"Bearer ig-token-bbbb-3333"}


def test_the_documented_way_of_renewing_is_taken_where_the_header_is_not(server: Loopback) -> None:
    made = Insta(server)
    asked_for = by_itself(server, made, Reply())

    def answers(asked: Asked) -> Reply:
        if asked.path != "/refresh_access_token":
            return made.answer(asked)
        asked_for.append(asked)
        if asked.query.get("access_token") == TOKEN:
            return Reply({"access_token": "ig-token-bbbb-3333", "expires_in": 5_184_000})
        return error(104, "An access token is required to request this resource.")

    server.answers = answers
    night(server, login="instagram")
    assert [set(asked.query) for asked in asked_for] == [{"grant_type"}, {"grant_type", "access_token"}]


def test_a_token_of_less_than_a_day_is_used_as_it_is(server: Loopback) -> None:
    made = Insta(server)
    by_itself(server, made, error(100, "The access token must be at least 24 hours old to be refreshed"))
    assert "series" in night(server, login="instagram").delivered()
    used = {asked.headers["authorization"] for asked in made.asked("/media")}
    assert used == {f"Bearer {TOKEN}"}


def test_a_token_that_died_says_who_must_do_what(server: Loopback) -> None:
    dead = error(190, "Error validating access token: Session has expired", subcode=463)
    by_itself(server, Insta(server), dead)
    with pytest.raises(TokenExpired, match="connect the account again") as caught:
        night(server, login="instagram")
    assert TOKEN not in str(caught.value)


def test_each_login_has_its_host_and_its_permissions(server: Loopback) -> None:
    for login, host in (("facebook", "graph.facebook.com"), ("instagram", "graph.instagram.com")):
        with instagram.open_session(account("instagram", instagram.BASE, login=login), None) as http:
            assert http.base == f"https://{host}/v26.0"
    refused = error(10, "(#10) Application does not have permission for this action", status=403)
    by_itself(server, Insta(server), Reply({"access_token": "ig-token-bbbb-3333", "expires_in": 5_184_000}))
    for login, permission in (("facebook", "instagram_basic"), ("instagram", "instagram_business_basic")):
        answers = server.answers
        server.answers = lambda a, go=answers: go(a) if "refresh" in a.path else refused  # type: ignore[misc]
        with pytest.raises(SourceRefused, match=f"grant the permission {permission}"):
            night(server, login=login)
        server.answers = answers
    with pytest.raises(ConfigError, match='login is "facebook" or "instagram", not "myspace"'):
        night(server, login="myspace")


def test_a_check_names_the_account_and_its_followers(server: Loopback) -> None:
    Insta(server)
    assert check(account("instagram", server.base)) == "@ateliermarin, 6,412 followers"
    assert len(server.asked) == 1


# --- errors ---


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error(190, "Session has expired", subcode=463), TokenExpired, r"renew the token of Facebook's login"),
        (error(190, "changed", subcode=460), TokenExpired, "the password was changed"),
        (error(102, "Session key invalid"), TokenExpired, "renew the token"),
        (error(200, "Permissions error", status=403), SourceRefused, "grant the permission instagram_basic"),
        (error(100, "Unsupported get request", subcode=33), SourceRefused, "check the id of the account"),
        (error(368, "temporarily blocked"), SourceRefused, "blocked for a time"),
        (error(2635, "You are calling a deprecated version"), SourceRefused, "no longer served"),
        (error(1, "An unknown error occurred", status=500), SourceUnavailable, "unknown error"),
        (error(2, "Service temporarily unavailable", status=503), SourceUnavailable, "temporarily"),
        (error(4, "(#4) Application request limit reached", status=403), SourceUnavailable, "request limit"),
        (error(2500, "Unknown path components"), SourceChanged, "Unknown path"),
        (error(190, "error beside data", status=200), TokenExpired, "renew"),
        (
            Reply(b"<!doctype html><title>Sorry</title>", headers={"Content-Type": "text/html"}),
            SourceUnavailable,
            "login",
        ),
        (Reply([]), SourceChanged, "the account"),
        (Reply(b"", 302, {"Location": "https://elsewhere.example/"}), SourceRefused, "redirect"),
    ],
)
def test_every_error_of_the_platform_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        night(server)
    assert str(caught.value).startswith(f"instagram {ACCOUNT}, night 2026-11-02")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80002])
def test_a_spent_quota_says_when_it_comes_back(server: Loopback, code: int) -> None:
    server.answers = lambda _: error(code, "too many calls", X_Business_Use_Case_Usage=RATE % 23)
    with pytest.raises(QuotaExhausted) as caught:
        night(server)
    assert caught.value.resets_at == datetime(2026, 11, 3, 3, 23, tzinfo=UTC)


# --- what the platform publishes of itself ---


@pytest.mark.skipif(not SHARED.is_dir(), reason="the specifications are not beside the project")
def test_every_field_and_metric_that_is_asked_for_is_in_the_platforms_specification() -> None:
    def fields(name: str) -> set[str]:
        told = json.loads((SHARED / f"specs/meta/{name}.json").read_text("utf-8"))
        return {field["name"] for field in told["fields"]}

    enums = json.loads((SHARED / "specs/meta/enum_types_insights.json").read_text("utf-8"))
    values = {enum["name"]: set(enum["values"]) for enum in enums}
    assert set(instagram._PROFILE.split(",")) <= fields("IGUser")
    assert set(_FIELDS.split(",")) <= fields("IGMedia")
    of_account = {*source_insights._SERIES, *source_insights._TOTALS, audience._FOLLOWERS, audience._REACHED}
    assert of_account <= values["shadowiguserinsights_metric_enum_param"]
    asked = {part for breakdown in audience._BREAKDOWNS for part in breakdown.split(",")}
    assert asked <= values["shadowiguserinsights_breakdown_enum_param"]
    of_posts = {name for group in numbers._METRICS.values() for name in group}
    assert of_posts <= values["shadowigmediainsights_metric_enum_param"]


def test_recorded_lists_of_posts_are_read_to_their_end(server: Loopback) -> None:
    made = Insta(server)
    pages = json.dumps([sample("instagram/pyfb_users_medias_p1.json"), sample("instagram/pyfb_users_medias_p2.json")])
    # All of them within the days that are asked for.
    moved = re.sub(r'("timestamp": ")[0-9-]{10}T', r"\g<1>2026-11-01T", pages)
    first, second = json.loads(moved.replace("https://graph.facebook.com", server.base))

    def answers(asked: Asked) -> Reply:
        if asked.path.endswith("/media"):
            return Reply(second if "after" in asked.query else first)
        return made.answer(asked)

    server.answers = answers
    second.get("paging", {}).pop("next", None)
    rows = first["data"] + second["data"]
    read = night(server)
    assert names(read.records("media"), "id") == [row["id"] for row in rows]
    # Pictures' addresses change every night.
    assert all("insights" in record for record in read.records("media"))


def test_recorded_insights_and_comments_are_counted(server: Loopback) -> None:
    made = Insta(server, [post(1, comments_count=4)])
    series = sample("instagram/pyfb_users_user_insights.json")
    thread = [sample("instagram/pyfb_medias_comments_p1.json"), sample("instagram/pyfb_medias_comments_p2.json")]
    total, told = sample("instagram/pyfb_users_user_insights_new.json"), sample("instagram/pyfb_medias_insights.json")
    first, second = json.loads(json.dumps(thread).replace("https://graph.facebook.com", server.base))

    def answers(asked: Asked) -> Reply:
        if "/179" in asked.path:
            return Reply(told if asked.path.endswith("insights") else second if "after" in asked.query else first)
        if asked.path.endswith("/insights") and "breakdown" not in asked.query:
            return Reply(total if "metric_type" in asked.query else series)
        return made.answer(asked)

    server.answers = answers
    read = night(server)
    assert len(read.records("series")) == sum(len(metric["values"]) for metric in series["data"])
    assert {record["value"] for record in read.records("totals")} == {14516883}
    assert insights(read)["17900001"] == {"impressions": 8, "reach": 5, "saved": 0}
    assert names(read.records("comments"), "id") == [row["id"] for page in thread for row in page["data"]]


def test_recorded_public_numbers_of_another_business_are_read(server: Loopback) -> None:
    made, told = Insta(server), sample("instagram/pyfb_discovery_user_fields.json")
    server.answers = lambda a: Reply(told) if "discovery" in a.query.get("fields", "") else made.answer(a)
    (other,) = night(server, tracked=("facebookfordevelopers",)).records("tracked")
    expected = told["business_discovery"]
    assert {key: other[key] for key in ("id", "followers_count", "media_count")} == {
        key: expected[key] for key in ("id", "followers_count", "media_count")
    }
    assert set(other) == {"day", "id", "username", "followers_count", "media_count"}
