"""A year of the simulated brand on every platform, read on few nights: all that the promise names is in it.

``AGO`` are the nights that are read, counted back from the last one. In the calm months it is one in six
weeks, and each such night reads the whole gap. It cannot be rarer: a token that lives sixty days is renewed
by a night that finds it older than forty-two, and a second night must not come after its end. Around
everything that happens it is the night before and the night itself: summer time in the United States (240,
239) and in Europe (219, 218) and their ends (9, 8 and 2, 1), the day on which YouTube's views change their
meaning (71, 70), the purge of followers (36, 35), the restated month (29, 28), a retired metric (16, 15);
and the lost nights of Facebook (39, 9), of the analytics (23) and of the other networks (13, 12, 10, 8, 5),
a late archive (26) and a late day (6); and one on which an article is still there that is gone soon after
(19). A night between two others that tells nothing of this kind is left out: it would cost seven seconds
and add nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import requests

from pipeline.simulator.platforms import PLATFORMS
from pipeline.simulator.platforms.linkedin.account import ACCOUNTS, VERSION
from pipeline.simulator.truth import Judge, demo_terms
from pipeline.simulator.world.networks import x, youtube
from tests.nights.replaying import Replay, replay

ALL: Final = tuple(PLATFORMS)
CALM: Final = (365, 320, 276, 175, 131, 87, 45)
EVENTFUL: Final = (240, 239, 219, 218, 71, 70, 39, 36, 35, 29, 28, 26, 23, 19, 16, 15)
LATELY: Final = (13, 12, 10, 9, 8, 6, 5, 4, 2, 1, 0)
AGO: Final = tuple(sorted({*CALM, *EVENTFUL, *LATELY}, reverse=True))
# LinkedIn's versions live a year: the one that was there when the year began and is there when it ends.
LINKEDIN_VERSION: Final = "202511"
LINKEDIN_SMALL: Final = ACCOUNTS[1].id

# Nights before the last one (None: all of them) → what happens in it, beside all that the world itself holds.
# The tables are as if nothing of it had been. The token of LinkedIn's small page in the settings has ended for good.
FAULTS: Final[tuple[tuple[int | None, dict[str, Any]], ...]] = (
    (None, {"platform": "x", "kind": "post_naming"}),
    (2, {"platform": "x", "kind": "unavailable", "path": "search", "times": 1}),
    (0, {"platform": "x", "kind": "expired_token", "path": rf"users/{x.LARGE}\?", "times": 1}),
    *((ago, {"platform": "linkedin", "kind": "expired_token", "path": LINKEDIN_SMALL}) for ago in (2, 1, 0)),
    (1, {"platform": "linkedin", "kind": "unavailable", "path": "/posts", "times": 1}),
    (1, {"platform": "linkedin", "kind": "reset", "path": "socialMetadata", "times": 1}),
    (0, {"platform": "linkedin", "kind": "missing_next", "path": "/posts"}),
    (0, {"platform": "linkedin", "kind": "cut_body", "path": "ShareStatistics", "times": 1}),
    *(
        (ago, {"platform": "youtube-analytics", "kind": "retired_metric", "args": {"metric": "engagedViews"}})
        for ago in (2, 1, 0)
    ),
    (4, {"platform": "youtube", "kind": "expired_token", "path": f"RelatedToChannelId={youtube.MAIN}", "times": 1}),
    (2, {"platform": "youtube-analytics", "kind": "rate_limit", "times": 1}),
    (1, {"platform": "youtube", "kind": "short_page"}),
)


@dataclass(frozen=True)
class Year:
    """What was read in the year, and the truth about it."""

    brand: Replay
    judge: Judge
    nights: tuple[date, ...]

    def ago(self, nights: int) -> date:
        """The night so many before the last one."""
        return self.brand.world.calendar.ago(nights)

    def count(self, sql: str) -> int:
        """How many rows of ``sql`` (a table and a condition) readers have."""
        file = self.brand.project.settings.paths.publication / "vigie.duckdb"
        with duckdb.connect(str(file), read_only=True) as con:
            row = con.execute(f"select count(*) from {sql}").fetchone()
        return int(row[0]) if row else 0

    def state(self) -> dict[str, Any]:
        """What the simulator was asked, and which faults struck."""
        told: dict[str, Any] = requests.get(f"{self.brand.url}/__sim/state", timeout=10).json()
        return told

    def tokens(self, platform: str) -> list[Path]:
        """The files in which the tokens of its accounts are kept."""
        return sorted((self.brand.project.settings.paths.state / "tokens").glob(f"{platform}-*.json"))


def _of_its_time(settings: str) -> str:
    return settings.replace(f'version = "{VERSION}"', f'version = "{LINKEDIN_VERSION}"')


@contextmanager
def a_year(folder: Path) -> Iterator[Year]:
    """The chosen nights of the year, replayed in order."""
    with replay(folder, ALL, mend=_of_its_time, nights=366) as brand:
        nights = tuple(brand.world.calendar.ago(ago) for ago in AGO)
        for ago, fault in FAULTS:
            told = {"night": None if ago is None else brand.world.calendar.ago(ago).isoformat(), **fault}
            requests.post(f"{brand.url}/__sim/inject", json=told, timeout=10).raise_for_status()
        brand.nights(nights)
        refused = frozenset(
            ("youtube", fault["args"]["metric"], brand.world.calendar.ago(ago))
            for ago, fault in FAULTS
            if ago is not None and fault["kind"] == "retired_metric"
        )
        terms = replace(demo_terms(brand.world, ALL), refused=refused)
        yield Year(brand, Judge(brand.world, nights=nights, settings=terms), nights)
