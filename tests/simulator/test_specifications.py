"""What the faces of Facebook, LinkedIn and WordPress.com answer is what the platforms' published descriptions say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline.simulator.platforms.linkedin import account as linkedin
from pipeline.simulator.platforms.linkedin.face import ENTITIES, FINDERS
from pipeline.sources import facebook
from pipeline.sources.facebook.posts import _FIELDS
from tests.simulator.client import Client
from tests.simulator.specifications import GRAPH_TYPES, described, document, graph_complaints, graph_fields

EDGES = frozenset({"reactions", "comments", "insights"})
COLLECTIONS = ("community", "content", "reporting-roi")
# Of these the published collections hold nothing: they follow the pages of the documentation.
UNDESCRIBED = {"socialActions", "socialMetadata"}
WPCOM = "wordpress/wpcom_v1.1_stats_subset.yml"


def test_a_page_is_an_object_as_the_graph_api_specifies_it(client: Client) -> None:
    page = client.graph("me", fields=f"{facebook._PAGE_FIELDS},category,verification_status").json()
    assert len(page) > 6
    assert graph_complaints("Page", page) == []


def test_posts_and_their_insights_are_objects_as_the_graph_api_specifies_them(client: Client) -> None:
    insights = "insights.metric(post_media_view,post_clicks)"
    rows = client.graph("me/published_posts", fields=f"{_FIELDS},{insights}", limit=100).json()["data"]
    assert len(rows) == 100
    assert [fault for row in rows for fault in graph_complaints("PagePost", row, EDGES)] == []
    edges = {api.get("endpoint") for api in document("meta/PagePost.json")["apis"]}
    assert edges >= EDGES
    results = [result for row in rows for result in row["insights"]["data"]]
    assert [fault for each in results for fault in graph_complaints("InsightsResult", each)] == []
    values = [value for result in results for value in result["values"]]
    assert values
    assert [fault for value in values for fault in graph_complaints("InsightsValue", value)] == []


def test_insights_of_a_page_are_series_as_the_graph_api_specifies_them(client: Client) -> None:
    metrics = "page_follows,page_media_view"
    series = client.graph("me/insights", metric=metrics, since="2026-10-20", until="2026-10-25").json()["data"]
    assert {each["name"] for each in series} == set(metrics.split(","))
    assert [fault for each in series for fault in graph_complaints("InsightsResult", each)] == []
    values = [value for each in series for value in each["values"]]
    assert [fault for value in values for fault in graph_complaints("InsightsValue", value)] == []


def test_the_specification_itself_would_say_what_is_wrong() -> None:
    assert graph_complaints("Page", {"followers": 7, "fan_count": "7"}) == [
        "Page has no followers",
        "fan_count: '7' is no unsigned int",
    ]
    assert set(graph_fields("InsightsValue").values()) & set(GRAPH_TYPES)


def described_calls() -> dict[str, list[Mapping[str, Any]]]:
    """Every GET of LinkedIn's collections, by the first part of its path."""

    def calls(folder: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for item in folder.get("item", ()):
            yield from calls(item) if "item" in item else [item]

    found: dict[str, list[Mapping[str, Any]]] = {}
    for name in COLLECTIONS:
        for call in calls(document(f"linkedin/linkedin-marketing-{name}.postman_collection.json")):
            url = call["request"]["url"]
            raw = url["raw"] if isinstance(url, dict) else url
            path = urlsplit(raw.replace("{{baseUrl}}", "")).path.removeprefix("/rest")
            if call["request"]["method"] == "GET":
                found.setdefault(path.strip("/").partition("/")[0], []).append(call)
    return found


def test_linkedin_serves_no_resource_that_its_collections_do_not_hold() -> None:
    assert {*FINDERS, *ENTITIES} - set(described_calls()) == UNDESCRIBED


def ask(client: Client, path: str, version: str = linkedin.VERSION) -> Any:
    headers = {"Authorization": f"Bearer {linkedin.TOKEN}", "Linkedin-Version": version}
    headers["X-Restli-Protocol-Version"] = "2.0.0"
    return client.get(f"/linkedin/rest/{path}", headers=headers)


ORGANIZATION = "urn%3Ali%3Aorganization%3A2414183"
DAYS = "timeIntervals=(timeRange:(start:1760918400000,end:1761523200000),timeGranularityType:DAY)"
LINKEDIN = {
    "organizationalEntityFollowerStatistics": f"?q=organizationalEntity&organizationalEntity={ORGANIZATION}&{DAYS}",
    "organizationalEntityShareStatistics": f"?q=organizationalEntity&organizationalEntity={ORGANIZATION}&{DAYS}",
    "organizationPageStatistics": f"?q=organization&organization={ORGANIZATION}&{DAYS}",
    "networkSizes": f"/{ORGANIZATION}?edgeType=COMPANY_FOLLOWED_BY_MEMBER",
}


@pytest.mark.parametrize("name", LINKEDIN)
def test_linkedin_understands_every_parameter_that_its_collections_send(client: Client, name: str) -> None:
    """The collections write a range in parts, as Rest.li 1 did; in its second form the parts stand in one."""
    (call,) = [each for each in described_calls()[name] if each["request"]["url"]["query"]]
    sent = {part["key"].partition(".")[0] for part in call["request"]["url"]["query"]}
    asked = set(re.findall(r"[?&](\w+)=", LINKEDIN[name]))
    assert asked - sent <= {"timeIntervals"}
    assert sent <= asked
    answer = ask(client, f"{name}{LINKEDIN[name]}")
    assert answer.status_code == 200, answer.text
    assert {"linkedin-version", "accept"} <= {header["key"].lower() for header in call["request"]["header"]}


def test_linkedins_number_of_followers_has_the_shape_of_the_collections_example(client: Client) -> None:
    (call,) = described_calls()["networkSizes"]
    assert call["response"][0]["body"].split() == ["{", '"firstDegreeSize":', '"<integer>"', "}"]
    told = ask(client, f"networkSizes{LINKEDIN['networkSizes']}").json()
    assert [(name, type(value)) for name, value in told.items()] == [("firstDegreeSize", int)]


# The help text of a post's views forgets half of what stands in every recorded answer.
FORGOTTEN = {"views", "post", "data", "fields", "highest_month", "highest_day_average", "highest_week_average"}


@pytest.mark.parametrize("path", ["", "/summary", "/post/{post_id}"])
def test_statistics_of_wordpress_have_the_properties_of_its_description(client: Client, path: str) -> None:
    """Names alone: the description was made of help texts, and calls every object a list."""
    number = client.wp("posts", per_page=1).json()[0]["id"]
    answer = client.stats(f"stats{path.format(post_id=number)}")
    assert answer.status_code == 200
    schema = described(document(WPCOM), f"/sites/{{site}}/stats{path}")
    assert set(answer.json()) - set(schema["properties"]) <= (FORGOTTEN if "post" in path else set())
