"""The advertising account, its campaigns page by page, and what its API's errors mean."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import quote

import msgspec

from pipeline.errors import QuotaExhausted, SourceChanged, SourceRefused
from pipeline.http import Answer, Session, judge_status, redact, x_ads_headers
from pipeline.paging import by_cursor
from pipeline.settings import Account
from pipeline.sources._answers import decode
from pipeline.streams import Window

_ROWS_A_PAGE = 1000
# Hours of a day in one zone lie in a neighbouring day of another.
_EITHER_SIDE = timedelta(days=2)


class Advertiser(msgspec.Struct):
    """What the platform says of the account. ``timezone`` is the zone's name."""

    name: str
    timezone: str


class _AdvertiserAnswer(msgspec.Struct):
    data: Advertiser


class Campaign(msgspec.Struct):
    """One campaign. It may have been deleted: what it cost, it cost."""

    id: str
    name: str
    currency: str
    created_at: str | None = None
    end_time: str | None = None

    def ran_in(self, window: Window) -> bool:
        """False where it was made after the window, or had ended before it."""
        created, ended = _day(self.created_at), _day(self.end_time)
        late = created is not None and created > window.until + _EITHER_SIDE
        early = ended is not None and ended < window.since - _EITHER_SIDE
        return not late and not early


class _Campaigns(msgspec.Struct):
    data: list[Campaign]
    next_cursor: str | None


class _Fault(msgspec.Struct):
    code: str
    message: str = ""


class _Faults(msgspec.Struct):
    errors: list[_Fault]


def path_of(account: Account, kind: str, rest: str = "") -> str:
    """The address of something of the account: ``kind`` is what stands before its id."""
    return f"/12/{kind}/{quote(account.id, safe='')}{rest}"


def advertiser(account: Account, http: Session) -> Advertiser:
    """The account itself."""
    return decode(http.get(path_of(account, "accounts"), judge=judge), _AdvertiserAnswer, "the ad account").data


def campaigns(account: Account, window: Window, http: Session) -> list[Campaign]:
    """Every campaign that may have run in the window, once. A page that is short is not the last one."""

    def ask(cursor: str | None) -> tuple[list[Campaign], str | None]:
        params: dict[str, str | int] = {"count": _ROWS_A_PAGE, "with_deleted": "true"}
        if cursor:
            params["cursor"] = cursor
        answer = http.get(path_of(account, "accounts", "/campaigns"), params, judge=judge)
        told = decode(answer, _Campaigns, "the campaigns")
        return told.data, told.next_cursor or None

    found = {campaign.id: campaign for page in by_cursor(ask) for campaign in page}
    return [campaign for campaign in found.values() if campaign.ran_in(window)]


def _day(moment: str | None) -> date | None:
    try:
        return datetime.fromisoformat(moment).date() if moment else None
    except ValueError:
        return None


def judge(answer: Answer) -> None:
    """Raise what an answer's status and the code of its error mean."""
    if answer.status == 429:
        resets = [allowance.resets_at for allowance in x_ads_headers("", answer) if allowance.resets_at]
        if resets:
            raise QuotaExhausted(f"HTTP 429: {_said(answer)}", resets_at=max(resets))
    if answer.status in (401, 403):
        raise SourceRefused(
            f"HTTP {answer.status}: {_said(answer)} (check the four keys, and that their app may use the Ads API)"
        )
    if answer.status == 404:
        raise SourceRefused(f"HTTP 404: {_said(answer)} (check the account's id, and that the user may see it)")
    if answer.status == 400:
        raise SourceChanged(f"HTTP 400: {_said(answer)}")
    judge_status(answer)


def _said(answer: Answer) -> str:
    try:
        told = msgspec.json.decode(answer.body, type=_Faults).errors
    except msgspec.DecodeError:
        told = []
    return redact("; ".join(f"{fault.code}: {fault.message}" for fault in told) or "no reason given")
