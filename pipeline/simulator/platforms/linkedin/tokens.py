"""The member's tokens: one that stands in the settings, and those of 60 days that are granted for a refresh token."""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipeline.simulator.platforms.linkedin.account import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, TOKEN
from pipeline.simulator.platforms.linkedin.restli import error
from pipeline.simulator.rest import RestError
from pipeline.simulator.wire import Reply, Request

LIFE = timedelta(days=60)
# When the member agreed. A refresh token ends a year later, however often it is used.
AGREED = date(2026, 6, 1)
GRANTED = re.compile(r"sim-linkedin-granted-(\d{8})-not-a-secret")


def grant(request: Request, today: date) -> Reply:
    """``POST /oauth/v2/accessToken``."""
    form = request.form
    if request.method != "POST" or form.get("grant_type") != "refresh_token":
        return _refused("invalid_request", "A required parameter is missing")
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        return Reply({"error": "invalid_client", "error_description": "Client authentication failed"}, status=401)
    if form.get("refresh_token") != REFRESH_TOKEN or today >= AGREED + timedelta(days=365):
        return _refused("invalid_grant", "The provided refresh token is invalid, expired or revoked")
    body = {
        "access_token": f"sim-linkedin-granted-{today:%Y%m%d}-not-a-secret",
        "expires_in": int(LIFE.total_seconds()),
        "refresh_token": REFRESH_TOKEN,
        "refresh_token_expires_in": int((AGREED + timedelta(days=365) - today).total_seconds()),
        "scope": "r_organization_social,rw_organization_admin",
    }
    return Reply(body)


def _refused(code: str, why: str) -> Reply:
    return Reply({"error": code, "error_description": why}, status=400)


def bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


def check(request: Request, today: date) -> None:
    """Raises the platform's refusal of a token that is missing, unknown or too old."""
    token = bearer(request)
    if not token:
        raise RestError(error(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token", 65604))
    granted = GRANTED.fullmatch(token)
    if token != TOKEN and granted is None:
        raise RestError(error(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600))
    if granted and date.fromisoformat(granted[1]) + LIFE <= today:
        raise RestError(expired())


def expired() -> Reply:
    return error(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65601)


def revoked() -> Reply:
    return error(401, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user", 65601)
