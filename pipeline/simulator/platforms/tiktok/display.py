"""The face of the Display API v2: the account of the token, its followers now, its videos with four counters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pipeline.simulator.distortions import negative_counts, restated, string_numbers
from pipeline.simulator.face import Args, Face
from pipeline.simulator.platforms.tiktok import faults
from pipeline.simulator.platforms.tiktok.account import CLIENT_ID, CLIENT_SECRET
from pipeline.simulator.platforms.tiktok.allowance import DISPLAY
from pipeline.simulator.platforms.tiktok.envelope import RefusedError, request_id
from pipeline.simulator.platforms.tiktok.grants import YEAR, exchanged, holder
from pipeline.simulator.platforms.tiktok.rows import Row, level, page_of, share_url
from pipeline.simulator.refusals import html_page, retry_after, unavailable
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.community import Story
from pipeline.simulator.world.networks.tiktok import Tiktok, video_id

PREFIX = "/tiktok_display"
USER: Final = {
    "open_id": None,
    "display_name": None,
    "follower_count": "followers_count",
    "following_count": None,
    "likes_count": "total_likes",
    "video_count": "videos_count",
}
VIDEO: Final = frozenset(
    {"id", "create_time", "title", "share_url", "view_count", "like_count", "comment_count", "share_count"}
)
MOST_VIDEOS = 20
COUNTERS: Final = frozenset({"view_count", "like_count", "comment_count", "share_count", "follower_count"})


def account_of(request: Request) -> str | None:
    """The account of the token: nothing else in a request names one."""
    token = request.headers.get("authorization", "").partition(" ")[2] or request.form.get("refresh_token", "")
    named = token.partition("!")[2].partition("!")[0]
    return named or None


def ok(data: object) -> Reply:
    return Reply({"data": data, "error": {"code": "ok", "message": "", "log_id": request_id(data)}})


def error(code: str, message: str, status: int) -> Reply:
    told = {"code": code, "message": message, "log_id": request_id(code, message)}
    return Reply({"data": {}, "error": told}, status=status)


def invalid(message: str) -> RefusedError:
    return RefusedError(error("invalid_params", message, 400))


def answer(request: Request, world: World, night: date) -> Reply:
    """What the platform answers as of that night."""
    try:
        route = (request.method, request.path.removeprefix(PREFIX))
        if route == ("POST", "/v2/oauth/token/"):
            return _tokens(request, world, night)
        if route not in {("GET", "/v2/user/info/"), ("POST", "/v2/video/list/")}:
            return error("invalid_params", f"no such path: {' '.join(route)}", 404)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        account = holder(token, night) if kind == "Bearer" else None
        if account is None:
            return error("access_token_invalid", "The access token is invalid or not found in the request.", 401)
        tiktok = world.network("tiktok", Tiktok)
        view = _user if route[0] == "GET" else _videos
        return view(request, tiktok, account, night)
    except RefusedError as refused:
        return refused.reply


def _tokens(request: Request, world: World, night: date) -> Reply:
    form = request.form
    wanted = {"client_key": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "refresh_token"}
    if {name: form.get(name) for name in wanted} != wanted:
        return _ungranted("invalid_request", "The request parameters are malformed.")
    grant = exchanged(world, night, form.get("refresh_token", ""))
    if grant is None:
        return _ungranted("invalid_grant", "Refresh token is invalid or expired.")
    return Reply({**grant, "refresh_expires_in": YEAR, "scope": "user.info.stats,video.list"}, repeats=False)


def _ungranted(code: str, message: str) -> Reply:
    return Reply({"error": code, "error_description": message, "log_id": request_id(code)}, status=400)


def _fields(request: Request, known: frozenset[str]) -> list[str]:
    if strange := set(request.params) - {"fields"}:
        raise invalid(f"{min(strange)}: unknown parameter")
    fields = request.params.get("fields", "").split(",")
    if strange := set(fields) - known:
        raise invalid(f"fields: {min(strange) or 'nothing'} is not one of the allowed values")
    return fields


def _user(request: Request, tiktok: Tiktok, account: str, night: date) -> Reply:
    fields = _fields(request, frozenset(USER))
    now = {**level(tiktok, account, night), "following_count": 12}
    own: Row = {"open_id": account, "display_name": "Coulisses", "following_count": 12}
    return ok({"user": {name: own.get(name, now.get(USER[name] or "")) for name in fields}})


def _videos(request: Request, tiktok: Tiktok, account: str, night: date) -> Reply:
    fields = _fields(request, VIDEO)
    body = _body(request)
    most, cursor = body.get("max_count", 10), body.get("cursor", 0)
    if not isinstance(most, int) or not 1 <= most <= MOST_VIDEOS:
        raise invalid(f"max_count: a number from 1 to {MOST_VIDEOS} is needed")
    if not isinstance(cursor, int) or cursor < 0:
        raise invalid("cursor: a moment in milliseconds is needed")
    shown, following, more = page_of(tiktok.videos(account, night), cursor, most)
    rows = [_video(tiktok, story, night) for story in shown]
    picked = [{name: row[name] for name in fields} for row in rows]
    return ok({"videos": picked, "cursor": following, "has_more": more})


def _body(request: Request) -> Mapping[str, Any]:
    try:
        told = json.loads(request.body or b"{}")
    except ValueError:
        raise invalid("the body is no JSON") from None
    if not isinstance(told, dict) or set(told) - {"max_count", "cursor"}:
        raise invalid("the body may have max_count and cursor")
    return told


def _video(tiktok: Tiktok, story: Story, night: date) -> Row:
    counted = tiktok.counted(story, night)
    return {
        "id": video_id(story),
        "create_time": int(story.created.timestamp()),
        "title": story.text,
        "share_url": share_url(story),
        "view_count": counted and counted.video_views,
        "like_count": counted and counted.likes,
        "comment_count": counted and counted.comments,
        "share_count": counted and counted.shares,
    }


def _rate_limit(request: Request, args: Args) -> Reply | None:
    del request
    reply = error("rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.", 429)
    return Reply(reply.document, reply.status, retry_after(args))


def _expired_token(request: Request, args: Args) -> Reply | None:
    del args
    if request.path.endswith("/oauth/token/"):
        return None
    return error("access_token_invalid", "The access token is invalid or not found in the request.", 401)


FACE = Face(
    name="tiktok_display",
    platform="tiktok",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    allowance=DISPLAY,
    refusals={
        "rate_limit": _rate_limit,
        "expired_token": _expired_token,
        "unavailable": unavailable(error("internal_error", "Something went wrong. Please try again later.", 503)),
        "html_page": html_page,
    },
    distortions={
        "string_numbers": string_numbers(),
        "negative_counts": negative_counts(COUNTERS),
        "restated": restated(COUNTERS),
        "deleted_post": faults.deleted_post("id"),
        "empty_page": faults.empty_page,
        "missing_next": faults.missing_next,
    },
)
