"""Facebook Pages through the Graph API v26.0.

Quota: a page token may make 4800 calls × engaged users in 24 hours; a night costs three to ten, and one more for
every hundred comments of a post beyond the first hundred.
Documentation: https://developers.facebook.com/docs/graph-api/reference/page/insights/

Quirks that shape this module:

* A day of insights is a Pacific day; ``end_time`` is the midnight that ends it.
* ``paging.next`` of insights leads to the neighbouring window for ever: it is never followed.
* One retired metric fails the whole call, so the list of metrics is halved until it is found.
* Pages with fewer than 100 likes get empty insights, which is no zero.
* ``shares`` is missing from a post that was never shared.
* ``paging.next`` carries the token: it is reduced to its cursor and the address is ours.
* Comments come inside the list of posts; names and texts of people are never asked for or never kept. Without the
  permission ``pages_read_user_content`` they are counted, and nothing else is known of them.
* Where its followers live is not told any more: ``page_fans_city``, ``page_fans_country`` and ``page_fans_locale``
  were retired on 15 November 2025 without a successor. A page has no audience segments.
* Other pages show their numbers only to apps with a permission that is seldom given: nobody else is tracked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from pipeline.http import Limits, Session, meta_rates
from pipeline.settings import Account, Secret
from pipeline.sources._answers import decode, guarded, in_front, too_late, whole
from pipeline.sources._graph_calls import Metrics, last_day, versioned
from pipeline.sources.facebook.graph import Graph, PageNow
from pipeline.sources.facebook.insights import insights
from pipeline.sources.facebook.posts import posts
from pipeline.streams import Absent, Note, Page, Stream, Unit, Yield

PLATFORM = "facebook"
KIND: Literal["network"] = "network"
ORIGIN: Literal["api"] = "api"
BASE = "https://graph.facebook.com/v26.0"
API_VERSION = "v26.0"
TIME_ZONE: str | None = "America/Los_Angeles"
RESTATEMENT_DAYS = 28
# Insights are kept for about two years.
HISTORY_DAYS: int | None = 730
POOL_SLOTS = 2
CREDENTIALS = ("token",)
OPTIONAL_CREDENTIALS = ("app_secret",)
# Metrics that this token is known to be refused: they are not even tried.
OPTIONS: Mapping[str, object] = {"skip_metrics": ()}

RATES = meta_rates("pages")

_PACIFIC_DAY = "CAST(TRY_CAST({} AS TIMESTAMPTZ) AT TIME ZONE 'America/Los_Angeles' AS DATE)"

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
        day=_PACIFIC_DAY.format("created_time"),
        absence_means_deleted=True,
    ),
    # `post_created_time` is ours: comments are read of the posts of the window, whenever they were written. They are
    # not all comments of a day, so they do not count them: posts are counted, as are their reactions and shares.
    Stream(
        name="post_comments",
        columns={
            "id": "VARCHAR",
            "post_id": "VARCHAR",
            "post_created_time": "VARCHAR",
            "parent_id": "VARCHAR",
            "created_time": "VARCHAR",
            "person": "VARCHAR",
            "is_own": "BOOLEAN",
        },
        key=("id",),
        day=_PACIFIC_DAY.format("post_created_time"),
        absence_means_deleted=True,
    ),
)

_PAGE_FIELDS = "id,name,username,fan_count,followers_count,link,is_published"


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the token in a header. The version is always in the address."""
    token = account.secrets["token"]
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=versioned(account.base, API_VERSION),
        headers={"Authorization": Secret(token.reference, f"Bearer {token.reveal()}")},
        limits=limits,
        rates=RATES,
        state=account.state,
    )


def version_ends(account: Account) -> tuple[str, date] | None:
    """The version in use and its last day, where the platform has named one."""
    return last_day(account.base, API_VERSION)


def check(account: Account, http: Session) -> str:
    """One call for the page itself: its name and followers."""
    answer = Graph(account, http).get("", (("fields", _PAGE_FIELDS),))
    now = decode(answer, PageNow, "the page")
    followers = whole(now.followers_count)
    return f"page {now.name}, {'an unknown number of' if followers is None else f'{followers:,}'} followers"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The page, its insights, its posts and comments. Retired metrics become notes, the others still come."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    graph, metrics = Graph(account, http), Metrics(_names(account.options.get("skip_metrics")))
    answer = graph.get("", (("fields", _PAGE_FIELDS),))
    now = decode(answer, PageNow, "the page")
    late = too_late(unit, http)
    yield Absent("page", late) if late else Page("page", [in_front(answer.body, day=unit.night.isoformat())])
    yield from insights(graph, unit.window, metrics, now)
    yield from posts(graph, unit.window, metrics, str(now.id or account.id))
    for name in metrics.refused:
        yield Note("metric_retired", f"the platform refuses the metric {name}; the others are read")


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else ()
