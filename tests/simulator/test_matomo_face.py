"""The simulated Matomo answers like the real one: by day, by POST, politely when it refuses."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from pipeline.simulator.platforms.matomo.account import TOKEN
from tests.simulator.client import Client

NIGHT = date(2026, 11, 2)
WEEK = "2026-10-27,2026-11-02"


def test_visits_are_keyed_by_every_day_of_the_window(client: Client) -> None:
    told = client.matomo("VisitsSummary.get", date=WEEK).json()
    assert list(told) == [(date(2026, 10, 27) + timedelta(days=n)).isoformat() for n in range(7)]
    site = client.world.matomo.day(date(2026, 10, 30), NIGHT)
    assert site is not None
    assert told["2026-10-30"]["nb_visits"] == site.visits
    assert told["2026-10-30"]["nb_uniq_visitors"] == site.visitors
    assert isinstance(told["2026-10-30"]["bounce_rate"], float)


def test_a_day_without_records_is_an_empty_list_in_every_report(client: Client) -> None:
    silent = min(client.world.calendar.untracked_days).isoformat()
    for method in ("VisitsSummary.get", "Referrers.getReferrerType", "Referrers.getSocials", "Goals.get"):
        assert client.matomo(method, date=f"{silent},{silent}").json() == {silent: []}
        assert client.matomo(method, date=silent).json() == []


@pytest.mark.parametrize(
    ("method", "attribute"),
    [
        ("Referrers.getReferrerType", "types"),
        ("Referrers.getSocials", "socials"),
        ("Referrers.getCampaigns", "campaigns"),
    ],
)
def test_referrers_are_the_worlds_with_goals_under_their_own_keys(client: Client, method: str, attribute: str) -> None:
    told = client.matomo(method, date=WEEK).json()
    counted = 0
    for day, rows in told.items():
        site = client.world.matomo.day(date.fromisoformat(day), NIGHT)
        assert site is not None
        expected = {row.label: row for row in getattr(site, attribute)}
        assert [row["label"] for row in rows] == list(expected)
        for row in rows:
            counted += 1
            world = expected[row["label"]]
            assert row["nb_visits"] == world.visits
            assert int(row["nb_visits_converted"]) == world.visits_converted
            goals = {int(key[7:]): goal["nb_conversions"] for key, goal in row.get("goals", {}).items()}
            assert goals == {number: goal.conversions for number, goal in world.goals.items()}
    assert counted >= 7


def test_some_counters_are_texts(client: Client) -> None:
    told = client.matomo("Referrers.getCampaigns", date=WEEK).json()
    kinds = {type(row["nb_visits_converted"]) for rows in told.values() for row in rows}
    assert kinds == {int, str}


def test_goals_are_counted_one_by_one_and_together(client: Client) -> None:
    day = "2026-10-30"
    site = client.world.matomo.day(date.fromisoformat(day), NIGHT)
    assert site is not None
    each = [client.matomo("Goals.get", date=day, idGoal=str(goal)).json()["nb_conversions"] for goal in site.goals]
    assert each == [goal.conversions for goal in site.goals.values()]
    assert client.matomo("Goals.get", date=day).json()["nb_conversions"] == sum(each)
    shop = client.matomo("Goals.get", date=day, idGoal="ecommerceOrder").json()
    assert shop["nb_conversions"] == site.ecommerce.orders
    assert shop["revenue"] == pytest.approx(float(site.ecommerce.revenue))
    assert {goal["idgoal"] for goal in client.matomo("Goals.getGoals").json()} == {"1", "2", "3", "4"}


def test_a_forgotten_limit_cuts_a_report_and_a_forgotten_language_translates_it(client: Client) -> None:
    whole = client.matomo("Referrers.getReferrerType", date="2026-10-30").json()
    assert len(whole) == 5
    assert client.matomo("Referrers.getReferrerType", date="2026-10-30", filter_limit="2").json() == whole[:2]
    assert client.matomo("Referrers.getReferrerType", date="2026-10-30", filter_offset="3").json() == whole[3:]
    french = client.matomo("Referrers.getReferrerType", date="2026-10-30", language="fr").json()
    assert french[0]["label"] == "Entrées directes"
    formatted = client.matomo("VisitsSummary.get", date="2026-10-30", format_metrics="1").json()
    assert formatted["bounce_rate"].endswith("%")


def test_the_token_is_read_from_the_form_alone(client: Client) -> None:
    query = {
        "module": "API",
        "method": "VisitsSummary.get",
        "idSite": "1",
        "period": "day",
        "date": "yesterday",
        "format": "json",
    }
    assert "view" in client.get("/matomo/index.php", params=query).json()["message"]
    in_address = client.get("/matomo/index.php", params={**query, "token_auth": TOKEN})
    assert in_address.status_code == 200
    assert in_address.json()["result"] == "error"
    assert "POST parameter" in in_address.json()["message"]
    assert client.matomo("VisitsSummary.get", date="yesterday").json()["nb_visits"] > 0


@pytest.mark.parametrize(
    ("method", "more", "words"),
    [
        ("VisitsSummary.get", {"token_auth": "wrong"}, "Unable to authenticate"),
        ("VisitsSummary.get", {"idSite": "2"}, "website id = 2"),
        ("VisitsSummary.get", {"period": "week"}, "is not supported"),
        ("VisitsSummary.get", {"date": "2026-13-01"}, "Date format must be"),
        ("VisitsSummary.get", {"date": "2026-11-02,2026-11-01"}, "Date format must be"),
        ("VisitsSummary.get", {"filter_limt": "-1"}, "not known"),
        ("VisitsSummary.got", {}, "does not exist"),
        ("Goals.get", {"idGoal": "9"}, "does not exist"),
        ("VisitsSummary.get", {"format": "xml"}, "Renderer format"),
    ],
)
def test_refusals_are_errors_with_status_200(client: Client, method: str, more: dict[str, str], words: str) -> None:
    answer = client.matomo(method, **{"date": "2026-10-30", **more})
    assert answer.status_code == 200
    assert answer.json()["result"] == "error"
    assert words in answer.json()["message"]


def test_a_bulk_request_answers_each_call_in_its_place(client: Client) -> None:
    calls = [
        {"method": method, "idSite": "1", "period": "day", "date": "2026-10-30"}
        for method in ("VisitsSummary.get", "Nothing.get", "Actions.get")
    ]
    form = {f"urls[{n}]": urlencode(call) for n, call in enumerate(calls)}
    visits, error, actions = client.matomo("API.getBulkRequest", **form).json()
    assert visits["nb_visits"] > 0
    assert error["result"] == "error"
    assert actions["nb_pageviews"] > 0


def test_the_days_of_keywords_are_those_of_the_virtual_clock(client: Client) -> None:
    client.night(date(2026, 9, 1))
    told = client.matomo("VisitsSummary.get", date="last3").json()
    assert list(told) == ["2026-08-31", "2026-09-01", "2026-09-02"]
    # The server's today has only just begun: nothing is archived yet.
    assert told["2026-09-02"] == []
    assert list(client.matomo("VisitsSummary.get", date="previous2").json()) == ["2026-08-31", "2026-09-01"]


LOG = "Live.getLastVisitsDetails"


def logged(client: Client, day: str, **more: Any) -> list[dict[str, Any]]:
    return list(client.matomo(LOG, **{"date": day, **more}).json())


def test_the_log_has_the_visits_of_the_reports_and_the_orders_of_the_shop(client: Client) -> None:
    day = date(2026, 10, 30)
    told, site = logged(client, f"{day}", filter_limit="-1"), client.world.matomo.day(day, NIGHT)
    assert site is not None
    assert Counter(visit["referrerType"] for visit in told) == {row.kind: row.visits for row in site.types}
    for row in (*site.socials, *site.campaigns):
        of_it = [v for v in told if (v["referrerType"], v["referrerName"]) == (row.kind, row.label)]
        goals = Counter(a["goalId"] for v in of_it for a in v["actionDetails"] if a["type"] == "goal")
        assert (len(of_it), len({v["visitorId"] for v in of_it})) == (row.visits, row.visitors)
        assert goals == {number: goal.conversions for number, goal in row.goals.items()}
    bought = [a for v in told for a in v["actionDetails"] if a["type"] == "ecommerceOrder"]
    assert len(bought) == site.ecommerce.orders
    assert sum(order["revenue"] for order in bought) == pytest.approx(float(site.ecommerce.revenue))
    placed = {str(order.id) for order in client.world.woocommerce.created_on(day)}
    assert {order["orderId"] for order in bought} <= placed


def test_the_log_is_a_list_without_a_total_the_visit_that_ended_last_first(client: Client) -> None:
    whole = logged(client, "2026-10-30", filter_limit="-1")
    assert len(whole) > 100
    ended = [visit["lastActionTimestamp"] for visit in whole]
    assert ended == sorted(ended, reverse=True)
    parts = [logged(client, "2026-10-30", filter_limit="50", filter_offset=f"{at}") for at in range(0, 200, 50)]
    assert [visit for part in parts for visit in part] == whole[:200]
    assert logged(client, "2026-10-30", filter_limit="-1", minTimestamp=f"{ended[9]}") == whole[:10]
    assert logged(client, min(client.world.calendar.untracked_days).isoformat()) == []
    assert "at a time" in client.matomo(LOG, date=WEEK).json()["message"]


def test_a_visit_of_a_campaign_tells_its_link_twice_and_its_visitor_in_many_ways(client: Client) -> None:
    told = [v for v in logged(client, "2026-10-30", filter_limit="-1") if v["campaignName"] == "autumn-2026"]
    assert told
    for visit in told:
        assert "utm_campaign=autumn-2026" in visit["actionDetails"][0]["url"]
        assert (visit["campaignSource"], visit["campaignMedium"]) == ("facebook", "social")
        assert visit["campaignContent"] in visit["actionDetails"][0]["url"]
        assert visit["visitIp"]
        assert visit["city"]


def test_a_visit_that_was_deleted_is_in_the_reports_and_not_in_the_log(client: Client) -> None:
    before = logged(client, "2026-10-30", filter_limit="-1")
    gone = before[5]["idVisit"]
    change = {"kind": "delete_visit", "platform": "matomo", "account": "1", "target": f"{gone}"}
    assert client.control("mutate", change).status_code == 200
    after = logged(client, "2026-10-30", filter_limit="-1")
    assert [v["idVisit"] for v in before if v["idVisit"] != gone] == [v["idVisit"] for v in after]
    assert client.matomo("VisitsSummary.get", date="2026-10-30").json()["nb_visits"] == len(before)


def test_one_of_several_calls_is_refused_by_itself(client: Client) -> None:
    client.inject("error_in_part", "matomo")
    methods = ("VisitsSummary.get", LOG)
    form = {
        f"urls[{n}]": urlencode({"method": method, "idSite": "1", "period": "day", "date": "2026-10-30"})
        for n, method in enumerate(methods)
    }
    visits, log = client.matomo("API.getBulkRequest", **form).json()
    assert visits["nb_visits"] > 0
    assert log["result"] == "error"
    assert "Visits log is deactivated" in log["message"]
    assert client.matomo(LOG, date="2026-10-30").json() == log


def test_of_an_anonymised_log_nobody_can_tell_who_came_again(client: Client) -> None:
    client.inject("anonymised_log", "matomo")
    told = logged(client, "2026-10-30")
    assert {visit["visitorId"] for visit in told} == {None}
    assert len(told) > 100


def test_dimensions_are_the_sites_own_words(client: Client) -> None:
    method = "CustomDimensions.getCustomDimension"
    told = client.matomo(method, date="2026-10-30", idDimension="1").json()
    assert [row["label"] for row in told] == ["guest", "member"]
    assert told[0]["nb_visits"] > told[1]["nb_visits"] > 0
    assert "not active" in client.matomo(method, date="2026-10-30", idDimension="9").json()["message"]
    silent = min(client.world.calendar.untracked_days).isoformat()
    assert client.matomo(method, date=silent, idDimension="1").json() == []
