"""The country of the settings says which days are public holidays; without one no day is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline.steps.seeds import seeds
from tests.bench.brand import project

ALSACE = {"Good Friday", "Saint Stephen's Day"}


@pytest.mark.parametrize(
    ("country", "known"), [(None, set()), ("FR", {"Labor Day"}), ("FR-57", {"Labor Day"} | ALSACE)]
)
def test_the_holidays_of_the_country_and_of_its_part(country: str | None, known: set[str], tmp_path: Path) -> None:
    of_one = project(tmp_path, 0.001)
    there = replace(of_one, settings=replace(of_one.settings, country=country))
    (columns, rows) = seeds(there, date(2026, 11, 1))["holiday"]
    assert columns == ("day", "name")
    named = {name for _, name in rows}
    assert named & (ALSACE | {"Labor Day"}) == known
    assert ((date(2026, 5, 1), "Labor Day") in rows) is (country is not None)
