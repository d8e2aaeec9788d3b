"""Every source and answers that must not be believed: nothing wrong is landed, and nothing that is gone is zero."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline import sources
from pipeline.errors import SourceRefused, SourceUnavailable
from pipeline.simulator.platforms import FACES
from pipeline.simulator.wire import Request
from tests.faults.bending import Outgoing, refusing
from tests.faults.every import ACCOUNTS, ASKED, FACE_NAMES, JSON_NAMES, Everyone, Night, keys, offering
from tests.faults.staged import Rows, Staging

SUITES = Path(__file__).parents[2] / "expectations"
# The platform's own words for "no", each of which some platform sends with HTTP 200.
OWN_ERRORS = ("unavailable", "expired_token", "rate_limit")
DAY = re.compile(r"\d{4}-\d\d-\d\d$")


def lost(platform: str, before: Night, after: Night) -> dict[str, set[tuple[str, ...]]]:
    """The identities of each stream that came no more, where the stream does not say itself that it is absent."""
    gone = {
        name: set(keys(platform, name, records)) - set(keys(platform, name, after.records[name]))
        for name, records in before.records.items()
        if name not in after.absent
    }
    return {name: identities for name, identities in gone.items() if identities}


@pytest.mark.parametrize("kind", OWN_ERRORS)
@pytest.mark.parametrize("name", FACE_NAMES)
def test_a1_an_error_that_comes_with_status_200_is_never_an_empty_night(every: Everyone, name: str, kind: str) -> None:
    def dressed(request: Request, told: Outgoing) -> Outgoing:
        del request
        return replace(told, status=200)

    unit = every.reader(name)
    every.bender.bend(FACES[name], refusing(FACES[name], kind, change=dressed), after=every.middle(name))
    every.refuses(*unit)
    assert every.bender.struck


@pytest.mark.parametrize("name", offering("error_in_200"))
def test_a1_the_platforms_own_way_to_fail_with_status_200(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    every.fault(name, "error_in_200", after=every.middle(name))
    every.refuses(*unit)


@pytest.mark.parametrize("name", FACE_NAMES)
def test_a2_a_page_for_people_is_no_data(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    every.fault(name, "html_page", after=every.middle(name))
    assert isinstance(every.refuses(*unit), (SourceUnavailable, SourceRefused))


def silent(before: Night, after: Night) -> set[str]:
    """The streams that had records, have none, and neither say why nor were checked against a total."""
    gone = {name for name, records in before.records.items() if records and not after.records[name]} - set(after.absent)
    return {name for name in gone if after.manifest.streams[name].verified == "unverifiable"}


def zeros(before: Rows, after: Rows) -> set[str]:
    """The views that show a 0 in a row where something was counted."""
    return {view for view, rows in after.items() if _zeros(before[view], rows)}


def _zeros(before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]) -> bool:
    def counts(row: tuple[Any, ...]) -> list[Any]:
        return [cell for cell in row if cell is None or isinstance(cell, (int, float, Decimal))]

    def name(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(cell for cell in row if isinstance(cell, (str, date)))

    counted = {name(row): counts(row) for row in before}
    pairs = [pair for row in after for pair in zip(counted.get(name(row), ()), counts(row), strict=False)]
    return any(now == 0 and then not in (0, None) and now is not False for then, now in pairs)


@pytest.mark.parametrize("name", FACE_NAMES)
def test_a4_an_empty_answer_is_never_a_silent_zero(every: Everyone, staged: Staging, name: str) -> None:
    """An error, a reason or a checked total; where nothing can tell, NULL, and a gate that knows the night before."""
    unit = every.reader(name)
    before = every.clean(*unit)
    every.fault(name, "empty_page")
    after, _ = every.believed(*unit)
    if after is None:
        return
    found = silent(before, after)
    assert zeros(staged.load(before.manifest).rows, staged.load(after.manifest).rows) == set()
    if found & {each.name for each in sources.module(unit[0]).STREAMS if each.absence_means_deleted}:
        assert "not_all_gone" in blocking_rules(unit[0])


def blocking_rules(platform: str) -> set[str]:
    """What sets a night of the platform aside, in the suite of its posts, or of its costs where it has no posts."""
    named = (SUITES / f"staging.{platform}_{relation}.json" for relation in ("post", "spend_day"))
    suite = json.loads(next(file for file in named if file.exists()).read_text(encoding="utf-8"))
    return {each["id"] for each in suite["expectations"] if each["severity"] == "critical"}


@pytest.mark.parametrize("kind", ["short_page", "missing_next"])
@pytest.mark.parametrize("name", FACE_NAMES)
def test_a5_a_page_that_ends_too_early_loses_nothing_that_came(every: Everyone, name: str, kind: str) -> None:
    """What the platform sent is landed; what it kept to itself is an error, or marked as unverifiable."""
    if name not in offering(kind):
        pytest.skip(f"{name} has no pages that could be cut short in this way")
    unit, sent = every.reader(name), bytearray()

    def noted(request: Request, told: Outgoing) -> Outgoing:
        del request
        sent.extend(told.body)
        return told

    every.bender.bend(FACES[name], noted)
    every.fault(name, kind)
    after, _ = every.believed(*unit)
    if after is None:
        return
    posts = posts_of(unit[0], after)
    for stream, gone in lost(unit[0], every.clean(*unit), after).items():
        assert after.manifest.streams[stream].verified != "total"
        assert stream != posts or not {post for (post,) in gone if sent.count(post.strip('"').encode())}


@pytest.mark.parametrize("name", JSON_NAMES)
def test_a7_a_row_that_comes_twice_counts_once(every: Everyone, staged: Staging, name: str) -> None:
    unit = every.reader(name)
    every.bender.bend(FACES[name], lambda _, told: told.telling(twice(told.document)) if told.document else told)
    after, _ = every.believed(*unit)
    assert every.bender.struck
    if after is None:
        return
    assert lost(unit[0], every.clean(*unit), after) == {}
    loaded = staged.load(after.manifest)
    assert loaded.unit.error is None, loaded.unit.error
    assert loaded.rows == staged.load(every.clean(*unit).manifest).rows


def twice(document: Any) -> Any:
    """The nearest lists of objects, with their last row once more."""
    if isinstance(document, list):
        rows = all(isinstance(row, dict) for row in document) and len(document) > 1
        return [*document, document[-1]] if rows else document
    return {key: twice(value) for key, value in document.items()} if isinstance(document, dict) else document


@pytest.mark.parametrize("name", offering("page_drift"))
def test_a7_a_list_that_moves_while_it_is_read_loses_nothing(every: Everyone, staged: Staging, name: str) -> None:
    unit = every.reader(name)
    every.fault(name, "page_drift")
    after, _ = every.believed(*unit)
    if after is not None:
        assert staged.load(after.manifest).rows == staged.load(every.clean(*unit).manifest).rows


@pytest.mark.parametrize("name", FACE_NAMES)
def test_a13_numbers_that_became_texts_are_the_same_numbers(every: Everyone, staged: Staging, name: str) -> None:
    unit = every.reader(name)
    every.fault(name, "string_numbers")
    after, _ = every.believed(*unit)
    if after is None:
        return
    loaded = staged.load(after.manifest)
    assert loaded.unit.error is None, loaded.unit.error
    if loaded.unit.quarantined:
        assert loaded.reasons
        return
    assert loaded.rows == staged.load(every.clean(*unit).manifest).rows


@pytest.mark.parametrize("name", JSON_NAMES)
def test_a13_a_field_that_nobody_knows_does_no_harm(every: Everyone, staged: Staging, name: str) -> None:
    unit = every.reader(name)
    every.bender.bend(FACES[name], lambda _, told: told.telling(extended(told.document)) if told.document else told)
    after = every.night(*unit)
    assert every.bender.struck
    assert after.counts == every.clean(*unit).counts
    loaded = staged.load(after.manifest)
    assert loaded.unit.error is None, loaded.unit.error
    assert loaded.unit.quarantined == 0
    assert loaded.rows == staged.load(every.clean(*unit).manifest).rows


def extended(document: Any) -> Any:
    """Every object of every list with one field more; what is keyed by days has no fields."""
    if isinstance(document, list):
        more = {"a_new_field": {"of": ["several", 1]}}
        fields = [isinstance(row, dict) and not all(DAY.match(key) for key in row) for row in document]
        return [
            {**extended(row), **more} if has_fields else extended(row)
            for row, has_fields in zip(document, fields, strict=True)
        ]
    return {key: extended(value) for key, value in document.items()} if isinstance(document, dict) else document


def posts_of(platform: str, night: Night) -> str | None:
    """The stream of the account's own posts: what is missing in it was deleted."""
    declared = [each for each in sources.module(platform).STREAMS if each.absence_means_deleted and len(each.key) == 1]
    return next((each.name for each in declared if night.records.get(each.name)), None)


@pytest.mark.parametrize("name", offering("deleted_post"))
def test_a_post_that_was_deleted_is_missing_and_nothing_else_is(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    before = every.clean(*unit)
    stream = posts_of(unit[0], before)
    assert stream, "a platform whose posts can be deleted has a stream of posts"
    key = next(each for each in sources.module(unit[0]).STREAMS if each.name == stream).key[0]
    post = json.loads(before.records[stream][-1])[key]
    every.fault(name, "deleted_post", args={"post": post})
    after = every.night(*unit)
    assert set(keys(unit[0], stream, before.records[stream])) - set(keys(unit[0], stream, after.records[stream])) == {
        (json.dumps(post),)
    }
    others = {other for other in before.records if other != stream and before.records[other]}
    assert {other for other in others if not after.records[other] and other not in after.absent} == set()


def test_posts_can_be_deleted_on_every_platform_that_has_them() -> None:
    able = {FACES[name].platform for name in offering("deleted_post")}
    assert able >= {name for name in ASKED if sources.module(name).KIND == "network"}


@pytest.mark.parametrize(("platform", "account"), ACCOUNTS)
def test_a18_a_level_that_was_not_read_in_its_night_is_a_gap_with_a_reason(
    every: Everyone, platform: str, account: str
) -> None:
    """Today's level must not stand for a night nine days ago; what has days of its own is still told."""
    on_time = every.clean(platform, account)
    levels = {
        name
        for name, records in on_time.records.items()
        if records and {json.loads(record).get("day") for record in records} == {str(on_time.manifest.unit.night)}
    }
    late = every.night(platform, account, late=9)
    assert {name for name in levels if late.records[name] or not late.absent.get(name)} == set()
    assert levels or sources.module(platform).KIND != "network"
