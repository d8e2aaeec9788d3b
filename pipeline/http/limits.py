"""How long is waited and how much is read; and what a source declares of its platform's limits."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.http.reading import Answer

ALL = "all requests"


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes. ``deadline`` is for one request with its body, ``max_wait`` caps one pause.

    ``patience`` is the longest wait for the reset of a limit: one window of a quarter of an hour.
    ``session`` is for all requests and waits of one account's night together.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    deadline: float = 300.0
    max_body: int = 64 * 2**20
    attempts: int = 4
    max_wait: float = 120.0
    backoff: float = 1.0
    patience: float = 960.0
    session: float = 3600.0

    def pause(self, attempt: int, asked: float | None) -> float | None:
        """Seconds until the attempt after this one; None where the platform ``asked`` for more than is waited."""
        if asked is not None and asked > self.max_wait:
            return None
        grown = min(self.backoff * 2.0 ** (attempt - 1), self.max_wait)
        # Jitter, so that many accounts do not come back in the same second.
        wait = max(asked or 0.0, grown / 2) + random.uniform(0, grown / 2)  # noqa: S311
        return min(wait, self.max_wait)


@dataclass(frozen=True)
class Allowance:
    """One limit as an answer tells it. ``name`` is its bucket, "" the bucket of the request itself.

    ``resets_at`` is None where the platform names no moment: such a limit recovers little by little.
    """

    name: str
    limit: float
    remaining: float
    resets_at: datetime | None = None


@dataclass(frozen=True)
class Known:
    """A limit that no answer tells: so much ``per`` so many seconds, or per ``"day in <time zone>"``.

    A limit per seconds is paced: the requests come in equal steps. A day's is counted to its midnight.
    """

    limit: float
    per: float | str

    @property
    def seconds(self) -> float | None:
        """The length of its window, None where that is a day."""
        return None if isinstance(self.per, str) else float(self.per)

    def midnight_after(self, moment: datetime) -> datetime:
        """When the day of ``moment`` ends."""
        zone = ZoneInfo(str(self.per).removeprefix("day in "))
        day = moment.astimezone(zone).date() + timedelta(days=1)
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


Reader = Callable[[str, Answer], Iterable[Allowance]]


def nothing_told(_path: str, _answer: Answer) -> Iterable[Allowance]:
    return ()


def one_bucket(_path: str) -> str | tuple[str, ...]:
    return ALL


def costs_one(_path: str) -> float:
    return 1.0


def costs_nothing(_path: str) -> float:
    """For limits in percent: only the platform knows what a request costs, and says so afterwards."""
    return 0.0


@dataclass(frozen=True)
class Rates:
    """What a source declares of its platform's limits.

    ``read`` gives the allowances of an answer, ``bucket`` says which one (or several) a request is
    charged to, ``cost`` how much. ``known`` are limits that no header tells, by bucket. ``keep`` is
    the share of every limit that stays unspent, so that the platform never has to refuse.
    ``path`` is what ``Session.get`` was given, without its query.
    """

    read: Reader = nothing_told
    bucket: Callable[[str], str | tuple[str, ...]] = one_bucket
    cost: Callable[[str], float] = costs_one
    known: Mapping[str, Known] = field(default_factory=dict)
    keep: float = 0.02

    def buckets(self, path: str) -> tuple[str, ...]:
        found = self.bucket(path)
        return (found,) if isinstance(found, str) else found

    def told(self, path: str, answer: Answer) -> Iterator[Allowance]:
        """The allowances of an answer, each with the name of its bucket."""
        for allowance in self.read(path, answer):
            name = allowance.name or self.buckets(path)[0]
            yield Allowance(name, allowance.limit, allowance.remaining, allowance.resets_at)
