"""How a shop refuses: GraphQL's errors in HTTP 200, everything before it as one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pipeline.simulator.face import Args
from pipeline.simulator.wire import Reply, Request

VERSION: Final = "2026-07"
HEADERS: Final = (("X-Shopify-API-Version", VERSION),)
# Points of the ordinary plan.
MAXIMUM, RESTORE = 2000.0, 100.0


class RefusedError(Exception):
    """An error answer on its way out of the code that builds an answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def costs(requested: int, left: float | None = None) -> dict[str, Any]:
    status = {
        "maximumAvailable": MAXIMUM,
        "currentlyAvailable": MAXIMUM - requested if left is None else left,
        "restoreRate": RESTORE,
    }
    return {"cost": {"requestedQueryCost": requested, "actualQueryCost": requested, "throttleStatus": status}}


def error(message: str, code: str, extensions: Mapping[str, Any] | None = None) -> Reply:
    told = {"message": message, "extensions": {"code": code}}
    return Reply({"errors": [told], **({"extensions": extensions} if extensions else {})}, headers=HEADERS)


def said(message: str, status: int) -> Reply:
    return Reply({"errors": message}, status=status)


def unauthorized() -> Reply:
    return said("[API] Invalid API key or access token (unrecognized login or wrong password)", 401)


def throttled(request: Request, args: Args) -> Reply | None:
    """The bucket is empty; ``args``: ``left`` (0), so many points are still in it."""
    del request
    return error("Throttled", "THROTTLED", costs(962, float(args.get("left", 0))))


def expired(request: Request, args: Args) -> Reply | None:
    del request, args
    return unauthorized()
