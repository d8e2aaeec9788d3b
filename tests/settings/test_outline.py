"""A scheduler reads when and what from the settings, on a machine without any secret."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.settings import Schedule, SettingsError, read_outline


def write(folder: Path, text: str) -> Path:
    path = folder / "vigie.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_outline_says_when_and_which_platforms(complete: str, tmp_path: Path) -> None:
    outline = read_outline(write(tmp_path, complete))
    assert outline.platforms == ("facebook", "matomo", "woocommerce")
    assert str(outline.zone) == outline.time_zone == "Europe/Paris"
    assert outline.schedule == Schedule("30 4 * * *", date(2026, 8, 5), 2, 60, 600, 7200)
    assert outline.start == date(2026, 8, 5)


def test_without_a_first_night_the_schedule_starts_long_ago(complete: str, tmp_path: Path) -> None:
    outline = read_outline(write(tmp_path, complete.replace("start = 2026-08-05\n", "")))
    assert outline.start < date(2026, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('"30 4 * * *"', '"daily"', 'line 20: schedule.cron: "daily" is not a cron line'),
        ('"Europe/Paris"\nlanguage', '"Paris"\nlanguage', 'line 3: time_zone: "Paris" is not a time zone'),
        ("[[sources.matomo]]", '[[sources."mato mo"]]', 'line 41: sources."mato mo": unknown platform'),
        ('brand = "Atelier Marin"', "brand =", "line 1: not TOML"),
    ],
)
def test_what_is_wrong_with_the_schedule_is_named(
    old: str, new: str, finding: str, complete: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as caught:
        read_outline(write(tmp_path, complete.replace(old, new)))
    assert str(caught.value.findings[0]).startswith(finding)
