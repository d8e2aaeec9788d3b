"""Facebook Pages through the Graph API v26.0.

Quota: a page token may make 4800 calls × engaged users in 24 hours; a night costs three to ten.
Documentation: https://developers.facebook.com/docs/graph-api/reference/page/insights/

Quirks that shape this module:

* A day of insights is a Pacific day; ``end_time`` is the midnight that ends it.
* ``paging.next`` of insights leads to the neighbouring window for ever: it is never followed.
* One retired metric fails the whole call, so the list of metrics is halved until it is found.
* Pages with fewer than 100 likes get empty insights, which is no zero.
* ``shares`` is missing from a post that was never shared.
* ``paging.next`` carries the token: it is reduced to its cursor and the address is ours.
"""

from __future__ import annotations

from pipeline.streams import Stream

PLATFORM = "facebook"
KIND = "network"
BASE = "https://graph.facebook.com/v26.0"
API_VERSION = "v26.0"
TIME_ZONE: str | None = "America/Los_Angeles"
RESTATEMENT_DAYS = 28
POOL_SLOTS = 2
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS = ("app_secret",)

STREAMS = (
    # The page as it is when the night is read: `day` is the night, put in front by us.
    Stream(
        name="page",
        columns={
            "day": "VARCHAR",
            "id": "VARCHAR",
            "name": "VARCHAR",
            "username": "VARCHAR",
            "fan_count": "BIGINT",
            "followers_count": "BIGINT",
            "link": "VARCHAR",
            "is_published": "BOOLEAN",
        },
        key=("id", "day"),
        day="TRY_CAST(day AS DATE)",
    ),
    # One record per metric, period and day: a number in `value`, an object in `parts`.
    Stream(
        name="page_insights",
        columns={
            "name": "VARCHAR",
            "period": "VARCHAR",
            "end_time": "VARCHAR",
            "value": "BIGINT",
            "parts": "JSON",
        },
        key=("name", "period", "end_time"),
        # 07:00 or 08:00 UTC is midnight Pacific after the day; with a Pacific offset it is 00:00.
        day="TRY_CAST(left(end_time, 10) AS DATE) - 1",
    ),
    Stream(
        name="posts",
        columns={
            "id": "VARCHAR",
            "message": "VARCHAR",
            "created_time": "VARCHAR",
            "updated_time": "VARCHAR",
            "permalink_url": "VARCHAR",
            "status_type": "VARCHAR",
            "shares": "JSON",
            "reactions": "JSON",
            "comments": "JSON",
            "insights": "JSON",
        },
        key=("id",),
        # Exact, because a post that is missing from the Pacific days that were asked was deleted.
        day="CAST(TRY_CAST(created_time AS TIMESTAMPTZ) AT TIME ZONE 'America/Los_Angeles' AS DATE)",
        absence_means_deleted=True,
    ),
)
