"""What the truth holds to be known after some nights: windows, outages, changes, absences."""

from __future__ import annotations

from datetime import date, datetime

from pipeline.simulator.truth.observations import Log, Unit, days_of, plan


def morning_after(night: date) -> datetime:
    return datetime(night.year, night.month, night.day, 2)


def nights(*days: int) -> list[date]:
    return [date(2026, 9, day) for day in days]


def unit(day: int, since: int = 1) -> Unit:
    night = date(2026, 9, day)
    return Unit("facebook", "1", night, date(2026, 9, since), morning_after(night))


def windows(days: list[date], missed: set[date], restatement: int) -> list[tuple[int, int, bool]]:
    failed = {("matomo", "1", night) for night in missed}
    units = plan(
        "matomo",
        "1",
        days,
        failed,
        history_days=5,
        restatement_days=restatement,
        clock=morning_after,
    )
    return [(u.night.day, (u.night - u.since).days, u.landed) for u in units]


def test_the_first_night_that_lands_reads_the_history_and_the_others_the_restatement_days() -> None:
    assert windows(nights(10, 11, 12), set(), 3) == [(10, 5, True), (11, 3, True), (12, 3, True)]


def test_a_short_history_does_not_shorten_the_restatement_window() -> None:
    assert windows(nights(10, 11), set(), 7) == [(10, 7, True), (11, 7, True)]


def test_history_is_still_read_when_the_first_night_failed() -> None:
    assert windows(nights(10, 11, 12), {date(2026, 9, 10)}, 3) == [
        (10, 5, False),
        (11, 5, True),
        (12, 3, True),
    ]


def test_after_missed_nights_the_window_reaches_back_to_the_last_night_that_landed() -> None:
    missed = set(nights(11, 12, 13, 14))
    assert windows(nights(10, 11, 12, 13, 14, 15), missed, 3)[-1] == (15, 5, True)


def test_no_window_reaches_back_more_than_ninety_days() -> None:
    far = [date(2026, 1, 1), date(2026, 9, 1)]
    assert windows(far, set(), 3)[-1] == (1, 90, True)


def test_a_window_has_both_its_ends() -> None:
    assert list(days_of(unit(12, since=10))) == nights(10, 11, 12)


def test_an_answer_that_says_nothing_new_leaves_the_time_of_the_first_one() -> None:
    log: Log[str, int] = Log()
    log.observe(unit(10), {"likes": 4})
    log.observe(unit(11), {"likes": 4})
    last = log.last("likes")
    assert last is not None
    assert (last.value, last.at) == (4, datetime(2026, 9, 10, 2))


def test_a_changed_value_wins_with_its_own_time_and_the_old_one_is_kept() -> None:
    log: Log[str, int] = Log()
    log.observe(unit(10), {"likes": 4})
    log.observe(unit(11), {"likes": 3})
    assert [(seen.value, seen.night.day) for seen in log.entries["likes"]] == [(4, 10), (3, 11)]


def test_a_record_that_the_window_lacks_is_gone_and_keeps_its_last_value() -> None:
    log: Log[str, int] = Log()
    log.observe(unit(10), {"post": 4}, inside=lambda _key, _value: True)
    log.observe(unit(11), {}, inside=lambda _key, _value: True)
    log.observe(unit(12), {}, inside=lambda _key, _value: True)
    assert [(seen.value, seen.gone, seen.night.day) for seen in log.entries["post"]] == [
        (4, False, 10),
        (4, True, 11),
    ]
    assert list(log.live()) == []


def test_a_record_outside_of_the_window_is_not_gone() -> None:
    log: Log[str, int] = Log()
    log.observe(unit(10), {"post": 4}, inside=lambda _key, _value: True)
    log.observe(unit(11), {}, inside=lambda _key, _value: False)
    assert [key for key, _ in log.live()] == ["post"]


def test_a_record_that_comes_back_unchanged_is_a_new_observation() -> None:
    log: Log[str, int] = Log()
    for night, answer in ((10, {"post": 4}), (11, {}), (12, {"post": 4})):
        log.observe(unit(night), answer, inside=lambda _key, _value: True)
    last = log.last("post")
    assert last is not None
    assert (last.gone, last.night.day) == (False, 12)
