"""What is said of an experiment says the same in both languages."""

from __future__ import annotations

import re
from datetime import date

import pytest

from pipeline.stats.experiments import sentences
from pipeline.stats.experiments.sentences import Sentence

DAY, LATER = date(2026, 9, 20), date(2026, 9, 28)
SAID = [
    *sentences.DESIGN.values(),
    sentences.better("tiktok", "facebook"),
    sentences.better("tiktok", None),
    sentences.stopped(DAY, LATER),
    sentences.too_few_yet(750, 1000, LATER),
    sentences.nothing_excluded_yet(LATER),
    sentences.too_few(750, 1000),
    sentences.NOTHING_EXCLUDED,
    sentences.NEGATIVE_SPEND,
    sentences.more_conversions_than_visits("tiktok"),
    sentences.without_spend("tiktok"),
    sentences.uneven("spend", 0.00012, 0.001),
    sentences.uneven("visits", 0.00012, 0.001),
    sentences.declared_late(DAY),
    sentences.CHANGED,
    sentences.shared(["tiktok/autumn", "x"], "spring"),
]


def facts(text: str) -> list[str]:
    """Its numbers, days and names, in whatever order."""
    return sorted(re.findall(r"\d[\d.-]*\d|\d|tiktok/autumn|tiktok|facebook|spring", text))


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.english[:40])
def test_both_languages_tell_the_same_facts(said: Sentence) -> None:
    assert facts(said.english) == facts(said.french)
    assert said.english != said.french


def test_reasons_are_listed_in_both_languages() -> None:
    found = sentences.listed([sentences.NEGATIVE_SPEND, sentences.without_spend("x")])
    assert found == ("the spend of an arm is negative; x has no spend",
                     "la dépense d’un bras est négative ; rien n’a été dépensé pour x")  # fmt: skip
