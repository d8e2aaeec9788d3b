"""The zone in which an account counts its days, beside the one that the settings say."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.errors import SourceRefused
from pipeline.settings import Account
from pipeline.streams import Note, Window


def zone_differs(account: Account, theirs: str, window: Window) -> Note | None:
    """Refuses a zone that would give the days of the window other names than they have there.

    A note where the platform's zone has a name that nobody knows here.
    """
    try:
        zone = ZoneInfo(theirs)
    except (ZoneInfoNotFoundError, ValueError):
        return Note("time_zone", f"the platform counts days in {theirs!r}, which nobody knows here")
    ours = ZoneInfo(account.time_zone)
    for day in (window.since, window.until):
        noon = datetime.combine(day, time(12))
        if noon.replace(tzinfo=zone).utcoffset() != noon.replace(tzinfo=ours).utcoffset():
            raise SourceRefused(
                f"set time_zone to {theirs}, in which the platform counts its days, not {account.time_zone}"
            )
    return None
