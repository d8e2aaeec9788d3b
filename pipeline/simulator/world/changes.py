"""What a test did to the world on purpose: deleted posts, restated days. Kept apart and replayable.

A changed world is a new ``World`` with one more ``Change``; equal arguments and changes give an equal
world, so the truth of a changed world can be computed in another process.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date


@dataclass(frozen=True)
class Change:
    """One mutation, effective from the fetch of ``night`` on.

    ``kind``: ``delete_post`` (``target`` = the platform's post id; on a community's network its serial),
    ``delete_comment`` (``target`` = comment id or serial), ``delete_visit`` (``target`` = its number in the
    log of visits: the reports still count it), ``restate_day`` (``target`` = ISO day;
    the day's numbers are multiplied by ``factor`` and rounded down; facebook: only ``metric``, all
    metrics but the follower ones when None; wordpress: statistics; matomo: every referrer row).
    """

    kind: str
    platform: str
    account: str
    target: str
    night: date
    metric: str | None = None
    factor: float = 1.0

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"night": self.night.isoformat()}


KINDS: Mapping[str, frozenset[str]] = {
    "delete_post": frozenset({"facebook", "wordpress"}),
    "delete_comment": frozenset({"facebook", "wordpress"}),
    "delete_visit": frozenset({"matomo"}),
    "restate_day": frozenset({"facebook", "wordpress", "matomo"}),
}


class Changes:
    """The changes of one world, indexed for quick questions. ``networks`` know every kind of change."""

    def __init__(self, changes: tuple[Change, ...], networks: Collection[str] = ()) -> None:
        self.all = changes
        for change in changes:
            if change.kind not in KINDS or change.platform not in {*KINDS[change.kind], *networks}:
                raise ValueError(f"no change {change.kind!r} on {change.platform!r}")

    def deleted(self, kind: str, platform: str, target: str, night: date) -> bool:
        return any(
            c.kind == kind and c.platform == platform and c.target == target and c.night <= night for c in self.all
        )

    def factor(
        self, platform: str, account: str, day: date, night: date, metric: str | None = None, *, named: bool = False
    ) -> float:
        """The product of all restatements of that day known at that night; 1.0 when there is none.

        ``named``: only those that name the metric, not those of all metrics.
        """
        factor, concerned = 1.0, (metric,) if named else (None, metric)
        for c in self.all:
            if (
                c.kind == "restate_day"
                and (c.platform, c.account, c.target) == (platform, account, day.isoformat())
                and c.night <= night
                and c.metric in concerned
            ):
                factor *= c.factor
        return factor
