"""Recorded and documented answers of the platforms, replayed where they lie beside the project.

Those of one platform that need its own service stand with its other tests; here is the list that knows them all.
"""

from __future__ import annotations

import json

import pytest

from pipeline import sources
from pipeline.errors import SourceChanged, SourceRefused
from tests.sources.graph import PAGE, Graph
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import account, fetch, names, unit
from tests.sources.samples import FOLDER, NO_SOURCE, NOT_ASKED, PLATFORMS, named_in_tests, present, sample
from tests.sources.test_matomo import Matomo
from tests.sources.wp import Site, listed, route


def test_every_recorded_answer_is_replayed_or_it_is_said_why_not() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the recorded answers are not beside the project")
    of_sources = {name for name in present() if name.partition("/")[0] not in NO_SOURCE}
    assert {PLATFORMS.get(folder, folder) for folder in {name.partition("/")[0] for name in of_sources}} <= set(
        sources.names()
    )
    replayed = of_sources & named_in_tests()
    assert replayed & set(NOT_ASKED) == set()
    assert of_sources - replayed == set(NOT_ASKED)


def test_a_recorded_feed_that_is_paged_by_time_is_read_to_its_end(server: Loopback) -> None:
    graph = Graph(server, [])
    pages = [
        sample("facebook_pages/facebook_apidata_posts_feed_fields_p1.json"),
        sample("facebook_pages/facebook_apidata_posts_feed_fields_p2.json"),
    ]
    text = json.dumps(pages).replace("https://graph.facebook.com", server.base)
    first, second = json.loads(text)

    def answers(asked: Asked) -> Reply:
        if not asked.path.endswith("published_posts"):
            return graph.answer(asked)
        return Reply(second if "__paging_token" in asked.query else first)

    server.answers = answers
    if second.get("paging", {}).get("next"):
        second["paging"].pop("next")
    found = fetch(account("facebook", server.base))
    assert names(found.records("posts"), "id") == [row["id"] for row in first["data"] + second["data"]]


def test_a_recorded_link_to_another_host_is_refused(server: Loopback) -> None:
    graph = Graph(server, [])
    first = sample("facebook_pages/facebook_apidata_posts_feed_fields_p1.json")
    server.answers = lambda a: Reply(first) if a.path.endswith("published_posts") else graph.answer(a)
    with pytest.raises(SourceChanged, match=r"leads elsewhere: https://graph\.facebook\.com"):
        fetch(account("facebook", server.base))


def test_recorded_errors_of_facebook_are_errors(server: Loopback) -> None:
    server.answers = lambda _: Reply(sample("facebook_pages/base_error_data.json"), 400)
    with pytest.raises(SourceChanged, match="pages_read_engagement"):
        fetch(account("facebook", server.base))
    assert PAGE["id"] == "104001"


def test_recorded_visits_become_days(server: Loopback) -> None:
    table = sample("wordpress/wordpress-rs_stats_visits_visits-02-day.json")
    site = Site(server, {"/wp/v2/posts": [], "/wp/v2/comments": []})
    moved = {**table, "data": [[f"2026-11-0{n}", *row[1:]] for n, row in enumerate(table["data"][:2], 1)]}

    def answers(asked: Asked) -> Reply:
        if asked.path.endswith("visits"):
            return Reply(moved)
        odd = sample("wordpress/wordpress-rs_stats_insights_response-05-false-fields.json")
        return Reply(odd) if "/rest/v1" in asked.path else site.answer(asked)

    server.answers = answers
    there = account("wordpress", server.base, secrets={"stats_token": "stats-token-dddd"}, stats_base=server.base)
    found = fetch(there).records("stats_visits")
    assert found[0] == {"day": "2026-11-01", **dict(zip(table["fields"][1:], table["data"][0][1:], strict=True))}


def test_recorded_statistics_of_a_post_are_reduced_to_its_counters(server: Loopback) -> None:
    rows = [{"id": 7, "date": "2026-11-01T10:00:00", "date_gmt": "2026-11-01T09:00:00"}]
    site = Site(server, {"/wp/v2/posts": rows, "/wp/v2/comments": []})
    recorded = sample("wordpress/wordpress-rs_stats_post_post-with-views.json")
    server.answers = lambda a: Reply(recorded) if "/stats/" in a.path else site.answer(a)
    there = account("wordpress", server.base, secrets={"stats_token": "stats-token-dddd"}, stats_base=server.base)
    (found,) = fetch(there).records("stats_post")
    expected = {"views": recorded["views"], "like_count": recorded["like_count"]}
    assert found == {
        "id": 7,
        "date": "2026-11-01T10:00:00",
        **expected,
        "comment_count": recorded["discussion"]["comment_count"],
    }


def test_a_recorded_error_of_matomo_with_status_200_is_a_refusal(server: Loopback) -> None:
    told = sample("matomo/error_http200.json")
    server.answers = lambda _: Reply(told)
    with pytest.raises(SourceRefused, match="'view' access"):
        fetch(account("matomo", server.base))


def test_documented_orders_lose_their_buyers_and_keep_their_money(server: Loopback) -> None:
    orders = sample("woocommerce/docs_list_orders_response.json")
    refunds = sample("woocommerce/docs_refunds_response.json")

    def answers(asked: Asked) -> Reply:
        if asked.query.get("status") == "trash":
            return listed([], asked)
        return listed(refunds if route(asked).endswith("refunds") else orders, asked)

    server.answers = answers
    found = fetch(account("woocommerce", server.base))
    kept = b"".join(found.raw["orders"])
    people = [text for o in orders for part in ("billing", "shipping") for text in o[part].values() if len(text) > 3]
    assert people
    assert not [text for text in people if text.encode() in kept]
    assert {o["id"]: o["total"] for o in found.records("orders")} == {o["id"]: o["total"] for o in orders}


def test_recorded_referrers_are_kept_for_each_day(server: Loopback) -> None:
    told = sample("matomo/observed_referrer_type.json")
    there = Matomo(server)
    there.reports["Referrers.getReferrerType"] = lambda _: told
    found = fetch(account("matomo", server.base), unit(account("matomo", server.base), days=3)).records(
        "referrer_types"
    )
    assert len(found) == 4 * len(told) == 8
    assert [(row["label"], row["nb_visits"], row["bounce_count"]) for row in found[:2]] == [
        (row["label"], row["nb_visits"], row["bounce_count"]) for row in told
    ]
