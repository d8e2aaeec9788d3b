"""Every source on the nights when clocks change: one row a day, none of a day that has not come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.faults.every import ACCOUNTS, Everyone, everyone
from tests.faults.staged import Staging

# The days on which the clocks of America and of Europe change. The APIs that are asked were not there before.
SPRING = (date(2027, 3, 14), date(2027, 3, 28))
AUTUMN = (date(2026, 10, 25), date(2026, 11, 1))
# Days before the night that are read; some platforms tell the last ones later.
REACH = 5


@pytest.fixture(scope="module", params=[SPRING, AUTUMN], ids=["spring", "autumn"])
def season(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Everyone, tuple[date, ...]]]:
    days: tuple[date, ...] = request.param
    with everyone(
        tmp_path_factory.mktemp("season"),
        reading=False,
        nights=30,
        last_night=days[-1] + timedelta(days=1),
        posts_per_day=1,
    ) as running:
        yield running, days


@pytest.mark.parametrize(("platform", "account"), ACCOUNTS)
def test_s6_a_night_of_23_or_25_hours_has_its_days_once_each(
    season: tuple[Everyone, tuple[date, ...]], staged: Staging, platform: str, account: str
) -> None:
    brand, days = season
    for changed in days:
        for night in (changed, changed + timedelta(days=1)):
            if (platform, account, night) in brand.server.simulator.world.outages:
                continue
            told = staged.load(brand.land(platform, account, night, days=REACH))
            assert told.unit.error is None
            assert told.unit.quarantined == 0
            for view, rows in told.rows.items():
                found = staged.column(view, "day", told)
                assert len(rows) == len(found)
                assert [day for day in found if day is None or day > night] == [], view
                if view.endswith("_account_day"):
                    assert_whole(view, list(zip(found, rows, strict=True)), night)


def assert_whole(view: str, rows: list[tuple[date, tuple[Any, ...]]], night: date) -> None:
    """No number of a day comes twice; between the first and the last day that came, none is left out."""
    told = Counter((day, place) for day, row in rows for place, cell in enumerate(row) if is_number(cell))
    assert max(told.values(), default=1) == 1, view
    # The level of now stands at the night, however late the days before it are told.
    days = sorted({day for day, _ in rows} - {night})
    assert not days or days == [days[0] + timedelta(days=n) for n in range(len(days))], view


def is_number(cell: object) -> bool:
    return isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool)
