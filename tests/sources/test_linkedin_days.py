"""LinkedIn: numbers of the page by day, its version, its token, and every error with its one meaning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeline.errors import (
    ConfigError,
    QuotaExhausted,
    SourceChanged,
    SourceError,
    SourceRefused,
    SourceUnavailable,
    TokenExpired,
)
from pipeline.sources import linkedin
from pipeline.sources._linkedin_errors import Gone
from tests.sources.linkedin_page import (
    DAY_MS,
    FOLLOWERS,
    POSTS,
    SHARES,
    SIZE,
    SOCIAL,
    VIEWS,
    Company,
    at,
    comment,
    day_row,
    days_asked,
    elements,
    error,
    post,
    read,
    urn,
)
from tests.sources.loopback import Asked, Loopback, Reply
from tests.sources.reading import account, check, fetch, names
from tests.sources.samples import sample


def by_day(server: Loopback, path: str) -> Asked:
    return next(each for each in server.asked if each.path == path and "timeIntervals" in each.query)


# --- days ---


@pytest.mark.parametrize("path", [FOLLOWERS, SHARES, VIEWS])
def test_only_complete_days_are_asked_for_and_the_end_is_exclusive(server: Loopback, path: str) -> None:
    Company(server)
    read(server, days=28)
    assert days_asked(by_day(server, path)) == (at(date(2026, 10, 5)), at(date(2026, 11, 1)))


def test_the_structure_of_a_query_is_not_quoted_and_its_values_are(server: Loopback) -> None:
    Company(server, [post(1)])
    read(server)
    targets = [asked.target for asked in server.asked]
    intervals = "organizationalEntity=urn%3Ali%3Aorganization%3A90362861&timeIntervals=(timeRange:(start:17933"
    assert any(intervals in target for target in targets)
    assert any("shares=List(urn%3Ali%3Ashare%3A7300000000000000001)" in target for target in targets)


def test_a_stretch_of_the_past_is_read_to_its_last_day(server: Loopback) -> None:
    Company(server)
    read(server, days=28, night=date(2026, 9, 30))
    assert days_asked(by_day(server, SHARES)) == (at(date(2026, 9, 2)), at(date(2026, 10, 1)))


def test_the_platforms_clock_decides_which_days_are_complete(server: Loopback) -> None:
    server.date = "Mon, 02 Nov 2026 22:00:00 GMT"
    Company(server)
    read(server, days=28)
    assert days_asked(by_day(server, SHARES))[1] == at(date(2026, 10, 31))


@pytest.mark.parametrize(
    ("path", "stream"), [(FOLLOWERS, "follower_gains"), (SHARES, "share_stats"), (VIEWS, "page_stats")]
)
def test_a_day_that_did_not_come_is_noted_and_never_zero(server: Loopback, path: str, stream: str) -> None:
    there = Company(server)

    def gap(asked: Asked) -> Reply | None:
        if asked.path != path or "timeIntervals" not in asked.query:
            return None
        start, end = days_asked(asked)
        return elements(*(day_row(day) for day in range(start, end, DAY_MS) if day != at(date(2026, 10, 30))))

    there.instead = gap
    found = read(server, days=5)
    assert names(found.records(stream), "day") == ["2026-10-28", "2026-10-29", "2026-10-31"]
    assert [note.kind for note in found.notes] == ["days_missing"]


def test_days_that_were_not_asked_for_are_left_out(server: Loopback) -> None:
    there = Company(server)
    rows = [day_row(at(date(2026, 10, 30) + timedelta(days=n))) for n in range(4)]
    there.instead = lambda a: elements(*rows) if a.path == SHARES and "timeIntervals" in a.query else None
    assert names(read(server, days=3).records("share_stats"), "day") == ["2026-10-30", "2026-10-31"]


def test_a_new_page_has_no_statistics_which_is_no_zero(server: Loopback) -> None:
    there = Company(server)
    there.instead = lambda a: elements() if "timeIntervals" in a.query else None
    found = read(server)
    reason = "the platform has no statistics of these days"
    assert found.absent == dict.fromkeys(("follower_gains", "share_stats", "page_stats"), reason)


def test_a_day_that_does_not_begin_at_midnight_utc_is_an_error(server: Loopback) -> None:
    there = Company(server)
    shifted = day_row(at(date(2026, 10, 31), 7))
    there.instead = lambda a: elements(shifted) if a.path == SHARES else None
    with pytest.raises(SourceChanged, match="does not begin at midnight UTC"):
        read(server)


def test_statistics_reach_back_twelve_months_and_no_further(server: Loopback) -> None:
    Company(server)
    found = read(server, days=500)
    assert days_asked(by_day(server, SHARES))[0] == at(date(2025, 11, 3))
    assert [note.kind for note in found.notes] == ["days_out_of_reach"]
    assert "nothing before 2025-11-03" in found.notes[0].message


def test_a_night_of_two_years_ago_has_no_statistics_and_no_level(server: Loopback) -> None:
    Company(server)
    found = read(server, night=date(2024, 11, 2))
    assert set(found.absent) == {"followers", "demographics", "follower_gains", "share_stats", "page_stats"}
    assert {"posts", "post_stats", "comments"} <= found.delivered()


def test_a_year_costs_as_many_calls_for_its_days_as_a_night(server: Loopback) -> None:
    Company(server)
    one = read(server, days=28).requests
    server.asked.clear()
    assert read(server, days=365).requests == one == 6


def test_a_years_backfill_costs_no_more_calls_than_the_contract_asks_for(server: Loopback) -> None:
    posts = [post(n, at(date(2026, 11, 1) - timedelta(days=n), 9)) for n in range(360)]
    there = Company(server, posts)
    there.under = {urn(n): [comment(n)] for n in range(0, 360, 3)}
    found = read(server, days=364)
    assert (len(found.records("posts")), len(found.records("comments"))) == (360, 120)
    # Five numbers of the page, posts and counters by the hundred, summaries by fifty; then 120 discussions, where
    # asking under every post would cost 360.
    assert found.requests == 5 + 4 + 4 + 8 + 120


def test_followers_are_those_of_the_night_and_their_traits_stand_beside_them(server: Loopback) -> None:
    there = Company(server)
    counts = {"organicFollowerCount": 40, "paidFollowerCount": 0}
    traits = {"followerCountsBySeniority": [{"seniority": "urn:li:seniority:4", "followerCounts": counts}]}
    there.instead = lambda a: elements(traits) if a.path == FOLLOWERS and "timeIntervals" not in a.query else None
    found = read(server)
    assert found.records("followers") == [{"day": "2026-11-02", "firstDegreeSize": 1204}]
    part = {"day": "2026-11-02", "facet": "Seniority", "segment": "urn:li:seniority:4", "followerCounts": counts}
    assert found.records("demographics") == [part]


def test_a_part_of_the_followers_that_is_not_one_trait_is_an_error(server: Loopback) -> None:
    there = Company(server)
    strange = {"followerCountsByAge": [{"from": 20, "to": 30, "followerCounts": {}}]}
    there.instead = lambda a: elements(strange) if a.path == FOLLOWERS and "timeIntervals" not in a.query else None
    with pytest.raises(SourceChanged, match="is not one trait and its count"):
        read(server)


# --- the version ---


@pytest.mark.parametrize(("day", "warned"), [(date(2027, 4, 30), False), (date(2027, 5, 1), True)])
def test_a_version_is_warned_of_from_its_tenth_month(server: Loopback, day: date, warned: bool) -> None:
    there = account("linkedin", server.base)
    assert bool(list(linkedin.warnings(there, day))) is warned
    server.date = f"{day + timedelta(days=1):%a, %d %b %Y} 03:00:00 GMT"
    Company(server)
    assert [note.kind for note in read(server, night=day).notes] == (["version_ages"] if warned else [])


def test_a_warning_says_which_version_and_until_when(server: Loopback) -> None:
    there = account("linkedin", server.base, version="202601")
    assert list(linkedin.warnings(there, date(2026, 11, 2))) == [
        "the API version 202601 is in month 11 of about 12: set version to a newer one before 2027-01-15"
    ]


def test_a_version_that_has_ended_says_what_to_set(server: Loopback) -> None:
    Company(server).instead = lambda _: error(426, "NONEXISTENT_VERSION", "Requested version 202408 is not active")
    with pytest.raises(SourceRefused, match=r'set version = "202610".*202408 is not active'):
        read(server, version="202408")
    assert server.asked[0].headers["linkedin-version"] == "202408"
    assert server.asked[0].headers["x-restli-protocol-version"] == "2.0.0"


@pytest.mark.parametrize("version", ["2026-08", "202613", "v26"])
def test_a_version_that_is_no_month_is_a_matter_of_settings(server: Loopback, version: str) -> None:
    with pytest.raises(ConfigError, match="version must be a month"):
        read(server, version=version)


# --- errors ---

DENIED = "Not enough permissions to access: organizationPageStatistics.FINDER-organization"
ERRORS: list[tuple[Reply, type[SourceError], str]] = [
    (error(400, "ILLEGAL_ARGUMENT", "Invalid timeIntervals parameter"), SourceChanged, "Invalid timeIntervals"),
    (error(401, "EXPIRED_ACCESS_TOKEN", "The token has expired"), TokenExpired, "renew the access token"),
    (error(401, "REVOKED_ACCESS_TOKEN", "Revoked by the member"), TokenExpired, "authorise the application anew"),
    (error(403, "ACCESS_DENIED", DENIED), SourceRefused, "r_organization_admin.*FINDER-organization"),
    (error(404, "RESOURCE_NOT_FOUND", "No virtual resource found"), Gone, "No virtual resource"),
    (error(426, "NONEXISTENT_VERSION", "not active"), SourceRefused, 'set version = "202610"'),
    (error(500, "INTERNAL_ERROR", "Something went wrong"), SourceUnavailable, "Something went wrong"),
    (Reply({"status": 403, "code": "ACCESS_DENIED", "message": DENIED}), SourceRefused, "grant the permission"),
    (Reply({"error": "x", "error_description": "Expired access token"}, 401), TokenExpired, "Expired access token"),
    (Reply(b"<html>maintenance</html>"), SourceUnavailable, "maintenance page"),
    (Reply({"elements": {}}), SourceChanged, "expected form"),
]


@pytest.mark.parametrize(("reply", "kind", "says"), ERRORS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_error_has_one_meaning(server: Loopback, reply: Reply, kind: type[SourceError], says: str) -> None:
    Company(server).instead = lambda a: reply if a.path == VIEWS else None
    with pytest.raises(kind, match=says) as caught:
        read(server)
    assert type(caught.value) is kind
    assert str(caught.value).startswith("linkedin 90362861, night 2026-11-02")
    assert "linkedin-token-aaaa" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "permission"),
    [(SIZE, "r_organization_admin"), (POSTS, "r_organization_social"), (SHARES, "r_organization_admin")],
)
def test_a_refusal_names_the_permission_that_the_call_needs(server: Loopback, path: str, permission: str) -> None:
    Company(server, [post(1)]).instead = lambda a: error(403, "ACCESS_DENIED", "no") if a.path == path else None
    with pytest.raises(SourceRefused, match=f"grant the permission {permission}"):
        read(server)


def test_the_quota_of_a_day_ends_at_midnight_utc_by_the_platforms_clock(server: Loopback) -> None:
    message = "Resource level throttle limit for calls to this resource is reached."
    spent = Reply({"message": message, "status": 429, "serviceErrorCode": 101}, 429)
    Company(server).instead = lambda a: spent if a.path == SHARES else None
    with pytest.raises(QuotaExhausted, match="until midnight UTC") as caught:
        read(server)
    assert caught.value.resets_at == datetime(2026, 11, 4, tzinfo=UTC)
    # Nobody asks a second time.
    assert len([each for each in server.asked if each.path == SHARES]) == 1


def test_a_wait_that_the_platform_does_name_is_waited_for(server: Loopback) -> None:
    replies = iter([Reply({"message": "slow down", "status": 429}, 429, {"Retry-After": "0"})])
    Company(server).instead = lambda a: next(replies, None) if a.path == SHARES else None
    assert read(server).records("share_stats")


# --- the token ---


def renewing(server: Loopback, answer: Reply, secrets: dict[str, str] | None = None, **options: Any) -> Any:
    """A page whose token of the settings has expired."""
    there = Company(server)

    def instead(asked: Asked) -> Reply | None:
        if asked.path == "/accessToken":
            return answer
        stale = asked.headers.get("authorization") == "Bearer linkedin-token-aaaa"
        return error(401, "EXPIRED_ACCESS_TOKEN", "The token has expired") if stale else None

    there.instead = instead
    found = {"refresh_token": "refresh-token-bbbb", "client_id": "client-cccc", "client_secret": "secret-dddd"}
    return account("linkedin", server.base, secrets=secrets or found, token_base=server.base, **options)


def test_an_expired_token_is_renewed_and_the_same_request_goes_on(server: Loopback) -> None:
    granted = {"access_token": "token-eeee", "expires_in": 5_184_000, "refresh_token": "refresh-token-bbbb"}
    there = renewing(server, Reply({**granted, "refresh_token_expires_in": 9_000_000}))
    found = fetch(there)
    assert found.records("followers")
    asked = next(each for each in server.asked if each.path == "/accessToken")
    assert asked.form == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh-token-bbbb",
        "client_id": "client-cccc",
        "client_secret": "secret-dddd",
    }
    assert asked.query == {}
    assert [each.path for each in server.asked].count("/accessToken") == 1
    assert server.asked[-1].headers["authorization"] == "Bearer token-eeee"


def test_a_refresh_token_that_has_ended_says_what_to_do(server: Loopback) -> None:
    there = renewing(server, Reply({"error": "invalid_grant", "error_description": "refresh token expired"}, 400))
    with pytest.raises(TokenExpired, match="connect the account again") as caught:
        fetch(there)
    assert "refresh-token-bbbb" not in str(caught.value)


def test_a_refresh_token_without_the_application_says_what_is_missing(server: Loopback) -> None:
    there = renewing(server, Reply({}), secrets={"refresh_token": "refresh-token-bbbb"})
    with pytest.raises(ConfigError, match="refresh_token needs client_id and client_secret"):
        fetch(there)
    assert server.asked == []


def test_check_names_the_page_and_its_followers(server: Loopback) -> None:
    there = Company(server)
    name = Reply({"id": 90362861, "localizedName": "Voilerie"})
    there.instead = lambda a: name if a.path == "/organizations/90362861" else None
    assert check(account("linkedin", server.base)) == "page Voilerie, 1,204 followers"


# --- documented answers ---


def test_the_documented_post_and_number_of_followers_are_read(server: Loopback) -> None:
    there = Company(server, [sample("linkedin/posts_api_single_post.json")])
    size = "linkedin/linkedin-marketing-community-retrieve-organization-follower-count-response200-example.json"
    there.instead = lambda a: Reply(sample(size)) if a.path == SIZE else None
    found = read(server, night=date(2023, 3, 25), days=5)
    assert names(found.records("posts"), "id") == ["urn:li:share:7045020441609936898"]
    assert found.absent["followers"].startswith("asked")
    assert check(account("linkedin", server.base)).endswith("42 followers")


def test_the_documented_organization_is_named(server: Loopback) -> None:
    name = "linkedin/linkedin-marketing-community-retrieve-an-administered-organization-response200-example.json"
    Company(server).instead = lambda a: Reply(sample(name)) if a.path == "/organizations/90362861" else None
    assert check(account("linkedin", server.base)) == "page Example Name, 1,204 followers"


def test_the_social_summaries_are_one_call_for_fifty_posts(server: Loopback) -> None:
    Company(server, [post(n) for n in range(101)])
    read(server)
    assert len([each for each in server.asked if each.path == SOCIAL]) == 3
