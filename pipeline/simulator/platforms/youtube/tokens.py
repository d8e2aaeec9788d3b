"""Google's endpoint for tokens: an hour of access for the owner's refresh token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.simulator.platforms.youtube.account import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, access_token
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World

PREFIX: Final = "/youtube-oauth"
SCOPES: Final = "https://www.googleapis.com/auth/youtube.readonly https://www.googleapis.com/auth/yt-analytics.readonly"
FIELDS: Final = frozenset({"client_id", "client_secret", "grant_type", "refresh_token"})


@dataclass(frozen=True)
class App:
    """An app whose owner signed in: its endpoint lives at ``prefix``."""

    prefix: str
    client_id: str
    client_secret: str
    refresh_token: str
    scopes: str

    def grant(self, request: Request, access: str) -> Reply:
        """A grant of this access token, or the word for what is wrong with the request."""
        form = request.form
        if request.method != "POST" or request.path.rstrip("/") != f"{self.prefix}/token":
            return Reply({"error": "not_found"}, status=404)
        if strange := sorted({*form, *request.params} - FIELDS):
            return _error("invalid_request", f"Parameter not allowed for this message type: {strange[0]}", 400)
        if form.get("client_id") != self.client_id or form.get("client_secret") != self.client_secret:
            return _error("invalid_client", "The OAuth client was not found.", 401)
        if form.get("grant_type") != "refresh_token":
            return _error("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type')}", 400)
        if form.get("refresh_token") != self.refresh_token:
            return _error("invalid_grant", "Token has been expired or revoked.", 400)
        return Reply({"access_token": access, "expires_in": 3599, "scope": self.scopes, "token_type": "Bearer"})


APP: Final = App(PREFIX, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SCOPES)


def answer(request: Request, world: World, night: date) -> Reply:
    """A grant, or the word for what is wrong with the request."""
    del world
    return APP.grant(request, access_token(night))


def _error(name: str, description: str, status: int) -> Reply:
    return Reply({"error": name, "error_description": description}, status=status)
