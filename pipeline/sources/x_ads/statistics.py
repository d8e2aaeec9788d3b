"""Statistics of campaigns: lists of values, one for each day, taken apart into days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from pipeline.errors import SourceChanged
from pipeline.http import Session
from pipeline.paging import by_window
from pipeline.settings import Account
from pipeline.sources._answers import decode, whole
from pipeline.sources.x_ads.accounts import Campaign, judge, path_of
from pipeline.streams import Page, Window, Yield

_DAYS_A_CALL: Final = 7
_CAMPAIGNS_A_CALL: Final = 20
_METRICS: Final = (
    "billed_charge_local_micro",
    "billed_engagements",
    "impressions",
    "engagements",
    "clicks",
    "url_clicks",
)
_NULL: Final = msgspec.Raw(b"null")


class _Segment(msgspec.Struct):
    metrics: dict[str, msgspec.Raw]


class _Entity(msgspec.Struct):
    id: str
    id_data: list[_Segment]


class _Statistics(msgspec.Struct):
    data: list[_Entity]
    time_series_length: int


def costs(account: Account, window: Window, http: Session, campaigns: Sequence[Campaign]) -> Iterator[Yield]:
    """A row for each campaign, day and placement on which something was shown or billed."""
    yield Page("costs", [])
    named = {campaign.id: campaign for campaign in campaigns}
    for part in by_window(window.since, window.until, _DAYS_A_CALL):
        for start in range(0, len(campaigns), _CAMPAIGNS_A_CALL):
            some = [campaign.id for campaign in campaigns[start : start + _CAMPAIGNS_A_CALL]]
            for placement in _placements(account):
                told = _asked(account, http, part, some, placement)
                records = [row for entity in told for row in _rows(entity, part, named[entity.id], placement)]
                yield Page("costs", records)


def _placements(account: Account) -> list[str]:
    chosen = account.options["placements"]
    return (
        [str(each) for each in chosen]
        if isinstance(chosen, Sequence) and not isinstance(chosen, str)
        else [str(chosen)]
    )


def _asked(account: Account, http: Session, window: Window, ids: list[str], placement: str) -> list[_Entity]:
    """The statistics of exactly these campaigns. SourceChanged where others come, or some do not."""
    params = {
        "entity": "CAMPAIGN",
        "entity_ids": ",".join(ids),
        "start_time": moment(window.since, account.time_zone),
        "end_time": moment(window.until + timedelta(days=1), account.time_zone),
        "granularity": "DAY",
        "metric_groups": "ENGAGEMENT,BILLING",
        "placement": placement,
    }
    answer = http.get(path_of(account, "stats/accounts"), params, judge=judge)
    told = decode(answer, _Statistics, "the statistics")
    if sorted(entity.id for entity in told.data) != sorted(ids):
        raise SourceChanged(f"statistics of {len(ids)} campaigns were asked for; not exactly those came")
    return told.data


def moment(day: date, zone: str) -> str:
    """Midnight in the zone: the whole hour in UTC, or the local one where that is no whole hour of UTC."""
    local = datetime.combine(day, time(), ZoneInfo(zone))
    found = local.astimezone(UTC)
    return local.isoformat() if found.minute else found.strftime("%Y-%m-%dT%H:%M:%SZ")


def _rows(entity: _Entity, window: Window, campaign: Campaign, placement: str) -> Iterator[bytes]:
    days = [window.since + timedelta(days=n) for n in range((window.until - window.since).days + 1)]
    if len(entity.id_data) != 1:
        raise SourceChanged(
            f"campaign {entity.id} has statistics of {len(entity.id_data)} segments where none was asked"
        )
    lists = {name: _values(entity, name, len(days)) for name in _METRICS}
    for n, day in enumerate(days):
        values = {name: each[n] for name, each in lists.items()}
        # Shown to nobody and billed nothing: the list only has a place for the day.
        if any(bytes(value) != b"null" and whole(value) != 0 for value in values.values()):
            ours = {"campaign_id": entity.id, "day": day.isoformat(), "placement": placement}
            names = {"campaign_name": campaign.name, "currency": campaign.currency}
            yield msgspec.json.encode({**ours, **names, **values})


def _values(entity: _Entity, name: str, days: int) -> list[msgspec.Raw]:
    """The values of one metric by day; null for each of them where nothing is told."""
    told = entity.id_data[0].metrics.get(name, _NULL)
    if bytes(told) == b"null":
        return [_NULL] * days
    values = decode(told, list[msgspec.Raw], f"the metric {name}")
    if len(values) != days:
        raise SourceChanged(f"the metric {name} has {len(values)} values for {days} days")
    return values
