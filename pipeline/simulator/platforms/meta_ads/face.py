"""The face of the Marketing API v26.0: an advertising account, its lists, and reports that are ordered and fetched."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.simulator.face import Face
from pipeline.simulator.platforms.facebook.errors import GraphError, bad_token, error, invalid, missing
from pipeline.simulator.platforms.facebook.fields import Field, FieldsError, parse
from pipeline.simulator.platforms.facebook.paging import token_of
from pipeline.simulator.platforms.meta_ads import faults, rows
from pipeline.simulator.platforms.meta_ads.account import APP_SECRET, TOKEN
from pipeline.simulator.platforms.meta_ads.allowance import allowance, usage
from pipeline.simulator.platforms.meta_ads.orders import PARAMETERS, chosen, numbered, order_of
from pipeline.simulator.platforms.meta_ads.rows import Row
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.advertising import Advertiser

VERSIONS = frozenset(f"v{n}.0" for n in range(22, 27))
PATH = re.compile(r"/meta_ads(?:/(?P<version>v\d+\.\d+))?/(?P<node>[^/]+)(?:/(?P<edge>[a-z_]+))?/?")
EVERYWHERE = frozenset({"access_token", "appsecret_proof", "fields"})
LISTED = EVERYWHERE | {"limit", "after", "effective_status", "filtering"}
# Lists of objects take fewer at a time than reports have rows.
MOST = 5000
STATES = ("Job Not Started", "Job Started", "Job Running", "Job Completed", "Job Failed", "Job Skipped")


def account_of(request: Request) -> str | None:
    """The advertising account whose data is asked for, also through one of its reports."""
    found = PATH.fullmatch(request.path)
    if found is None:
        return None
    if found["node"].startswith("act_"):
        return found["node"].removeprefix("act_")
    order = numbered(found["node"])
    return order.account if order else None


def answer(request: Request, world: World, night: date) -> Reply:
    """What the Graph API answers as of that night."""
    try:
        return _answer(request, world, night)
    except GraphError as refused:
        return refused.reply


def _answer(request: Request, world: World, night: date) -> Reply:
    found = PATH.fullmatch(request.path)
    if found is None or (found["version"] and found["version"] not in VERSIONS):
        return error(2500, f"Unknown path components: {request.path.removeprefix('/meta_ads')}")
    params = {**request.params, **request.form}
    _authorised(request, params)
    account = world.advertising.account("meta_ads", account_of(request) or "")
    if account is None:
        return missing(found["node"])
    if found["node"].startswith("act_"):
        reply = _of_account(request, params, night, account, found["edge"])
    else:
        reply = _of_report(request, params, world, night, found["node"], found["edge"])
    return Reply(reply.document, reply.status, (*reply.headers, *usage(account.id, 2.5)))


def _authorised(request: Request, params: Mapping[str, str]) -> None:
    token = token_of(request)
    if not token:
        raise GraphError(error(104, "An access token is required to request this resource."))
    if token != TOKEN:
        raise GraphError(bad_token("Invalid OAuth access token - Cannot parse access token"))
    proof = params.get("appsecret_proof")
    right = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
    if proof is not None and not hmac.compare_digest(proof, right):
        raise GraphError(
            error(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
        )


def _of_account(
    request: Request, params: Mapping[str, str], night: date, account: Advertiser, edge: str | None
) -> Reply:
    if edge == "insights":
        _known(params, EVERYWHERE | PARAMETERS)
        if request.method == "POST":
            return Reply({"report_run_id": order_of(account.id, params, night).number()})
        # Answers at once are no reports: since August 2026 they may hold nothing.
        return Reply({"data": []})
    if request.method != "GET":
        return error(100, "Unsupported post request.", kind="GraphMethodException", subcode=33)
    if edge is None:
        _known(params, EVERYWHERE)
        told = {"name": account.name, "currency": account.currency, "timezone_name": account.zone.key}
        told |= {"account_id": account.id, "id": f"act_{account.id}", "account_status": "1"}
        return Reply(_picked(told, params, "AdAccount"))
    return _listed(request, params, account, edge)


def _listed(request: Request, params: Mapping[str, str], account: Advertiser, edge: str) -> Reply:
    _known(params, LISTED)
    if edge == "campaigns":
        return _page(request, [_picked(row, params, "Campaign") for row in rows.campaigns(account)])
    if edge == "ads":
        wanted = chosen(account.id, params)
        shown = [row for each in account.campaigns if each.id in wanted for row in rows.ads(each)]
        return _page(request, [_picked(row, params, "Ad") for row in shown])
    return error(2500, f"Unknown path components: /{edge}")


def _of_report(
    request: Request, params: Mapping[str, str], world: World, night: date, number: str, edge: str | None
) -> Reply:
    order = numbered(number)
    if order is None or request.method != "GET":
        return missing(number)
    if edge is None:
        _known(params, EVERYWHERE)
        told = {"id": number, "account_id": order.account, "async_status": STATES[3], "async_percent_completion": 100}
        return Reply(_picked(told, params, "AdReportRun"))
    if edge == "insights":
        _known(params, EVERYWHERE | {"limit", "after"})
        return _page(request, rows.report(world, order, night))
    return error(2500, f"Unknown path components: /{edge}")


def _known(params: Mapping[str, str], names: frozenset[str]) -> None:
    """Refuse parameters that nobody knows: a misspelt one must not pass as if it had been heeded."""
    for name in params:
        if name not in names:
            raise GraphError(invalid(f"Unknown parameter {name}"))


_NODE_FIELDS: Mapping[str, frozenset[str]] = {
    "AdAccount": frozenset({"name", "currency", "timezone_name", "account_id", "account_status", "id"}),
    "Campaign": frozenset({"id", "name", "effective_status"}),
    "Ad": frozenset({"id", "name", "campaign_id", "creative"}),
    "AdReportRun": frozenset(
        {"id", "account_id", "async_status", "async_percent_completion", "error_code", "error_message"}
    ),
}


def _picked(row: Row, params: Mapping[str, str], kind: str) -> Row:
    """The row reduced to ``fields``; its id is always there."""
    try:
        asked = parse(params.get("fields", "id"))
    except FieldsError as wrong:
        raise GraphError(error(2500, f"Syntax error: {wrong}")) from None
    for field in asked:
        if field.name not in _NODE_FIELDS[kind]:
            raise GraphError(invalid(f"Tried accessing nonexisting field ({field.name}) on node type ({kind})"))
    shown = {field.name: _inner(row[field.name], field) for field in asked if field.name in row}
    return {**shown, "id": row["id"]}


def _inner(value: object, field: Field) -> object:
    if not isinstance(value, dict):
        return value
    wanted = {"id", *(each.name for each in field.fields)}
    return {name: inner for name, inner in value.items() if name in wanted}


def _page(request: Request, found: Sequence[Row]) -> Reply:
    """One page, and where the list goes on: a link with the token in it."""
    limit = request.params.get("limit", "25")
    if not limit.isdecimal() or not 1 <= int(limit) <= MOST:
        raise GraphError(invalid(f"The parameter limit must be a number from 1 to {MOST}"))
    start = _place(request.params.get("after"))
    page = found[start : start + int(limit)]
    paging: dict[str, object] = {}
    if page:
        paging["cursors"] = {"before": _cursor(start), "after": _cursor(start + len(page))}
    if start + len(page) < len(found):
        paging["next"] = request.url(access_token=token_of(request), after=_cursor(start + len(page)))
    return Reply({"data": list(page), **({"paging": paging} if paging else {})})


def _cursor(place: int) -> str:
    return urlsafe_b64encode(f"row {place}".encode()).decode().rstrip("=")


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        word, _, number = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
    except (ValueError, binascii.Error):
        word, number = "", ""
    if word != "row" or not number.isdecimal():
        raise GraphError(invalid("Invalid cursor values parsed from the request"))
    return int(number)


FACE = Face(
    name="meta_ads",
    platform="meta_ads",
    prefix="/meta_ads",
    account=account_of,
    answer=answer,
    refusals=faults.REFUSALS,
    distortions=faults.DISTORTIONS,
    allowance=allowance(account_of),
)
