"""Facebook pages: what a night reads, and what it makes of the platform's odd answers."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from pipeline.errors import QuotaExhausted, SourceChanged, SourceRefused, SourceUnavailable
from tests.sources.graph import BAD_METRIC, TOKEN, Graph, error, post
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import account, check, fetch, names, unit


def test_posts_of_all_pages_are_read_although_one_of_them_is_short(server: Loopback) -> None:
    Graph(server, [post(n) for n in range(1, 206)], sizes=(100, 3, 0, 100, 2))
    read = fetch(account("facebook", server.base))
    assert names(read.records("posts"), "id") == [f"104001_{n}" for n in range(1, 206)]
    assert read.announced("posts") is None


def test_pages_by_time_end_with_the_last_post(server: Loopback) -> None:
    graph = Graph(server, [post(n) for n in range(1, 8)], sizes=(3, 3, 1))
    graph.by_time = True
    read = fetch(account("facebook", server.base))
    assert len(read.records("posts")) == 7
    untils = [a.query["until"] for a in server.asked if a.path.endswith("published_posts")]
    assert untils[1:] == ["1793000000", "1792999999"]


def test_the_link_to_the_next_page_is_never_followed_as_it_came(server: Loopback) -> None:
    Graph(server, [post(n) for n in range(1, 8)], sizes=(4, 3))
    fetch(account("facebook", server.base))
    assert not [a for a in server.asked if "access_token" in a.query]
    assert {a.headers["authorization"] for a in server.asked} == {f"Bearer {TOKEN}"}


def test_no_record_keeps_the_token_that_the_platform_writes_into_its_links(server: Loopback) -> None:
    odd = post(2, permalink_url=f"https://www.facebook.com/2?access_token={TOKEN}")
    Graph(server, [post(1), odd])
    read = fetch(account("facebook", server.base))
    assert TOKEN.encode() not in b"".join(read.raw["posts"])
    first, second = read.records("posts")
    assert set(first["insights"]) == {"data"}
    assert first["reactions"] == {"data": [], "summary": {"total_count": 1}}
    assert second["permalink_url"].endswith("access_token=***")


def test_insights_become_one_record_per_metric_period_and_day(server: Loopback) -> None:
    Graph(server, [])
    read = fetch(account("facebook", server.base), unit(account("facebook", server.base), days=28))
    found = read.records("page_insights")
    assert len(found) == 29 * (8 + 1 + 1)
    assert found[0] == {"name": "page_follows", "period": "day", "end_time": "2026-10-06T07:00:00+0000", "value": 100}
    assert {(r["name"], r["period"]) for r in found if r["period"] != "day"} == {
        ("page_total_media_view_unique", "week"),
        ("page_total_media_view_unique", "days_28"),
    }


def test_a_night_costs_five_requests(server: Loopback) -> None:
    Graph(server, [post(1)])
    assert fetch(account("facebook", server.base)).requests == 5


def test_long_windows_of_insights_are_ours_and_never_longer_than_ninety_days(server: Loopback) -> None:
    Graph(server, [])
    fetch(account("facebook", server.base), unit(account("facebook", server.base), days=200))
    asked = [a.query for a in server.asked if a.path.endswith("/insights") and a.query["period"] == "day"]
    spans = [(date.fromisoformat(q["since"]), date.fromisoformat(q["until"])) for q in asked]
    assert [(b - a).days for a, b in spans] == [90, 90, 21]
    assert all(before[1] == after[0] for before, after in pairwise(spans))


def test_the_window_of_posts_is_made_of_pacific_days(server: Loopback) -> None:
    Graph(server, [])
    fetch(account("facebook", server.base), unit(account("facebook", server.base), days=3))
    query = next(a.query for a in server.asked if a.path.endswith("published_posts"))
    since, until = (datetime.fromtimestamp(int(query[name]), UTC) for name in ("since", "until"))
    # The clocks of the west coast went back on 1 November.
    assert since == datetime(2026, 10, 30, 7, tzinfo=UTC)
    assert until == datetime(2026, 11, 3, 8, tzinfo=UTC)


def test_a_value_that_is_an_object_goes_to_parts_and_leaves_the_number_empty(server: Loopback) -> None:
    graph = Graph(server, [])

    def answers(asked: Asked) -> Reply:
        if asked.query.get("period") != "day":
            return graph.answer(asked)
        ends = {"2026-11-02T08:00:00+0000": {"like": 3}, "2026-11-03T08:00:00+0000": "12"}
        values = [{"value": value, "end_time": end} for end, value in ends.items()]
        return Reply({"data": [{"name": "page_reactions", "period": "day", "values": values}]})

    server.answers = answers
    found = fetch(account("facebook", server.base)).records("page_insights")
    assert found[0] == {
        "name": "page_reactions",
        "period": "day",
        "end_time": "2026-11-02T08:00:00+0000",
        "parts": {"like": 3},
    }
    assert found[1]["value"] == "12"


def test_the_page_is_written_down_for_the_night(server: Loopback) -> None:
    Graph(server, [])
    (page,) = fetch(account("facebook", server.base)).records("page")
    assert (page["day"], page["id"], page["followers_count"]) == ("2026-11-02", "104001", 1204)


def test_a_night_that_is_read_a_week_late_has_no_page_because_its_level_is_gone(server: Loopback) -> None:
    Graph(server, [post(1)])
    server.date = "Tue, 10 Nov 2026 03:00:00 GMT"
    read = fetch(account("facebook", server.base))
    assert "8 days after the night" in read.absent["page"]
    assert read.delivered() == {"page_insights", "posts", "post_comments"}


def test_a_small_page_has_no_insights_but_posts(server: Loopback) -> None:
    graph = Graph(server, [post(1)])
    graph.quiet, graph.page = True, {**graph.page, "fan_count": 61}
    read = fetch(account("facebook", server.base))
    assert read.absent == {"page_insights": "fewer than 100 likes: the platform gives no insights"}
    assert len(read.records("posts")) == 1


def test_a_list_that_is_too_heavy_is_asked_for_in_smaller_portions(server: Loopback) -> None:
    graph = Graph(server, [post(n) for n in range(1, 31)], sizes=(20, 10))
    graph.most = 30
    read = fetch(account("facebook", server.base))
    assert len(read.records("posts")) == 30
    limits = [a.query["limit"] for a in server.asked if a.path.endswith("published_posts")]
    assert limits == ["100", "50", "25", "25"]


def test_a_single_post_that_is_too_heavy_is_an_error_and_no_loop(server: Loopback) -> None:
    Graph(server, [post(1)]).most = 0
    with pytest.raises(SourceChanged, match="reduce the amount of data"):
        fetch(account("facebook", server.base))


def test_the_secret_of_the_app_proves_every_call(server: Loopback) -> None:
    Graph(server, [post(1)])
    fetch(account("facebook", server.base, secrets={"app_secret": "app-secret-cccc"}))
    proof = hmac.new(b"app-secret-cccc", TOKEN.encode(), hashlib.sha256).hexdigest()
    assert {a.query["appsecret_proof"] for a in server.asked} == {proof}


def test_the_version_is_in_every_address_whatever_the_base_says(server: Loopback) -> None:
    Graph(server, [])
    fetch(account("facebook", server.base))
    fetch(account("facebook", f"{server.base}/v25.0"))
    assert {a.path.split("/")[1] for a in server.asked[:5]} == {"v26.0"}
    assert {a.path.split("/")[1] for a in server.asked[5:]} == {"v25.0"}


def test_a_check_names_the_page_and_its_followers(server: Loopback) -> None:
    Graph(server, [])
    assert check(account("facebook", server.base)) == "page Atelier Marin, 1,204 followers"
    assert len(server.asked) == 1


def test_text_with_emoji_and_numbers_beyond_2_53_stay_as_the_platform_wrote_them(server: Loopback) -> None:
    graph = Graph(server, [])
    wrote = b'{"id":"104001_9","message":"caf\\u00e9 \xf0\x9f\x8c\x8a","big":90071992547409931}'

    def answers(asked: Asked) -> Reply:
        posts = asked.path.endswith("published_posts")
        return Reply(b'{"data": [ ' + wrote + b" ]}") if posts else graph.answer(asked)

    server.answers = answers
    assert fetch(account("facebook", server.base)).raw["posts"] == [wrote]


def test_a_record_over_many_lines_is_kept_in_one(server: Loopback) -> None:
    graph = Graph(server, [])

    def answers(asked: Asked) -> Reply:
        pretty = json.dumps({"data": [post(1)]}, indent=2).encode()
        return Reply(pretty) if asked.path.endswith("published_posts") else graph.answer(asked)

    server.answers = answers
    (record,) = fetch(account("facebook", server.base)).raw["posts"]
    assert b"\n" not in record
    assert json.loads(record)["message"] == "Post 1"


RATE = '{"104001":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":%d}]}'


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error(190, "Session has expired", subcode=463), SourceRefused, r"renew the page access token \(it expired\)"),
        (error(190, "changed", subcode=460), SourceRefused, "the password was changed"),
        (error(190, "must be called with a Page Access Token"), SourceRefused, "belongs to a person"),
        (error(102, "Session key invalid"), SourceRefused, "renew the page access token"),
        (error(10, "requires the 'pages_read_engagement' permission", status=403), SourceRefused, "pages_read_eng"),
        (error(200, "Permissions error", status=403), SourceRefused, "grant the permission pages_read_engagement"),
        (error(100, "Unsupported get request", subcode=33), SourceRefused, "check the id of the page"),
        (error(100, "odd", subcode=33, X_App_Usage='{"call_count":100}'), SourceUnavailable, "odd"),
        (error(368, "temporarily blocked"), SourceRefused, "blocked for a time"),
        (error(1, "An unknown error occurred", status=500), SourceUnavailable, "unknown error"),
        (error(2, "Service temporarily unavailable", status=503), SourceUnavailable, "temporarily"),
        (error(4, "(#4) Application request limit reached", status=403), SourceUnavailable, "request limit"),
        (error(2500, "Unknown path components"), SourceChanged, "Unknown path"),
        (error(190, "error beside data", status=200), SourceRefused, "renew"),
        (
            Reply(b"<!doctype html><title>Sorry</title>", headers={"Content-Type": "text/html"}),
            SourceUnavailable,
            "login",
        ),
        (Reply({"error": "odd"}, 400), SourceChanged, "odd"),
        (Reply([]), SourceChanged, "the page"),
        (Reply(b"", 302, {"Location": "https://elsewhere.example/"}), SourceRefused, "redirect"),
    ],
)
def test_every_error_of_the_platform_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        fetch(account("facebook", server.base))
    assert str(caught.value).startswith("facebook 104001, night 2026-11-02")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001, 80008])
def test_a_spent_quota_says_when_it_comes_back(server: Loopback, code: int) -> None:
    limit = error(code, "too many calls", X_Business_Use_Case_Usage=RATE % 23)
    server.answers = lambda _: limit
    with pytest.raises(QuotaExhausted) as caught:
        fetch(account("facebook", server.base))
    assert caught.value.resets_at == datetime(2026, 11, 3, 3, 23, tzinfo=UTC)
    assert len(server.asked) == 1


def test_a_short_wait_is_sat_out(server: Loopback) -> None:
    graph, first = Graph(server, []), [error(80001, "too many calls", X_Business_Use_Case_Usage=RATE % 0)]
    server.answers = lambda asked: first.pop() if first else graph.answer(asked)
    assert fetch(account("facebook", server.base)).delivered() == {"page", "page_insights", "posts", "post_comments"}


def test_an_insight_whose_shape_changed_is_an_error(server: Loopback) -> None:
    graph = Graph(server, [])

    def answers(asked: Asked) -> Reply:
        return Reply({"data": {"name": "x"}}) if asked.path.endswith("/insights") else graph.answer(asked)

    server.answers = answers
    with pytest.raises(SourceChanged, match="the insights"):
        fetch(account("facebook", server.base))


def test_metrics_that_the_settings_skip_are_not_asked_for(server: Loopback) -> None:
    graph = Graph(server, [post(1)])
    graph.retired = {"page_views_total", "post_clicks"}
    read = fetch(account("facebook", server.base, skip_metrics=("page_views_total", "post_clicks")))
    assert read.notes == []
    assert read.requests == 5


def test_a_metric_that_only_the_whole_list_refuses_is_an_error_and_no_loop(server: Loopback) -> None:
    graph = Graph(server, [post(1)])

    def answers(asked: Asked) -> Reply:
        refused = asked.path.endswith("published_posts") and asked.query["limit"] != "1"
        return BAD_METRIC if refused else graph.answer(asked)

    server.answers = answers
    with pytest.raises(SourceChanged, match="a single post accepts"):
        fetch(account("facebook", server.base))
