"""Every platform's headers of limits are read as its documentation writes them, and nonsense is no limit."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.http import Allowance, Answer, bluesky_headers, mastodon_headers, meta_rates, meta_usage, x_headers

DATE = "Tue, 03 Nov 2026 03:00:00 GMT"


def headers(**told: str) -> Answer:
    from requests.structures import CaseInsensitiveDict

    named = {name.replace("_", "-"): value for name, value in told.items()}
    return Answer(200, CaseInsensitiveDict({"Date": DATE, **named}), b"{}")


def test_meta_tells_the_use_of_the_app_in_percent_and_the_highest_counts() -> None:
    answer = headers(X_App_Usage='{"call_count":28,"total_time":25,"total_cputime":31}')
    assert list(meta_usage("", answer)) == [Allowance("app", 100, 69, None)]


def test_meta_tells_the_use_of_a_business_and_minutes_until_it_may_ask_again() -> None:
    use = {"type": "pages", "call_count": 95, "total_cputime": 20, "total_time": 20}
    told = {"104001": [{**use, "estimated_time_to_regain_access": 0}]}
    (allowance,) = meta_usage("", headers(X_Business_Use_Case_Usage=json.dumps(told)))
    assert allowance == Allowance("pages", 100, 5, None)
    told["104001"][0]["estimated_time_to_regain_access"] = 19
    (allowance,) = meta_usage("", headers(X_Business_Use_Case_Usage=json.dumps(told)))
    assert allowance == Allowance("pages", 100, 0, datetime(2026, 11, 3, 3, 19, tzinfo=UTC))


def test_meta_tells_several_businesses_and_kinds_each_by_its_worst() -> None:
    told = {
        "1": [{"type": "pages", "call_count": 10}, {"type": "instagram", "call_count": 50}],
        "2": [{"type": "pages", "call_count": 30, "total_time": 130}],
    }
    found = {a.name: a.remaining for a in meta_usage("", headers(X_Business_Use_Case_Usage=json.dumps(told)))}
    assert found == {"pages": 0, "instagram": 50}


def test_meta_tells_the_use_of_an_ad_account() -> None:
    answer = headers(
        X_Ad_Account_Usage='{"acc_id_util_pct":9.67}',
        X_FB_Ads_Insights_Throttle='{"app_id_util_pct":40,"acc_id_util_pct":12.5}',
    )
    assert list(meta_usage("", answer)) == [Allowance("ads", 100, 60, None)]


def test_meta_tells_nothing_while_next_to_nothing_is_used() -> None:
    assert list(meta_usage("", headers())) == []
    assert meta_rates("pages").buckets("/1/insights") == ("app", "pages")


def test_x_tells_the_limit_of_the_endpoint_with_its_reset_in_unix_seconds() -> None:
    answer = headers(x_rate_limit_limit="900", x_rate_limit_remaining="899", x_rate_limit_reset="1793675700")
    assert list(x_headers("/2/users/1/tweets", answer)) == [
        Allowance("", 900, 899, datetime(2026, 11, 3, 3, 15, tzinfo=UTC))
    ]


def test_mastodon_tells_its_reset_as_a_time_with_microseconds() -> None:
    answer = headers(
        X_RateLimit_Limit="300", X_RateLimit_Remaining="299", X_RateLimit_Reset="2026-11-03T03:05:00.348080Z"
    )
    assert list(mastodon_headers("", answer)) == [
        Allowance("", 300, 299, datetime(2026, 11, 3, 3, 5, 0, 348080, tzinfo=UTC))
    ]


def test_bluesky_tells_its_reset_in_unix_seconds() -> None:
    answer = headers(
        RateLimit_Limit="3000",
        RateLimit_Remaining="2999",
        RateLimit_Reset="1793675100",
        RateLimit_Policy="3000;w=300",
    )
    assert list(bluesky_headers("", answer)) == [Allowance("", 3000, 2999, datetime(2026, 11, 3, 3, 5, tzinfo=UTC))]


@pytest.mark.parametrize("name", ["X_App_Usage", "X_Business_Use_Case_Usage", "X_Ad_Account_Usage"])
@pytest.mark.parametrize(
    "value", ["", "no json", "[]", "null", "7", '{"a":', '{"1":{}}', '{"1":[7]}', '{"call_count":"many"}', "[" * 50_000]
)
def test_nonsense_of_meta_is_no_limit(name: str, value: str) -> None:
    assert list(meta_usage("", headers(**{name: value}))) == []


@pytest.mark.parametrize("value", ["", "soon", "-1", "1e9", "٣", "9" * 400, "0x10", "1.2.3"])
def test_a_number_that_cannot_be_read_is_no_limit(value: str) -> None:
    """The reader of a reset that is nonsense still gives the count."""
    assert list(x_headers("", headers(x_rate_limit_limit=value, x_rate_limit_remaining="3"))) == []
    assert list(bluesky_headers("", headers(RateLimit_Limit="3", RateLimit_Remaining=value))) == []
    (without,) = bluesky_headers(
        "", headers(RateLimit_Limit="3", RateLimit_Remaining="2", RateLimit_Reset=f"{value}9999999999999")
    )
    assert without == Allowance("", 3, 2, None)


@pytest.mark.parametrize("value", ["", "tomorrow", "2026-13-01T00:00:00Z", "1793675100"])
def test_a_time_that_cannot_be_read_is_no_reset(value: str) -> None:
    answer = headers(X_RateLimit_Limit="300", X_RateLimit_Remaining="299", X_RateLimit_Reset=value)
    assert list(mastodon_headers("", answer)) == [Allowance("", 300, 299, None)]


def test_a_time_without_zone_is_taken_as_utc() -> None:
    answer = headers(X_RateLimit_Limit="300", X_RateLimit_Remaining="1", X_RateLimit_Reset="2026-11-03T03:05:00")
    (allowance,) = mastodon_headers("", answer)
    assert allowance.resets_at == datetime(2026, 11, 3, 3, 5, tzinfo=UTC)
