"""Spending a platform's limits without ever being refused: reserve, ask, correct by what the answer says.

    charge = budget.take(path)          waits for the reset, or raises QuotaExhausted that names it
    answer = …
    budget.settle(charge, path, answer)

A limit is spent freely down to the share that is kept, then its reset is waited for. Where several
processes spend the same limit, each request is reserved in the shared ledger before it is sent.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import QuotaExhausted, SourceError, SourceUnavailable
from pipeline.http.clock import Clock, utc
from pipeline.http.ledger import Books, Entry, Ledger, ledger
from pipeline.http.limits import Allowance, Known, Rates
from pipeline.settings import Secret

if TYPE_CHECKING:
    from pipeline.http.reading import Answer

# A limit that runs low and names no reset recovers little by little: one request a minute meanwhile.
_BLIND_WAIT = 60.0
# Resets of one window are told with this much difference.
_SAME_WINDOW = 2.0
# A step of a paced limit that lies further ahead comes from a clock that was wrong.
_MOST_AHEAD = 120.0
_MOST_BUCKETS = 200
# No window is longer than a day: a reset that lies further ahead comes from a clock that was wrong.
_LONGEST_WINDOW = 26 * 3600.0


@dataclass(frozen=True)
class Charge:
    """What one request reserved: buckets with their windows, and the pause before it may be sent."""

    cost: float
    windows: tuple[tuple[str, int], ...]
    wait: float = 0.0


@dataclass(frozen=True)
class _Spent:
    """Nothing is left of a bucket until its reset (None: it is not told)."""

    bucket: str
    resets_at: float | None


class Budget:
    """The limits of one session. ``patience``: the longest wait for a reset, in seconds."""

    def __init__(self, rates: Rates, books: Ledger, clock: Clock, *, patience: float) -> None:
        self._rates, self._ledger, self._clock, self._patience = rates, books, clock, patience

    @classmethod
    def of(
        cls, rates: Rates, state: Path | None, platform: str, spender: str | Secret, clock: Clock, patience: float
    ) -> Budget:
        """The budget of whoever spends these limits, shared through the folder ``state``."""
        owner = spender.reveal() if isinstance(spender, Secret) else spender
        return cls(rates, ledger(state, platform, owner), clock, patience=patience)

    def take(self, path: str) -> Charge:
        """Reserve one request, after the waits that it takes. QuotaExhausted where the reset is too far away."""
        names, cost = self._rates.buckets(path), self._rates.cost(path)
        if not self._rates.known and not self._ledger.is_begun():
            return Charge(cost, ())
        blind = False
        while True:
            with self._ledger.open() as books:
                self._clock.assume(books.skew)
                found = self._reserve(books, names, cost, blind=blind)
            if isinstance(found, Charge):
                self._clock.sleep(found.wait)
                return found
            self._wait(found)
            blind = found.resets_at is None

    def settle(self, charge: Charge, path: str, answer: Answer | None) -> None:
        """Correct the books by what the answer says; without an answer the request counts as spent."""
        told = {a.name: a for a in self._rates.told(path, answer)} if answer else {}
        if not told and not charge.windows:
            return
        with self._ledger.open() as books:
            if self._clock.is_told:
                books.skew = self._clock.skew
            for name, window in charge.windows:
                entry = books.buckets.get(name)
                if entry is None:
                    continue
                if entry.window == window:
                    entry.pending = max(0.0, entry.pending - charge.cost)
                    self._anchor(entry, self._rates.known.get(name))
                if name not in told:
                    entry.remaining = max(0.0, entry.remaining - charge.cost)
                    if answer and entry.resets_at is None and not entry.next_at:
                        # The platform says nothing of it any more.
                        del books.buckets[name]
            for allowance in told.values():
                _correct(books, allowance)

    def heard(self, path: str, answer: Answer, error: SourceError) -> SourceError:
        """What a refusal in the platform's own words means: nobody asks again before the moment that it names."""
        if answer.status == 429 and isinstance(error, SourceUnavailable) and error.retry_after:
            error = QuotaExhausted(str(error), resets_at=utc(self._clock.now() + error.retry_after))
        if isinstance(error, QuotaExhausted) and error.resets_at:
            name = self._rates.buckets(path)[0]
            with self._ledger.open() as books:
                entry = books.buckets.setdefault(name, Entry())
                entry.remaining, entry.resets_at = 0.0, error.resets_at.timestamp()
        return error

    def waits_for(self, resets_at: datetime | None) -> bool:
        """Whether the reset is near enough to be waited for."""
        return resets_at is not None and resets_at.timestamp() - self._clock.now() <= self._longest()

    def _longest(self) -> float:
        return min(self._patience, self._clock.left())

    def _wait(self, spent: _Spent) -> None:
        """Sleep until the reset. QuotaExhausted where that is further away than the patience reaches."""
        longest = self._longest()
        if spent.resets_at is None:
            left = min(_BLIND_WAIT, longest)
        else:
            left = max(0.0, spent.resets_at - self._clock.now())
            if left > longest:
                moment = utc(spent.resets_at)
                raise QuotaExhausted(
                    f"the quota for {spent.bucket} is spent until {moment:%Y-%m-%d %H:%M:%S} UTC", resets_at=moment
                )
        # Jitter, so that not everybody comes back in the same moment.
        self._clock.sleep(left + random.uniform(0, min(0.5, left / 10)))  # noqa: S311

    def _reserve(self, books: Books, names: tuple[str, ...], cost: float, *, blind: bool) -> Charge | _Spent:
        entries = []
        wait = 0.0
        for name in names:
            known = self._rates.known.get(name)
            if known and known.seconds is not None:
                entry = books.buckets.setdefault(name, Entry())
                wait = max(wait, self._step(entry, known.seconds * cost / (known.limit * (1 - self._rates.keep))))
            else:
                found = self._window(books, name, known)
                if found is None:
                    continue
                entry = found
                least = math.floor(self._rates.keep * entry.limit)
                forced = (blind and entry.resets_at is None) or not self._clock.is_sure
                if entry.remaining - entry.pending - cost < least and not forced:
                    return _Spent(name, entry.resets_at)
            entries.append((name, entry))
        for _, entry in entries:
            entry.pending += cost
        return Charge(cost, tuple((name, entry.window) for name, entry in entries), wait)

    def _step(self, entry: Entry, seconds: float) -> float:
        """Take the next step of a paced limit; seconds until it."""
        now = self._clock.local()
        at = max(now, entry.next_at) if entry.next_at <= now + _MOST_AHEAD else now
        entry.next_at = at + seconds
        return at - now

    def _window(self, books: Books, name: str, known: Known | None) -> Entry | None:
        """The bucket in its present window; None where nothing is known of it (yet, or any more)."""
        now = self._clock.now()
        entry = books.buckets.get(name)
        if entry is not None and entry.resets_at is not None and not 0 < entry.resets_at - now < _LONGEST_WINDOW:
            entry = _next_window(books, name, entry)
        if known is not None and (entry is None or not entry.limit):
            spent = entry is not None
            entry = books.buckets[name] = entry or Entry()
            entry.limit = known.limit
            entry.remaining = 0.0 if spent else known.limit
        if known is not None and entry is not None and entry.resets_at is None:
            entry.resets_at = known.midnight_after(utc(now)).timestamp()
        return entry

    def _anchor(self, entry: Entry, known: Known | None) -> None:
        """A day that was begun before the platform told its clock ends by that clock."""
        now = self._clock.now()
        if known and entry.resets_at is not None and entry.resets_at - now >= _LONGEST_WINDOW:
            entry.resets_at = known.midnight_after(utc(now)).timestamp()


def _next_window(books: Books, name: str, entry: Entry) -> Entry | None:
    """After the reset: the limit is there again, until an answer says how much of it."""
    if not entry.limit:
        del books.buckets[name]
        return None
    books.buckets[name] = Entry(limit=entry.limit, remaining=entry.limit, window=entry.window + 1)
    return books.buckets[name]


def _correct(books: Books, told: Allowance) -> None:
    """The entry as an answer tells it. Answers may overtake one another: within a window the lowest counts."""
    resets_at = told.resets_at.timestamp() if told.resets_at else None
    if len(books.buckets) >= _MOST_BUCKETS and told.name not in books.buckets:
        # A source whose buckets have names without end; what is forgotten is told again.
        books.buckets.clear()
    entry = books.buckets.setdefault(told.name, Entry(remaining=told.remaining, resets_at=resets_at))
    entry.limit = told.limit
    if entry.resets_at is None or resets_at is None:
        entry.remaining, entry.resets_at = told.remaining, resets_at
    elif not -_LONGEST_WINDOW < resets_at - entry.resets_at <= _SAME_WINDOW:
        entry.remaining, entry.resets_at = told.remaining, resets_at
        entry.pending, entry.window = 0.0, entry.window + 1
    elif resets_at >= entry.resets_at - _SAME_WINDOW:
        entry.remaining = min(entry.remaining, told.remaining)
