"""Google's way of saying no: one body for both of its faces, and who may ask at all."""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.simulator.platforms.youtube.account import KEY, access_token
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world.networks.youtube import MAIN, SMALL

STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}


class GoogleError(Exception):
    """An error answer on its way out of the code that builds an answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def error(reason: str, message: str, status: int = 400, domain: str = "global", detail: str | None = None) -> Reply:
    """An error answer. ``detail``: the reason that newer services add."""
    one = {"message": message, "domain": domain, "reason": reason}
    body: dict[str, object] = {"code": status, "message": message, "errors": [one]}
    if status in STATUSES:
        body["status"] = STATUSES[status]
    if detail:
        kind = "type.googleapis.com/google.rpc.ErrorInfo"
        body["details"] = [{"@type": kind, "reason": detail, "domain": "googleapis.com"}]
    return Reply({"error": body}, status=status)


def refuse(reason: str, message: str, status: int = 400, domain: str = "youtube.parameter") -> GoogleError:
    return GoogleError(error(reason, message, status, domain))


def unauthenticated() -> Reply:
    return error(
        "authError",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid"
        " authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        401,
    )


def owner_of(request: Request) -> str | None:
    """The channel whose reader asks: by a token the main one, by the key the small one."""
    if "authorization" in request.headers:
        return MAIN
    return SMALL if _key(request) else None


def _key(request: Request) -> str:
    return request.headers.get("x-goog-api-key") or request.params.get("key", "")


def authorised(request: Request, night: date, *, keys: bool) -> str:
    """The channel of whoever asks. Raises GoogleError for a token that is wrong or older than an hour."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind:
        if kind.lower() == "bearer" and token == access_token(night):
            return MAIN
        raise GoogleError(unauthenticated())
    if not keys:
        raise GoogleError(unauthenticated())
    key = _key(request)
    if not key:
        message = "Method doesn't allow unregistered callers (callers without established identity)."
        raise GoogleError(error("forbidden", message, 403))
    if key != KEY:
        message = "API key not valid. Please pass a valid API key."
        raise GoogleError(error("badRequest", message, 400, detail="API_KEY_INVALID"))
    return SMALL


def known(request: Request, names: frozenset[str]) -> None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    for name, _ in request.query:
        if name not in names | {"fields", "key", "alt", "prettyPrint"}:
            message = (
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
                f" Field '{name}' could not be found in request message."
            )
            raise GoogleError(error("badRequest", message))
