"""What an experiment was when it was first seen is kept, whatever happens to the warehouse."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.settings import Experiment, Settings
from pipeline.steps import declarations
from tests.bench.brand import project

NIGHT = date(2026, 10, 1)
SLICES = Experiment(
    name="slices",
    actions=("sale", "quote_request"),
    arms={"control": (("facebook", "autumn"),), "other": (("x", None),)},
    start=date(2026, 10, 5),
    planned_end=date(2026, 10, 31),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(project(tmp_path, 0.001).settings, experiments=(SLICES,))


def test_the_first_night_is_kept_and_a_later_one_changes_nothing(settings: Settings) -> None:
    first = declarations.first_seen(settings, NIGHT)
    assert {key: seen.night for key, seen in first.items()} == {
        ("slices", "sale"): NIGHT,
        ("slices", "quote_request"): NIGHT,
    }
    assert declarations.first_seen(settings, date(2026, 10, 9)) == first


def test_a_changed_declaration_keeps_its_first_mark_and_a_new_name_gets_its_own(settings: Settings) -> None:
    first = declarations.first_seen(settings, NIGHT)
    moved = replace(SLICES, planned_end=date(2026, 11, 30))
    later = declarations.first_seen(replace(settings, experiments=(moved,)), date(2026, 10, 9))
    (now, _) = declarations.declared(replace(settings, experiments=(moved,)))
    assert later["slices", "sale"] == first["slices", "sale"]
    assert later["slices", "sale"].fingerprint != now.fingerprint
    renamed = replace(moved, name="slices again")
    again = declarations.first_seen(replace(settings, experiments=(renamed,)), date(2026, 10, 9))
    assert again["slices again", "sale"].night == date(2026, 10, 9)
    assert again["slices", "sale"] == first["slices", "sale"]


def test_an_end_that_somebody_chose_is_no_change(settings: Settings) -> None:
    first = declarations.first_seen(settings, NIGHT)
    stopped = replace(settings, experiments=(replace(SLICES, ended=date(2026, 10, 20)),))
    assert declarations.first_seen(stopped, date(2026, 10, 21)) == first
    assert {one.fingerprint for one in declarations.declared(stopped)} == {seen.fingerprint for seen in first.values()}


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"experiment": "slices"}]'])
def test_a_damaged_note_is_told_and_not_written_over(settings: Settings, text: str) -> None:
    file = settings.paths.state / "experiments.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"is damaged.*Restore it, or remove it"):
        declarations.first_seen(settings, NIGHT)
    assert file.read_text() == text


def test_a_folder_that_cannot_be_written_begins_no_experiment(settings: Settings) -> None:
    settings.paths.state.parent.mkdir(parents=True, exist_ok=True)
    settings.paths.state.write_text("a file in the place of the folder")
    with pytest.raises(ConfigError, match=r"cannot be (read|written)"):
        declarations.first_seen(settings, NIGHT)


def test_without_experiments_nothing_is_read_or_written(settings: Settings) -> None:
    assert declarations.first_seen(replace(settings, experiments=()), NIGHT) == {}
    assert not settings.paths.state.exists()


def test_the_note_is_for_people_to_read(settings: Settings) -> None:
    declarations.first_seen(settings, NIGHT)
    rows = json.loads((settings.paths.state / "experiments.json").read_text())
    assert [(row["experiment"], row["action"], row["night"]) for row in rows] == [
        ("slices", "quote_request", "2026-10-01"),
        ("slices", "sale", "2026-10-01"),
    ]
