"""Matomo's log of single visits and its custom dimensions: what is read when the settings ask for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from tests.sources.loopback import Loopback, Reply
from tests.sources.reading import Read, names
from tests.sources.test_matomo import Matomo, calls, read, said

LOG = "Live.getLastVisitsDetails"
OFF = "Visits log is deactivated globally. A user with super user access can enable this feature."
NOON = 1_793_617_200  # 2026-11-02T11:00:00Z


def visit(number: int, **more: Any) -> dict[str, Any]:
    return {
        "idVisit": number,
        "visitorId": f"cookie-{number % 7}",
        "userId": "nobody@example.org",
        "visitIp": "192.0.2.44",
        "city": "Nobodyville",
        "firstActionTimestamp": NOON - number,
        "referrerType": "direct",
        "actionDetails": [{"type": "action", "url": "https://shop.example.org/", "pageTitle": "Nobody"}],
        **more,
    }


class Logged(Matomo):
    """A site with a log: ``log`` has the visits of each day, and ``shift`` may change them before a page is told."""

    def __init__(self, server: Loopback, log: Mapping[str, list[dict[str, Any]]]) -> None:
        super().__init__(server)
        self.log = {day: list(visits) for day, visits in log.items()}
        self.reports["VisitsSummary.get"] = lambda day: {"nb_visits": len(self.log.get(day, []))}
        self.shift: Callable[[str, int], None] = lambda _day, _start: None
        # A platform may give fewer than it was asked for.
        self.most = 10_000

    def told(self, call: Mapping[str, str]) -> Reply:
        if call["method"] != LOG or LOG in self.whole:
            return super().told(call)
        day, start, limit = call["date"], int(call["filter_offset"]), int(call["filter_limit"])
        self.shift(day, start)
        return Reply(self.log.get(day, [])[start : start + min(limit, self.most)])


def logged(server: Loopback, **options: Any) -> Read:
    return read(server, visit_log=True, **options)


def pages(server: Loopback) -> list[tuple[str, str]]:
    made = [call for asked in server.asked for call in calls(asked)]
    return [(call["date"], call["filter_offset"]) for call in made if call["method"] == LOG]


def test_without_the_option_nobody_is_looked_at(server: Loopback) -> None:
    Logged(server, {"2026-11-02": [visit(1)]})
    assert "visit_log" not in read(server).delivered()
    assert not pages(server)


def test_the_days_of_a_night_are_read_in_one_request(server: Loopback) -> None:
    Logged(server, {"2026-11-01": [visit(2), visit(1)], "2026-11-02": [visit(3)]})
    found = logged(server)
    assert found.requests == 3
    # The longest logs first.
    assert pages(server) == [(f"2026-{day}", "0") for day in ("11-01", "11-02", "10-30", "10-31")]
    assert names(found.records("visit_log"), "idVisit") == ["2", "1", "3"]
    assert names(found.records("visit_log"), "day") == ["2026-11-01", "2026-11-01", "2026-11-02"]
    assert found.notes == []


def test_a_long_log_is_read_page_by_page_to_its_end(server: Loopback) -> None:
    there = Logged(server, {"2026-11-02": [visit(n) for n in range(1234)], "2026-11-01": [visit(5000)]})
    found = logged(server)
    assert names(found.records("visit_log"), "idVisit") == ["5000", *(str(n) for n in range(1234))]
    # The second round is of one day alone, which may then fill the answer; each page repeats one visit.
    assert [page for page in pages(server) if page[0] == "2026-11-02"] == [("2026-11-02", "0"), ("2026-11-02", "499")]
    assert len(there.log["2026-11-02"]) == 1234


def test_many_days_are_read_side_by_side_twenty_at_a_time(server: Loopback) -> None:
    days = [f"2026-09-{n:02}" for n in range(4, 31)]
    there = Logged(server, {day: [visit(100 * n + k) for k in range(90)] for n, day in enumerate(days)})
    there.most = 50
    found = logged(server, days=59)
    assert len(found.records("visit_log")) == len(set(names(found.records("visit_log"), "idVisit"))) == 27 * 90
    # 27 days of two pages and 33 without a visit are 87 pages; each request has twenty of them as long as there are.
    sizes = [len(calls(asked)) for asked in server.asked if LOG in str(asked.form)]
    assert sizes == [20, 20, 20, 20, 7]


def test_a_short_page_is_not_taken_for_the_last(server: Loopback) -> None:
    there = Logged(server, {"2026-11-02": [visit(n) for n in range(25)]})
    there.most = 10
    assert names(logged(server).records("visit_log"), "idVisit") == [str(n) for n in range(25)]
    assert [start for day, start in pages(server) if day == "2026-11-02"] == ["0", "9", "18"]


@pytest.mark.parametrize("change", ["a visit comes", "a visit goes"])
def test_visits_that_shift_under_the_walk_are_noticed_and_read_again(server: Loopback, change: str) -> None:
    there = Logged(server, {"2026-11-02": [visit(n) for n in range(25)]})
    there.most = 10
    before = list(there.log["2026-11-02"])

    def shift(day: str, start: int) -> None:
        if day == "2026-11-02" and start == 9 and there.log[day] == before:
            there.log[day] = [visit(100), *before] if change == "a visit comes" else before[1:]

    there.shift = shift
    found = names(logged(server).records("visit_log"), "idVisit")
    assert found == [str(each["idVisit"]) for each in there.log["2026-11-02"]]
    assert len(found) == len(before) + (1 if change == "a visit comes" else -1)


def test_a_log_that_never_stands_still_is_left_for_later(server: Loopback) -> None:
    there = Logged(server, {"2026-11-02": [visit(n) for n in range(25)]})
    there.most, fresh = 10, iter(range(100, 1000))
    there.shift = lambda day, _: there.log.get(day, []).insert(0, visit(next(fresh)))
    with pytest.raises(SourceUnavailable, match="the log of 2026-11-02 shifts whenever it is read"):
        logged(server)


def test_a_visit_that_comes_twice_on_a_page_is_a_shifted_list(server: Loopback) -> None:
    Logged(server, {"2026-11-02": [visit(1), visit(1)]})
    with pytest.raises(SourceUnavailable, match="shifts"):
        logged(server)


@pytest.mark.parametrize(
    "message",
    [
        OFF,
        "The plugin Live is not enabled. You can activate the plugin on Settings > Plugins page in Matomo.",
        "You can't access this resource as it requires 'view' access for the website id = 1.",
        "Could not run the query in time. Please try again.",
    ],
)
def test_a_log_that_is_not_given_is_absent_and_nothing_else_is(server: Loopback, message: str) -> None:
    Logged(server, {}).whole[LOG] = said(message)
    found = logged(server)
    assert found.absent.keys() == {"visit_log"}
    assert "set visit_log = false" in found.absent["visit_log"]
    assert message in found.absent["visit_log"]
    assert len(found.records("visits")) == 4


def test_a_token_that_dies_before_the_log_is_read_is_no_absence(server: Loopback) -> None:
    there = Logged(server, {"2026-11-02": [visit(1)]})
    there.whole[LOG] = said("Unable to authenticate with the provided token.")
    with pytest.raises(SourceRefused, match="check the site id"):
        logged(server)


def test_fewer_visits_than_were_counted_are_told(server: Loopback) -> None:
    there = Logged(server, {"2026-11-01": [visit(1)], "2026-11-02": [visit(2)]})
    there.reports["VisitsSummary.get"] = lambda _: {"nb_visits": "1"} | ({"nb_visits": 3} if _ == "2026-11-02" else {})
    there.reports["Referrers.getReferrerType"] = lambda _: [{"label": "Direct Entry", "nb_visits": 1}]
    found = logged(server)
    assert len(found.records("visit_log")) == 2
    [note] = found.notes
    assert "on 2026-10-30, 2026-10-31, 2026-11-02:" in note.message


def test_of_many_days_whose_visits_are_gone_some_are_named(server: Loopback) -> None:
    there = Logged(server, {})
    there.reports["VisitsSummary.get"] = lambda _: {"nb_visits": 3}
    [note] = logged(server, days=59).notes
    assert "2026-09-04, 2026-09-05, 2026-09-06, 2026-09-07, 2026-09-08 and 55 more:" in note.message


def test_of_a_visit_only_its_journey_is_kept(server: Loopback) -> None:
    address = "https://shop.example.org/nobody?utm_source=a&mtm_campaign=b%20c&name=nobody&gclid=nobody#nobody"
    details = [
        {"type": "action", "url": address, "pageTitle": "Nobody"},
        {"type": "goal", "goalId": "2", "goalName": "nobody"},
        {"type": "ecommerceOrder", "orderId": 1001, "revenue": 12.50, "itemDetails": [{"itemName": "nobody"}]},
        {"type": "event", "eventName": "nobody"},
    ]
    told = visit(
        1,
        referrerType="search",
        referrerName="Google",
        referrerKeyword="nobody",
        referrerUrl="https://www.google.com/search?q=nobody",
        actionDetails=details,
    )
    Logged(server, {"2026-11-02": [told, visit(8), visit(2, visitorId=None)]})
    found = logged(server)
    first, same, unknown = found.records("visit_log")
    assert {name: value for name, value in first.items() if value is not None} == {
        "day": "2026-11-02",
        "idVisit": "1",
        "visitor": same["visitor"],
        "started_at": "2026-11-02T10:59:59Z",
        "referrerType": "search",
        "referrerName": "Google",
        "referrerHost": "www.google.com",
        "landing": {"utm_source": "a", "mtm_campaign": "b c"},
        "goals": ["2"],
        "orders": [{"orderId": "1001", "revenue": 12.5}],
    }
    assert len(first["visitor"]) == 24
    assert unknown["visitor"] is None
    kept = json.dumps([first, same, unknown]).lower()
    assert not any(word in kept for word in ("nobody", "cookie", "192.0.2", urlsplit(address).path))


@pytest.mark.parametrize(
    "more",
    [
        {"firstActionTimestamp": "yesterday"},
        {"firstActionTimestamp": None},
        {"firstActionTimestamp": 10**30},
        {"actionDetails": 7},
        {"idVisit": None},
        {"referrerType": 3},
    ],
)
def test_a_visit_of_another_shape_is_an_error(server: Loopback, more: dict[str, Any]) -> None:
    Logged(server, {"2026-11-02": [{**visit(1), **more}]})
    with pytest.raises(SourceChanged):
        logged(server)


@pytest.mark.parametrize("address", ["", None, "https://[half/", "about:blank"])
def test_an_address_that_is_none_has_no_host_and_carries_nothing(server: Loopback, address: str | None) -> None:
    odd = visit(1, referrerUrl=address, actionDetails={"1": {"type": "action", "url": address}})
    Logged(server, {"2026-11-02": [odd]})
    [found] = logged(server).records("visit_log")
    assert (found["referrerHost"], found["landing"]) == (None, {})


DIMENSION = "CustomDimensions.getCustomDimension"


def test_only_the_dimensions_of_the_settings_are_read(server: Loopback) -> None:
    there = Matomo(server)
    there.reports[f"{DIMENSION} 3"] = lambda _: [
        {"label": "member", "nb_visits": 2},
        {"label": "guest", "nb_visits": 9},
    ]
    assert "dimension_values" not in read(server).delivered()
    found = read(server, dimensions=("3",))
    assert found.requests == 2
    assert len(found.records("dimension_values")) == 8
    first = {"day": "2026-10-30", "dimension": "3", "label": "member", "nb_visits": 2}
    assert found.records("dimension_values")[0] == first


def test_a_dimension_that_is_not_given_is_told_and_the_others_are_kept(server: Loopback) -> None:
    there = Matomo(server)
    there.reports[f"{DIMENSION} 3"] = lambda _: [{"label": "member", "nb_visits": 2}]
    there.whole[f"{DIMENSION} 4"] = said("This dimension (idDimension = 4) does not exist")
    found = read(server, days=40, dimensions=("3", "4"))
    assert len(found.records("dimension_values")) == 41
    [note] = found.notes
    assert note.message.startswith("the dimension 4 is not given")
    asked = [call for each in server.asked for call in calls(each) if call.get("idDimension") == "4"]
    assert len(asked) == 1


def test_without_any_dimension_the_stream_is_absent_and_says_what_to_do(server: Loopback) -> None:
    there = Matomo(server)
    for number in ("4", "5"):
        there.whole[f"{DIMENSION} {number}"] = said("The plugin CustomDimensions is not enabled.")
    found = read(server, dimensions=("4", "5"))
    assert found.absent["dimension_values"].startswith("correct dimensions in the settings: the dimension 4")
    assert "the dimension 5" in found.absent["dimension_values"]
    assert len(found.records("visits")) == 4
