"""A page that got a new id says which one it had: one id or several, each of them once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.settings import Settings

Reader = Callable[..., Settings]
Complaints = Callable[..., list[str]]
FIRST = '[[sources.mastodon]]\nid = "1"\n'


def continuing(complete: str, said: str) -> str:
    assert FIRST in complete
    return complete.replace(FIRST, f"{FIRST}continues = {said}\n", 1)


@pytest.mark.parametrize(("said", "ids"), [('"0"', ("0",)), ('["0", "00"]', ("0", "00"))])
def test_an_account_continues_one_or_several(read_text: Reader, complete: str, said: str, ids: tuple[str, ...]) -> None:
    accounts = read_text(continuing(complete, said)).accounts
    assert [account.continues for account in accounts if account.platform == "mastodon"] == [ids]
    assert all(account.continues == () for account in accounts if account.platform != "mastodon")


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ('"1"', "'1' is asked every night itself, by sources.mastodon[0]: take one of the two out"),
        ('["0", "0"]', "is listed twice"),
        ("7", "must be a list of texts, not a whole number"),
        ('""', "is empty"),
    ],
)
def test_what_cannot_be_continued_is_told(complaints: Complaints, complete: str, said: str, complaint: str) -> None:
    (found,) = complaints(continuing(complete, said))
    assert "sources.mastodon[0].continues" in found
    assert complaint in found


def test_two_accounts_do_not_continue_the_same_one(complaints: Complaints, complete: str) -> None:
    text = continuing(complete, '"0"')
    table = FIRST + text.split(FIRST, 1)[1].split("\n[[", 1)[0]
    (found,) = complaints(text + "\n" + table.replace('id = "1"', 'id = "2"'))
    assert "'0' is continued by sources.mastodon[0] already" in found
