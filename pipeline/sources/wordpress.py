"""WordPress: posts and comments from the site (wp/v2), views from WordPress.com statistics.

wp/v2 has no quota of its own, but hosts may answer 429. WordPress.com publishes none.
Documentation: https://developer.wordpress.org/rest-api/reference/posts/ and
https://developer.wordpress.com/docs/api/1.1/get/sites/%24site/stats/

Quirks that shape this module:

* ``date`` is the site's own time without an offset; ``after`` and ``before`` are exclusive.
* A list moves while it is read: the total is compared on every page.
* wp/v2 knows no views. They come from the statistics of WordPress.com or Jetpack, which need a
  token of their own; without one the three ``stats`` streams are not asked for.
* The statistics write an empty object as ``[]``, ``null`` or ``false``.
"""

from __future__ import annotations

from pipeline.streams import Stream

PLATFORM = "wordpress"
KIND = "network"
BASE = ""
API_VERSION = "wp/v2"
TIME_ZONE: str | None = None
RESTATEMENT_DAYS = 28
POOL_SLOTS = 2

STREAMS = (
    Stream(
        name="posts",
        columns={
            "id": "BIGINT",
            "date": "VARCHAR",
            "date_gmt": "VARCHAR",
            "modified_gmt": "VARCHAR",
            "slug": "VARCHAR",
            "link": "VARCHAR",
            "title": "JSON",
            "author": "BIGINT",
            "categories": "JSON",
            "tags": "JSON",
            "comment_status": "VARCHAR",
            "type": "VARCHAR",
        },
        key=("id",),
        # The site's own date: the one by which it filters, so absence is exact.
        day='TRY_CAST(left("date", 10) AS DATE)',
        absence_means_deleted=True,
    ),
    Stream(
        name="comments",
        columns={
            "id": "BIGINT",
            "post": "BIGINT",
            "parent": "BIGINT",
            "date": "VARCHAR",
            "date_gmt": "VARCHAR",
            "status": "VARCHAR",
        },
        key=("id",),
        day='TRY_CAST(left("date", 10) AS DATE)',
        absence_means_deleted=True,
    ),
    # One record per day, made from a table with columns: `period` of the platform is `day` here.
    Stream(
        name="stats_visits",
        columns={
            "day": "VARCHAR",
            "views": "BIGINT",
            "visitors": "BIGINT",
            "likes": "BIGINT",
            "reblogs": "BIGINT",
            "comments": "BIGINT",
            "posts": "BIGINT",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
        optional=True,
    ),
    # The followers as they are when the night is read: `day` is the night.
    Stream(
        name="stats_summary",
        columns={
            "day": "VARCHAR",
            "followers": "BIGINT",
            "views": "BIGINT",
            "visitors": "BIGINT",
            "likes": "BIGINT",
            "reblogs": "BIGINT",
            "comments": "BIGINT",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
        optional=True,
    ),
    # Lifetime counters of each post published in the window; `date` is the post's own.
    Stream(
        name="stats_post",
        columns={
            "id": "BIGINT",
            "date": "VARCHAR",
            "views": "BIGINT",
            "like_count": "BIGINT",
            "comment_count": "BIGINT",
        },
        key=("id",),
        day='TRY_CAST(left("date", 10) AS DATE)',
        optional=True,
    ),
)
