"""The truth's conversations and hours on cases that are worked out by hand."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from pipeline.simulator.truth.facts import ResponseFacts
from pipeline.simulator.truth.team import conversations, quantile, worked
from pipeline.simulator.truth.terms import AccountTerms, TeamTerms
from pipeline.simulator.world.calendar import easter, french_holidays

PAGE = AccountTerms("facebook", "1", "America/Los_Angeles")
OFFICE = TeamTerms("Europe/Paris", frozenset({0, 1, 2, 3, 4}), ((540, 750), (840, 1080)), holidays=french_holidays)


def said(name: str, hour: int, person: str, below: str | None = None, *, live: bool = True) -> ResponseFacts:
    at = datetime(2026, 10, 6, hour)
    return ResponseFacts(name, below, person, person == "us", None, at, is_live=live)


def waits(*responses: ResponseFacts) -> list[tuple[int, int | None]]:
    """The hours at which the conversations began and were answered."""
    found = conversations(PAGE, responses)
    return sorted((each.started_at.hour, each.answer.written_at.hour if each.answer else None) for each in found)


def test_a_person_in_a_thread_is_one_conversation_from_the_first_word() -> None:
    assert waits(said("1", 8, "ann"), said("2", 9, "ann", "1"), said("3", 11, "us", "1")) == [(8, 11)]


def test_an_answer_below_an_answer_is_to_its_writer_alone() -> None:
    thread = [said("1", 8, "ann"), said("2", 9, "bob", "1"), said("3", 10, "cid", "2"), said("4", 11, "us", "3")]
    assert waits(*thread) == [(8, None), (9, None), (10, 11)]
    assert waits(*thread, said("5", 12, "us", "1")) == [(8, 12), (9, 12), (10, 11)]


def test_what_is_gone_neither_asks_nor_answers() -> None:
    assert waits(said("1", 8, "ann", live=False), said("2", 9, "us", "1")) == []
    assert waits(said("1", 8, "ann"), said("2", 9, "us", "1", live=False)) == [(8, None)]


def test_the_brand_asks_itself_nothing_and_answers_nobody_beside_the_thread() -> None:
    assert waits(said("1", 8, "us"), said("2", 9, "ann"), said("3", 10, "us")) == [(9, None)]


def test_hours_are_those_of_the_wall_clock_on_working_days() -> None:
    # From Friday 17:00 until Monday 10:00, with the end of summer time between them.
    assert worked(OFFICE, datetime(2026, 10, 23, 15), datetime(2026, 10, 26, 9)) == 120
    # Over lunch, and on All Saints' Day and the Sunday that it falls on.
    assert worked(OFFICE, datetime(2026, 10, 6, 10), datetime(2026, 10, 6, 12, 30)) == 60
    assert worked(OFFICE, datetime(2026, 11, 11), datetime(2026, 11, 12)) == 0


def test_a_quantile_lies_between_its_neighbours() -> None:
    values = [Fraction(number) for number in (40, 10, 30, 20)]
    assert quantile(values, Fraction(1, 2)) == 25
    assert quantile(values, Fraction(9, 10)) == 37
    assert quantile(values[:1], Fraction(9, 10)) == 40


@pytest.mark.parametrize(("year", "day"), [(2000, (4, 23)), (2008, (3, 23)), (2011, (4, 24)), (2026, (4, 5))])
def test_easter_moves(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)
    assert len(french_holidays(year)) == (10 if year == 2008 else 11)  # Ascension on the first of May
