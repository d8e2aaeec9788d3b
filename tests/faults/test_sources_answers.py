"""Answers that must not be believed: each platform misbehaves, nothing wrong is landed, the night after is whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import QuotaExhausted, SourceChanged, SourceError, SourceRefused, SourceUnavailable
from pipeline.streams import Manifest
from tests.faults.brand import FACES, NIGHT, PLATFORM, UNITS, Brand, brand

OF = dict(UNITS)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brand]:
    """One brand for all tests of this file: big enough that every list has several pages."""
    sizes: dict[str, Any] = {"posts_per_day": 6, "visits_per_day": 1500, "journal_posts_per_day": 4}
    with brand(tmp_path_factory.mktemp("brand"), nights=60, **sizes) as running:
        yield running


@pytest.fixture
def shop(world: Brand, tmp_path: Path) -> Iterator[Brand]:
    """The brand with an empty landing and no faults."""
    world.heal()
    world.root = tmp_path / "landing"
    yield world
    world.heal()


def counts(brand: Brand, platform: str) -> dict[str, int]:
    manifest = brand.land(platform, OF[platform])
    return {name: stream.records for name, stream in manifest.streams.items()}


@pytest.mark.parametrize("platform", OF)
def test_without_faults_every_list_has_at_least_two_pages(shop: Brand, platform: str) -> None:
    needed = {
        "facebook": {"posts": 101},
        "matomo": {"referrer_types": 2},
        "woocommerce": {"orders": 101},
        "wordpress": {"posts": 101, "comments": 101},
    }
    found = counts(shop, platform)
    assert all(found[stream] >= least for stream, least in needed[platform].items())


def test_a01_an_error_with_status_200_is_an_error_and_never_an_empty_night(shop: Brand) -> None:
    shop.fault("matomo", "error_in_200", after=1)
    with pytest.raises(SourceError):
        shop.land("matomo", "1")
    assert shop.landed("matomo", "1") == 0


@pytest.mark.parametrize("face", FACES)
def test_a02_a_page_for_people_instead_of_data_is_no_data(shop: Brand, face: str) -> None:
    platform = PLATFORM.get(face, face)
    shop.fault(face, "html_page", after=1)
    with pytest.raises(SourceError) as caught:
        shop.land(platform, OF[platform])
    assert isinstance(caught.value, (SourceUnavailable, SourceRefused))
    assert shop.landed(platform, OF[platform]) == 0


@pytest.mark.parametrize("platform", ["woocommerce", "wordpress"])
def test_a04_an_empty_page_although_there_is_a_total_is_not_the_end(shop: Brand, platform: str) -> None:
    shop.fault(platform, "empty_page", after=2)
    with pytest.raises(SourceChanged, match="an empty page although the site announces"):
        shop.land(platform, OF[platform])


def test_a04_a_large_page_that_suddenly_has_no_insights_is_an_error(shop: Brand) -> None:
    shop.fault("facebook", "empty_page", path="/insights")
    with pytest.raises(SourceChanged, match="the insights are empty although the page has"):
        shop.land("facebook", "104001")


def test_a04_a_busy_day_without_a_single_origin_is_an_error(shop: Brand) -> None:
    # The reports come in one answer; the second of them is the one of referrer types.
    shop.fault("matomo", "empty_page", args={"part": 1})
    with pytest.raises(SourceChanged, match=r"visits on 2026-10-\d\d, but none of them has an origin"):
        shop.land("matomo", "1")


def test_a04_statistics_that_are_nothing_are_absent_and_no_zero(shop: Brand) -> None:
    shop.fault("wpcom", "empty_page", path="visits", args={"as": "[]"})
    stream = shop.land("wordpress", "journal").streams["stats_visits"]
    assert stream.records == 0
    assert "no statistics" in str(stream.absent)


@pytest.mark.parametrize("platform", ["woocommerce", "wordpress"])
def test_a05_a_page_that_lacks_a_row_is_found_by_the_total(shop: Brand, platform: str) -> None:
    shop.fault(platform, "short_page", after=1, times=1)
    with pytest.raises(SourceChanged, match=r"\d+ records were announced, \d+ came"):
        shop.land(platform, OF[platform])
    assert shop.landed(platform, OF[platform]) == 0


@pytest.mark.parametrize("platform", ["woocommerce", "wordpress"])
def test_a05_totals_that_a_proxy_swallowed_are_missed(shop: Brand, platform: str) -> None:
    shop.fault(platform, "missing_next", after=1)
    with pytest.raises(SourceChanged, match="X-WP-Total is missing"):
        shop.land(platform, OF[platform])


def test_a05_a_full_page_without_a_link_is_not_taken_for_the_last_one(shop: Brand) -> None:
    whole = counts(shop, "facebook")["posts"]
    shop.fault("facebook", "missing_next", path="published_posts")
    assert counts(shop, "facebook")["posts"] == whole


def test_a05_short_pages_that_are_not_the_last_lose_no_post(shop: Brand) -> None:
    whole = counts(shop, "facebook")["posts"]
    shop.fault("facebook", "short_page")
    assert counts(shop, "facebook")["posts"] == whole


def test_a06_a_cursor_that_leads_to_itself_ends_with_an_error(shop: Brand) -> None:
    shop.fault("facebook", "cursor_loop")
    with pytest.raises(SourceChanged, match="goes in a circle"):
        shop.land("facebook", "104001")


def test_a07_a_post_on_two_pages_is_landed_twice_with_the_same_content(shop: Brand) -> None:
    whole = counts(shop, "facebook")["posts"]
    shop.fault("facebook", "page_drift")
    assert counts(shop, "facebook")["posts"] > whole


@pytest.mark.parametrize("platform", ["woocommerce", "wordpress"])
def test_a07_rows_that_come_in_front_are_read_once(shop: Brand, platform: str) -> None:
    whole = counts(shop, platform)
    shop.fault(platform, "page_drift")
    assert counts(shop, platform) == whole


@pytest.mark.parametrize("platform", ["woocommerce", "wordpress"])
def test_a07_rows_that_slip_between_two_pages_are_missed(shop: Brand, platform: str) -> None:
    shop.fault(platform, "page_drift", args={"rows": -1})
    with pytest.raises(SourceChanged, match=r"\d+ records were announced, \d+ came"):
        shop.land(platform, OF[platform])


def test_a08_a_spent_quota_of_facebook_stops_the_unit_until_its_reset(shop: Brand) -> None:
    shop.fault("facebook", "rate_limit", after=3, args={"minutes": 47})
    with pytest.raises(QuotaExhausted) as caught:
        shop.land("facebook", "104001")
    assert caught.value.resets_at == datetime(2026, 11, 2, 3, 47, tzinfo=UTC)
    assert shop.landed("facebook", "104001") == 0


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001])
def test_a08_a_limit_of_facebook_without_an_estimate_is_tried_again(shop: Brand, code: int) -> None:
    shop.fault("facebook", "rate_limit", times=1, args={"minutes": 0, "code": code})
    assert shop.land("facebook", "104001").streams["posts"].records > 100


@pytest.mark.parametrize("face", ["matomo", "woocommerce", "wordpress", "wpcom"])
def test_a08_a_limit_elsewhere_says_how_long_to_wait(shop: Brand, face: str) -> None:
    platform = PLATFORM.get(face, face)
    shop.fault(face, "rate_limit", after=1, args={"retry_after": 1800})
    with pytest.raises(SourceUnavailable) as caught:
        shop.land(platform, OF[platform])
    assert caught.value.retry_after in (1800, None)


@pytest.mark.parametrize("face", FACES)
def test_a08_an_outage_of_one_request_is_sat_out(shop: Brand, face: str) -> None:
    platform = PLATFORM.get(face, face)
    whole = counts(shop, platform)
    shop.fault(face, "unavailable", after=2, times=1)
    assert counts(shop, platform) == whole


@pytest.mark.parametrize("face", FACES)
def test_a09_a_token_that_dies_between_two_pages_lands_nothing_and_says_what_to_renew(shop: Brand, face: str) -> None:
    platform = PLATFORM.get(face, face)
    shop.fault(face, "expired_token", after=2)
    with pytest.raises(SourceRefused, match=r"renew|check"):
        shop.land(platform, OF[platform])
    assert shop.landed(platform, OF[platform]) == 0
    shop.heal()
    assert shop.land(platform, OF[platform]).sha256


def test_a11_a_permission_that_one_account_lost_stops_this_account_only(shop: Brand) -> None:
    shop.fault("facebook", "expired_token", path="104002", args={"subcode": 460})
    with pytest.raises(SourceRefused, match=r"facebook 104002.*the password was changed"):
        shop.land("facebook", "104002")
    assert shop.land("facebook", "104001").streams["page_insights"].records > 0


def _retired(manifest: Manifest) -> set[str]:
    told = [note.message for note in manifest.notes if note.kind == "metric_retired"]
    return {name for message in told for name in re.findall("p(?:age|ost)_[a-z_]+", message)}


@pytest.mark.parametrize("gone", [("page_media_view",), ("page_follows", "page_video_views"), ("post_clicks",)])
def test_a12_a_retired_metric_costs_a_few_calls_and_no_other_metric(shop: Brand, gone: tuple[str, ...]) -> None:
    before = shop.land("facebook", "104001")
    for metric in gone:
        shop.fault("facebook", "retired_metric", args={"metric": metric})
    after = shop.land("facebook", "104001")
    assert _retired(after) - _retired(before) == set(gone)
    assert after.streams["posts"].records == before.streams["posts"].records
    # One refused call, and two for each halving of eight metrics.
    assert after.requests - before.requests <= 1 + 2 * 3 * len(gone)


def test_a12_a_metric_is_searched_for_once_a_night_however_many_windows_there_are(shop: Brand) -> None:
    shop.fault("facebook", "retired_metric", args={"metric": "page_total_media_view_unique"})
    manifest = shop.land("facebook", "104001", days=59)
    assert len(manifest.notes) == len(_retired(manifest))
    assert "page_total_media_view_unique" in _retired(manifest)
    assert manifest.streams["page_insights"].records > 0


@pytest.mark.parametrize("face", FACES)
def test_a13_numbers_that_become_texts_are_landed_as_they_came(shop: Brand, face: str) -> None:
    platform = PLATFORM.get(face, face)
    whole = shop.land(platform, OF[platform])
    shop.fault(face, "string_numbers")
    changed = shop.land(platform, OF[platform])
    assert {n: s.records for n, s in changed.streams.items()} == {n: s.records for n, s in whole.streams.items()}
    assert changed.sha256 != whole.sha256


@pytest.mark.parametrize("face", ["facebook", "matomo", "wpcom"])
def test_a14_a_past_that_changes_inside_the_window_is_read_again(shop: Brand, face: str) -> None:
    platform = PLATFORM.get(face, face)
    whole = shop.land(platform, OF[platform])
    shop.fault(face, "restated")
    assert shop.land(platform, OF[platform]).sha256 != whole.sha256
    shop.heal()
    assert shop.land(platform, OF[platform]).sha256 == whole.sha256


def test_a14_late_days_of_facebook_are_missing_and_not_zero(shop: Brand) -> None:
    whole = counts(shop, "facebook")["page_insights"]
    shop.fault("facebook", "late_data", args={"days": 2})
    late = shop.land("facebook", "104001")
    assert late.streams["page_insights"].records < whole
    assert late.streams["page_insights"].absent is None


def test_a17_a_day_that_matomo_leaves_out_is_an_error(shop: Brand) -> None:
    shop.fault("matomo", "missing_day", after=1, times=1)
    with pytest.raises(SourceChanged, match="does not have exactly the days that were asked"):
        shop.land("matomo", "1")


def test_a18_a_level_that_was_not_read_in_its_night_is_a_gap_and_not_todays_level(shop: Brand) -> None:
    night = NIGHT - timedelta(days=20)
    late = shop.land("facebook", "104001", night, late=9).streams
    assert "10 days after the night" in str(late["page"].absent)
    assert late["page_insights"].records > 0
    assert "days after the night" in str(
        shop.land("wordpress", "journal", night, late=9).streams["stats_summary"].absent
    )
    assert shop.land("facebook", "104001", night, late=1).streams["page"].records == 1


def test_no_landed_byte_holds_a_credential(shop: Brand) -> None:
    secrets = [s.reveal().encode() for a in shop.accounts.values() for s in a.secrets.values()]
    for platform, account in UNITS:
        manifest = shop.land(platform, account)
        folder = re.sub("^file://", "", manifest.folder)
        for file in Path(folder).rglob("*"):
            content = _unpacked(file) if file.suffix == ".zst" else file.read_bytes()
            assert not [secret for secret in secrets if secret in content], file.name


def _unpacked(file: Path) -> bytes:
    import zstandard

    with file.open("rb") as packed:
        return zstandard.ZstdDecompressor().stream_reader(packed).read()
