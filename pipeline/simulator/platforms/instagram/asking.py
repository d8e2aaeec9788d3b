"""What the parts of this face share: who asks, what may be asked, how lists are cut into pages."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TypeVar

from pipeline.simulator.platforms.facebook.errors import GraphError, bad_token, error, invalid
from pipeline.simulator.platforms.facebook.fields import Field, FieldsError, parse
from pipeline.simulator.platforms.instagram.account import LIFE_DAYS, PAGE_TOKEN, RENEWED, USER_TOKEN
from pipeline.simulator.wire import Request
from pipeline.simulator.world.calendar import PACIFIC, midnight
from pipeline.simulator.world.community import Response, Story
from pipeline.simulator.world.networks.instagram import MAIN, SMALL, id_of

Item = TypeVar("Item", Story, Response)
MOST = 100


def token_of(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token if kind.lower() in {"bearer", "oauth"} else request.params.get("access_token", "")


def authorised(request: Request, login: str, night: date) -> str:
    """The account that the token belongs to. Raises GraphError as the platform would."""
    token = token_of(request)
    if not token:
        raise GraphError(error(104, "An access token is required to request this resource."))
    if login == "facebook" and token == PAGE_TOKEN:
        return MAIN
    if login == "instagram" and token == USER_TOKEN:
        return SMALL
    if login == "instagram" and (made := made_on(token)) is not None:
        if 0 <= (night - made).days <= LIFE_DAYS:
            return SMALL
        raise GraphError(bad_token("Error validating access token: Session has expired", 463))
    raise GraphError(bad_token("Invalid OAuth access token - Cannot parse access token"))


def made_on(token: str) -> date | None:
    """The night on which a renewed token was made."""
    before, after = RENEWED.split("{}")
    try:
        inner = token.removeprefix(before).removesuffix(after)
        return date.fromisoformat(inner) if token == RENEWED.format(inner) else None
    except ValueError:
        return None


def known(request: Request, *names: str) -> None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    for name in request.params:
        if name not in {"access_token", "appsecret_proof", "pretty", *names}:
            raise GraphError(invalid(f"Unknown parameter: {name}"))


def fields_of(request: Request, default: str) -> tuple[Field, ...]:
    try:
        return parse(request.params.get("fields") or default)
    except FieldsError as reason:
        raise GraphError(invalid(f"Syntax error in the fields parameter: {reason}")) from None


def no_field(name: str, kind: str) -> GraphError:
    return GraphError(invalid(f"Tried accessing nonexisting field ({name}) on node type ({kind})"))


def moment(request: Request, name: str) -> datetime | None:
    """A ``since`` or ``until``: Unix seconds or an ISO date (Pacific). None when it was not sent."""
    text = request.params.get(name)
    if not text:
        return None
    try:
        return (
            datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else midnight(date.fromisoformat(text), PACIFIC)
        )
    except (ValueError, OverflowError, OSError):
        raise GraphError(invalid(f"param {name} must be a valid unix timestamp or date")) from None


def metrics_of(text: str | None, accepted: Collection[str]) -> list[str]:
    """The metrics that were asked for. One that does not exist refuses the whole call."""
    names = [name for name in (text or "").split(",") if name]
    if not names:
        raise GraphError(invalid("The parameter metric is required"))
    for place, name in enumerate(names):
        if name not in accepted:
            values = ", ".join(sorted(accepted))
            raise GraphError(invalid(f"metric[{place}] must be one of the following values: {values}"))
    return names


def edge(
    request: Request,
    items: Sequence[Item],
    shape: Callable[[Item], Mapping[str, object]],
    *,
    at: str | None = None,
    limit: str | None = None,
) -> dict[str, object]:
    """One page of a list. ``at``: where the list is asked by itself, for one that stands inside an object."""
    asked = limit if limit is not None else request.params.get("limit", "25")
    if not asked.isdecimal() or not 0 < int(asked) <= MOST:
        raise GraphError(invalid(f"The parameter limit must be a number from 1 to {MOST}"))
    places = [id_of(item) for item in items]
    cursor = None if at else request.params.get("after")
    start = places.index(_place(cursor, places)) + 1 if cursor else 0
    shown = items[start : start + int(asked)]
    if not shown:
        return {"data": []}
    last = _cursor(id_of(shown[-1]))
    paging: dict[str, object] = {"cursors": {"before": _cursor(id_of(shown[0])), "after": last}}
    if start + len(shown) < len(items):
        link = request.url(access_token=token_of(request), after=last, limit=asked)
        paging["next"] = (
            f"{request.base}{at}?access_token={token_of(request)}&limit={asked}&after={last}" if at else link
        )
    return {"data": [shape(item) for item in shown], "paging": paging}


def _cursor(number: str) -> str:
    return urlsafe_b64encode(f"QVFI{number}".encode()).decode().rstrip("=")


def _place(cursor: str, places: Sequence[str]) -> str:
    try:
        found = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().removeprefix("QVFI")
    except (ValueError, binascii.Error):
        found = ""
    if found not in places:
        raise GraphError(invalid("Invalid cursor values parsed from the request"))
    return found
