"""The versions of the Google Ads API: the one that is asked, and when each of them ends.

Documentation: https://developers.google.com/google-ads/api/docs/sunset-dates
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

API_VERSION: Final = "v26"
# Months are announced, days only shortly before: the last day of the month before is safe.
_LAST_DAYS: Final = {
    "v23": date(2027, 1, 31),
    "v24": date(2027, 4, 30),
    "v25": date(2027, 7, 31),
    "v26": date(2027, 10, 31),
}


def versioned(base: str) -> str:
    """The address with a version in it: the one that it has, else the one that this source was written for."""
    base = base.rstrip("/")
    return base if re.search(r"/v\d+$", base) else f"{base}/{API_VERSION}"


def last_day(base: str) -> tuple[str, date] | None:
    """The version that is asked at the address, and its last day where one is announced."""
    used = versioned(base).rpartition("/")[2]
    return (used, _LAST_DAYS[used]) if used in _LAST_DAYS else None
