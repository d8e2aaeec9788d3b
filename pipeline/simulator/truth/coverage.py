"""What each night brought of each stream, and what it did not, with the reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from pipeline.simulator.truth.facts import Account, Delivery, Facts
from pipeline.simulator.truth.platforms import platform
from pipeline.simulator.truth.table import Shape, Table

COVERAGE_DAILY: Final = Shape(
    "kpi.coverage_daily",
    ("platform", "account", "stream", "day"),
    "platform VARCHAR, account VARCHAR, stream VARCHAR, day DATE, expected BOOLEAN, delivered BOOLEAN, "
    "rows BIGINT, observed_at TIMESTAMP, late BOOLEAN, newest_day DATE, reason VARCHAR",
)
YESTERDAY: Final = timedelta(days=1)


def late(delivery: Delivery) -> bool | None:
    """Whether the newest day is older than the day before the night; None where that has no meaning."""
    if delivery.stream not in platform(delivery.unit.platform).DAILY:
        return None
    if not delivery.delivered:
        return False
    return None if delivery.newest_day is None else delivery.newest_day < delivery.unit.night - YESTERDAY


def coverage_daily(facts: Facts) -> Table:
    """One row per platform, account, stream and night. Every stream of these accounts is expected."""
    return COVERAGE_DAILY.table(_row(delivery) for delivery in facts.deliveries)


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "platform": delivery.unit.platform,
        "account": delivery.unit.account,
        "stream": delivery.stream,
        "day": delivery.unit.night,
        "expected": True,
        "delivered": delivery.delivered,
        "rows": delivery.rows,
        "observed_at": delivery.unit.observed_at,
        "late": late(delivery),
        "newest_day": delivery.newest_day,
        "reason": delivery.reason,
    }


def streams(facts: Facts) -> dict[tuple[Account, date], tuple[int, int]]:
    """By account and night: how many streams it should have brought, and how many it brought."""
    counts: dict[tuple[Account, date], list[bool]] = {}
    for delivery in facts.deliveries:
        account = (delivery.unit.platform, delivery.unit.account)
        counts.setdefault((account, delivery.unit.night), []).append(delivery.delivered)
    return {key: (len(delivered), sum(delivered)) for key, delivered in counts.items()}
