"""What is settled before an experiment starts; whatever of it changes makes another experiment."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import sha256
from typing import Literal

ALPHA = 0.05
# The size, in visits of both arms, at which the sequential interval is tightest.
TUNING = 5000
MINIMUM_VISITS = 100


@dataclass(frozen=True)
class FirstSeen:
    """How an experiment was declared when it was first seen, and in which night; NULL where nobody noted it."""

    fingerprint: str
    night: date | None = None


@dataclass(frozen=True)
class Experiment:
    """One declared experiment and one action that it is judged by; days are inclusive.

    ``arms``: at least two different names, the control first. ``campaigns``: which campaigns (or
    platforms) each arm spends on, by arm; an arm that is not named spends on the campaign of its own
    name. ``split`` is what was sliced: ``spend`` for slices of a budget, ``visits`` where visitors are
    dealt out at random; ``shares`` are the planned parts of it, in the order of the arms, equal unless
    given. ``ended`` is the day that somebody stopped it, which is not part of the declaration.

    ValueError where the declaration contradicts itself, and what to change.
    """

    name: str
    arms: tuple[str, ...]
    action: str
    start: date
    planned_end: date
    minimum_visits: int = MINIMUM_VISITS
    alpha: float = ALPHA
    split: Literal["spend", "visits"] = "spend"
    shares: tuple[float, ...] = ()
    tuning: int = TUNING
    campaigns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ended: date | None = None

    def __post_init__(self) -> None:
        for wrong, words in (
            (len(self.arms) < 2, "needs a control and at least one other arm"),
            (len(set(self.arms)) < len(self.arms), "has an arm twice: give each arm a name of its own"),
            (self.planned_end < self.start, "ends before it starts: planned_end is a day not before start"),
            (not 0 < self.alpha < 0.5, f"has alpha {self.alpha}: give the tolerated share of false winners, like 0.05"),
            (self.minimum_visits < 1, f"has minimum_visits {self.minimum_visits}: give a number of 1 or more"),
            (self.tuning < 1, f"has tuning {self.tuning}: give the visits at which the interval shall be tightest"),
            (self.split not in {"spend", "visits"}, f"has split {self.split!r}: slice 'spend' or 'visits'"),
            (bool(self.shares) and not self._are_shares(), "has shares that are not one above 0 for each arm"),
            (not set(self.campaigns) <= set(self.arms), "has campaigns of an arm that is not among its arms"),
            (self.ended is not None and self.ended < self.start, "ended before it started: ended is not before start"),
        ):
            if wrong:
                raise ValueError(f"experiment {self.name!r} {words}")

    def _are_shares(self) -> bool:
        return len(self.shares) == len(self.arms) and all(0 < share < float("inf") for share in self.shares)

    @property
    def planned(self) -> tuple[float, ...]:
        """The planned shares, which sum to 1."""
        shares = self.shares or (1.0,) * len(self.arms)
        return tuple(share / sum(shares) for share in shares)

    @property
    def last_day(self) -> date:
        """The last day whose visits count."""
        return min(self.planned_end, self.ended or self.planned_end)

    @property
    def spends_on(self) -> frozenset[str]:
        return frozenset(name for arm in self.arms for name in self.campaigns.get(arm, (arm,)))

    def shared_with(self, other: Experiment) -> list[str]:
        """What both spend on; all of a platform (``x``) holds its campaigns (``x/autumn``)."""
        pairs = [(mine, theirs) for mine in self.spends_on for theirs in other.spends_on]
        return sorted(
            {
                max(mine, theirs, key=len)
                for mine, theirs in pairs
                if mine == theirs or mine.startswith(f"{theirs}/") or theirs.startswith(f"{mine}/")
            }
        )

    @property
    def fingerprint(self) -> str:
        """The same for the same declaration; another one means another experiment, which needs another name."""
        declared = {name: value for name, value in asdict(self).items() if name != "ended"}
        declared["shares"] = self.planned
        return sha256(json.dumps(declared, sort_keys=True, default=str).encode()).hexdigest()[:16]
