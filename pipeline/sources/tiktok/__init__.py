"""TikTok: an account's videos, days, audience and comments through the Accounts API or the Display API.

10 requests a second and 600 a minute for an app, 40 a minute for each account and endpoint; no header
tells what is left. A night costs one request for the days, one for every 20 videos, one for every video
that has comments.
Documentation: https://business-api.tiktok.com/portal/docs?id=1762228399168514 (Accounts API) and
https://developers.tiktok.com/doc/tiktok-api-v2-video-list (Display API)

Quirks that shape this module:

* Errors come with HTTP 200 and a ``code`` that is not 0. Numbers come as numbers or as texts, and a
  dash stands for none: it becomes null, never 0. Ids are beyond 2^53 and stay text.
* Days are UTC days and come 24 to 48 hours late: a day that is not there yet is absent.
* Videos come newest first, save for pinned ones, and no filter by time exists.
* The statistics of a video end when it is a year old; the platform gives nulls from then on.
* Access tokens live for a day, refresh tokens for a year, and a renewal replaces both.
* The audience is only told of accounts with 100 followers and more, in shares of it.
* ``api = "display"`` reads what any creator may grant: followers now, and videos with four counters.
* Nothing public of other accounts can be asked for, so nobody is tracked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.http import Known, Limits, Rates, Session, Token
from pipeline.settings import Account
from pipeline.sources._answers import guarded
from pipeline.sources._pace import is_paced
from pipeline.sources._tiktok_business import OF_THE_APP
from pipeline.sources.tiktok.business import ENDPOINTS, account_now, account_records, business_videos, comments
from pipeline.sources.tiktok.display import display_account, display_now, display_videos
from pipeline.sources.tiktok.records import Video, uncounted
from pipeline.sources.tiktok.tokens import renew_business, renew_display
from pipeline.streams import Page, Stream, Unit, Yield

PLATFORM = "tiktok"
KIND: Literal["network"] = "network"
ORIGIN: Literal["api"] = "api"
BASE = "https://business-api.tiktok.com"
API_VERSION = "v1.3"
TIME_ZONE: str | None = "UTC"
RESTATEMENT_DAYS = 28
# Statistics of a post end a year after it was published.
HISTORY_DAYS: int | None = 365
POOL_SLOTS = 2
# No access token outlives a day: the refresh token of the first consent and the app's own id and secret get new ones.
CREDENTIALS = ("refresh_token", "client_id", "client_secret")
# The access token of that consent, which saves the first renewal.
OPTIONAL_CREDENTIALS = ("token",)
OPTIONS: Mapping[str, object] = {
    "api": "business",
    "display_base": "https://open.tiktokapis.com",
    # More of them, where the app may read them: audience_genders, audience_ages, audience_cities.
    "audience": ("audience_countries",),
    "comments_a_page": 30,
    # Asks for up to three answers inside of each comment, where the list does not give them beside it.
    "include_replies": False,
    # What one account may be asked of one endpoint; 0 where nothing limits it.
    "requests_a_minute": 40,
    # Whether requests are paced: "", where the address is one of the platform's (https), "always" or "never".
    "paced": "",
}

_CREATED_DAY = "CAST(TRY(to_timestamp(TRY_CAST({} AS BIGINT))) AT TIME ZONE 'UTC' AS DATE)"

STREAMS = (
    # The account as it is when the night is read: `day` is the night, put in front by us.
    Stream(
        name="account",
        columns={
            "day": "VARCHAR",
            "display_name": "VARCHAR",
            "followers_count": "BIGINT",
            "videos_count": "BIGINT",
            "total_likes": "BIGINT",
            "follower_count": "BIGINT",
            "following_count": "BIGINT",
            "likes_count": "BIGINT",
            "video_count": "BIGINT",
        },
        key=("day",),
        day="TRY_CAST(day AS DATE)",
    ),
    # One record for each day that the platform has worked out.
    Stream(
        name="days",
        columns={
            "date": "VARCHAR",
            "video_views": "BIGINT",
            "unique_video_views": "BIGINT",
            "profile_views": "BIGINT",
            "likes": "BIGINT",
            "comments": "BIGINT",
            "shares": "BIGINT",
            "engaged_audience": "BIGINT",
            "bio_link_clicks": "BIGINT",
            "daily_new_followers": "BIGINT",
            "daily_lost_followers": "BIGINT",
            "daily_total_followers": "BIGINT",
        },
        key=("date",),
        day='TRY_CAST("date" AS DATE)',
    ),
    # One record per segment; `followers_count` is the level that its share is a share of.
    Stream(
        name="audience",
        columns={
            "day": "VARCHAR",
            "dimension": "VARCHAR",
            "segment": "VARCHAR",
            "percentage": "DOUBLE",
            "followers_count": "BIGINT",
        },
        key=("day", "dimension", "segment"),
        day="TRY_CAST(day AS DATE)",
    ),
    # A video of either API: `item_id` is put in front where the platform calls it `id`.
    Stream(
        name="posts",
        columns={
            "item_id": "VARCHAR",
            "id": "VARCHAR",
            "create_time": "BIGINT",
            "caption": "VARCHAR",
            "title": "VARCHAR",
            "share_url": "VARCHAR",
            "video_views": "BIGINT",
            "likes": "BIGINT",
            "comments": "BIGINT",
            "shares": "BIGINT",
            "favorites": "BIGINT",
            "reach": "BIGINT",
            "new_followers": "BIGINT",
            "total_time_watched": "DOUBLE",
            "average_time_watched": "DOUBLE",
            "full_video_watched_rate": "DOUBLE",
            "view_count": "BIGINT",
            "like_count": "BIGINT",
            "comment_count": "BIGINT",
            "share_count": "BIGINT",
        },
        key=("item_id",),
        day=_CREATED_DAY.format("create_time"),
        absence_means_deleted=True,
    ),
    # What stands below the videos of the window: the day is the video's, so that absence is exact.
    Stream(
        name="comments",
        columns={
            "comment_id": "VARCHAR",
            "video_id": "VARCHAR",
            "video_create_time": "BIGINT",
            "parent_comment_id": "VARCHAR",
            "create_time": "BIGINT",
            "person": "VARCHAR",
            "own": "BOOLEAN",
            "status": "VARCHAR",
        },
        key=("comment_id",),
        day=_CREATED_DAY.format("video_create_time"),
        absence_means_deleted=True,
    ),
)


def rates_of(account: Account, base: str) -> Rates | None:
    """The limits of who answers there."""
    if not is_paced(account, base):
        return None
    most = account.options["requests_a_minute"]
    if not isinstance(most, int) or not most or _is_display(account):
        return Rates(known={"the app": OF_THE_APP}, bucket=lambda _: "the app")
    own = {path: f"{path} of {account.id}" for path in ENDPOINTS}
    known = {"the app": OF_THE_APP, **dict.fromkeys(own.values(), Known(most, per=60))}
    return Rates(known=known, bucket=lambda path: ("the app", own[path]) if path in own else "the app")


def open_session(account: Account, night: date | None, limits: Limits | None = None) -> Session:
    """A session with an access token that is renewed in time, in the header that the chosen API reads."""
    shown = _is_display(account)
    base = str(account.options["display_base"]) if shown else account.base
    secrets = account.secrets
    token = Token(
        account,
        access=secrets.get("token"),
        refresh=secrets["refresh_token"],
        renew=partial(renew_display if shown else renew_business, secrets["client_id"], secrets["client_secret"]),
        header="Authorization" if shown else "Access-Token",
        scheme="Bearer" if shown else "",
    )
    return Session(
        platform=PLATFORM,
        account=account.id,
        night=night,
        base=base,
        token=token,
        rates=rates_of(account, base),
        state=account.state,
        spender=secrets["client_id"],
        limits=limits,
    )


def check(account: Account, http: Session) -> str:
    """One call for the account itself: its followers and videos."""
    return display_now(http) if _is_display(account) else account_now(account, http)


def fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    """The account, its days and its audience, the videos of the window and what stands below them."""
    return guarded(account, http, _fetch(account, unit, http))


def _fetch(account: Account, unit: Unit, http: Session) -> Iterator[Yield]:
    shown = _is_display(account)
    yield from display_account(unit, http) if shown else account_records(account, unit, http)
    found: list[Video] = []
    for page in display_videos(unit, http) if shown else business_videos(account, unit, http):
        found += page
        yield Page("posts", [video.record for video in page])
    yield from uncounted(found, unit)
    if not shown:
        yield from comments(account, unit, http, found)


def _is_display(account: Account) -> bool:
    api = account.options.get("api")
    if api not in ("business", "display"):
        raise ConfigError(f'api: {api!r} is neither "business" nor "display"')
    return api == "display"
