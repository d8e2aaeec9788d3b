"""The API of Mailchimp: lists by offset that are walked until they stand still, and errors.

Documentation: https://mailchimp.com/developer/marketing/docs/methods-parameters/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import ConfigError, SourceChanged, SourceRefused, SourceUnavailable
from pipeline.http import Answer, Session, judge_status
from pipeline.records import objects
from pipeline.settings import Account
from pipeline.sources._answers import decode, whole

_MOST = 1000
# How often a list may move while it is read before we come back later.
_TURNS = 5
# Connections that are too many are over when their requests are: two minutes at the most.
_PAUSE = 10.0


class Stats(msgspec.Struct):
    member_count: msgspec.Raw
    unsubscribe_count: msgspec.Raw = msgspec.Raw(b"null")
    cleaned_count: msgspec.Raw = msgspec.Raw(b"null")


class _Told(msgspec.Struct):
    id: str
    name: str
    stats: msgspec.Raw


class Audience(msgspec.Struct):
    id: str
    name: str
    stats: Stats


class _Problem(msgspec.Struct):
    title: str
    status: int
    detail: str = ""


class _Identified(msgspec.Struct):
    id: str


def audience(account: Account, http: Session) -> Audience:
    """The audience of the settings with its numbers of now."""
    fields = "id,name,stats.member_count,stats.unsubscribe_count,stats.cleaned_count"
    answer = http.get(f"lists/{quote(account.id, safe='')}", {"fields": fields}, judge=judge)
    told = decode(answer, _Told, "the audience")
    if told.id != account.id:
        raise SourceChanged(f"the audience {account.id} was asked for and {told.id} came")
    return Audience(told.id, told.name, decode(told.stats, Stats, "the audience's stats"))


def level(found: Audience, night: date) -> bytes:
    """What the audience has now, as the night's record."""
    stats = found.stats
    return msgspec.json.encode(
        {
            "day": night.isoformat(),
            "id": found.id,
            "member_count": stats.member_count,
            "unsubscribe_count": stats.unsubscribe_count,
            "cleaned_count": stats.cleaned_count,
        }
    )


def after(account: Account, since: date) -> str:
    """What ``since_…`` takes so that everything from the first moment of the day on comes: it is exclusive."""
    first = datetime.combine(since, time(), ZoneInfo(account.time_zone)).astimezone(UTC)
    return f"{first - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S+00:00}"


def walked(account: Account, http: Session, path: str, name: str, params: Mapping[str, str]) -> list[bytes]:
    """All rows of a list that stood still while it was read. SourceUnavailable where it never did."""
    size = account.options["page_size"]
    if not isinstance(size, int) or isinstance(size, bool) or not 2 <= size <= _MOST:
        raise ConfigError(f"mailchimp {account.id}: page_size is a number from 2 to {_MOST}, not {size!r}")
    for _ in range(_TURNS):
        found = _walked(http, path, name, {**params, "count": size})
        if found is not None:
            return found
    raise SourceUnavailable(f"the list of {name} changed each of {_TURNS} times that it was read", retry_after=60)


def _walked(http: Session, path: str, name: str, params: Mapping[str, str | int]) -> list[bytes] | None:
    """One walk; None where rows moved while it lasted, or are fewer than the total says."""
    rows: list[bytes] = []
    ids: list[str] = []
    total = 0
    while True:
        page, told = _page(http.get(path, {**params, "offset": max(len(rows) - 1, 0)}, judge=judge), name)
        if told < total or (rows and (not page or _id(page[0]) != ids[-1])):
            return None
        page, total = page[1:] if rows else page, told
        rows += page
        ids += map(_id, page)
        if len(rows) >= total:
            return rows if len(set(ids)) == len(rows) == total else None
        if not page:
            return None


def _page(answer: Answer, name: str) -> tuple[list[bytes], int]:
    told = decode(answer, dict[str, msgspec.Raw], f"the list of {name}")
    rows = objects(decode(told.get(name, msgspec.Raw(b"null")), list[msgspec.Raw], f"the list of {name}"))
    total = whole(told.get("total_items", msgspec.Raw(b"null")))
    if total is None:
        raise SourceChanged(f"the list of {name} does not say how many it has")
    return rows, total


def _id(row: bytes) -> str:
    return decode(msgspec.Raw(row), _Identified, "a row").id


def judge(answer: Answer) -> None:
    """The status, with what the platform says of it; some refusals are pages and some problems."""
    problem = _problem(answer)
    if answer.status == 429 or (answer.status == 403 and problem is None):
        raise SourceUnavailable(f"HTTP {answer.status}: more than ten connections at once", retry_after=_PAUSE)
    if problem is None:
        judge_status(answer)
        return
    said = f"HTTP {answer.status}: {problem.title}: {problem.detail}"
    if answer.status >= 500 or problem.status >= 500:
        raise SourceUnavailable(said)
    if 401 in (answer.status, problem.status):
        raise SourceRefused(
            f"make a new API key (Account, Extras, API keys) and put it where the settings point: {said}"
        )
    if 403 in (answer.status, problem.status):
        raise SourceRefused(f"the user of the key may not read this, or the account is closed: {said}")
    if 404 in (answer.status, problem.status):
        raise SourceRefused(f"no such audience in the account of this key: id is its Audience ID: {said}")
    if problem.status == 429:
        raise SourceUnavailable(said, retry_after=_PAUSE)
    raise SourceChanged(said)


def _problem(answer: Answer) -> _Problem | None:
    """An error document, whatever the status in front of it says."""
    try:
        return msgspec.json.decode(answer.body, type=_Problem)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
