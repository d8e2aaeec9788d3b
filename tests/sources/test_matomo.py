"""Matomo: reports by day, every day answered, errors that come with status 200."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from pipeline.errors import SourceChanged, SourceRefused, SourceUnavailable
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import Read, account, check, fetch, names, unit

TOKEN = account("matomo", "https://example.org").secrets["token"].reveal()


def calls(asked: Asked) -> list[dict[str, str]]:
    """The calls that one request makes."""
    if asked.form["method"] != "API.getBulkRequest":
        return [dict(asked.form)]
    return [dict(parse_qsl(text)) for name, text in asked.form.items() if name.startswith("urls[")]


def days_of(call: Mapping[str, str]) -> list[str]:
    since, until = map(date.fromisoformat, call["date"].split(","))
    return [(since + timedelta(days=n)).isoformat() for n in range((until - since).days + 1)]


def referrer(label: str, visits: int) -> dict[str, Any]:
    goals = {"idgoal=1": {"nb_conversions": 2, "nb_visits_converted": 2, "revenue": 0}}
    return {"label": label, "nb_visits": visits, "nb_uniq_visitors": visits, "goals": goals}


class Matomo:
    """One site. ``reports`` gives a day's part of a report; ``whole`` replaces a whole answer."""

    def __init__(self, server: Loopback) -> None:
        self.reports: dict[str, Callable[[str], object]] = {
            "VisitsSummary.get": lambda _: {"nb_visits": 14, "nb_uniq_visitors": 12, "bounce_rate": "32%"},
            "Referrers.getReferrerType": lambda _: [referrer("Social Networks", 5), referrer("Direct Entry", 9)],
            "Referrers.getSocials": lambda _: [referrer("Facebook", 5)],
            "Referrers.getCampaigns": lambda _: [],
            "Goals.get 1": lambda _: {"nb_conversions": 2, "nb_visits_converted": 2, "revenue": 0},
            "Goals.get 2": lambda _: [],
            "Goals.get ecommerceOrder": lambda _: {"nb_conversions": 1, "revenue": "90.00", "items": 2},
        }
        self.whole: dict[str, Reply] = {
            "Goals.getGoals": Reply({"1": {"idgoal": "1", "name": "Quote"}, "2": {"idgoal": "2", "name": "News"}}),
            "SitesManager.getSiteFromId": Reply({"idsite": "1", "name": "Boutique", "timezone": "Europe/Paris"}),
        }
        self.bulk: Reply | None = None
        server.answers = self.answer

    def answer(self, asked: Asked) -> Reply:
        if asked.form["method"] == "API.getBulkRequest":
            return self.bulk or Reply([self.told(call).body for call in calls(asked)])
        return self.told(asked.form)

    def told(self, call: Mapping[str, str]) -> Reply:
        name = " ".join(call[part] for part in ("method", "idGoal", "idDimension") if part in call)
        if name in self.whole:
            return self.whole[name]
        return Reply({day: self.reports[name](day) for day in days_of(call)})


def read(server: Loopback, days: int = 3, **options: Any) -> Read:
    there = account("matomo", server.base, **options)
    return fetch(there, unit(there, days=days))


def test_a_night_reads_every_report_for_every_day(server: Loopback) -> None:
    Matomo(server)
    found = read(server)
    assert {stream: len(found.raw[stream]) for stream in sorted(found.delivered())} == {
        "campaigns": 0,
        "ecommerce": 4,
        "goals": 4,
        "referrer_types": 8,
        "socials": 4,
        "visits": 4,
    }
    assert found.requests == 2


def test_records_are_the_platforms_rows_with_their_day_in_front(server: Loopback) -> None:
    Matomo(server)
    found = read(server)
    assert found.raw["visits"][0].startswith(b'{"day":"2026-10-30","nb_visits": 14')
    assert found.records("goals")[0] == {
        "day": "2026-10-30",
        "goal": "1",
        "nb_conversions": 2,
        "nb_visits_converted": 2,
        "revenue": 0,
    }
    assert found.records("referrer_types")[0]["goals"]["idgoal=1"]["nb_conversions"] == 2


def test_a_day_without_visits_is_a_day_without_numbers(server: Loopback) -> None:
    there = Matomo(server)
    there.reports["VisitsSummary.get"] = lambda day: [] if day == "2026-11-01" else {"nb_visits": 1}
    found = read(server).records("visits")
    assert found[2] == {"day": "2026-11-01"}
    assert len(found) == 4


def test_a_day_that_is_not_answered_is_an_error(server: Loopback) -> None:
    Matomo(server).whole["Referrers.getSocials"] = Reply({"2026-10-30": [], "2026-10-31": [], "2026-11-02": []})
    with pytest.raises(SourceChanged, match=r"getSocials does not have exactly the days .*: 2026-11-01"):
        read(server)


def test_a_day_that_was_not_asked_for_is_an_error(server: Loopback) -> None:
    days = ["2026-10-30", "2026-10-31", *(f"2026-11-{n:02}" for n in range(1, 6))]
    Matomo(server).whole["Referrers.getSocials"] = Reply({day: [] for day in days})
    with pytest.raises(SourceChanged, match="2026-11-03, 2026-11-04, 2026-11-05"):
        read(server)


def test_long_windows_are_split_and_no_day_is_read_twice(server: Loopback) -> None:
    Matomo(server)
    found = read(server, days=79)
    assert names(found.records("visits"), "day") == sorted({r["day"] for r in found.records("visits")})
    assert len(found.records("visits")) == 80
    asked = [days_of(call) for a in server.asked for call in calls(a) if call["method"] == "VisitsSummary.get"]
    assert list(map(len, asked)) == [31, 31, 18]
    assert found.requests == 1 + 3


def test_the_token_is_in_the_form_and_nowhere_else(server: Loopback) -> None:
    Matomo(server)
    read(server)
    assert {a.form["token_auth"] for a in server.asked} == {TOKEN}
    assert {a.method for a in server.asked} == {"POST"}
    assert not any(TOKEN in json.dumps([a.path, dict(a.query), dict(a.headers)]) for a in server.asked)


def test_no_row_is_cut_off_and_no_period_is_summed_up(server: Loopback) -> None:
    Matomo(server)
    read(server)
    assert {a.form["format"] for a in server.asked} == {"json"}
    made = [call for a in server.asked for call in calls(a)]
    assert {call["filter_limit"] for call in made} == {"-1"}
    assert {call.get("period", "day") for call in made} == {"day"}
    assert {(call["format_metrics"], call["language"]) for call in made} == {("0", "en")}
    assert {call["idSite"] for call in made} == {"1"}


def test_goals_of_the_settings_are_not_looked_up(server: Loopback) -> None:
    Matomo(server)
    found = read(server, goals=("1",))
    assert found.requests == 1
    assert {r["goal"] for r in found.records("goals")} == {"1"}


@pytest.mark.parametrize(
    ("told", "goals"), [([], 0), ({}, 0), ([{"idgoal": 1}], 1), ([{"idgoal": "1"}, {"idgoal": 2}], 2)]
)
def test_the_list_of_goals_may_have_either_shape(server: Loopback, told: object, goals: int) -> None:
    Matomo(server).whole["Goals.getGoals"] = Reply(told)
    found = read(server)
    assert "goals" in found.delivered()
    assert len([c for a in server.asked for c in calls(a) if c.get("idGoal") in ("1", "2")]) == goals


def test_a_site_that_is_no_shop_has_no_ecommerce(server: Loopback) -> None:
    said = {"result": "error", "message": "Ecommerce is not enabled for this website"}
    Matomo(server).whole["Goals.get ecommerceOrder"] = Reply(said)
    found = read(server)
    assert found.absent == {"ecommerce": "e-commerce is not enabled for this site"}
    assert len(found.records("visits")) == 4


def test_a_check_names_the_site_and_its_zone(server: Loopback) -> None:
    Matomo(server)
    assert check(account("matomo", server.base)) == "site Boutique, zone Europe/Paris"
    assert len(server.asked) == 1


def said(message: str, status: int = 200) -> Reply:
    return Reply({"result": "error", "message": message}, status)


MEANINGS = [
    ("Unable to authenticate with the provided token.", SourceRefused, "check the site id"),
    ("You can't access this resource as it requires 'view' access", SourceRefused, "'view' access"),
    ("An unexpected website was found in the request: 99", SourceRefused, "unexpected website"),
    ("SQLSTATE[HY000]: General error: 2006 MySQL server has gone away", SourceUnavailable, "gone away"),
    ("Matomo is being upgraded", SourceUnavailable, "upgraded"),
    ("The method 'Referrers.getSocials' does not exist", SourceChanged, "does not exist"),
]


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        *((said(message), kind, words) for message, kind, words in MEANINGS),
        (said("Unable to authenticate", 401), SourceRefused, "authenticate"),
        (said("Something odd", 500), SourceUnavailable, "Something odd"),
        (Reply(b"<html>Sign in</html>"), SourceUnavailable, "login"),
        (Reply(b"<html>Too many requests</html>", 429), SourceUnavailable, "HTTP 429"),
        (Reply(7), SourceChanged, "the answer to several calls"),
        (Reply([]), SourceChanged, "7 calls were made in one request, and 0 were answered"),
    ],
)
def test_every_error_of_matomo_has_one_meaning(
    server: Loopback, reply: Reply, kind: type[Exception], words: str
) -> None:
    Matomo(server).bulk = reply
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("matomo 1, night 2026-11-02")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("report", ["VisitsSummary.get", "Referrers.getCampaigns", "Goals.get 2"])
@pytest.mark.parametrize(("message", "kind", "words"), MEANINGS)
def test_an_error_of_one_of_several_reports_has_the_same_meaning(
    server: Loopback, report: str, message: str, kind: type[Exception], words: str
) -> None:
    Matomo(server).whole[report] = said(message)
    with pytest.raises(kind, match=words) as caught:
        read(server)
    assert str(caught.value).startswith("matomo 1, night 2026-11-02")


@pytest.mark.parametrize("told", [7, []])
def test_a_report_of_another_kind_is_named(server: Loopback, told: object) -> None:
    Matomo(server).whole["Referrers.getSocials"] = Reply(told)
    with pytest.raises(SourceChanged, match=r"the report Referrers\.getSocials"):
        read(server)


def test_a_report_that_the_server_could_not_make_at_once_is_asked_for_by_itself(server: Loopback) -> None:
    there = Matomo(server)
    whole = there.told
    there.told = lambda call: (  # type: ignore[method-assign]
        said("SQLSTATE[HY000] [2006] MySQL server has gone away")
        if call["method"] == "Referrers.getSocials" and "token_auth" not in call
        else whole(call)
    )
    found = read(server)
    assert len(found.records("socials")) == 4
    assert [a.form["method"] for a in server.asked] == [
        "Goals.getGoals",
        "API.getBulkRequest",
        "Referrers.getSocials",
    ]


def test_more_calls_than_a_request_takes_are_made_in_several(server: Loopback) -> None:
    there = Matomo(server)
    there.reports |= {f"Goals.get {n}": lambda _: [] for n in range(40)}
    found = read(server, goals=tuple(map(str, range(40))))
    assert [len(calls(a)) for a in server.asked] == [20, 20, 5]
    assert found.requests == 3


@pytest.mark.parametrize("report", ["VisitsSummary.get", "Referrers.getSocials", "Goals.get 1"])
def test_an_error_inside_one_day_is_an_error(server: Loopback, report: str) -> None:
    Matomo(server).reports[report] = lambda _: {"result": "error", "message": "SQLSTATE[40001] deadlock"}
    with pytest.raises(SourceUnavailable, match="deadlock"):
        read(server)


@pytest.mark.parametrize(
    ("report", "value"),
    [
        ("VisitsSummary.get", 7),
        ("VisitsSummary.get", None),
        ("VisitsSummary.get", [{"nb_visits": 1}]),
        ("Referrers.getSocials", {"label": "Facebook"}),
        ("Referrers.getSocials", ["Facebook"]),
        ("Goals.get 1", False),
    ],
)
def test_a_day_of_another_kind_is_an_error(server: Loopback, report: str, value: object) -> None:
    Matomo(server).reports[report] = lambda _: value
    with pytest.raises(SourceChanged):
        read(server)
