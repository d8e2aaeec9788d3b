"""The face of the Accounts API v1.3: an account with its days, its videos, what stands below them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.tiktok import faults
from pipeline.simulator.platforms.tiktok.account import CLIENT_ID, CLIENT_SECRET
from pipeline.simulator.platforms.tiktok.allowance import BUSINESS
from pipeline.simulator.platforms.tiktok.envelope import RefusedError, error, invalid, ok
from pipeline.simulator.platforms.tiktok.grants import YEAR, exchanged, holder
from pipeline.simulator.platforms.tiktok.rows import comment_rows, day_rows, level, page_of, video_row
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.networks.tiktok import MANNERS, Tiktok

PREFIX = "/tiktok"
API = f"{PREFIX}/open_api/v1.3"
LONGEST_WINDOW = 60
MOST_VIDEOS, MOST_COMMENTS = 20, 30

NOW = frozenset({"followers_count", "videos_count", "total_likes"})
AUDIENCE = frozenset({"audience_countries"})
DAILY = frozenset(
    {
        "video_views", "unique_video_views", "profile_views", "likes", "comments", "shares", "engaged_audience",
        "bio_link_clicks", "daily_new_followers", "daily_lost_followers", "daily_total_followers",
    }
)  # fmt: skip
VIDEO = frozenset(
    {
        "item_id", "caption", "create_time", "share_url", "video_views", "likes", "comments", "shares", "favorites",
        "reach", "total_time_watched", "average_time_watched", "full_video_watched_rate", "new_followers",
    }
)  # fmt: skip


def account_of(request: Request) -> str | None:
    """The account whose data is asked for; of a request for tokens the one that they are for."""
    named = request.params.get("business_id")
    if named is None and request.path.startswith(f"{API}/tt_user/"):
        named = str(_body(request).get("refresh_token", "")).partition("!")[2].partition("!")[0]
    return named if named in MANNERS.accounts else None


def answer(request: Request, world: World, night: date) -> Reply:
    """What the platform answers as of that night."""
    try:
        if request.path == f"{API}/tt_user/oauth2/refresh_token/":
            return _tokens(request, world, night)
        view = VIEWS.get(request.path.removeprefix(API))
        if view is None or request.method != "GET":
            return error(40002, f"no such path: {request.method} {request.path.removeprefix(PREFIX)}", status=404)
        return view(request, world.network("tiktok", Tiktok), _authorised(request, night), night)
    except RefusedError as refused:
        return refused.reply


def _body(request: Request) -> Mapping[str, object]:
    try:
        told = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _tokens(request: Request, world: World, night: date) -> Reply:
    told = _body(request)
    if request.method != "POST" or "json" not in request.headers.get("content-type", ""):
        raise invalid("a JSON body is needed")
    if strange := set(told) - {"client_id", "client_secret", "grant_type", "refresh_token"}:
        raise invalid(f"{min(strange)}: unknown field")
    if (told.get("client_id"), told.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        raise invalid("client_id or client_secret is wrong")
    if told.get("grant_type") != "refresh_token":
        raise invalid("grant_type: only refresh_token is accepted here")
    grant = exchanged(world, night, str(told.get("refresh_token", "")))
    if grant is None:
        return error(40105, "refresh_token is invalid or was used already")
    return ok({**grant, "refresh_token_expires_in": YEAR, "scope": "user.insights,video.list"}, repeats=False)


def _authorised(request: Request, night: date) -> str:
    """The account of the token, which must be the one that is asked for. Raises RefusedError."""
    token = request.headers.get("access-token", "")
    if not token:
        raise RefusedError(error(40104, "Access-Token is missing"))
    account = holder(token, night)
    if account is None:
        raise RefusedError(error(40105, "Access token is incorrect or has been revoked."))
    if request.params.get("business_id") != account:
        raise RefusedError(error(40001, "the user has no permission for this business_id"))
    return account


def _known(request: Request, *names: str) -> None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    for name in request.params:
        if name not in {"business_id", *names}:
            raise invalid(f"{name}: unknown parameter")


def _fields(request: Request, known: frozenset[str]) -> list[str]:
    try:
        fields = json.loads(request.params.get("fields", ""))
    except ValueError:
        fields = None
    if not isinstance(fields, list) or not fields:
        raise invalid("fields: a JSON list of names is needed")
    for name in fields:
        if name not in known:
            raise invalid(f"fields: {name} is not one of the allowed values")
    return fields


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.params.get(name, str(default))
    if not text.isdecimal() or int(text) > most:
        raise invalid(f"{name}: a number of at most {most} is needed")
    return int(text)


def _account(request: Request, tiktok: Tiktok, account: str, night: date) -> Reply:
    _known(request, "start_date", "end_date", "fields")
    fields = _fields(request, NOW | AUDIENCE | DAILY)
    data: dict[str, object] = {name: value for name, value in level(tiktok, account, night).items() if name in fields}
    if "audience_countries" in fields:
        shares = tiktok.audience(account, night)
        data["audience_countries"] = shares and [{"country": name, "percentage": share} for name, share in shares]
    if daily := [name for name in fields if name in DAILY]:
        first, last = _window(request)
        data["metrics"] = day_rows(tiktok.account_days(account, first, last, night), daily)
    return ok(data)


def _window(request: Request) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(request.params.get(name, "")) for name in ("start_date", "end_date"))
    except ValueError:
        raise invalid("start_date, end_date: dates like 2026-11-02 are needed") from None
    if not 0 <= (last - first).days < LONGEST_WINDOW:
        raise invalid(f"start_date, end_date: the range must have 1 to {LONGEST_WINDOW} days")
    return first, last


def _videos(request: Request, tiktok: Tiktok, account: str, night: date) -> Reply:
    _known(request, "fields", "cursor", "max_count")
    fields = _fields(request, VIDEO)
    most = max(1, _number(request, "max_count", MOST_VIDEOS, MOST_VIDEOS))
    cursor = _number(request, "cursor", 0, 2**53)
    shown, following, more = page_of(tiktok.videos(account, night), cursor, most)
    rows = [video_row(tiktok, story, night) for story in shown]
    picked = [{name: row[name] for name in fields} for row in rows]
    return ok({"videos": picked, "cursor": following, "has_more": more})


def _comments(request: Request, tiktok: Tiktok, account: str, night: date) -> Reply:
    _known(request, "video_id", "cursor", "max_count", "include_replies")
    story = tiktok.video(account, request.params.get("video_id", ""), night)
    if story is None:
        raise invalid("video_id: there is no such video")
    nested = request.params.get("include_replies") == "true"
    rows = comment_rows(tiktok, story, night, nested=nested)
    start = _number(request, "cursor", 0, 2**31)
    end = start + max(1, _number(request, "max_count", MOST_VIDEOS, MOST_COMMENTS))
    return ok({"comments": rows[start:end], "cursor": min(end, len(rows)), "has_more": end < len(rows)})


VIEWS: Mapping[str, Callable[[Request, Tiktok, str, date], Reply]] = {
    "/business/get/": _account,
    "/business/video/list/": _videos,
    "/business/comment/list/": _comments,
}
FACE = Face(
    name="tiktok",
    platform="tiktok",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=faults.REFUSALS,
    distortions=faults.DISTORTIONS,
    allowance=BUSINESS,
)
