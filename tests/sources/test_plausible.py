"""Plausible: one endpoint, every visit in one row, days that are not told, revenue that is not always there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.errors import ConfigError, SourceChanged, SourceRefused, SourceUnavailable
from pipeline.sources import plausible
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import NIGHT, QUICK, Read, account, check, fetch, names, unit

TOKEN = account("plausible", "https://example.org").secrets["token"].reveal()
DAYS = ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"]
Row = dict[str, Any]


def row(*dimensions: str, metrics: list[Any] | None = None) -> Row:
    return {"metrics": [3, 4, 10, 33, 60] if metrics is None else metrics, "dimensions": list(dimensions)}


class Plausible:
    """One site. ``rows`` by what is asked for: dimensions without the day, or "" for the days alone."""

    def __init__(self, server: Loopback) -> None:
        self.rows: dict[str, list[Row]] = {"": [row(day) for day in DAYS]}
        self.rows["visit:channel"] = [row(day, "Direct") for day in DAYS]
        self.whole: Callable[[dict[str, Any]], Reply | None] = lambda _: None
        self.most, self.echo, self.meta = 10_000, "T00:00:00+01:00", dict[str, Any]()
        self.queries: list[dict[str, Any]] = []
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        query = json.loads(asked.body)
        self.queries.append(query)
        if (told := self.whole(query)) is not None:
            return told
        since, until = map(date.fromisoformat, query["date_range"])
        days = [(since + timedelta(days=n)).isoformat() for n in range((until - since).days + 1)]
        found = [r for r in self.rows.get(" ".join(query["dimensions"][1:]), []) if r["dimensions"][0] in days]
        start = query["pagination"]["offset"]
        meta = {"total_rows": len(found), "time_labels": days, **self.meta}
        echo = {"date_range": [f"{since}{self.echo}", f"{until}T23:59:59+01:00"]}
        return Reply({"results": found[start : start + self.most], "meta": meta, "query": echo})

    def asked(self, *dimensions: str) -> list[dict[str, Any]]:
        return [query for query in self.queries if query["dimensions"] == ["time:day", *dimensions]]


def read(server: Loopback, days: int = 3, **options: Any) -> Read:
    there = account("plausible", server.base, **options)
    return fetch(there, unit(there, days=days))


def refuse(error: object, status: int) -> Callable[[dict[str, Any]], Reply]:
    return lambda _: Reply({"error": error}, status)


def test_a_night_is_eight_queries_and_every_record_is_a_row_with_names(server: Loopback) -> None:
    there = Plausible(server)
    there.rows["visit:channel event:goal"] = [row("2026-10-31", "Direct", "Letter", metrics=[1, 2])]
    found = read(server, purchase_goal="Sale")
    assert found.requests == 8
    assert found.delivered() == {"visits", "channels", "sources", "campaigns", "purchases"}
    assert found.raw["visits"][0] == (
        b'{"day":"2026-10-30","visitors":3,"visits":4,"pageviews":10,"bounce_rate":33,"visit_duration":60}'
    )
    assert found.records("channels")[1]["goals"] == {"Letter": {"visitors": 1, "events": 2}}
    assert found.records("channels")[0]["goals"] == {}


def test_every_visit_is_asked_for_in_one_row_alone(server: Loopback) -> None:
    there = Plausible(server)
    read(server)
    untagged = ["is", "visit:utm_campaign", ["(not set)"]]
    networks = there.asked("visit:source")[0]["filters"][1][2]
    assert "Organic Social" in networks
    assert there.asked("visit:channel")[0]["filters"] == [untagged, ["is_not", "visit:channel", networks]]
    assert there.asked("visit:source")[0]["filters"] == [untagged, ["is", "visit:channel", networks]]
    assert there.asked("visit:utm_campaign")[0]["filters"] == [["is_not", "visit:utm_campaign", ["(not set)"]]]
    assert there.asked()[0]["filters"] == []


def test_the_key_travels_in_a_header_and_the_site_in_the_body(server: Loopback) -> None:
    Plausible(server)
    read(server)
    assert {a.headers["authorization"] for a in server.asked} == {f"Bearer {TOKEN}"}
    assert {(a.method, a.target) for a in server.asked} == {("POST", "/api/v2/query")}
    assert {json.loads(a.body)["site_id"] for a in server.asked} == {"walks.example"}
    assert not any(TOKEN.encode() in a.body for a in server.asked)


def test_a_day_without_a_row_is_unknown_and_not_nought(server: Loopback) -> None:
    there = Plausible(server)
    for rows in there.rows.values():
        del rows[2]
    found = read(server).records("visits")
    assert names(found, "day") == DAYS
    assert found[2] == {"day": "2026-11-01"}


@pytest.mark.parametrize("most", [1, 2, 3])
def test_pages_are_read_to_their_total_however_short_they_are(server: Loopback, most: int) -> None:
    there = Plausible(server)
    there.most = most
    assert names(read(server).records("channels"), "day") == DAYS
    offsets = [query["pagination"]["offset"] for query in there.asked("visit:channel")]
    assert offsets == list(range(0, 4, most))
    assert there.queries[0]["order_by"] == [["time:day", "asc"]]


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        ({"total_rows": 9}, "9 rows were announced, and 4 of them came"),
        ({"total_rows": None}, "does not say how many rows"),
        ({"total_rows": -1}, "does not say how many rows"),
        ({"time_labels": DAYS[1:]}, "exactly the days .*: 2026-10-30"),
        ({"time_labels": None}, "exactly the days"),
        ({"time_labels": [*DAYS, "2026-11-03"]}, "exactly the days .*: 2026-11-03"),
    ],
)
def test_what_stands_beside_the_rows_must_agree_with_them(server: Loopback, meta: Row, words: str) -> None:
    Plausible(server).meta = meta
    with pytest.raises(SourceChanged, match=words):
        read(server)


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (row("2026-11-02", "Direct"), "not as many values"),
        (row("2026-11-02", metrics=[1]), "not as many values"),
        ({"metrics": "3", "dimensions": ["2026-11-02"]}, "the results"),
        ({"dimensions": ["2026-11-02"]}, "the results"),
    ],
)
def test_a_row_of_another_shape_is_an_error(server: Loopback, odd: Row, words: str) -> None:
    Plausible(server).rows[""] = [odd]
    with pytest.raises(SourceChanged, match=words):
        read(server)


def test_a_row_of_a_day_that_was_not_asked_for_is_an_error(server: Loopback) -> None:
    there = Plausible(server)
    there.whole = lambda _: Reply(
        {"results": [row("2026-11-03")], "meta": {"total_rows": 1, "time_labels": DAYS}, "query": {}}
    )
    with pytest.raises(SourceChanged, match="2026-11-03, which was not asked for"):
        read(server)


def test_visits_that_came_from_nowhere_are_an_error(server: Loopback) -> None:
    there = Plausible(server)
    del there.rows["visit:channel"][1]
    with pytest.raises(SourceChanged, match="do not agree on 2026-10-31"):
        read(server)
    there.rows["visit:source"] = [row("2026-10-31", "Facebook")]
    assert len(read(server).records("sources")) == 1


def test_origins_of_no_visits_are_an_error(server: Loopback) -> None:
    there = Plausible(server)
    there.rows[""] = []
    with pytest.raises(SourceChanged, match="do not agree on 2026-10-30, 2026-10-31"):
        read(server)


def test_a_site_without_any_visits_is_a_site_without_rows(server: Loopback) -> None:
    Plausible(server).rows = {}
    found = read(server, purchase_goal="Sale")
    assert found.records("visits") == [{"day": day} for day in DAYS]
    assert {stream: len(found.raw[stream]) for stream in sorted(found.delivered())} == {
        "campaigns": 0,
        "channels": 0,
        "purchases": 0,
        "sources": 0,
        "visits": 4,
    }


def test_a_goal_whose_visit_is_of_another_day_has_a_record_without_visits(server: Loopback) -> None:
    Plausible(server).rows["visit:source event:goal"] = [row("2026-11-01", "Facebook", "Letter", metrics=[1, 1])]
    assert read(server).records("sources") == [
        {"day": "2026-11-01", "source": "Facebook", "goals": {"Letter": {"visitors": 1, "events": 1}}}
    ]


def money(value: float) -> Row:
    return {"value": value, "currency": "EUR", "short": "€", "long": "€"}


def sold(server: Loopback, *rows: Row) -> Plausible:
    there = Plausible(server)
    there.rows["visit:source visit:utm_campaign"] = list(rows)
    # Nobody was counted on the last day.
    there.rows |= {"": there.rows[""][:3], "visit:channel": there.rows["visit:channel"][:3]}
    there.rows["visit:channel event:goal"] = [row("2026-10-31", "Direct", "Sale", metrics=[1, 1])]
    return there


def test_sales_are_read_by_what_sent_them_and_a_visited_day_without_any_is_nought(server: Loopback) -> None:
    there = sold(server, row("2026-10-31", "Facebook", "autumn-2026", metrics=[2, money(96.5)]))
    found = read(server, purchase_goal="Sale")
    none = {"goal": "Sale", "source": "", "utm_campaign": "", "events": 0}
    assert sorted(found.records("purchases"), key=lambda record: str(record["day"])) == [
        {"day": "2026-10-30", **none},
        {
            "day": "2026-10-31",
            "goal": "Sale",
            "source": "Facebook",
            "utm_campaign": "autumn-2026",
            "events": 2,
            "total_revenue": money(96.5),
        },
        {"day": "2026-11-01", **none},
    ]
    assert there.asked("visit:source", "visit:utm_campaign")[0]["filters"] == [["is", "event:goal", ["Sale"]]]
    # What is told with its revenue is not told a second time.
    assert [record["goals"] for record in found.records("channels")] == [{}, {}, {}]


def test_without_a_goal_that_is_a_sale_nothing_is_known_of_sales(server: Loopback) -> None:
    sold(server)
    found = read(server)
    assert list(found.absent) == ["purchases"]
    assert found.requests == 7
    assert found.records("channels")[1]["goals"] == {"Sale": {"visitors": 1, "events": 1}}


def test_a_goal_that_the_site_does_not_have_leaves_the_visits_alone(server: Loopback) -> None:
    there = sold(server)
    said = "The goal `Sale` is not configured for this site. Find out how to configure goals here: https://plausible.io"
    there.whole = lambda query: Reply({"error": said}, 400) if "total_revenue" in query["metrics"] else None
    found = read(server, purchase_goal="Sale")
    assert "not configured" in found.absent["purchases"]
    assert len(found.records("visits")) == 4


@pytest.mark.parametrize(
    "said",
    [
        "The owner of this site does not have access to the revenue metrics feature.",
        '#/metrics/1: Invalid metric "total_revenue"',
        "Unknown metric '\"total_revenue\"'.",
    ],
)
def test_where_revenue_is_not_given_sales_are_counted_without_it(server: Loopback, said: str) -> None:
    there = sold(server, row("2026-10-31", "Facebook", "(not set)", metrics=[2]))
    there.whole = lambda query: Reply({"error": said}, 400) if "total_revenue" in query["metrics"] else None
    found = read(server, purchase_goal="Sale")
    told = [record for record in found.records("purchases") if record["events"]]
    assert [(record["events"], "total_revenue" in record) for record in told] == [(2, False)]
    assert [note.kind for note in found.notes] == ["revenue_unknown"]


def test_revenue_in_two_currencies_is_unknown_and_said_so(server: Loopback) -> None:
    there = sold(server, row("2026-10-31", "Facebook", "(not set)", metrics=[2, None]))
    warning = {"code": "no_single_revenue_currency", "warning": "Revenue metrics are null as there are multiple"}
    there.meta = {"metric_warnings": {"total_revenue": warning}}
    found = read(server, purchase_goal="Sale")
    assert found.records("purchases")[0]["total_revenue"] is None
    assert [note.message.rpartition(" ")[2] for note in found.notes] == ["no_single_revenue_currency"]


def test_the_days_are_the_sites_and_another_zone_is_refused(server: Loopback) -> None:
    Plausible(server).echo = "T00:00:00-04:00"
    with pytest.raises(SourceRefused, match=r"set time_zone .* 2026-10-30T00:00:00-04:00.* in Europe/Paris"):
        read(server)


@pytest.mark.parametrize("echo", ["", "T00:00:00+02:00"])
def test_a_window_that_begins_in_summer_time_begins_in_the_sites_zone(server: Loopback, echo: str) -> None:
    there = Plausible(server)
    there.rows, there.echo = {}, echo
    # The answer may also repeat the days alone.
    assert len(read(server, days=10).records("visits")) == 11
    there.echo = "T00:00:00+01:00"
    with pytest.raises(SourceRefused, match=r"2026-10-23T00:00:00\+02:00 in Europe/Paris"):
        read(server, days=10)


def test_long_windows_are_asked_for_in_parts_that_touch(server: Loopback) -> None:
    there = Plausible(server)
    there.rows = {}
    there.echo = ""
    found = read(server, days=120)
    spans = [query["date_range"] for query in there.asked()]
    assert spans == [["2026-07-05", "2026-10-04"], ["2026-10-05", "2026-11-02"]]
    assert len({record["day"] for record in found.records("visits")}) == 121


@pytest.mark.parametrize(
    ("status", "said", "kind", "words"),
    [
        (
            401,
            "Invalid API key or site ID. Please make sure you're using a valid API key",
            SourceRefused,
            "check the site",
        ),
        (401, "Missing API key. Please use a valid Plausible API key as a Bearer Token.", SourceRefused, "Missing"),
        (402, "The account that owns this API key does not have access to Stats API.", SourceRefused, "plan"),
        (402, "This Plausible site is locked due to missing active subscription.", SourceRefused, "locked"),
        (400, '#/dimensions/1: Invalid dimension "visit:channel"', SourceChanged, "visit:channel"),
        (400, "Invalid filters passed.", SourceChanged, "Invalid filters"),
        (404, "Not Found", SourceChanged, "HTTP 404"),
        (429, "Too many API requests. Your API key is limited to 600 requests per hour.", SourceUnavailable, "429"),
        (500, "Server error", SourceUnavailable, "HTTP 500"),
        (503, "Please retry", SourceUnavailable, "HTTP 503"),
    ],
)
def test_every_error_of_plausible_has_one_meaning(
    server: Loopback, status: int, said: str, kind: type[Exception], words: str
) -> None:
    Plausible(server).whole = refuse(said, status)
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("plausible walks.example, night 2026-11-02")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("body", [b"<html>Log in</html>", b""])
def test_a_page_instead_of_results_is_no_result(server: Loopback, body: bytes) -> None:
    Plausible(server).whole = lambda _: Reply(body)
    with pytest.raises(SourceUnavailable):
        read(server)


def test_a_check_is_one_call_for_the_visitors_of_a_week(server: Loopback) -> None:
    there = Plausible(server)
    there.whole = lambda _: Reply({"results": [row(metrics=[129])], "meta": {}, "query": {}})
    assert check(account("plausible", server.base)) == "site walks.example, 129 visitors in 7 days"
    assert there.queries == [{"site_id": "walks.example", "metrics": ["visitors"], "date_range": "7d"}]


def test_the_pace_is_kept_at_an_address_of_the_web_and_nowhere_else() -> None:
    far, near = account("plausible", "https://plausible.io"), account("plausible", "http://127.0.0.1:8000")
    assert plausible.open_session(far, NIGHT, QUICK)._budget is not None
    assert plausible.open_session(near, NIGHT, QUICK)._budget is None
    own = account("plausible", "https://stats.example", paced="never")
    assert plausible.open_session(own, NIGHT, QUICK)._budget is None
    with pytest.raises(ConfigError, match="paced"):
        plausible.open_session(account("plausible", "https://plausible.io", paced="often"), NIGHT, QUICK)
