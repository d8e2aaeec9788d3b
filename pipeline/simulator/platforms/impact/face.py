"""The face of impact.com: actions by their last change, in pages whose envelope is written in texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from pipeline.simulator.allowance import COPY
from pipeline.simulator.face import Face
from pipeline.simulator.platforms.impact.account import ACCOUNTS, SID, TOKEN
from pipeline.simulator.platforms.impact.faults import ALLOWANCE, DISTORTIONS, REFUSALS, error
from pipeline.simulator.rest import basic_credentials
from pipeline.simulator.wire import Reply, Request
from pipeline.simulator.world import World
from pipeline.simulator.world.awin import Commission, changed
from pipeline.simulator.world.calendar import observed_at
from pipeline.simulator.world.impact import CURRENCY, is_reversed, number, payout, standing

PREFIX: Final = "/impact"
PARAMETERS: Final = frozenset({"StartDate", "EndDate", "State", "CampaignId", "Page", "PageSize"})
STATES: Final[Mapping[str, str]] = {
    "pending": "PENDING",
    "approved": "APPROVED",
    "declined": "REVERSED",
    "deleted": "REVERSED",
}
_LONGEST: Final = timedelta(days=45)
_MOST_ROWS: Final = 20_000
# The clock of the platform's own accounts.
_ZONE: Final = timedelta(hours=-7)


def account_of(request: Request) -> str | None:
    parts = request.path.removeprefix(PREFIX).strip("/").split("/")
    known = {account.id for account in ACCOUNTS}
    return parts[1] if len(parts) > 1 and parts[1] in known else None


def answer(request: Request, world: World, night: date) -> Reply:
    """A page of the actions of a partner as of that night."""
    if basic_credentials(request) != (_user(request), TOKEN):
        return error("Authentication failed. Please check your credentials.", 401)
    parts = request.path.removeprefix(PREFIX).strip("/").split("/")
    if request.method != "GET" or len(parts) != 3 or (parts[0], parts[2]) != ("Mediapartners", "Actions"):
        return error("The requested resource was not found", 404)
    if account_of(request) is None:
        return error("Access is denied", 403)
    try:
        found = _found(request, world, night)
        return Reply(_page(request, found))
    except (KeyError, ValueError) as problem:
        return error(f"Invalid request: {problem}", 400)


def _user(request: Request) -> str:
    """Who must ask: a copy signs in under a name of its own, which nobody translates in a coded header."""
    copy = request.headers.get(COPY)
    return f"{SID}{int(copy):02d}" if copy else SID


def _found(request: Request, world: World, night: date) -> list[Commission]:
    params = request.params
    if strange := sorted(set(params) - PARAMETERS):
        raise ValueError(strange[0])
    if ("StartDate" in params) != ("EndDate" in params):
        raise ValueError("StartDate and EndDate belong together")
    now = observed_at(night)
    begin, end = now - timedelta(days=7), now
    if "StartDate" in params:
        begin, end = (_moment(params[name]) for name in ("StartDate", "EndDate"))
    if not begin <= end <= begin + _LONGEST:
        raise ValueError("StartDate and EndDate are more than 45 days apart")
    state, campaign = params.get("State"), params.get("CampaignId")
    if state not in {None, *STATES.values()}:
        raise ValueError(str(state))
    found = [
        action
        for action in standing(world.seed, world.calendar, night)
        if begin <= changed(action) <= end
        and state in {None, STATES[action.status]}
        and campaign in {None, str(action.programme)}
    ]
    return sorted(found, key=lambda action: (action.sold, action.id), reverse=True)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _page(request: Request, found: list[Commission]) -> dict[str, Any]:
    size, page = int(request.params.get("PageSize", "1000")), int(request.params.get("Page", "1"))
    if not 0 < size <= _MOST_ROWS or page < 1:
        raise ValueError("PageSize")
    pages = max(1, -(-len(found) // size))
    path = request.path.removeprefix(PREFIX)

    def at(number: int) -> str:
        if not 1 <= number <= pages:
            return ""
        return f"{path}?{urlencode({**request.params, 'PageSize': size, 'Page': number})}"

    rows = found[(page - 1) * size : page * size]
    return {
        "@page": str(page),
        "@numpages": str(pages),
        "@pagesize": str(size),
        "@total": str(len(found)),
        "@start": str((page - 1) * size),
        "@end": str((page - 1) * size + len(rows)),
        "@uri": at(page),
        "@firstpageuri": at(1),
        "@previouspageuri": at(page - 1),
        "@nextpageuri": at(page + 1),
        "@lastpageuri": at(pages),
        "Actions": [row(action) for action in rows],
    }


def row(action: Commission) -> dict[str, Any]:
    """An action with what the platform tells of it, also of the buyer. Absent moments are empty texts."""

    def moment(at: datetime | None) -> str:
        if at is None:
            return ""
        local = (at.astimezone(UTC) + _ZONE).replace(tzinfo=None)
        return f"{local:%Y-%m-%dT%H:%M:%S}-07:00"

    return {
        "Id": number(action),
        "CampaignId": action.programme,
        "CampaignName": f"Programme {action.programme}",
        "ActionTrackerId": 4636,
        "ActionTrackerName": "Sale",
        "State": STATES[action.status],
        "AdId": 506720,
        "Payout": f"{payout(action):.2f}",
        "DeltaPayout": "0.00",
        "IntendedPayout": f"{action.old_commission or action.commission:.2f}",
        "Amount": f"{action.sale:.2f}",
        "DeltaAmount": "0.00",
        "IntendedAmount": f"{action.sale:.2f}",
        "Currency": CURRENCY,
        "ReferringDate": moment(action.clicked),
        "EventDate": moment(action.sold),
        "CreationDate": moment(action.sold),
        "LockingDate": moment(action.sold + timedelta(days=40)),
        "ClearedDate": moment(action.validated if action.status == "approved" else None),
        "ReferringType": "CLICK_COOKIE",
        "ReferringDomain": "",
        "PromoCode": "SUMMER-OF-SOMEONE" if is_reversed(action) else "",
        "Oid": str(action.id % 977),
        "EventCode": "",
        "SharedId": "",
        "SubId1": action.reference or "",
        "SubId2": "",
        "SubId3": "",
        "CustomerArea": "855",
        "CustomerCity": "Santa Barbara",
        "CustomerRegion": "California",
        "CustomerCountry": "US",
        "Uri": f"/Mediapartners/{SID}/Actions/{number(action)}",
    }


FACE: Final = Face(
    name="impact",
    platform="impact",
    prefix=PREFIX,
    account=account_of,
    answer=answer,
    refusals=REFUSALS,
    distortions=DISTORTIONS,
    allowance=ALLOWANCE,
)
