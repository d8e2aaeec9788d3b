"""Instagram: businesses and creators, by either login, through the Graph API v26.0.

Quota: 4800 calls × impressions in 24 hours (error 80002); a night costs about forty, most of them totals of days.
Documentation: https://developers.facebook.com/docs/instagram-platform/insights/

Quirks that shape this module:

* ``login = "facebook"`` asks graph.facebook.com; ``login = "instagram"`` asks graph.instagram.com with a token of
  60 days, which is renewed long before it ends.
* A day is a Pacific day; ``end_time`` is the midnight that ends it. Totals are one number for their window, so they
  are asked day by day, and never for a day that is not over.
* ``follower_count`` is the number of new followers of a day; the level is only known for now.
* What may be asked of a post depends on what it is. A wrong metric refuses the whole call, so posts are asked in
  groups of one kind, up to fifty in one call (``ids=``); a group that is refused is halved until the culprit is alone.
* Stories are listed for 24 hours, and their numbers go with them: a night that is read late has none.
* Posts from before the account became a business, and stories with few viewers, have no insights: that is no zero.
* ``like_count`` is missing where the owner hides it. Names and texts of people are never asked for or never kept.
* Who was reached is told of the month so far (``timeframe=this_month``), of the account's 45 most frequent places, and
  of one breakdown at a time; it comes beside the followers of the same segment.
* ``paging.next`` carries the token: it is reduced to its cursor and the address is ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.http import Limits, Session, meta_rates
from pipeline.settings import Account, Secret
from pipeline.sources._answers import decode, guarded, in_front, too_late, whole
from pipeline.sources._graph_calls import last_day, versioned
from pipeline.sources.instagram import audience, comments, insights
from pipeline.sources.instagram.graph import Graph, ProfileNow
from pipeline.sources.instagram.login import lasting
from pipeline.sources.instagram.media import Media, media, stories
from pipeline.sources.instagram.numbers import Numbers
from pipeline.streams import Absent, Page, Stream, Unit, Yield

PLATFORM = "instagram"
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
OPTIONS: Mapping[str, object] = {
    # Which login the token comes from: "facebook" or "instagram".
    "login": "facebook",
    # Metrics that this token is known to be refused: they are not even tried.
    "skip_metrics": (),
    # Names of other businesses whose public numbers are read; with Facebook's login alone.
    "tracked": (),
}
# What the answers say in percent of the app's limit and of the account's, and the minutes until it is regained.
RATES = meta_rates("instagram")

_DAY_OF_POST = "CAST(TRY_CAST({} AS TIMESTAMPTZ) AT TIME ZONE 'America/Los_Angeles' AS DATE)"
_POST: Mapping[str, Literal["VARCHAR", "BIGINT", "JSON"]] = {
    "id": "VARCHAR",
    "caption": "VARCHAR",
    "media_type": "VARCHAR",
    "media_product_type": "VARCHAR",
    "permalink": "VARCHAR",
    "timestamp": "VARCHAR",
    "like_count": "BIGINT",
    "comments_count": "BIGINT",
    # {"views": 12, …}: what the platform's insights say of the post.
    "insights": "JSON",
}

STREAMS = (
    # The account as it is when the night is read: `day` is the night, put in front by us.
    Stream(
        name="profile",
        columns={
            "day": "VARCHAR",
            "id": "VARCHAR",
            "username": "VARCHAR",
            "name": "VARCHAR",
            "followers_count": "BIGINT",
            "follows_count": "BIGINT",
            "media_count": "BIGINT",
        },
        key=("id", "day"),
        day="TRY_CAST(day AS DATE)",
    ),
    Stream(
        name="series",
        columns={"name": "VARCHAR", "end_time": "VARCHAR", "value": "BIGINT"},
        key=("name", "end_time"),
        # 07:00 or 08:00 UTC is midnight Pacific after the day; with a Pacific offset it is 00:00.
        day="TRY_CAST(left(end_time, 10) AS DATE) - 1",
    ),
    # `day` is the one day that was asked for, put in front by us.
    Stream(
        name="totals",
        columns={"day": "VARCHAR", "name": "VARCHAR", "value": "BIGINT", "breakdowns": "JSON"},
        key=("day", "name"),
        day="TRY_CAST(day AS DATE)",
    ),
    Stream(
        name="media",
        columns=_POST,
        key=("id",),
        day=_DAY_OF_POST.format("timestamp"),
        absence_means_deleted=True,
    ),
    # What the list lacks is over: a story is shown for 24 hours.
    Stream(
        name="stories",
        columns=_POST,
        key=("id",),
        day=_DAY_OF_POST.format("timestamp"),
        absence_means_deleted=True,
    ),
    # `media_timestamp` is ours: comments are read of the posts of the window, whenever they were written.
    Stream(
        name="comments",
        columns={
            "id": "VARCHAR",
            "media_id": "VARCHAR",
            "media_timestamp": "VARCHAR",
            "parent_id": "VARCHAR",
            "timestamp": "VARCHAR",
            "like_count": "BIGINT",
            "person": "VARCHAR",
            "is_own": "BOOLEAN",
        },
        key=("id",),
        day=_DAY_OF_POST.format("media_timestamp"),
        absence_means_deleted=True,
    ),
    # `value` are followers; `reach` people who saw something since the first of the month in which they were asked for.
    Stream(
        name="demographics",
        columns={
            "day": "VARCHAR",
            "segment": "VARCHAR",
            "breakdown": "VARCHAR",
            "value": "BIGINT",
            "reach": "BIGINT",
        },
        key=("day", "segment"),
        day="TRY_CAST(day AS DATE)",
    ),
    Stream(
        name="tracked",
        columns={
            "day": "VARCHAR",
            "id": "VARCHAR",
            "username": "VARCHAR",
            "followers_count": "BIGINT",
            "media_count": "BIGINT",
        },
        key=("username", "day"),
        day="TRY_CAST(day AS DATE)",
        optional=True,
    ),
)

_PROFILE = "id,username,name,followers_count,follows_count,media_count"
_HOSTS = {"facebook": BASE, "instagram": "https://graph.instagram.com/v26.0"}


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with the token in a header, at the host of the account's login."""
    login = str(account.options.get("login"))
    if login not in _HOSTS:
        raise ConfigError(f'instagram {account.id}: login is "facebook" or "instagram", not "{login}"')
    base = _HOSTS[login] if account.base == BASE else account.base
    token = account.secrets["token"]
    header = {"Authorization": Secret(token.reference, f"Bearer {token.reveal()}")}
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=versioned(base, API_VERSION),
        headers=header if login == "facebook" else None,
        token=lasting(account) if login == "instagram" else None,
        rates=RATES,
        state=account.state,
        limits=limits,
    )


def version_ends(account: Account) -> tuple[str, date] | None:
    """The version in use and its last day, where the platform has named one."""
    return last_day(account.base, API_VERSION)


def check(account: Account, http: Session) -> str:
    """One call for the account itself: its name and followers."""
    now = decode(Graph(account, http).of_account("", (("fields", _PROFILE),)), ProfileNow, "the account")
    followers = whole(now.followers_count)
    return f"@{now.username}, {'an unknown number of' if followers is None else f'{followers:,}'} followers"


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The account, its days, posts, stories, comments and audience. Retired metrics become notes."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    graph, skipped = Graph(account, http), _names(account.options.get("skip_metrics"))
    answer = graph.of_account("", (("fields", _PROFILE),))
    now = decode(answer, ProfileNow, "the account")
    late = too_late(unit, http)
    yield Absent("profile", late) if late else Page("profile", [in_front(answer.body, day=unit.night.isoformat())])
    yield from insights.days(graph, unit.window, skipped, now)
    numbers, posts = Numbers(graph, skipped), list[Media]()
    yield from media(graph, unit.window, numbers, posts)
    yield from stories(graph, unit, numbers)
    yield from comments.comments(graph, unit.window, posts, now)
    yield from audience.demographics(graph, unit, late, skipped)
    yield from audience.tracked(graph, unit, late, _names(account.options.get("tracked")))
    yield from numbers.notes()


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else ()
