"""A page that got a new id says which one it had: one id or several, each of them once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.settings import Settings

Reader = Callable[..., Settings]
Complaints = Callable[..., list[str]]
FIRST = '[[sources.facebook]]\nid = "104001"\n'


def continuing(complete: str, said: str) -> str:
    assert FIRST in complete
    return complete.replace(FIRST, f"{FIRST}continues = {said}\n", 1)


@pytest.mark.parametrize(("said", "ids"), [('"0"', ("0",)), ('["0", "00"]', ("0", "00"))])
def test_an_account_continues_one_or_several(read_text: Reader, complete: str, said: str, ids: tuple[str, ...]) -> None:
    accounts = read_text(continuing(complete, said)).accounts
    assert {account.id: account.continues for account in accounts if account.continues} == {"104001": ids}


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ('"104002"', "'104002' is asked every night itself, by sources.facebook[1]: take one of the two out"),
        ('["0", "0"]', "is listed twice"),
        ("7", "must be a list of texts, not a whole number"),
        ('""', "must not be blank"),
    ],
)
def test_what_cannot_be_continued_is_told(complaints: Complaints, complete: str, said: str, complaint: str) -> None:
    (found,) = complaints(continuing(complete, said))
    assert "sources.facebook[0].continues" in found
    assert complaint in found


def test_two_accounts_do_not_continue_the_same_one(complaints: Complaints, complete: str) -> None:
    second = '[[sources.facebook]]\nid = "104002"\n'
    assert second in complete
    (found,) = complaints(continuing(complete, '"0"').replace(second, f'{second}continues = "0"\n'))
    assert "'0' is continued by sources.facebook[0] already" in found
