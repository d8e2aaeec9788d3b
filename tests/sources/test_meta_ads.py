"""Meta Ads: reports that are ordered, waited for, split where they are too much, and read to their end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.errors import QuotaExhausted, SourceChanged, SourceRefused, SourceUnavailable, TokenExpired
from pipeline.http import Limits
from pipeline.settings import Account
from pipeline.sources import meta_ads
from pipeline.sources._graph_errors import PermissionMissing
from pipeline.streams import Page, Unit, Window
from tests.sources.adgraph import TOKEN, TOO_MUCH, UNKNOWN, AdAccount
from tests.sources.graph import error
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, QUICK, Read, account, check, fetch, names, unit


def there(server: Loopback, **options: Any) -> Account:
    return account("meta_ads", server.base, **{"poll_seconds": 0.01, **options})


def read(server: Loopback, days: int = 3, **options: Any) -> Read:
    found = there(server, **options)
    return fetch(found, unit(found, days=days))


def keys(found: Read) -> Counter[tuple[str, str]]:
    return Counter((each["campaign_id"], each["date_start"]) for each in found.records("insights"))


def test_a_report_is_ordered_for_the_window_and_all_its_pages_are_read(server: Loopback) -> None:
    AdAccount(server, page=5)
    found = read(server)
    assert len(found.records("insights")) == 12
    assert set(keys(found).values()) == {1}
    order = next(asked for asked in server.asked if asked.method == "POST")
    assert order.path == "/v26.0/act_2340017001001/insights"
    assert json.loads(order.form["time_range"]) == {"since": "2026-10-30", "until": "2026-11-02"}
    assert (order.form["level"], order.form["time_increment"]) == ("campaign", "1")
    assert order.form["breakdowns"] == "publisher_platform"
    assert json.loads(order.form["action_attribution_windows"]) == ["7d_click", "1d_view"]
    assert "use_unified_attribution_setting" not in order.form


def test_an_answer_at_once_is_never_asked_for(server: Loopback) -> None:
    AdAccount(server)
    read(server)
    assert not [a for a in server.asked if a.method == "GET" and a.path.endswith("act_2340017001001/insights")]


def test_conversions_are_counted_as_the_settings_say(server: Loopback) -> None:
    known = AdAccount(server)
    read(server, attribution=("1d_click",))
    read(server, attribution=())
    first, second = known.orders
    assert json.loads(first["action_attribution_windows"]) == ["1d_click"]
    assert "action_attribution_windows" not in second
    assert second["use_unified_attribution_setting"] == "true"


def test_numbers_stay_the_texts_that_came_and_what_is_absent_stays_absent(server: Loopback) -> None:
    AdAccount(server, ("11",))
    record = read(server).raw["insights"][0]
    assert b'"spend": "1.25"' in record
    assert b"inline_link_clicks" not in record


def test_a_night_without_delivery_is_an_empty_list(server: Loopback) -> None:
    AdAccount(server, ())
    found = read(server)
    assert (found.records("insights"), found.delivered(), found.absent) == ([], {"insights"}, {})
    assert not [asked for asked in server.asked if asked.path.endswith("/ads")]


def test_a_list_whose_next_link_is_missing_is_read_on_where_a_page_is_full(server: Loopback) -> None:
    known = AdAccount(server, tuple(map(str, range(200))))
    full = known.answer

    def without_link(asked: Asked) -> Reply:
        reply = full(asked)
        if isinstance(reply.body, dict):
            reply.body.get("paging", {}).pop("next", None)
        return reply

    server.answers = without_link
    assert len(read(server).records("insights")) == 800


def test_a_link_that_leads_elsewhere_is_never_followed(server: Loopback) -> None:
    known = AdAccount(server, page=5)
    full = known.answer

    def elsewhere(asked: Asked) -> Reply:
        reply = full(asked)
        if isinstance(reply.body, dict) and "next" in reply.body.get("paging", {}):
            reply.body["paging"]["next"] = "https://elsewhere.example/?after=5"
        return reply

    server.answers = elsewhere
    with pytest.raises(SourceChanged, match="leads elsewhere"):
        read(server)


def test_a_page_that_is_too_heavy_is_asked_for_in_halves(server: Loopback) -> None:
    known = AdAccount(server, tuple(map(str, range(100))))
    known.heaviest = 125
    assert len(read(server).records("insights")) == 400
    known.heaviest = 20
    with pytest.raises(SourceUnavailable, match="even 25 at a time are too many"):
        read(server)


def test_it_is_waited_for_a_report_until_it_is_ready(server: Loopback) -> None:
    known = AdAccount(server)
    known.states = [UNKNOWN, "Job Not Started", "Job Started", UNKNOWN, "Job Running"]
    assert len(read(server).records("insights")) == 12
    assert len(known.orders) == 1


def slept(server: Loopback, **options: Any) -> list[float]:
    """The pauses of one fetch, in which nobody really waits."""
    pauses: list[float] = []
    found = there(server, **options)
    with meta_ads.open_session(found, NIGHT, QUICK) as http:
        http.clock._sleep = pauses.append
        for _ in meta_ads.fetch(found, unit(found), http):
            pass
    return pauses


def test_the_pauses_grow_to_what_the_settings_allow(server: Loopback) -> None:
    AdAccount(server).states = ["Job Running"] * 7
    assert slept(server, poll_seconds=30) == [1, 2, 4, 8, 16, 30, 30]


def test_a_report_that_is_never_ready_ends_the_night(server: Loopback) -> None:
    AdAccount(server).states = ["Job Running"] * 10_000
    with pytest.raises(SourceUnavailable, match=r"2026-10-30 to 2026-11-02 was not ready in 5\d\d s"):
        slept(server, poll_seconds=30, report_seconds=600)


def test_a_report_that_nobody_ever_knows_is_no_fresh_one_any_more(server: Loopback) -> None:
    AdAccount(server).states = [UNKNOWN] * 10_000
    with pytest.raises(SourceRefused, match="check the id of the report"):
        slept(server, poll_seconds=30)


def test_a_state_that_nobody_knows_is_an_error(server: Loopback) -> None:
    AdAccount(server).states = ["Job On Holiday"]
    with pytest.raises(SourceChanged, match="'Job On Holiday'"):
        read(server)


@pytest.mark.parametrize("refuses", [TOO_MUCH, "Job Failed", "Job Skipped"])
def test_a_report_that_is_too_much_is_ordered_in_halves_of_its_days(server: Loopback, refuses: Reply | str) -> None:
    known = AdAccount(server)
    whole = keys(read(server, days=28))
    known.most_days, known.refuses = 7, refuses
    assert keys(read(server, days=28)) == whole
    assert len(known.orders) == 1 + 1 + 2 + 4 + 2
    assert not [asked for asked in server.asked if asked.path.endswith("/campaigns")]


@pytest.mark.parametrize("refuses", [TOO_MUCH, "Job Failed"])
def test_a_day_that_is_too_much_is_ordered_by_campaigns_and_none_is_lost(
    server: Loopback, refuses: Reply | str
) -> None:
    known = AdAccount(server, ("11", "12", "13", "14"), page=2)
    # A campaign that the list does not name has cost something, too.
    known.hidden = ("99",)
    whole = keys(read(server, days=1))
    known.most_campaigns, known.refuses = 1, refuses
    assert keys(read(server, days=1)) == whole
    assert ("99", "2026-11-02") in whole
    assert len([asked for asked in server.asked if asked.path.endswith("/campaigns")]) == 2
    states = json.loads(next(a.query["effective_status"] for a in server.asked if a.path.endswith("/campaigns")))
    assert {"ARCHIVED", "DELETED", "PAUSED"} <= set(states)


def test_the_smallest_report_is_ordered_three_times_before_it_is_given_up(server: Loopback) -> None:
    known = AdAccount(server, ("11",))
    known.most_days, known.most_campaigns, known.refuses = 1, 0, "Job Failed"
    with pytest.raises(SourceUnavailable, match=r"no report of 2026-11-02 to 2026-11-02, 1 campaigns.*unknown error"):
        read(server, days=0)
    chosen = [order["filtering"] for order in known.orders if "filtering" in order]
    assert len(chosen) == 3
    assert set(chosen) == {'[{"field":"campaign.id","operator":"IN","value":["11"]}]'}


def test_a_report_that_fails_once_is_read_in_the_end(server: Loopback) -> None:
    known = AdAccount(server, ("11",))
    known.states = []
    full, failed = known.answer, [False]

    def fails_once(asked: Asked) -> Reply:
        if "async_status" in asked.query.get("fields", "") and not failed[0]:
            failed[0] = True
            return Reply({"async_status": "Job Failed"})
        return full(asked)

    server.answers = fails_once
    assert len(read(server, days=1).records("insights")) == 2


def test_a_long_history_is_ordered_in_quarters(server: Loopback) -> None:
    known = AdAccount(server, ("11",))
    read(server, days=364)
    ranges = [json.loads(order["time_range"]) for order in known.orders]
    assert [each["since"] for each in ranges][:2] == ["2025-11-03", "2026-02-01"]
    assert len(ranges) == 5


def test_rows_have_in_front_of_them_what_the_links_of_their_campaign_carry(server: Loopback) -> None:
    known = AdAccount(server, page=4)
    known.tags = {"11": ["b", "a", "b", None], "12": [None], "99": ["z"]}
    found = read(server)
    tags = {each["campaign_id"]: each["url_tags"] for each in found.records("insights")}
    assert tags == {"11": ["b", "a"], "12": [], "13": []}
    lists = [asked.query for asked in server.asked if asked.path.endswith("/ads")]
    assert {json.loads(query["filtering"])[0]["value"] == ["11", "12", "13"] for query in lists} == {True}
    assert [query.get("after") for query in lists] == [None, "4"]


def test_links_of_many_campaigns_are_asked_for_fifty_at_a_time(server: Loopback) -> None:
    AdAccount(server, tuple(str(n) for n in range(120)))
    read(server, days=0)
    sizes = [len(json.loads(a.query["filtering"])[0]["value"]) for a in server.asked if a.path.endswith("/ads")]
    assert sizes == [50, 50, 20]


def test_an_id_may_be_written_with_its_prefix(server: Loopback) -> None:
    AdAccount(server)
    found = replace(there(server), id="act_77")
    fetch(found, unit(found))
    assert {asked.path.split("/")[2] for asked in server.asked if "act_" in asked.path} == {"act_77"}


def test_the_token_travels_in_a_header_and_its_proof_beside_it(server: Loopback) -> None:
    AdAccount(server, page=5)
    found = read(server)
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {TOKEN}"}
    assert all("appsecret_proof" in {**asked.query, **asked.form} for asked in server.asked)
    assert not any(TOKEN in asked.target or TOKEN.encode() in asked.body for asked in server.asked)
    assert not any(TOKEN.encode() in record for record in found.raw["insights"])


def test_days_of_another_zone_are_refused_and_equal_ones_are_not(server: Loopback) -> None:
    known = AdAccount(server)
    known.account = {**known.account, "timezone_name": "Europe/Brussels"}
    assert read(server).notes == []
    known.account = {**known.account, "timezone_name": "America/New_York"}
    with pytest.raises(SourceRefused, match="set time_zone to America/New_York"):
        read(server)
    known.account = {**known.account, "timezone_name": "Mars/Olympus"}
    assert names([vars(note) for note in read(server).notes], "kind") == ["time_zone"]


def test_a_check_names_the_account_its_currency_its_zone_and_the_permission(server: Loopback) -> None:
    known = AdAccount(server)
    full = known.answer
    server.answers = lambda asked: Reply({"data": []}) if asked.path.endswith("/insights") else full(asked)
    assert check(there(server)) == "ad account Shop, EUR, zone Europe/Paris, ads_read granted"


BUSINESS = json.dumps({"2340017001001": [{"type": "ads_insights", "call_count": 100, "total_time": 9}]})
WAITING = json.dumps(
    {"2340017001001": [{"type": "ads_insights", "call_count": 100, "estimated_time_to_regain_access": 40}]}
)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (error(190, "Session has expired", subcode=463), TokenExpired, "renew the access token .it expired"),
        (error(190, "Invalid OAuth access token"), TokenExpired, "renew the access token"),
        (error(10, "No permission for this action"), PermissionMissing, "grant the permission ads_read"),
        (
            error(200, "Ad account owner has NOT grant ads_management or ads_read permission", status=403),
            PermissionMissing,
            "grant the permission ads_management, ads_read",
        ),
        (UNKNOWN, SourceRefused, "check the id of the ad account"),
        (error(100, "luck is not valid for fields param"), SourceChanged, "not valid for fields"),
        (error(3018, "The start date cannot be beyond 37 months"), SourceChanged, "37 months"),
        (error(2, "Service temporarily unavailable", status=503), SourceUnavailable, "temporarily"),
        (error(368, "The action attempted has been deemed abusive"), SourceRefused, "blocked for a time"),
        (error(2635, "You are calling a deprecated version of the Ads API"), SourceRefused, "no longer served"),
        (error(80000, "too many calls", X_Business_Use_Case_Usage=BUSINESS), SourceUnavailable, "80000"),
        (error(80000, "too many calls", X_Business_Use_Case_Usage=WAITING), QuotaExhausted, "spent for 40 minutes"),
        (error(80004, "too many calls", X_Business_Use_Case_Usage=WAITING), QuotaExhausted, "spent for 40 minutes"),
        (error(17, "User request limit reached", subcode=2446079), SourceUnavailable, "17/2446079"),
        (error(613, "too many calls from this ad-account", subcode=1487742), SourceUnavailable, "613/1487742"),
        (error(4, "Application request limit reached", status=403), SourceUnavailable, "code 4"),
        (Reply({"name": "Shop"}), SourceChanged, "the ad account"),
        (Reply(b"<html>log in</html>", 200, {"Content-Type": "text/html"}), Exception, "meta_ads 2340017001001"),
    ],
)
def test_every_error_has_one_meaning(server: Loopback, reply: Reply, kind: type[Exception], words: str) -> None:
    server.answers = lambda _: reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("meta_ads 2340017001001, night 2026-11-02")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("place", ["order", "state", "rows", "ads"])
@pytest.mark.parametrize("body", [{}, {"data": 7}, {"data": [7]}, [], None])
def test_an_answer_of_another_shape_is_no_empty_night(server: Loopback, place: str, body: object) -> None:
    full = AdAccount(server).answer
    where: dict[str, Callable[[Asked], bool]] = {
        "order": lambda asked: asked.method == "POST",
        "state": lambda asked: "async_status" in asked.query.get("fields", ""),
        "rows": lambda asked: asked.method == "GET" and asked.path.endswith("/insights"),
        "ads": lambda asked: asked.path.endswith("/ads"),
    }
    server.answers = lambda asked: Reply(json.dumps(body).encode()) if where[place](asked) else full(asked)
    with pytest.raises(SourceChanged):
        read(server)


def test_usage_is_heard_before_the_platform_refuses(server: Loopback) -> None:
    full = AdAccount(server).answer
    headers = {"x-fb-ads-insights-throttle": '{"app_id_util_pct": 3, "acc_id_util_pct": 99.5}'}
    server.answers = lambda asked: replace(full(asked), headers=headers)
    found = there(server)
    pauses: list[float] = []
    limits = Limits(attempts=2, max_wait=0.01, backoff=0.001, patience=60)
    with meta_ads.open_session(found, NIGHT, limits) as http:
        http.clock._sleep = pauses.append
        pages = list(meta_ads.fetch(found, Unit("meta_ads", found.id, NIGHT, Window(NIGHT, NIGHT)), http))
    assert sum(len(page.records) for page in pages if isinstance(page, Page)) == 3
    # One request a minute while the account has next to nothing left.
    assert len([pause for pause in pauses if pause >= 60]) == len(server.asked) - 1


def test_a_version_tells_when_it_ends(server: Loopback) -> None:
    found = there(server)
    assert meta_ads.version_ends(found) is None
    assert meta_ads.version_ends(replace(found, base=f"{server.base}/v24.0")) == ("v24.0", date(2028, 2, 18))
