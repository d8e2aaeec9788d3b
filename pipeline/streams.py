"""The words that a source and the rest of the pipeline share: streams, units, windows, pages.

A source declares its ``Stream``s and yields ``Page``s, ``Absent``s and ``Note``s; everything
downstream (landing, load, coverage) works on these alone and never knows a platform.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pipeline.http import Limits, Session
    from pipeline.settings import Account

# Where a source's records come from: asked for every night, or read from a file that a person has.
Origin = Literal["api", "archive", "export"]
# What a source tells of: a community, visits, orders, the cost of visits, commissions, exchange rates, what forms
# send, who subscribed.
Kind = Literal["network", "site", "shop", "ads", "affiliate", "rates", "inbox", "newsletter"]
ColumnType = Literal["VARCHAR", "BIGINT", "DOUBLE", "DECIMAL(18,4)", "BOOLEAN", "JSON"]


@dataclass(frozen=True)
class Stream:
    """One kind of record of one platform, landed as lines of JSON, loaded as one raw table.

    ``columns`` are the top-level JSON fields and their DuckDB types; nested values are ``JSON``.
    ``key`` names the columns that identify a record within an account.
    ``day`` is a SQL expression over the columns that gives the record's reporting day (a DATE):
    a changed record makes the models rebuild from that day. ``absence_means_deleted``: a record
    whose day lies inside the window that was read, and which the answer lacks, was deleted.
    ``every_day``: the platform names no total, but the source checks that each day was answered.
    """

    name: str
    columns: Mapping[str, ColumnType]
    key: tuple[str, ...]
    day: str
    absence_means_deleted: bool = False
    optional: bool = False
    every_day: bool = False


@dataclass(frozen=True)
class Window:
    """Reporting days that are read: ``since`` ≤ day ≤ ``until`` (both inclusive)."""

    since: date
    until: date


@dataclass(frozen=True)
class Unit:
    """One source account and one logical night: what is fetched, landed and loaded as a whole."""

    platform: str
    account: str
    night: date
    window: Window


@dataclass(frozen=True)
class Page:
    """Records of one answer: each the platform's own bytes, one JSON object without line breaks.

    ``announced`` is the total that the platform says the whole stream has (every page may repeat
    it), None where it says nothing.
    """

    stream: str
    records: list[bytes]
    announced: int | None = None


@dataclass(frozen=True)
class Absent:
    """A stream that the platform does not give for this account, and why (never stored as 0)."""

    stream: str
    reason: str


@dataclass(frozen=True)
class Note:
    """Something that a person should know, for example a metric that the platform retired."""

    kind: str
    message: str


Yield = Page | Absent | Note


class Source(Protocol):
    """What a module in ``pipeline/sources/`` gives that is asked every night (``ORIGIN`` is ``api``).

    Modules, not classes, satisfy it. Where records come from files instead, see ``Archive``: of these
    constants such a module has those that speak of its records.
    """

    PLATFORM: str
    KIND: Kind
    ORIGIN: Origin
    BASE: str
    API_VERSION: str
    TIME_ZONE: str | None
    RESTATEMENT_DAYS: int
    # How many days back the platform gives anything, None where it names no end.
    HISTORY_DAYS: int | None
    POOL_SLOTS: int
    CREDENTIALS: tuple[str, ...]
    OPTIONAL_CREDENTIALS: tuple[str, ...]
    OPTIONS: Mapping[str, object]
    STREAMS: tuple[Stream, ...]

    @staticmethod
    def open_session(account: Account, night: date | None, limits: Limits = ...) -> Session: ...

    @staticmethod
    def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]: ...

    @staticmethod
    def check(account: Account, http: Session) -> str: ...


@dataclass(frozen=True)
class Survey:
    """What an archive holds, found before any of it is stored.

    ``account`` is the profile's own id, ``night`` the day the archive was made, ``since`` the day of its
    oldest record. ``mark`` names the content: equal files have equal marks. ``names`` are all by which
    the files call the profile.
    """

    account: str
    night: date
    since: date
    mark: str
    names: frozenset[str]


class Archive(Protocol):
    """What a module in ``pipeline/sources/`` gives whose records a person has in files.

    It has no account in the settings, no credentials and no nights: a file is one observation. ``IMPORT``
    is the command that reads it.
    """

    PLATFORM: str
    KIND: Literal["network"]
    ORIGIN: Literal["archive"]
    IMPORT: str
    API_VERSION: str
    TIME_ZONE: str
    RESTATEMENT_DAYS: int
    CREDENTIALS: tuple[str, ...]
    OPTIONAL_CREDENTIALS: tuple[str, ...]
    STREAMS: tuple[Stream, ...]

    @staticmethod
    def survey(files: Sequence[Path], on_member: Callable[[str], None]) -> Survey: ...

    @staticmethod
    def read(
        files: Sequence[Path], account: Account, night: date, survey: Survey, on_member: Callable[[str], None]
    ) -> Iterator[Yield]: ...


@dataclass(frozen=True)
class StreamFiles:
    """What the landing holds of one stream of one unit."""

    name: str
    files: tuple[Mapping[str, object], ...]
    records: int
    announced: int | None = None
    verified: str = "unverifiable"
    absent: str | None = None


@dataclass(frozen=True)
class Manifest:
    """The contents page of one landed unit; written last, so a unit without it does not exist."""

    unit: Unit
    run_id: str
    api_version: str
    observed_at: str
    requests: int
    streams: Mapping[str, StreamFiles]
    notes: tuple[Note, ...] = ()
    sha256: str = ""
    folder: str = field(default="", compare=False)
