"""The face of Plausible: one endpoint, a query in the body, 600 requests an hour for a key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from pipeline.simulator.allowance import Allowance, Bucket, Count, by_credential
from pipeline.simulator.face import Face
from pipeline.simulator.platforms.plausible.account import ACCOUNTS, TOKEN
from pipeline.simulator.platforms.plausible.faults import (
    DISTORTIONS,
    REFUSALS,
    UNKNOWN_KEY,
    refused,
    too_many,
)
from pipeline.simulator.platforms.plausible.query import QueryError, Read, parsed
from pipeline.simulator.platforms.plausible.results import results
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.plausible import walks

PREFIX: Final = "/plausible"
_NO_KEY: Final = "Missing API key. Please use a valid Plausible API key as a Bearer Token."
_NO_SITE: Final = "Missing site ID. Please provide the required site_id parameter with your request."


def _body(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except ValueError:
        return None


def account_of(request: Request) -> str | None:
    body = _body(request)
    asked = body.get("site_id") if isinstance(body, dict) else None
    return asked if asked in {account.id for account in ACCOUNTS} else None


def answer(request: Request, world: World, night: date) -> Reply:
    """What the server answers as of that night."""
    if request.path.removeprefix(PREFIX) != "/api/v2/query" or request.method != "POST":
        return refused("Not Found", 404)
    given = request.headers.get("authorization", "")
    if not given.startswith("Bearer "):
        return refused(_NO_KEY, 401)
    body = _body(request)
    if not isinstance(body, dict) or "site_id" not in body:
        return refused(_NO_SITE, 400)
    if given != f"Bearer {TOKEN}" or account_of(request) is None:
        return refused(UNKNOWN_KEY, 401)
    try:
        read = parsed({**body, **request.params}, night)
        return Reply(_document(read, world, night, body))
    except QueryError as problem:
        return refused(str(problem), 400)


def _document(read: Read, world: World, night: date, body: dict[str, Any]) -> dict[str, Any]:
    rows = results(read, walks(world.seed, world.calendar), night)
    meta: dict[str, Any] = {}
    if read.include.get("total_rows"):
        meta["total_rows"] = len(rows)
    if read.include.get("time_labels"):
        meta["time_labels"] = [day.isoformat() for day in read.days]
    return {
        "results": rows[read.offset : read.offset + read.limit],
        "meta": meta,
        "query": {**body, "date_range": read.echo, "filters": list(read.filters)},
    }


def _buckets(request: Request) -> Iterable[Bucket]:
    return (Bucket(f"the key {by_credential(request)}".rstrip(), 600, 3600.0),)


def _spent(request: Request, count: Count) -> Reply:
    del request, count
    return too_many()


FACE: Final = Face(
    name="plausible",
    platform="plausible",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
    allowance=Allowance(_buckets, _spent),
)
