"""Google's endpoint for tokens: an hour of access for the owner's refresh token."""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.simulator.platforms.youtube.account import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, access_token
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World

PREFIX: Final = "/youtube-oauth"
SCOPES: Final = "https://www.googleapis.com/auth/youtube.readonly https://www.googleapis.com/auth/yt-analytics.readonly"
FIELDS: Final = frozenset({"client_id", "client_secret", "grant_type", "refresh_token"})


def answer(request: Request, world: World, night: date) -> Reply:
    """A grant, or the word for what is wrong with the request."""
    del world
    form = request.form
    if request.method != "POST" or request.path.rstrip("/") != f"{PREFIX}/token":
        return Reply({"error": "not_found"}, status=404)
    if strange := sorted({*form, *request.params} - FIELDS):
        return _error("invalid_request", f"Parameter not allowed for this message type: {strange[0]}", 400)
    if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
        return _error("invalid_client", "The OAuth client was not found.", 401)
    if form.get("grant_type") != "refresh_token":
        return _error("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type')}", 400)
    if form.get("refresh_token") != REFRESH_TOKEN:
        return _error("invalid_grant", "Token has been expired or revoked.", 400)
    token = access_token(night)
    return Reply({"access_token": token, "expires_in": 3599, "scope": SCOPES, "token_type": "Bearer"})


def _error(name: str, description: str, status: int) -> Reply:
    return Reply({"error": name, "error_description": description}, status=status)
