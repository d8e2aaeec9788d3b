"""Whatever the order of requests, answers, losses and windows: nobody is refused, and the limit is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from pipeline.http import Answer, Rates, x_headers
from pipeline.http.budget import Budget, Charge
from pipeline.http.clock import Clock
from pipeline.http.ledger import Ledger
from tests.http.limited import START, x

WINDOW = 900
LIMIT = 200


class Time(Clock):
    """One time for the platform and everybody who asks it."""

    now_there = START

    def __init__(self, before_a_wait: Callable[[], None]) -> None:
        super().__init__(self.pass_by)
        self._before_a_wait = before_a_wait

    @staticmethod
    def pass_by(seconds: float) -> None:
        Time.now_there += seconds

    def sleep(self, seconds: float) -> None:
        self._before_a_wait()
        self.pass_by(seconds)

    def local(self) -> float:
        return Time.now_there


class Platform:
    """Counts what arrives in windows that follow one another, and answers as of the arrival."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        self.refused = 0

    def arrive(self) -> Answer:
        number = int((Time.now_there - START) // WINDOW)
        self.counts[number] = self.counts.get(number, 0) + 1
        left = LIMIT - self.counts[number]
        self.refused += left < 0
        told = {"Date": formatdate(Time.now_there, usegmt=True)}
        told |= x(LIMIT, max(0, left), START + (number + 1) * WINDOW)
        return Answer(429 if left < 0 else 200, CaseInsensitiveDict(told), b"{}")


@dataclass
class Reader:
    """A session: idle, or with a request under way whose answer has not come."""

    budget: Budget
    clock: Clock
    charge: Charge | None = None
    answer: Answer | None = None

    def begin(self, platform: Platform, *, reaches: bool) -> None:
        self.charge = self.budget.take("posts")
        self.answer = platform.arrive() if reaches else None

    def end(self, *, is_lost: bool) -> None:
        assert self.charge is not None
        answer = None if is_lost else self.answer
        if answer:
            self.clock.told(answer.headers["Date"])
        self.budget.settle(self.charge, "posts", answer)
        self.charge = self.answer = None


@settings(max_examples=40, deadline=None)
@given(
    readers=st.integers(1, 4),
    seed=st.integers(0, 2**32),
    losses=st.sampled_from([0.0, 0.0, 0.01]),
    pace=st.sampled_from([0.01, 0.3, 2.0]),
)
def test_no_order_of_events_brings_a_refusal_or_leaves_a_window_unused(
    readers: int, seed: int, losses: float, pace: float
) -> None:
    chance = Random(seed)
    Time.now_there = START
    platform, ledger = Platform(), Ledger(None)
    sessions: list[Reader] = []

    def answers_come() -> None:
        """While one waits for a reset, the answers of the others do not."""
        for other in sessions:
            if other.charge is not None:
                other.end(is_lost=False)

    for _ in range(readers):
        clock = Time(answers_come)
        sessions.append(Reader(Budget(Rates(read=x_headers, keep=0), ledger, clock, patience=2 * WINDOW), clock))
    for _ in range(5 * LIMIT):
        Time.pass_by(chance.uniform(0, pace))
        reader = chance.choice(sessions)
        if reader.charge is None:
            reader.begin(platform, reaches=chance.random() >= losses / 2)
        else:
            reader.end(is_lost=chance.random() < losses / 2)
    assert platform.refused == 0
    if pace < WINDOW / LIMIT / 3:
        *full, _ = platform.counts.values() if len(platform.counts) > 1 else (LIMIT, 0)
        assert min(full) >= LIMIT - 2 * readers
