"""Rate limits that count: what a request is charged to, how the platform tells of it, and its refusal.

Off by default, so that every answer is the same however often it is asked for; switched on by
``serve(limits=True)`` or the control plane. A window is counted by the simulator's clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from pipeline.simulator.wire import Pairs, Reply, Request

DAY_IN = "day in "
# Where copies of the brand's accounts are asked (see ``copies``): which of them it is.
COPY = "x-simulated-copy"


@dataclass(frozen=True)
class Bucket:
    """One limit that a request is charged to. ``window``: seconds, or ``"day in <time zone>"``."""

    name: str
    limit: int
    window: float | str
    cost: int = 1

    def ends(self, now: datetime) -> datetime:
        """When the window of that moment ends. Windows of seconds lie where the platform's clock has them."""
        if isinstance(self.window, str):
            zone = ZoneInfo(self.window.removeprefix(DAY_IN))
            day = now.astimezone(zone).date() + timedelta(days=1)
            return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        return datetime.fromtimestamp((now.timestamp() // self.window + 1) * self.window, UTC)


@dataclass(frozen=True)
class Count:
    """A bucket in its present window. ``used`` has this request in it, unless it was refused."""

    bucket: Bucket
    used: int
    now: datetime

    @property
    def left(self) -> int:
        return max(0, self.bucket.limit - self.used)

    @property
    def resets_at(self) -> datetime:
        return self.bucket.ends(self.now)

    @property
    def seconds(self) -> float:
        """Until the reset."""
        return (self.resets_at - self.now).total_seconds()


def untold(_request: Request, _counts: Sequence[Count]) -> Pairs:
    """For platforms whose answers say nothing of their limits."""
    return ()


@dataclass(frozen=True)
class Allowance:
    """A platform's limits. ``refusal`` gets the bucket that is spent; ``told`` are the headers of every answer."""

    buckets: Callable[[Request], Iterable[Bucket]]
    refusal: Callable[[Request, Count], Reply]
    told: Callable[[Request, Sequence[Count]], Pairs] = untold


@dataclass(frozen=True)
class Charged:
    """What a request was charged: its counts, and the refusal where one of them was spent before it."""

    counts: tuple[Count, ...]
    refusal: Reply | None


class Meter:
    """The counters of all platforms. May be asked by many threads.

    ``share`` makes every limit smaller that answers tell of, so that a test meets it; nobody is told otherwise.
    """

    def __init__(self) -> None:
        self.is_on = False
        self._share = 1.0
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._used: dict[tuple[str, str, datetime], int] = {}
        self._limits: dict[tuple[str, str], Bucket] = {}
        self._refused: Counter[tuple[str, str]] = Counter()

    def switch(self, *, on: bool, share: float = 1.0) -> None:
        """On or off, everything unspent. ValueError for a share that is no share."""
        if not 0 < share <= 1:
            raise ValueError(f"share is more than 0 and at most 1, not {share}")
        with self._lock:
            self.is_on, self._share = on, share
            self._forget()

    def charge(self, platform: str, allowance: Allowance, request: Request, now: datetime) -> Charged:
        """Charge one request to all of its buckets, or to none of them where one is spent."""
        share = 1.0 if allowance.told is untold else self._share
        buckets = [replace(b, limit=max(1, round(b.limit * share))) for b in allowance.buckets(request)]
        with self._lock:
            before = [Count(b, self._used.get((platform, b.name, b.ends(now)), 0), now) for b in buckets]
            self._limits.update({(platform, bucket.name): bucket for bucket in buckets})
            spent = next((count for count in before if count.left < count.bucket.cost), None)
            if spent is not None:
                self._refused[platform, spent.bucket.name] += 1
                return Charged(tuple(before), allowance.refusal(request, spent))
            counts = tuple(replace(count, used=count.used + count.bucket.cost) for count in before)
            for count in counts:
                self._used[platform, count.bucket.name, count.resets_at] = count.used
        return Charged(counts, None)

    def as_json(self) -> list[Mapping[str, object]]:
        """Every bucket with its limit, how often it refused, and what was used until each of its resets."""
        with self._lock:
            windows: dict[tuple[str, str], dict[str, int]] = {key: {} for key in self._limits}
            for (platform, name, ends), used in sorted(self._used.items()):
                windows[platform, name][ends.isoformat()] = used
            return [
                {
                    "platform": key[0],
                    "bucket": key[1],
                    "limit": bucket.limit,
                    "window": bucket.window,
                    "refused": self._refused[key],
                    "used": windows[key],
                }
                for key, bucket in sorted(self._limits.items())
            ]


def by_credential(request: Request) -> str:
    """For platforms that count by the token of an account: an account's copy has one of its own."""
    return request.headers.get(COPY, "")


def told_instead(reply: Reply, headers: Pairs) -> Reply:
    """The reply with these headers in the place of those that it has by the same names."""
    names = {name.lower() for name, _ in headers}
    return replace(reply, headers=(*(pair for pair in reply.headers if pair[0].lower() not in names), *headers))
