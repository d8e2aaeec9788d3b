"""The European Central Bank: one file for the window, nothing invented for days without rates."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import SourceChanged, SourceUnavailable
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.nights import there
from tests.sources.reading import account, check, fetch, unit

ENVELOPE = (
    '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
    'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>{}</Cube></gesmes:Envelope>'
)
DAY = '<Cube time="{}"><Cube currency="USD" rate="1.1"/><Cube currency="GBP" rate="0.8"/></Cube>'


def written(*days: str) -> Reply:
    return told("".join(DAY.format(day) for day in days))


def told(inside: str) -> Reply:
    return Reply(ENVELOPE.format(inside).encode(), headers={"Content-Type": "text/xml"})


def test_a_weekend_has_no_rates_and_none_is_made_up(server: Loopback) -> None:
    source = there("ecb", server)
    found = fetch(source, unit(source, days=4)).records("rates")
    assert [(each["day"], each["currency"], each["rate"]) for each in found] == [
        ("2026-10-29", "USD", "1.1590"),
        ("2026-10-29", "JPY", "177.02"),
        ("2026-10-29", "GBP", "0.87388"),
        ("2026-10-30", "USD", "1.1601"),
        ("2026-10-30", "JPY", "177.90"),
        ("2026-10-30", "GBP", "0.87420"),
        ("2026-11-02", "USD", "1.1645"),
        ("2026-11-02", "JPY", "178.21"),
        ("2026-11-02", "GBP", "0.87553"),
    ]


@pytest.mark.parametrize(
    ("days", "file"), [(7, "eurofxref-hist-90d.xml"), (84, "eurofxref-hist-90d.xml"), (85, "eurofxref-hist.xml")]
)
def test_the_file_is_the_shortest_that_holds_the_window(server: Loopback, days: int, file: str) -> None:
    server.answers = lambda _: written("2026-11-02")
    source = account("ecb", server.base)
    fetch(source, unit(source, days=days))
    assert [asked.path for asked in server.asked] == [f"/{file}"]


def test_rates_that_are_late_are_told(server: Loopback) -> None:
    source = account("ecb", server.base)
    server.answers = lambda _: written("2026-10-27")
    assert fetch(source).notes == []
    server.answers = lambda _: written("2026-10-26", "2026-10-23")
    assert [(note.kind, note.message) for note in fetch(source).notes] == [
        ("rates_late", "no rates since 2026-10-26: amounts in other currencies have no value after a week")
    ]
    server.answers = lambda _: written("2026-11-03")
    late = fetch(source)
    assert "of that time" in late.notes[0].message
    assert (late.records("rates"), late.delivered()) == ([], {"rates"})


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("", "no day at all"),
        ('<Cube time="2026-11-02"></Cube>', "a day without rates"),
        ('<Cube time="someday"><Cube currency="USD" rate="1"/></Cube>', "a day that is none: 'someday'"),
        ('<Cube time="2026-11-02"><Cube currency="USD"/></Cube>', "a rate without its rate"),
        ('<Cube time="2026-11-02"><Cube rate="1"/></Cube>', "a rate without its currency"),
        ("<Cube>", "no XML"),
        ('<Cube time="2026-11-02"><Cube currency="USD" rate="1,16"/></Cube>', "a rate that is none: 'USD' '1,16'"),
        ('<Cube time="2026-11-02"><Cube currency="US" rate="1.16"/></Cube>', "a rate that is none: 'US' '1.16'"),
    ],
)
def test_another_shape_is_refused(server: Loopback, inside: str, said: str) -> None:
    server.answers = lambda _: told(inside)
    with pytest.raises(SourceChanged, match=said):
        fetch(account("ecb", server.base))


def test_what_nobody_knows_yet_does_no_harm(server: Loopback) -> None:
    server.answers = lambda _: told(
        '<Cube time="2026-11-02" kind="x"><Cube currency="USD" rate="1.1" at="14:15"/></Cube>'
    )
    found = fetch(account("ecb", server.base)).records("rates")
    assert found == [{"day": "2026-11-02", "currency": "USD", "rate": "1.1"}]


def test_definitions_that_would_grow_are_not_read(server: Loopback) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + ENVELOPE.format("&b;")
    server.answers = lambda _: Reply(bomb.encode(), headers={"Content-Type": "text/xml"})
    with pytest.raises(SourceChanged, match="names of its own"):
        fetch(account("ecb", server.base))


def test_a_page_of_maintenance_is_no_file(server: Loopback) -> None:
    server.answers = lambda _: Reply(b"<html>maintenance</html>", headers={"Content-Type": "text/html"})
    with pytest.raises(SourceUnavailable, match="maintenance"):
        fetch(account("ecb", server.base))


def test_the_check_names_the_newest_day(server: Loopback) -> None:
    def daily(asked: Asked) -> Reply:
        assert asked.path == "/eurofxref-daily.xml"
        return written("2026-11-02")

    server.answers = daily
    assert check(account("ecb", server.base)) == "reference rates of 2026-11-02, 2 currencies"


def test_a_night_that_is_read_much_later_asks_by_the_clock_of_the_first_answer(server: Loopback) -> None:
    server.answers = lambda _: written("2026-07-01")
    source = account("ecb", server.base)
    found = fetch(source, unit(source, days=3, night=date(2026, 7, 3)))
    # Nobody knows yet that it is November: the night itself says what is recent.
    assert [asked.path for asked in server.asked] == ["/eurofxref-hist-90d.xml"]
    assert [each["day"] for each in found.records("rates")] == ["2026-07-01", "2026-07-01"]
