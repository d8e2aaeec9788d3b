"""Google Analytics: reports in pages, days of the property's zone, and flags that a person reads."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pipeline.errors import ConfigError, SourceChanged, SourceRefused, SourceUnavailable
from pipeline.sources import ga4
from pipeline.sources.ga4.reports import DAYS, KEY_EVENTS, ORIGINS, PURCHASES, Report, pages
from pipeline.streams import Window
from tests.sources.loopback import Loopback, Reply
from tests.sources.property import DIRECT, FOUR, Property, here, read, table
from tests.sources.reading import NIGHT, QUICK, check, fetch, names
from tests.sources.samples import sample

DAYS_OF = ("20261031", "20261101", "20261102")


def busy(server: Loopback, size: int = 100) -> Property:
    """A property with four visits on each of three days, from two sources."""
    there = Property(server, size)
    there.rows[DAYS] = [(day, *FOUR) for day in DAYS_OF]
    half = ("2", "2", "1", "50", "4")
    there.rows[ORIGINS] = [
        (day, *origin, *half)
        for day in DAYS_OF
        for origin in (DIRECT, ("Referral", "a.example", "referral", "(referral)"))
    ]
    return there


def test_every_report_is_asked_for_once_with_the_days_of_the_window(server: Loopback) -> None:
    there = busy(server)
    found = read(server)
    assert [report for report, _ in there.told] == [DAYS, ORIGINS, KEY_EVENTS, PURCHASES]
    for _, body in there.told:
        assert body["dateRanges"] == [{"startDate": "2026-10-31", "endDate": "2026-11-02"}]
        assert body["returnPropertyQuota"] is True
    assert found.delivered() == {"days", "origins", "key_events", "purchases", "reports"}
    assert names(found.records("days"), "sessions") == ["4", "4", "4"]
    (event,) = there.asked(KEY_EVENTS)
    assert event["metricFilter"]["filter"]["fieldName"] == "keyEvents"


def test_pages_are_asked_for_in_an_order_until_the_announced_number_has_come(server: Loopback) -> None:
    there = busy(server, size=2)
    found = read(server)
    assert [body["offset"] for body in there.asked(ORIGINS)] == ["0", "2", "4"]
    assert len(found.records("origins")) == found.announced("origins") == 6
    # Without an order a row may stand on two pages and another one on none.
    order = [one["dimension"]["dimensionName"] for one in there.asked(ORIGINS)[0]["orderBys"]]
    assert order == list(ORIGINS.dimensions)


def test_an_empty_page_before_the_announced_end_is_an_error(server: Loopback) -> None:
    there = busy(server)
    told = table(ORIGINS, there.rows[ORIGINS])
    there.instead[ORIGINS] = Reply({**told, "rows": []})
    with pytest.raises(SourceChanged, match="an empty page although there are 6 rows"):
        read(server)


def test_an_answer_without_rows_is_a_property_without_visits(server: Loopback) -> None:
    Property(server)
    found = read(server)
    assert found.delivered() == {"days", "origins", "key_events", "purchases", "reports"}
    assert {stream: len(records) for stream, records in found.raw.items() if records} == {"reports": 4}
    assert found.announced("days") == 0


def test_a_busy_day_without_an_origin_is_a_broken_answer(server: Loopback) -> None:
    there = busy(server)
    there.rows[ORIGINS] = there.rows[ORIGINS][:4]
    with pytest.raises(SourceChanged, match="4 visits on 20261102, but none of them has an origin"):
        read(server)
    there.metadata[ORIGINS] = {"subjectToThresholding": True}
    assert len(read(server).records("origins")) == 4


def test_the_rarest_origins_are_one_row_and_none_is_dropped(server: Loopback) -> None:
    there = busy(server)
    there.rows[ORIGINS] += [("20261102", *["(other)"] * 4, "1", "1", "0", "0", "1")]
    there.metadata[ORIGINS] = {"dataLossFromOtherRow": True}
    found = read(server)
    assert "(other)" in names(found.records("origins"), "sessionSource")
    assert [note.kind for note in found.notes] == ["other_row"]


def test_what_makes_a_report_less_than_the_truth_is_noted_and_kept(server: Loopback) -> None:
    there = busy(server)
    sampled = [{"samplesReadCount": "500000", "samplingSpaceSize": "2000000"}]
    there.metadata[DAYS] = {"samplingMetadatas": sampled}
    there.metadata[KEY_EVENTS] = {"subjectToThresholding": True}
    found = read(server)
    assert [note.kind for note in found.notes] == ["sampling", "thresholding"]
    assert "25.0 % of the events" in found.notes[0].message
    said = {record["report"]: record["metadata"] for record in found.records("reports")}
    assert said["days"]["samplingMetadatas"] == sampled
    assert said["key_events"]["subjectToThresholding"] is True
    assert said["purchases"] == {"currencyCode": "EUR", "timeZone": "Europe/Paris"}


def test_records_are_single_lines_however_the_platform_writes_them(server: Loopback) -> None:
    there = busy(server)
    there.instead[DAYS] = Reply(json.dumps(table(DAYS, there.rows[DAYS]), indent=2).encode())
    raw = read(server).raw
    assert not [record for records in raw.values() for record in records if b"\n" in record]


def test_revenue_carries_the_propertys_currency_and_hidden_revenue_is_absent(server: Loopback) -> None:
    there = busy(server)
    there.rows[PURCHASES] = [("20261102", "1", "49.9")]
    there.metadata[PURCHASES] = {"currencyCode": "GBP"}
    (bought,) = read(server).records("purchases")
    assert bought == {
        "currencyCode": "GBP",
        "date": "20261102",
        "ecommercePurchases": "1",
        "purchaseRevenue": "49.9",
    }
    hidden = [{"metricName": "purchaseRevenue", "restrictedMetricTypes": ["REVENUE_DATA"]}]
    there.metadata[PURCHASES] = {"schemaRestrictionResponse": {"activeMetricRestrictions": hidden}}
    found = read(server)
    assert "may not see purchaseRevenue" in found.absent["purchases"]
    assert "purchases" not in found.raw


def test_a_site_that_sells_nothing_is_not_asked_for_purchases(server: Loopback) -> None:
    there = busy(server)
    found = read(server, purchases=False)
    assert "purchases = false" in found.absent["purchases"]
    assert not there.asked(PURCHASES)


def test_another_zone_than_the_configured_one_is_refused(server: Loopback) -> None:
    there = busy(server)
    there.metadata[DAYS] = {"timeZone": "Asia/Tokyo"}
    with pytest.raises(SourceRefused, match="set time_zone to Asia/Tokyo"):
        read(server)
    there.metadata[DAYS] = {"timeZone": "Mars/Olympus"}
    assert [note.kind for note in read(server).notes] == ["time_zone"]
    there.metadata[DAYS] = {"timeZone": ""}
    assert "does not say in which zone" in read(server).notes[0].message


def test_a_day_that_is_not_over_there_is_never_read(server: Loopback) -> None:
    there = busy(server)
    there.metadata[DAYS] = {"timeZone": "America/Los_Angeles"}
    # 03:00 UTC: in California it is still the evening of the night.
    western = replace(here(server), time_zone="America/Los_Angeles")
    there.rows[DAYS], there.rows[ORIGINS] = there.rows[DAYS][:2], there.rows[ORIGINS][:4]
    found = fetch(western)
    assert [body["dateRanges"][0]["endDate"] for body in there.asked(DAYS)] == ["2026-11-02", "2026-11-01"]
    for report in (ORIGINS, KEY_EVENTS, PURCHASES):
        assert {body["dateRanges"][0]["endDate"] for body in there.asked(report)} == {"2026-11-01"}
    assert names(found.records("days"), "date") == ["20261031", "20261101"]
    server.date = "Thu, 29 Oct 2026 03:00:00 GMT"
    with pytest.raises(SourceUnavailable, match="2026-10-30 is not over yet"):
        fetch(western)


def test_the_id_is_the_number_of_the_property(server: Loopback) -> None:
    with pytest.raises(ConfigError, match="not its measurement id"):
        fetch(replace(here(server), id="G-1AB2CD3EF4"))


def test_a_check_tells_zone_and_currency(server: Loopback) -> None:
    busy(server)
    assert check(here(server)) == "property 318170001, zone Europe/Paris, EUR"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"metricHeaders": [{"name": "conversions"}]}, "the columns date, conversions"),
        ({"rows": [{"dimensionValues": [{"value": "20261031"}], "metricValues": []}]}, "rows of 1 values"),
        ({"rows": [["20261031"]]}, "the report days"),
        ({"rowCount": "many"}, "no number of rows"),
        ({"metadata": []}, "what is said of the report days"),
    ],
)
def test_an_answer_of_another_shape_is_not_guessed_at(server: Loopback, change: dict[str, object], words: str) -> None:
    there = busy(server)
    there.instead[DAYS] = Reply({**table(DAYS, there.rows[DAYS]), **change})
    with pytest.raises(SourceChanged, match=words):
        read(server)


def test_a_documented_report_of_other_columns_is_not_read_as_ours(server: Loopback) -> None:
    there = busy(server)
    there.instead[DAYS] = Reply(sample("ga4/CONSTRUCTED_wire_daily_active_users.json"))
    with pytest.raises(SourceChanged, match="has the columns date, active1DayUsers, not those"):
        read(server)


def test_documented_rows_are_read_under_their_own_columns(server: Loopback) -> None:
    told = sample("ga4/CONSTRUCTED_wire_website_overview.json")
    report = Report("days", ("date",), tuple(one["name"] for one in told["metricHeaders"]))
    there, grant = here(server), Reply({"access_token": "a-token-of-an-hour", "expires_in": 3599})
    server.answers = lambda asked: grant if "oauth" in asked.path else Reply(told)
    with ga4.open_session(there, NIGHT, QUICK) as http:
        (page,) = pages(there, http, report, Window(NIGHT, NIGHT))
    assert (len(page.rows), page.total, page.flags.currency_code) == (5, 5, "USD")
    assert (page.rows[0]["date"], page.rows[0]["sessions"]) == ("20230406", "4257")
