"""Asking X in one of its two dialects: tweets as the older description has it, posts as the newer.

Which one a service takes is not documented: the dialect of the settings is tried first, the other one
when a parameter is refused, and what was accepted is kept for the rest of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import uuid4

import msgspec

from pipeline.errors import SourceChanged, SourceRefused
from pipeline.http import Answer, Session
from pipeline.paging import by_cursor
from pipeline.records import objects
from pipeline.settings import Account
from pipeline.sources._answers import decode, whole
from pipeline.sources._persons import person
from pipeline.sources.x.problems import HIDDEN, Fault, WordsRefused, faults, judge
from pipeline.sources.x.purse import Kind, Purse
from pipeline.streams import Note

Params = tuple[tuple[str, str | int], ...]

MOST: Final = 100
# The platform refuses an end that is not this long ago.
_AT_LEAST_AGO: Final = timedelta(seconds=15)


@dataclass(frozen=True)
class Wanted:
    """What is asked of a post in one dialect: ``linked`` are the kinds that its expansions buy beside it."""

    fields: str
    expansions: str = ""
    linked: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """One set of words: the parameter of the fields, and what own posts and responses are asked for."""

    name: str
    parameter: str
    own: Wanted
    response: Wanted


_OWN = "created_at,conversation_id,public_metrics,entities,attachments"
DIALECTS: Final[Mapping[str, Dialect]] = {
    "tweet": Dialect(
        "tweet",
        "tweet.fields",
        Wanted(f"{_OWN},note_tweet,referenced_tweets,in_reply_to_user_id"),
        Wanted("created_at,conversation_id,author_id,referenced_tweets"),
    ),
    # What a post refers to, and who wrote it, are no fields here: they come with their expansions.
    "post": Dialect(
        "post",
        "post.fields",
        Wanted(f"{_OWN},note_post", "referenced_posts,in_reply_to_user_id", ("post", "user")),
        Wanted("created_at,conversation_id", "author_id,referenced_posts", ("user", "post")),
    ),
}
PRIVATE: Final = ",non_public_metrics,organic_metrics"


class _Includes(msgspec.Struct):
    """What the expansions brought; it was bought, and is not kept."""

    users: list[msgspec.Raw] = []
    tweets: list[msgspec.Raw] = []
    posts: list[msgspec.Raw] = []


class _Meta(msgspec.Struct):
    next_token: str | None = None
    result_count: msgspec.Raw = msgspec.Raw(b"null")
    oldest_id: str | None = None


class _List(msgspec.Struct):
    data: list[msgspec.Raw] = []
    includes: _Includes | None = None
    meta: _Meta | None = None


class Named(msgspec.Struct):
    id: str


@dataclass(frozen=True)
class Listed:
    """One page of a list: the posts as they came, and what was said beside them."""

    records: list[bytes]
    faults: list[Fault]


@dataclass
class Api:
    """One account of one run: its session, its purse, and the dialect that was last accepted."""

    account: Account
    http: Session
    purse: Purse
    dialect: Dialect = field(init=False)
    notes: list[Note] = field(default_factory=list)
    _tried: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dialect = DIALECTS.get(str(self.account.options.get("dialect")), DIALECTS["tweet"])

    @property
    def now(self) -> datetime:
        """The platform's clock."""
        return datetime.fromtimestamp(self.http.clock.now(), UTC)

    def get(self, path: str, params: Params) -> Answer:
        """The accepted answer to a request as it stands, in whichever words."""
        return self.http.get(f"/2{path}", params, judge=judge)

    def posts(self, path: str, params: Callable[[Dialect], Params]) -> Answer:
        """An answer with posts, in the dialect that the service takes. ``params`` is asked anew for each."""
        try:
            return self.get(path, params(self.dialect))
        except WordsRefused as refused:
            spoken, other = self.dialect, next(one for one in DIALECTS.values() if one is not self.dialect)
            self._tried.add(spoken.name)
            if other.name in self._tried:
                raise
            try:
                answer = self.get(path, params(other))
            except WordsRefused:
                # Neither takes it, so it was not the words: the first refusal says what was wrong.
                raise refused from None
            self.dialect = other
            told = f"the platform refuses {spoken.parameter} and takes {other.parameter}"
            self.notes.append(Note("dialect", f'{told}: set dialect = "{other.name}" to spare one request a night'))
            return answer

    def pages(
        self, path: str, params: Params, wanted: Callable[[Dialect], Wanted], kind: Kind, token: str, least: int
    ) -> Iterator[Listed]:
        """A list to its end, as long as the purse reaches. A full page without a token is asked on by its last id.

        ``token`` is the name of the paging parameter, ``least`` the smallest page that may be asked for.
        """
        size = MOST

        def ask(cursor: str | None) -> tuple[Listed, str | None]:
            def asked(dialect: Dialect) -> Params:
                nonlocal size
                size = self.purse.affordable(MOST, kind, *wanted(dialect).linked, least=least)
                name, _, value = (cursor or "").partition("=")
                place = ((name, value),) if cursor else ()
                return (*params, ("max_results", size), *place, *_words(dialect, wanted(dialect)))

            answer = self.posts(path, asked)
            page = decode(answer, _List, "the list of posts")
            listed = self._bought(answer, page, kind)
            meta = page.meta or _Meta()
            _check_account(listed)
            _check_count(meta, page, listed.faults)
            if meta.next_token:
                return listed, f"{token}={meta.next_token}"
            full = len(page.data) >= size and meta.oldest_id
            return listed, f"until_id={meta.oldest_id}" if full else None

        return by_cursor(ask)

    def by_ids(self, ids: Sequence[str], wanted: Callable[[Dialect], Wanted], kind: Kind) -> Listed:
        """Single posts, as many as one call takes."""

        def asked(dialect: Dialect) -> Params:
            self.purse.affordable(len(ids), kind, *wanted(dialect).linked, least=len(ids))
            return (("ids", ",".join(ids)), *_words(dialect, wanted(dialect)))

        answer = self.posts("/tweets", asked)
        return self._bought(answer, decode(answer, _List, "the posts"), kind)

    def _bought(self, answer: Answer, page: _List, kind: Kind) -> Listed:
        """Enter what an answer holds into the purse."""
        records = objects(page.data)
        self.purse.buy(kind, _ids(records))
        includes = page.includes or _Includes()
        people = _ids(objects(includes.users))
        # The purse is a file: nobody's id is written there.
        self.purse.buy("user", [person(self.account, one) or uuid4().hex for one in people])
        self.purse.buy("post", _ids(objects([*includes.tweets, *includes.posts])))
        return Listed(records, faults(answer))

    def between(self, since: datetime, until: datetime) -> Params:
        """``until`` is exclusive, and left out where it has not come yet."""
        start = ("start_time", stamp(since))
        return (start, ("end_time", stamp(until))) if until <= self.now - _AT_LEAST_AGO else (start,)


def _words(dialect: Dialect, wanted: Wanted) -> Params:
    fields = ((dialect.parameter, wanted.fields),)
    return (*fields, ("expansions", wanted.expansions)) if wanted.expansions else fields


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _ids(records: Sequence[bytes]) -> list[str]:
    return [decode(msgspec.Raw(record), Named, "what was read").id for record in records]


def _check_account(listed: Listed) -> None:
    """An empty list beside which the account itself is refused is no list without posts."""
    main = next((fault for fault in listed.faults if fault.parameter == "id" and fault.kind not in HIDDEN), None)
    if main is not None and not listed.records:
        raise SourceRefused(f'check the id of the account: the platform says "{main.detail or main.title}"')


def _check_count(meta: _Meta, page: _List, told: Sequence[Fault]) -> None:
    """The platform counts what it sends: fewer than that is a page that lost some."""
    announced = whole(meta.result_count)
    if announced is not None and announced > len(page.data) + len(told):
        raise SourceChanged(f"a page announces {announced} posts and holds {len(page.data)}")
