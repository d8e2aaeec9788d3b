"""Every source that is told no: it says what to renew or when to come back, and the night after is whole."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline import sources
from pipeline.errors import QuotaExhausted, SourceRefused, SourceUnavailable
from pipeline.simulator.platforms import FACES, PLATFORMS
from pipeline.simulator.wire import Request
from tests.faults.bending import Change, Outgoing, refusing
from tests.faults.brand import NIGHT, QUICK
from tests.faults.every import ACCOUNTS, FACE_NAMES, Everyone

RENEW = re.compile(r"renew|connect|check|sign in|log in|token|password|key")


@pytest.mark.parametrize("name", FACE_NAMES)
def test_a8_a_limit_ends_the_unit_and_the_next_day_is_whole(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    every.fault(name, "rate_limit", after=every.middle(name))
    error = every.refuses(*unit)
    assert isinstance(error, (QuotaExhausted, SourceUnavailable))
    every.heal()
    # What the platform said of its limits is still known, and over.
    assert every.night(*unit, late=2).counts.keys() == every.clean(*unit).counts.keys()


@pytest.mark.parametrize("name", FACE_NAMES)
def test_a8_nothing_is_asked_again_while_a_limit_is_spent(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    every.fault(name, "rate_limit", after=every.middle(name))
    every.bender.listen()
    error = every.refuses(*unit)
    asked = len(every.bender.asked)
    if isinstance(error, QuotaExhausted) and error.resets_at:
        every.refuses(*unit)
        assert len(every.bender.asked) <= 2 * asked


@pytest.mark.parametrize("name", FACE_NAMES)
def test_a9_a_token_that_died_lands_nothing_and_says_what_to_renew(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    face = FACES[name]
    # A platform that grants anew is asked anew: only where that is refused as well, a person must act.
    every.bender.bend(face, refusing(face, "expired_token", {"all": True}), after=every.middle(name))
    error = every.refuses(*unit, SourceRefused)
    assert RENEW.search(str(error)), str(error)
    assert every.bender.struck


@pytest.mark.parametrize("name", FACE_NAMES)
def test_a9_a_token_that_can_be_renewed_is_renewed_once_and_the_night_is_whole(every: Everyone, name: str) -> None:
    unit = every.reader(name)
    account = replace(every.accounts[unit], state=every.root.parent / "state")
    every.server.night(NIGHT)
    with sources.module(unit[0]).open_session(account, NIGHT, QUICK) as http:
        if http.token:
            http.token.ready(http)
        if http.token is None or not http.token.can_renew():
            pytest.skip(f"{unit[0]} has no token of this account that could be renewed")
    every.fault(name, "expired_token", after=every.middle(name), times=1)
    assert every.night(*unit) == every.clean(*unit)


TWO = [name for name in PLATFORMS if len([unit for unit in ACCOUNTS if unit[0] == name]) > 1]


@pytest.mark.parametrize("platform", TWO)
def test_a11_a_permission_that_one_account_lost_leaves_the_others(every: Everyone, platform: str) -> None:
    first, *others = [unit for unit in ACCOUNTS if unit[0] == platform]
    struck = set()
    for face in PLATFORMS[platform].FACES:
        refuse = refusing(face, "expired_token", {"all": True})

        def of_the_first(request: Request, told: Outgoing, *, face: object = face, refuse: Change = refuse) -> Outgoing:
            if face.account(request) != first[1]:  # type: ignore[attr-defined]
                return told
            struck.add(first)
            return refuse(request, told)

        every.bender.bend(face, of_the_first)
    every.refuses(*first, SourceRefused)
    assert struck
    for unit in others:
        assert every.night(*unit) == every.clean(*unit)


def test_permissions_are_tried_on_platforms_with_several_accounts() -> None:
    assert len(TWO) >= 5


@pytest.mark.parametrize(("platform", "account"), ACCOUNTS)
def test_a_night_that_was_refused_is_read_a_day_later_as_ever(every: Everyone, platform: str, account: str) -> None:
    for face in PLATFORMS[platform].FACES:
        every.fault(face.name, "unavailable")
    every.refuses(platform, account, SourceUnavailable)
    every.heal()
    late = every.night(platform, account, late=1)
    assert set(late.records) == set(every.clean(platform, account).records)
    assert late.manifest.observed_at[:10] == str(NIGHT + timedelta(days=2))
