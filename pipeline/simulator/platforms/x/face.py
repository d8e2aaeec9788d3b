"""The face of X: the API v2 for an app that speaks of tweets and for one that speaks of posts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.x import dialects, faults, posts, users
from pipeline.simulator.platforms.x.account import CLIENT_ID, Holder, holder_of, renewed
from pipeline.simulator.platforms.x.asked import Asked
from pipeline.simulator.platforms.x.limits import Found, allowance
from pipeline.simulator.platforms.x.problems import ProblemError, limits, not_found, unauthorized, unsupported
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.calendar import observed_at
from pipeline.simulator.world.networks.x import LARGE, XNetwork

PREFIX: Final = "/x"
RENEWAL: Final = f"{PREFIX}/2/oauth2/token"
ACCESS_SECONDS: Final = 7200


@dataclass(frozen=True)
class Endpoint:
    """``app`` and ``user``: requests in a quarter of an hour with that kind of token, None where it takes none."""

    path: str
    app: int | None
    user: int | None
    answer: Callable[[Asked, Mapping[str, str]], Reply]


ENDPOINTS: Final = (
    Endpoint(r"/users/me", None, 75, users.me),
    Endpoint(r"/users/by", 300, 900, users.by_names),
    Endpoint(r"/users/by/username/(?P<name>\w{1,15})", 300, 900, users.by_name),
    Endpoint(r"/users/(?P<id>\d{1,19})", 300, 900, users.by_id),
    Endpoint(r"/users/(?P<id>\d{1,19})/tweets", 10_000, 900, posts.timeline),
    Endpoint(r"/users/(?P<id>\d{1,19})/mentions", 450, 300, posts.mentions),
    Endpoint(r"/tweets", 3500, 5000, posts.by_ids),
    Endpoint(r"/tweets/search/recent", 450, 300, posts.search),
    Endpoint(r"/tweets/analytics", None, 300, posts.analytics),
    Endpoint(r"/usage/tweets", 50, None, users.usage),
)
_CONTEXTS: Final = {True: "OAuth 2.0 User Context", False: "OAuth 2.0 Application-Only"}


def account_of(request: Request) -> str | None:
    """The account whose token asks; a refresh token is the large one's."""
    if request.path == RENEWAL:
        return LARGE
    holder = _holder(request)
    return holder.account if holder else None


def answer(request: Request, world: World, night: date) -> Reply:
    """What X answers as of that night."""
    if request.path == RENEWAL:
        return _renewal(request)
    holder = _holder(request)
    if holder is None:
        return unauthorized()
    found = _endpoint(request)
    if found is None or request.method != "GET":
        return not_found(request.path)
    endpoint, parts = found
    most = endpoint.user if holder.user else endpoint.app
    if most is None:
        return unsupported(_CONTEXTS[holder.user])
    reply = _answered(request, Asked(request, holder, world.network("x", XNetwork), night), endpoint, parts)
    return replace(reply, headers=(*reply.headers, *limits(most, most - 1, observed_at(night))))


def _answered(request: Request, asked: Asked, endpoint: Endpoint, parts: Mapping[str, str]) -> Reply:
    try:
        if asked.holder.dialect == "post":
            return dialects.in_posts(endpoint.answer(replace(asked, request=dialects.translated(request)), parts))
        return endpoint.answer(replace(asked, request=dialects.checked(request)), parts)
    except ProblemError as refused:
        return refused.reply


def _endpoint(request: Request) -> tuple[Endpoint, Mapping[str, str]] | None:
    path = request.path.removeprefix(f"{PREFIX}/2")
    for endpoint in ENDPOINTS:
        if found := re.fullmatch(endpoint.path, path):
            return endpoint, found.groupdict()
    return None


def _charged(request: Request) -> Found | None:
    holder, found = _holder(request), _endpoint(request)
    most = (found[0].user if holder.user else found[0].app) if holder and found else None
    return (found[0].path, holder.user, most) if holder and found and most else None


def _holder(request: Request) -> Holder | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return holder_of(token) if kind == "Bearer" else None


def _renewal(request: Request) -> Reply:
    """A new access token, and a new refresh token in place of the one that was used."""
    form = request.form
    tokens = renewed(form.get("refresh_token", ""))
    named = form.get("client_id") == CLIENT_ID or request.headers.get("authorization", "").startswith("Basic ")
    if request.method != "POST" or form.get("grant_type") != "refresh_token" or not named or tokens is None:
        told = "Value passed for the token was invalid."
        return Reply({"error": "invalid_request", "error_description": told}, status=400)
    return Reply(
        {
            "token_type": "bearer",
            "expires_in": ACCESS_SECONDS,
            "access_token": tokens[0],
            "scope": "tweet.read users.read offline.access",
            "refresh_token": tokens[1],
        }
    )


FACE = Face(
    name="x",
    platform="x",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=faults.REFUSALS,
    distortions=faults.DISTORTIONS,
    allowance=allowance(_charged),
)
