"""What ends when: a warning in its last thirty days, a fault when it is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from pipeline.doctor.finding import Finding, State
from pipeline.settings import Settings
from pipeline.steps.expiries import WARNED_DAYS, Expiry, countdown, expiries
from pipeline.streams import Source

AREA = "calendar"


def calendar(settings: Settings, known: Mapping[str, Source], today: date) -> Iterator[Finding]:
    """One finding for each day on which something ends, soonest first."""
    found = expiries(settings, known, today)
    if not found:
        yield Finding("ok", AREA, "", "nothing is known to end; token_expires tells of a token that ends unseen")
    for one in found:
        state = _state(one, today)
        told = f"{one.what()} ends {countdown(one.days_left(today))}"
        if one.days_left(today) < 0:
            told = f"{one.what()} ended {countdown(one.days_left(today))}"
        yield Finding(state, AREA, one.whose, told, one.advice(), one.when)


def _state(one: Expiry, today: date) -> State:
    left = one.days_left(today)
    if left < 0:
        return "fail"
    return "warn" if left <= max(WARNED_DAYS) else "ok"
