"""The REST API of WordPress, which a shop with WooCommerce speaks too: addresses, errors, moving lists.

Documentation: https://developer.wordpress.org/rest-api/using-the-rest-api/pagination/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Session, judge_status
from pipeline.records import objects
from pipeline.settings import Account
from pipeline.sources._answers import decode

A_PAGE = 100
# How often one list may move while it is read before we come back later.
_MOST_TURNS = 25

Params = Sequence[tuple[str, str | int]]


class PageGone(SourceChanged):
    """The list has become shorter than the page that was asked for."""


class Gone(SourceChanged):
    """There is no such object, or no longer."""


class _Told(msgspec.Struct):
    code: object = None
    message: object = None


class _Identified(msgspec.Struct):
    id: msgspec.Raw = msgspec.Raw(b"null")


@dataclass(frozen=True)
class Rest:
    """One site. ``rest = "plain"`` in its settings is for sites without pretty permalinks."""

    account: Account
    http: Session

    def get(self, route: str, params: Params) -> Answer:
        """GET a route such as ``/wp/v2/posts``."""
        if self.account.options.get("rest") == "plain":
            return self.http.get("/", (("rest_route", route), *params), judge=judge)
        return self.http.get(f"/wp-json{route}", params, judge=judge)

    def total(self, route: str, params: Params) -> int:
        """How many objects a list has, without reading them."""
        return _header(self.get(route, (*params, ("per_page", 1))), "X-WP-Total")

    def listing(self, route: str, params: Callable[[], Params], what: str) -> Iterator[tuple[list[bytes], int | None]]:
        """All objects of a list, each once, page by page; the total comes with the last page.

        Sorted by id, so that two pages never disagree about the order. A list that becomes shorter
        while it is read shifts to the left: the page before is read again. One that grows is read
        once more from the start. ``params`` may say something else for each page.
        """

        def ask(number: int) -> Answer | None:
            paging = (("orderby", "id"), ("order", "asc"), ("per_page", A_PAGE), ("page", number))
            try:
                return self.get(route, (*params(), *paging))
            except PageGone:
                return None

        return walk(ask, what)


def walk(ask: Callable[[int], Answer | None], what: str) -> Iterator[tuple[list[bytes], int | None]]:
    seen: set[bytes] = set()
    number, known, turns, grew = 1, 0, 0, False
    while turns <= _MOST_TURNS:
        answer = ask(number)
        total = -1 if answer is None else _header(answer, "X-WP-Total")
        if answer is None or (number > 1 and total < known):
            number, turns = max(1, number - 1), turns + 1
            continue
        grew = grew or (number > 1 and total > known)
        known = total
        fresh = _fresh(answer, total, seen, what)
        if number < _header(answer, "X-WP-TotalPages"):
            number += 1
        elif grew:
            number, turns, grew = 1, turns + 1, False
        else:
            yield fresh, max(total, len(seen)) if turns else total
            return
        yield fresh, None
    raise SourceUnavailable(f"{what} change faster than they can be read")


def _fresh(answer: Answer, total: int, seen: set[bytes], what: str) -> list[bytes]:
    found = objects(decode(answer, list[msgspec.Raw], what))
    if total and not found:
        raise SourceChanged(f"{what}: an empty page although the site announces {total}")
    fresh = []
    for record in found:
        key = bytes(decode(msgspec.Raw(record), _Identified, what).id)
        if key == b"null" or key not in seen:
            fresh.append(record)
            seen.add(key if key != b"null" else record)
    return fresh


def _header(answer: Answer, name: str) -> int:
    text = answer.headers.get(name, "")
    if not (text.isascii() and text.isdigit()):
        raise SourceChanged(f"the header {name} is missing: a cache or firewall before the site removes it")
    return int(text)


def judge(answer: Answer) -> None:
    """Raise what an error object means, also where it comes with status 200; else judge the status."""
    try:
        told = msgspec.json.decode(answer.body, type=_Told)
    except msgspec.DecodeError:
        told = _Told()
    waits = answer.status in {408, 425, 429} or answer.status >= 500
    if told.code is not None and told.message is not None and not waits:
        raise _error(str(told.code), f'the site says "{told.message}" ({told.code})', answer.status)
    judge_status(answer)


def _error(code: str, said: str, status: int) -> SourceError:
    if code.endswith("_invalid_page_number"):
        return PageGone(said)
    if code.endswith("_invalid_id") and status == 404:
        return Gone(said)
    if code == "rest_no_route":
        return SourceRefused(f'the REST API is switched off, or the site needs rest = "plain": {said}')
    if status in {401, 403} or any(word in code for word in ("forbidden", "cannot", "auth", "logged_in")):
        return SourceRefused(f"renew the credentials of this account, or give them the permission: {said}")
    return SourceChanged(said)


def midnight(day: date, zone: str) -> datetime:
    """The moment at which the day begins there, with its offset."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def just_before(moment: datetime) -> datetime:
    """``after`` is exclusive, and things are often scheduled for midnight sharp."""
    return moment - timedelta(seconds=1)
