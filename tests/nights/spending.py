"""What nights of advertising accounts left in the warehouse, beside what the truth says that their platform told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from pipeline.simulator.truth import Judge, demo_terms
from pipeline.simulator.truth.facts import Spend
from tests.nights.replaying import Replay, replay

COLUMNS: Final = """
    platform, account, day, campaign_id, campaign_name, network, spend, currency, impressions, reach, clicks,
    observed_at
"""
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Spending:
    """Nights of one platform's accounts, and the truth about what they cost."""

    platform: str
    brand: Replay
    spends: Sequence[Spend]
    nights: int

    def asked(self, sql: str) -> list[Row]:
        with duckdb.connect(str(self.brand.project.settings.paths.warehouse), read_only=True) as con:
            con.execute("set timezone = 'UTC'")
            return con.execute(sql).fetchall()

    @property
    def staged(self) -> list[Row]:
        """The newest row of every cost that is still told, with what its links carry."""
        return sorted(
            self.asked(f"""
                select {COLUMNS}, utm_campaign from staging.{self.platform}_spend_day
                qualify not is_absent
                and row_number() over (partition by account, day, campaign_id, network order by night desc) = 1
            """),
            key=_place,
        )

    @property
    def modelled(self) -> list[Row]:
        """The rows of the model that unites all platforms."""
        return sorted(self.asked(f"select {COLUMNS} from core.spend_day"), key=_place)

    @property
    def told(self) -> list[Row]:
        """What the staged rows must be."""
        return sorted(((*_told(each), each.utm) for each in self.spends), key=_place)

    def count(self, having: str) -> int:
        """How many costs there are of whose observations this is true."""
        costs = f"staging.{self.platform}_spend_day group by account, day, campaign_id, network"
        return len(self.asked(f"select 1 from {costs} having {having}"))

    def passed(self) -> int:
        """How many nights of accounts were answered and passed."""
        of = f"platform = '{self.platform}' and state = 'passed'"
        return len(self.asked(f"select 1 from ops.ledger where {of}"))


@contextmanager
def spending(folder: Path, platform: str, ago: Sequence[int]) -> Iterator[Spending]:
    """The nights so many before the last one, replayed in their order."""
    with replay(folder, platforms=(platform,), nights=max(ago) + 5) as brand:
        nights = tuple(brand.world.calendar.ago(each) for each in ago)
        brand.nights(nights)
        judge = Judge(brand.world, nights=nights, settings=demo_terms(brand.world, (platform,)))
        yield Spending(platform, brand, judge.facts.spends, len(nights))


def _place(row: Row) -> Row:
    return row[1:4] + row[5:6]


def _told(each: Spend) -> Row:
    what = (each.platform, each.account, each.day, each.campaign_id, each.name, each.network, each.spend, each.currency)
    return (*what, each.impressions, each.reach, each.clicks, each.observed_at)
