"""Ten nights of forms that send to the running inbox: requests and sign-ups, late, twice and corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest

from pipeline import landing, steps
from pipeline.simulator.truth import Judge, demo_terms, tables
from pipeline.simulator.world.inbox import forms
from pipeline.sources.inbox.spool import Spool
from pipeline.steps.spools import KEPT, prune_spools
from tests.nights.replaying import Replay, replay
from tests.nights.test_truth import differences, published

PLATFORMS = ("inbox",)


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    with replay(tmp_path_factory.mktemp("weeks"), PLATFORMS, nights=10) as played:
        played.nights(played.world.nights)
        yield played


def test_every_table_equals_the_truth_cell_by_cell(weeks: Replay) -> None:
    judge = Judge(weeks.world, settings=demo_terms(weeks.world, PLATFORMS))
    said = {name: differences(judge.table(name), published(weeks, name, parquet=False))[:5] for name in tables()}
    assert {name: told for name, told in said.items() if told} == {}
    assert len(judge.table("conversion.event").rows) > 25


def test_the_world_was_not_too_kind(weeks: Replay) -> None:
    rows = published(weeks, "conversion.event", parquet=False)
    assert {row["action"] for row in rows} == {"quote_request", "newsletter_signup"}
    assert {row["platform"] for row in rows} == {"facebook", "instagram", "unattributed"}
    assert {row["value"] == Decimal("15.00") for row in rows} == {True, False}
    assert {row["click_reference"] is None for row in rows} == {True, False}
    nights = weeks.world.nights
    sent = forms(weeks.world.seed, weeks.world.calendar).sent(nights[0] - timedelta(days=28), nights[-1])
    assert any(message.times > 1 for message in sent)
    assert len({message.id for message in sent}) < len(sent)
    assert any((message.sent - message.happened).days > 2 for message in sent)


def test_what_came_late_moved_the_day_on_which_it_happened(weeks: Replay) -> None:
    with duckdb.connect(str(weeks.project.settings.paths.warehouse), read_only=True) as con:
        told = con.execute(
            "select native_id, day from staging.inbox_conversion group by all having min(night) - day between 3 and 20"
        ).fetchall()
    rows = {row["native_id"]: row["occurred_day"] for row in published(weeks, "conversion.event", parquet=False)}
    late = [(identity, day) for identity, day in told if day >= weeks.world.nights[0]]
    assert late
    assert all(rows[identity] == day for identity, day in late)


def test_nothing_of_anybody_is_in_any_file(weeks: Replay) -> None:
    content = b"".join(file.read_bytes() for file in weeks.folder.rglob("*") if file.is_file())
    for manifest in landing.manifests(weeks.project.settings.paths.landing, platform="inbox"):
        content += b"\n".join(landing.records(manifest, "messages"))
    assert b"request-" in content
    assert b"Someone" not in content
    assert b"someone" not in content
    assert b"birthday" not in content


def test_a_spool_is_pruned_of_what_is_old_and_safely_landed_alone(weeks: Replay) -> None:
    (account,) = weeks.project.settings.accounts
    spool, last = Spool(account), weeks.world.nights[-1]

    def at(days: float) -> datetime:
        return datetime(last.year, last.month, last.day, 12, tzinfo=UTC) + KEPT + timedelta(days=days)

    before = {stored.file for stored in spool.records()}
    assert prune_spools(weeks.project, now=lambda: at(-40)) == 0
    unlanded = {"id": "never read", "received_at": f"{last + timedelta(days=3)}T10:00:00Z"}
    spool.keep("never read", "f", {**dict.fromkeys(next(iter(spool.records())).record), **unlanded})
    half = spool.folder / "0.part"
    half.write_text("{")
    some = prune_spools(weeks.project, now=lambda: at(-5))
    assert 0 < some < len(before)
    assert prune_spools(weeks.project, now=lambda: at(20)) == len(before) - some
    assert [stored.record["id"] for stored in spool.records()] == ["never read"]
    # Old by the clock that is asked, and nobody has written to it for a day.
    assert not half.exists() or half.stat().st_mtime > at(20).timestamp() - 86_400


def test_a_night_that_is_read_again_says_the_same(weeks: Replay) -> None:
    # Everything was pruned by the test before: what landed is what counts from now on.
    before = published(weeks, "conversion.event", parquet=False)
    steps.load(weeks.project, weeks.world.nights[-1], now=lambda: datetime.now(UTC))
    steps.transform(weeks.project, weeks.world.nights[-1], now=lambda: datetime.now(UTC))
    assert published(weeks, "conversion.event", parquet=False) == before
