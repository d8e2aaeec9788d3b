"""The face of the affiliate network: one bare list for at most 31 days, and 20 calls a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from pipeline.simulator.allowance import Allowance, Bucket, Count, by_credential
from pipeline.simulator.distortions import string_numbers
from pipeline.simulator.face import Again, Args, Distortion, Face, Refusal
from pipeline.simulator.platforms.awin.account import ACCOUNTS, TOKEN
from pipeline.simulator.refusals import html_page, retry_after
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.awin import Commission, commissions

PREFIX: Final = "/awin"
PARAMETERS: Final = frozenset(
    {"startDate", "endDate", "timezone", "dateType", "status", "advertiserId", "showBasketProducts"}
)
MOMENTS: Final[Mapping[str, Callable[[Commission], datetime | None]]] = {
    "transaction": lambda sale: sale.sold,
    "validation": lambda sale: sale.validated,
    "amendment": lambda sale: sale.amended,
}
_STATUSES: Final = ("pending", "approved", "declined", "deleted")


def account_of(request: Request) -> str | None:
    parts = request.path.removeprefix(PREFIX).strip("/").split("/")
    known = {account.id for account in ACCOUNTS}
    return parts[1] if len(parts) > 1 and parts[1] in known else None


def error(name: str, description: str, status: int) -> Reply:
    return Reply({"error": name, "description": description}, status=status)


def unauthorized() -> Reply:
    return error("unauthorized", "Full authentication is required to access this resource", 401)


def answer(request: Request, world: World, night: date) -> Reply:
    """The sales of a publisher as of that night."""
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return unauthorized()
    parts = request.path.removeprefix(PREFIX).strip("/").split("/")
    if request.method != "GET" or len(parts) != 3 or (parts[0], parts[2]) != ("publishers", "transactions"):
        return error("exception", "No handler found", 404)
    if account_of(request) is None:
        return error("forbidden", "The user has no access to this publisher", 403)
    try:
        rows = _rows(request, world, night)
    except (KeyError, ValueError) as problem:
        return error("bad request", f"Invalid parameters: {problem}", 400)
    return Reply(rows)


def _rows(request: Request, world: World, night: date) -> list[dict[str, Any]]:
    params = request.params
    if strange := sorted(set(params) - PARAMETERS):
        raise ValueError(strange[0])
    zone = ZoneInfo(params["timezone"])
    begin, end = (datetime.strptime(params[name], "%Y-%m-%dT%H:%M:%S") for name in ("startDate", "endDate"))  # noqa: DTZ007
    if not begin <= end < begin + timedelta(days=31):
        raise ValueError("the range is longer than 31 days")
    of, status = MOMENTS[params.get("dateType", "transaction")], params.get("status")
    if status is not None and status not in _STATUSES:
        raise ValueError(status)
    found = []
    for sale in commissions(world.seed, world.calendar).standing(night):
        at = of(sale)
        if at and begin <= at.astimezone(zone).replace(tzinfo=None) <= end and status in {None, sale.status}:
            found.append(row(sale, zone))
    return found


def row(sale: Commission, zone: ZoneInfo) -> dict[str, Any]:
    """A sale with everything that the platform tells of it, also of the buyer."""

    def moment(at: datetime | None) -> str | None:
        return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") if at else None

    def money(amount: Decimal | None) -> dict[str, Any] | None:
        return None if amount is None else {"amount": float(amount), "currency": "EUR"}

    return {
        "id": sale.id,
        "url": "http://www.publisher.example",
        "advertiserId": sale.programme,
        "publisherId": int(ACCOUNTS[0].id),
        "siteName": "Journal",
        "commissionStatus": sale.status,
        "commissionAmount": money(sale.commission),
        "saleAmount": money(sale.sale),
        "ipHash": "-8103813414857796536",
        "customerCountry": "FR",
        "clickRefs": None if sale.reference is None else {"clickRef": sale.reference, "clickRef2": "second"},
        "clickDate": moment(sale.clicked),
        "transactionDate": moment(sale.sold),
        "validationDate": moment(sale.validated),
        "type": "Commission group transaction",
        "declineReason": "Returned by someone" if sale.status == "declined" else None,
        "voucherCodeUsed": False,
        "voucherCode": "",
        "lapseTime": int((sale.sold - sale.clicked).total_seconds()),
        "amended": sale.amended is not None,
        "oldSaleAmount": None,
        "oldCommissionAmount": money(sale.old_commission),
        "clickDevice": "Windows",
        "transactionDevice": "Windows",
        "paidToPublisher": False,
        "orderRef": str(sale.id % 977),
    }


def _too_many(request: Request, args: Args) -> Reply | None:
    del request
    reply = error("too many requests", "The API throttle of 20 calls per minute was reached", 429)
    return Reply(reply.document, status=429, headers=retry_after(args))


def _away(request: Request, args: Args) -> Reply | None:
    del request
    reply = error("exception", "Service unavailable", int(args.get("status", 503)))
    return Reply(reply.document, status=reply.status, headers=retry_after(args))


def _expired(request: Request, args: Args) -> Reply | None:
    del request, args
    return unauthorized()


def _empty(reply: Reply, request: Request, args: Args, again: Again) -> Reply:
    """No sales at all, which a list without a total cannot contradict."""
    del request, args, again
    return Reply([]) if reply.status == 200 and reply.text is None else reply


def _buckets(request: Request) -> Iterable[Bucket]:
    return (Bucket(f"the user {by_credential(request)}".rstrip(), 20, 60.0),)


def _refused(request: Request, count: Count) -> Reply:
    del count
    return _too_many(request, {}) or Reply(status=429)


REFUSALS: Mapping[str, Refusal] = {
    "rate_limit": _too_many,
    "expired_token": _expired,
    "unavailable": _away,
    "html_page": html_page,
}
DISTORTIONS: Mapping[str, Distortion] = {"string_numbers": string_numbers(), "empty_page": _empty}
FACE: Final = Face(
    name="awin",
    platform="awin",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
    allowance=Allowance(_buckets, _refused),
)
