"""How the Graph API pages its lists: limits, times and opaque cursors, and the token that is in its links."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from pipeline.simulator.platforms.facebook.errors import GraphError, invalid
from pipeline.simulator.wire import Request

MOST = 100


def graph_time(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S+0000")


def limit_of(text: str | None, default: int = 25) -> int:
    if text is None:
        return default
    if not text.isdecimal() or int(text) > MOST:
        raise GraphError(invalid(f"The parameter limit must be a number from 0 to {MOST}"))
    return int(text)


def cursor(created: datetime, number: str) -> str:
    """An opaque cursor: it says where an object stands, so it survives the object's deletion."""
    return urlsafe_b64encode(f"{created.timestamp():.0f}|{number}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[float, str]:
    """(Unix seconds, id) of a cursor. Raises GraphError for anything that is not ours."""
    try:
        seconds, _, number = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        return float(seconds), number
    except (ValueError, binascii.Error):
        raise GraphError(invalid("Invalid cursor values parsed from the request")) from None


def token_of(request: Request) -> str:
    """The token that the platform puts into its links, however it was sent."""
    return request.params.get("access_token") or request.headers.get("authorization", "").partition(" ")[2]
