"""Nights of a site that keeps a log: the staged visits are what the log told last, and orders have journeys."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import duckdb
import pytest

from pipeline.simulator import World
from pipeline.simulator.truth import Judge, demo_terms
from pipeline.simulator.truth.platforms.matomo import single_visits
from pipeline.simulator.world import Change
from tests.nights.replaying import Replay, replay

PLATFORMS: Final = ("matomo", "woocommerce")
# Nights before the last one: one is lost (23), one has no records (17), and pauses are read by the night after.
AGO: Final = (25, 23, 22, 17, 16, 9, 3, 2, 1, 0)
COLUMNS: Final = (
    *("platform", "account", "site", "day", "day_timezone", "visit_id", "visited_at", "referrer_type", "label"),
    *("utm_source", "utm_medium", "utm_campaign", "utm_content", "orders", "goals", "observed_at"),
)


@dataclass(frozen=True)
class Played:
    brand: Replay
    told: list[dict[str, Any]]
    nights: int

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.brand.project.settings.paths.warehouse), read_only=True) as con:
            con.execute("set timezone = 'UTC'")
            return con.execute(sql).fetchall()

    def newest(self, columns: str) -> list[tuple[Any, ...]]:
        return self.asked(f"""
            select {columns} from staging.matomo_visit
            qualify not is_absent and row_number() over (partition by account, visit_id order by night desc) = 1
        """)


def _deleted() -> Change:
    """A visit of the day before the last night, deleted before the last night was read."""
    world = World(nights=30)
    day = world.calendar.ago(1)
    gone = next(visit for visit in world.matomo.visits(day, day) if not visit.order)
    return Change("delete_visit", "matomo", "1", str(gone.id), world.calendar.ago(0))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with replay(tmp_path_factory.mktemp("matomo"), platforms=PLATFORMS, nights=30, changes=(_deleted(),)) as brand:
        nights = [brand.world.calendar.ago(each) for each in AGO]
        brand.nights(nights)
        terms = demo_terms(brand.world, PLATFORMS)
        judge = Judge(brand.world, nights=nights, settings=terms)
        [account] = [each for each in terms.accounts if each.platform == "matomo"]
        told = single_visits(brand.world, judge.facts.units["matomo", "1"], account, terms)
        yield Played(brand, told, len(nights))


def test_the_newest_row_of_every_visit_is_what_the_log_told_last(played: Played) -> None:
    told = sorted((tuple(row[name] for name in COLUMNS) for row in played.told), key=lambda row: row[5])
    assert sorted(played.newest(", ".join(COLUMNS)), key=lambda row: row[5]) == told
    assert len(told) > 3000


def test_visits_of_one_person_have_one_hash_that_tells_nothing_else(played: Played) -> None:
    hashed = dict(played.newest("visit_id, visitor"))
    pairs = {(row["visitor"], hashed[row["visit_id"]]) for row in played.told}
    assert len(pairs) == len({cookie for cookie, _ in pairs}) == len({person for _, person in pairs})
    assert all(person and cookie not in person for cookie, person in pairs)


def test_the_log_agrees_with_the_reports_and_the_shop(played: Played) -> None:
    counted = played.asked("""
        select day, referrer_type, arg_max(visits, night) from staging.matomo_visit_day
        where report = 'type' group by day, referrer_type
    """)
    logged = Counter((row["day"], row["referrer_type"]) for row in played.told)
    missing = Counter({(day, kind): visits for day, kind, visits in counted}) - logged
    # The visit that was deleted is still in the report.
    assert list(missing.values()) == [1]
    assert sum(visits for _, _, visits in counted) == logged.total() + 1
    bought = Counter(order for row in played.told for order in row["orders"])
    assert set(bought.values()) == {1}
    world = played.brand.world
    shop = {str(order.id): order for order in world.woocommerce.orders(world.nights[-1])}
    for row in played.told:
        for order in row["orders"]:
            assert shop[order].attribution.get("utm_campaign") == row["utm_campaign"]
            assert row["visited_at"] < shop[order].created.replace(tzinfo=None)


def test_the_nights_are_not_too_kind(played: Played) -> None:
    visits = defaultdict(list)
    for row in sorted(played.told, key=lambda row: row["visited_at"]):
        visits[row["visitor"]].append(row)
    lengths: Counter[int] = Counter()
    labels: Counter[int] = Counter()
    for history in visits.values():
        for nth, row in enumerate(history, 1):
            if row["orders"]:
                touches = [
                    each for each in history[:nth] if row["visited_at"] - each["visited_at"] < timedelta(days=30)
                ]
                lengths[len(touches)] += 1
                labels[len({(each["referrer_type"], each["label"]) for each in touches})] += 1
    assert set(lengths) >= {1, 2, 3, 4, 5}
    assert max(labels) >= 3
    assert played.asked("select count(distinct visit_id) from staging.matomo_visit where is_absent") == [(1,)]
    passed = "select count(*) from ops.ledger where platform = 'matomo' and state = 'passed'"
    assert played.asked(passed) == [(played.nights - 1,)]
