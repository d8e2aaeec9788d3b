"""A year in which every figure is right: what its season, campaigns, holidays and oddities make the gates say.

Every block is false then, and every warning is one that a person looks at for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from pipeline import warehouse
from tests.nights.year import Year
from tests.quality.clean_brand import marts, staging_relations

Failure = tuple[date, str, str, str]
MOST_BLOCKS = (len(marts()) + len(staging_relations())) // 25
MOST_A_WEEK = 5


@pytest.fixture(scope="module")
def failures(year: Year) -> list[Failure]:
    """Night, table, expectation and severity of all that failed, and was not only noted."""
    with warehouse.open_reader(year.brand.project.settings.paths.warehouse) as con:
        judged = con.execute("select count(distinct night) from quality.result").fetchone()
        assert judged == (len(year.nights),)
        return con.execute(
            'select night, "table", expectation, severity from quality.result'
            " where not success and severity <> 'info' order by all"
        ).fetchall()


def test_at_most_one_false_block_per_25_tables(
    failures: list[Failure], year: Year, record_property: Callable[[str, object], None]
) -> None:
    blocked = Counter(table for _, table, _, severity in failures if severity == "critical")
    record_property("told", f"clean year: false blocks by table: {dict(blocked) or 'none'}, at most {MOST_BLOCKS}")
    assert sum(blocked.values()) <= MOST_BLOCKS, [failure for failure in failures if failure[3] == "critical"]
    assert year.count("quality.quarantine where stream is null") == 0


def test_at_most_five_alerts_a_week(
    failures: list[Failure], year: Year, record_property: Callable[[str, object], None]
) -> None:
    """What fails in one read night after another is one incident, told once; who is missing is told by other rules."""
    told_otherwise = ("kpi.coverage_daily", "delivered")
    failures = [each for each in failures if each[1:3] != told_otherwise]
    before = dict(zip(year.nights[1:], year.nights[:-1], strict=True))
    known = {(night, table, rule) for night, table, rule, _ in failures}
    new = [each for each in failures if (before.get(each[0]), each[1], each[2]) not in known]
    weeks = Counter(night - timedelta(days=night.weekday()) for night, *_ in new)
    read = Counter(night - timedelta(days=night.weekday()) for night in year.nights)
    told = ", ".join(f"{week} {weeks[week]} in {nights} nights" for week, nights in sorted(read.items()))
    record_property("told", f"clean year: alerts of the gates by week: {told}; at most {MOST_A_WEEK}")
    assert max(weeks.values(), default=0) <= MOST_A_WEEK, [each for each in new if weeks]
