"""Twelve nights of a newsletter: sign-ups that are confirmed, taken back or stand, as the world knows them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from pipeline import landing
from pipeline.simulator.truth import Judge, demo_terms, tables
from pipeline.simulator.truth.platforms.mailchimp import _name
from pipeline.simulator.world.mailchimp import newsletter
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("mailchimp",)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(tmp_path_factory.mktemp("weeks"), PLATFORMS, nights=12) as played:
        played.nights(played.world.nights)
        yield played


def test_every_table_equals_the_truth_cell_by_cell(weeks: Replay) -> None:
    judge = Judge(weeks.world, settings=demo_terms(weeks.world, PLATFORMS))
    said = {name: differences(judge.table(name), published(weeks, name, parquet=False))[:5] for name in tables()}
    assert {name: told for name, told in said.items() if told} == {}
    assert len(judge.table("conversion.event").rows) > 40


def test_a_sign_up_is_pending_confirmed_or_taken_back_and_worth_what_the_settings_say(weeks: Replay) -> None:
    rows = published(weeks, "conversion.event", parquet=False)
    assert {row["action"] for row in rows} == {"newsletter_signup"}
    assert {row["status"] for row in rows} == {"pending", "confirmed", "cancelled"}
    assert {(row["value"], row["currency"]) for row in rows} == {(Decimal("2.5000"), "EUR")}


def rows_of(weeks: Replay, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(weeks.project.settings.paths.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_a_confirmation_moves_a_sign_up_to_its_own_day_and_leaves_nothing_behind(weeks: Replay) -> None:
    moved = rows_of(
        weeks,
        "select native_id, max(day) from staging.mailchimp_conversion"
        " group by native_id having count(distinct day) > 1 and count(distinct status) > 1",
    )
    assert moved
    days = {row["native_id"]: row["occurred_day"] for row in published(weeks, "conversion.event", parquet=False)}
    assert all(days[str(name)] == day for name, day in moved)


def test_who_leaves_after_three_months_has_been_a_subscriber(weeks: Replay) -> None:
    world, last = weeks.world, weeks.world.nights[-1]
    left = [
        member
        for member in newsletter(world.seed, world.calendar).standing(last)
        if member.status == "unsubscribed" and member.since and (member.changed - member.since).days >= 90
    ]
    (account,) = demo_terms(world, PLATFORMS).accounts
    told = {str(name) for (name,) in rows_of(weeks, "select distinct member from raw.mailchimp_members")}
    assert left
    assert not told & {_name(account, member) for member in left}
    assert told == {row["native_id"] for row in published(weeks, "conversion.event", parquet=False)}


def test_followers_of_a_newsletter_are_those_who_subscribe_in_each_night(weeks: Replay) -> None:
    world = weeks.world
    known = newsletter(world.seed, world.calendar)
    rows = rows_of(weeks, "select day, followers from core.account_day where platform = 'mailchimp' order by day")
    assert rows == [(night, known.level(night)) for night in world.nights]


def test_nobodys_address_and_no_hash_of_it_is_in_any_file(weeks: Replay) -> None:
    members = newsletter(weeks.world.seed, weeks.world.calendar).standing(weeks.world.nights[-1])
    told = b""
    for manifest in landing.manifests(weeks.project.settings.paths.landing, platform="mailchimp"):
        told += b"\n".join(record for stream in manifest.streams for record in landing.records(manifest, stream))
    assert told.count(b"timestamp_opt") > 100
    assert b"@" not in told
    assert b"omeone" not in told
    assert not any(member.id.encode() in told for member in members)


def test_letters_are_kept_with_a_word_about_their_opens(weeks: Replay) -> None:
    letters = rows_of(weeks, "select id, max(_night) from raw.mailchimp_reports group by id")
    assert len(letters) >= 5
    notes = published(weeks, "quality.note", parquet=False)
    assert {row["kind"] for row in notes} >= {"opens_unreliable"}
    assert 1 <= sum(row["kind"] == "opens_unreliable" for row in notes) <= 2
