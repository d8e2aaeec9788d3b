"""How the Data API says no: the error object of Google's newer services."""

from __future__ import annotations

from datetime import date

from pipeline.simulator.platforms.ga4.account import access_token
from pipeline.simulator.platforms.youtube.errors import STATUSES
from pipeline.simulator.wire import Reply, Request


class RefusedError(Exception):
    """An error answer on its way out of the code that builds an answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def error(message: str, status: int = 400, reason: str | None = None) -> Reply:
    """An error answer. ``reason``: the word that some errors have beside their status."""
    body: dict[str, object] = {"code": status, "message": message, "status": STATUSES[status]}
    if reason:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        body["details"] = [{"@type": kind, "reason": reason, "domain": "googleapis.com"}]
    return Reply({"error": body}, status=status)


def unauthenticated() -> Reply:
    return error(
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid"
        " authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        401,
    )


def authorised(request: Request, night: date) -> None:
    """Raises RefusedError for a token that is wrong or older than an hour."""
    if request.headers.get("authorization") != f"Bearer {access_token(night)}":
        raise RefusedError(unauthenticated())
