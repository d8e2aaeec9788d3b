"""Six hundred requests a minute for the app, and forty for an account's endpoint; no answer tells of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.simulator.allowance import Allowance, Bucket, Count, by_credential
from pipeline.simulator.wire import Reply, Request

_APP: Final = Bucket("the app", 600, 60.0)
_OF_AN_ACCOUNT: Final = 40


def _business(request: Request) -> Iterable[Bucket]:
    account = request.params.get("business_id")
    if account is None:
        return (_APP,)
    name = f"{request.path.rpartition('/v1.3')[2]} of {account}"
    return (_APP, Bucket(f"{name} {by_credential(request)}".rstrip(), _OF_AN_ACCOUNT, 60.0))


def _refused(_request: Request, _count: Count) -> Reply:
    return Reply({"code": 40100, "message": "Too many requests. Please retry in some time.", "data": {}})


def _display_refused(_request: Request, _count: Count) -> Reply:
    told = {"code": "rate_limit_exceeded", "message": "The API rate limit was exceeded. Please try again later."}
    return Reply({"data": {}, "error": {**told, "log_id": "20261103030000"}}, status=429)


BUSINESS: Final = Allowance(_business, _refused)
DISPLAY: Final = Allowance(lambda _: (_APP,), _display_refused)
