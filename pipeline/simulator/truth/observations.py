"""What a pipeline can know: the nights that it read, and of every record only what changed.

A record is stored when it differs from the last observation of the same key; so the time of an
observation is the time of the first answer that said what is known now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

LONGEST_WINDOW: Final = timedelta(days=90)


@dataclass(frozen=True)
class Unit:
    """One account and one night. ``observed_at`` (naive UTC) is None when the platform did not answer."""

    platform: str
    account: str
    night: date
    since: date
    observed_at: datetime | None
    reason: str | None = None

    @property
    def landed(self) -> bool:
        return self.observed_at is not None

    @property
    def moment(self) -> datetime:
        """When a landed unit was read."""
        if self.observed_at is None:
            raise ValueError(f"{self.platform} {self.account} did not answer on {self.night}")
        return self.observed_at

    def covers(self, day: date) -> bool:
        return self.since <= day <= self.night


def days_of(unit: Unit) -> Iterator[date]:
    """The days of the unit's window."""
    for n in range((unit.night - unit.since).days + 1):
        yield unit.since + timedelta(days=n)


def naive(instant: datetime) -> datetime:
    """The instant as UTC without a zone, as the tables hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def plan(
    platform: str,
    account: str,
    nights: Sequence[date],
    missed: Collection[tuple[str, str, date]],
    *,
    history_days: int,
    restatement_days: int,
    clock: Callable[[date], datetime],
) -> list[Unit]:
    """The units of one account in order, each with the window that it asks for.

    Every window reaches back over the restatement days; the first one that is answered also over
    ``history_days``, every other one also to the last night that landed, 90 days at most.
    """
    units: list[Unit] = []
    last: date | None = None
    for night in sorted(nights):
        further = timedelta(days=history_days) if last is None else min(night - last, LONGEST_WINDOW)
        since = night - max(timedelta(days=restatement_days), further)
        if (platform, account, night) in missed:
            units.append(Unit(platform, account, night, since, None, "SourceUnavailable"))
        else:
            units.append(Unit(platform, account, night, since, clock(night)))
            last = night
    return units


@dataclass(frozen=True)
class Seen(Generic[Value]):
    """One stored observation. ``value`` is what was last said; ``gone``: the record was not there."""

    night: date
    at: datetime
    value: Value
    gone: bool = False


class Log(Generic[Key, Value]):
    """The stored observations of one stream of one account, by record."""

    def __init__(self) -> None:
        self.entries: dict[Key, list[Seen[Value]]] = {}

    def observe(
        self, unit: Unit, answer: Mapping[Key, Value], inside: Callable[[Key, Value], bool] | None = None
    ) -> None:
        """Keep what is new in the answer of a landed unit.

        A known record that the answer lacks is gone when ``inside`` says that it lies in what was
        asked for. Without ``inside`` the absence of a record says nothing.
        """
        for key, value in answer.items():
            entries = self.entries.setdefault(key, [])
            if not entries or entries[-1].gone or entries[-1].value != value:
                entries.append(Seen(unit.night, unit.moment, value))
        if inside is None:
            return
        for key, entries in self.entries.items():
            last = entries[-1]
            if key not in answer and not last.gone and inside(key, last.value):
                entries.append(Seen(unit.night, unit.moment, last.value, gone=True))

    def last(self, key: Key) -> Seen[Value] | None:
        """The newest observation of a record, also that it is gone."""
        entries = self.entries.get(key)
        return entries[-1] if entries else None

    def live(self) -> Iterable[tuple[Key, Seen[Value]]]:
        """The records that are there, with their newest observation."""
        return ((key, entries[-1]) for key, entries in self.entries.items() if not entries[-1].gone)
