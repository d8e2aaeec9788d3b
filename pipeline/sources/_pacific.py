"""Days of the Pacific coast, which platforms of California mean by a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


def midnight(day: date) -> datetime:
    """The instant at which the day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=PACIFIC).astimezone(UTC)


def seconds(day: date) -> int:
    """Unix seconds of the midnight that begins the day."""
    return int(midnight(day).timestamp())


def day_of(moment: datetime) -> date:
    """The day to which an instant belongs."""
    return moment.astimezone(PACIFIC).date()
