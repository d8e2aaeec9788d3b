"""Orders of reports: what may be asked, and the number under which each is kept.

The number holds the order itself, so that nothing has to be remembered between two requests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from pipeline.simulator.platforms.facebook.errors import GraphError, error, invalid
from pipeline.simulator.world.advertisers.meta_ads import ADVERTISERS
from pipeline.simulator.world.calendar import EPOCH

FIELDS: Final = (
    "account_currency",
    "account_id",
    "account_name",
    "campaign_id",
    "campaign_name",
    "spend",
    "impressions",
    "reach",
    "clicks",
    "inline_link_clicks",
    "actions",
    "action_values",
    "date_start",
    "date_stop",
)
# Since January 2026 there are no 7d_view and 28d_view.
WINDOWS: Final = ("1d_click", "7d_click", "28d_click", "1d_view", "1d_ev", "dda", "default", "skan_click")
PARAMETERS: Final = frozenset(
    {
        "level",
        "time_increment",
        "time_range",
        "date_preset",
        "breakdowns",
        "fields",
        "filtering",
        "action_attribution_windows",
        "use_unified_attribution_setting",
        "limit",
    }
)
_MONTHS_KEPT: Final = 37
# How many decimal digits each part of a report's number has: account, first day, days, campaigns, fields, windows.
_PARTS: Final = (1, 5, 4, 4, 5, 3)


@dataclass(frozen=True)
class Order:
    """One report: whose, of which days and campaigns, with which fields and attribution windows."""

    account: str
    since: date
    until: date
    campaigns: frozenset[str]
    fields: tuple[str, ...]
    windows: tuple[str, ...]

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def is_of_some(self) -> bool:
        """Whether it is about a part of the account's campaigns."""
        return len(self.campaigns) < len(ADVERTISERS[_place(self.account)].campaigns)

    def number(self) -> str:
        """The report's number."""
        place = _place(self.account)
        ids = [campaign.id for campaign in ADVERTISERS[place].campaigns]
        parts = (
            place,
            (self.since - EPOCH).days,
            self.days,
            _mask(ids, self.campaigns),
            _mask(FIELDS, self.fields),
            _mask(WINDOWS, self.windows),
        )
        return "6" + "".join(f"{part:0{digits}d}" for part, digits in zip(parts, _PARTS, strict=True))


def numbered(number: str) -> Order | None:
    """The order of a report, None where there is no such report."""
    if not number.isdecimal() or len(number) != 1 + sum(_PARTS) or number[0] != "6":
        return None
    parts, at = [], 1
    for digits in _PARTS:
        parts.append(int(number[at : at + digits]))
        at += digits
    place, since, days, campaigns, fields, windows = parts
    if place >= len(ADVERTISERS) or not days:
        return None
    begin = EPOCH + timedelta(days=since)
    return Order(
        ADVERTISERS[place].id,
        begin,
        begin + timedelta(days=days - 1),
        frozenset(_chosen([campaign.id for campaign in ADVERTISERS[place].campaigns], campaigns)),
        tuple(_chosen(FIELDS, fields)),
        tuple(_chosen(WINDOWS, windows)),
    )


def order_of(account: str, params: Mapping[str, str], night: date) -> Order:
    """The order that these parameters give. Raises GraphError where the platform would refuse them."""
    since, until = _range(params, night)
    if params.get("level") != "campaign" or params.get("time_increment") != "1":
        raise GraphError(invalid("Param level must be one of {ad, adset, campaign, account}"))
    if params.get("breakdowns") != "publisher_platform":
        raise GraphError(invalid(f"breakdowns[0] must be one of the following values: {params.get('breakdowns')}"))
    fields = tuple(name for name in params.get("fields", "").split(",") if name)
    for name in fields:
        if name not in FIELDS:
            raise GraphError(invalid(f"{name} is not valid for fields param. please check the documentation"))
    windows = tuple(_json(params, "action_attribution_windows", "[]"))
    for place, name in enumerate(windows):
        if name not in WINDOWS:
            raise GraphError(
                invalid(f"Param action_attribution_windows[{place}] must be one of {{{', '.join(WINDOWS)}}}")
            )
    return Order(account, since, until, chosen(account, params), fields, windows)


def chosen(account: str, params: Mapping[str, str]) -> frozenset[str]:
    """The campaigns that ``filtering`` leaves."""
    left = {campaign.id for campaign in ADVERTISERS[_place(account)].campaigns}
    for rule in _json(params, "filtering", "[]"):
        if rule.get("field") != "campaign.id" or rule.get("operator") not in {"IN", "NOT_IN"}:
            raise GraphError(invalid("Filtering field or operator is invalid"))
        named = set(rule["value"])
        left = left & named if rule["operator"] == "IN" else left - named
    return frozenset(left)


def _range(params: Mapping[str, str], night: date) -> tuple[date, date]:
    told = _json(params, "time_range", "null")
    if not isinstance(told, dict):
        raise GraphError(invalid("Param time_range must be non-empty"))
    try:
        since, until = date.fromisoformat(told["since"]), date.fromisoformat(told["until"])
    except (KeyError, ValueError):
        raise GraphError(invalid("Must be a date representation in the format YYYY-MM-DD")) from None
    if until < since:
        raise GraphError(invalid("The time range's since must not be after its until"))
    if (night.year - since.year) * 12 + night.month - since.month > _MONTHS_KEPT:
        words = "(#3018) The start date of the time range cannot be beyond 37 months from the current date"
        raise GraphError(error(3018, words))
    return since, until


def _json(params: Mapping[str, str], name: str, default: str) -> Any:
    try:
        return json.loads(params.get(name, default))
    except ValueError:
        raise GraphError(invalid(f"Param {name} must be valid JSON")) from None


def _place(account: str) -> int:
    return next(place for place, each in enumerate(ADVERTISERS) if each.id == account)


def _mask(all_: tuple[str, ...] | list[str], some: tuple[str, ...] | frozenset[str]) -> int:
    return sum(1 << place for place, name in enumerate(all_) if name in some)


def _chosen(all_: tuple[str, ...] | list[str], mask: int) -> list[str]:
    return [name for place, name in enumerate(all_) if mask >> place & 1]
