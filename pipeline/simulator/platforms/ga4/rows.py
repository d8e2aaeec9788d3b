"""Rows of a report: what the property counted, by any of the dimensions that are known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from pipeline.simulator.world.calendar import days
from pipeline.simulator.world.ga4 import Origin, Property, PropertyDay

Number = int | Decimal
Row = tuple[tuple[str, ...], tuple[Number, ...]]

ORIGIN: Final[Mapping[str, Callable[[Origin], str]]] = {
    "sessionDefaultChannelGroup": lambda origin: origin.source.channel,
    "sessionSource": lambda origin: origin.source.source,
    "sessionMedium": lambda origin: origin.source.medium,
    "sessionCampaignName": lambda origin: origin.source.campaign,
}
DIMENSIONS: Final = frozenset({"date", "eventName", *ORIGIN})
COUNTED: Final[Mapping[str, Callable[[Origin], int]]] = {
    "sessions": lambda origin: origin.sessions,
    "totalUsers": lambda origin: origin.users,
    "engagedSessions": lambda origin: origin.engaged,
    "userEngagementDuration": lambda origin: origin.seconds,
    "screenPageViews": lambda origin: origin.views,
    "keyEvents": lambda origin: sum(origin.events.values()),
}
OF_THE_DAY: Final[Mapping[str, Callable[[PropertyDay], Number]]] = {
    "ecommercePurchases": lambda day: day.purchases,
    "purchaseRevenue": lambda day: day.revenue,
}
TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(COUNTED, "TYPE_INTEGER"),
    "userEngagementDuration": "TYPE_SECONDS",
    "keyEvents": "TYPE_FLOAT",
    "ecommercePurchases": "TYPE_INTEGER",
    "purchaseRevenue": "TYPE_CURRENCY",
}
Known = Sequence[PropertyDay]


def known(site: Property, first: date, last: date, night: date) -> Known:
    """The days of the range of which anything is known."""
    return [found for day in days(first, min(last, night)) if (found := site.day(day, night)) is not None]


def rows(told: Known, dimensions: Sequence[str], metrics: Sequence[str]) -> list[Row]:
    """The rows in the order of their dimensions. ValueError where these do not go together with the metrics."""
    money = set(metrics) & set(OF_THE_DAY)
    if money and (set(dimensions) != {"date"} or len(money) != len(metrics)):
        raise ValueError(f"{', '.join(sorted(money))} with {', '.join(dimensions)}")
    if "eventName" in dimensions and set(metrics) != {"keyEvents"}:
        raise ValueError("eventName")
    found: dict[tuple[str, ...], list[Number]] = {}
    for key, values in _each(told, dimensions, metrics):
        had = found.setdefault(key, [0] * len(metrics))
        found[key] = [before + more for before, more in zip(had, values, strict=True)]
    return sorted((key, tuple(values)) for key, values in found.items())


def _each(told: Known, dimensions: Sequence[str], metrics: Sequence[str]) -> Iterator[Row]:
    for day in told:
        key = {"date": f"{day.day:%Y%m%d}"}
        if set(dimensions) == {"date"}:
            yield (key["date"],), tuple(_whole(day, name) for name in metrics)
            continue
        for origin in day.origins:
            key |= {name: of(origin) for name, of in ORIGIN.items()}
            if "eventName" in dimensions:
                for event, n in origin.events.items():
                    yield tuple({**key, "eventName": event}[name] for name in dimensions), (n,)
            else:
                yield tuple(key[name] for name in dimensions), tuple(COUNTED[name](origin) for name in metrics)


def _whole(day: PropertyDay, metric: str) -> Number:
    """A number of a whole day; of its visitors some came twice."""
    if metric == "totalUsers":
        return day.users
    if metric in OF_THE_DAY:
        return OF_THE_DAY[metric](day)
    return sum(COUNTED[metric](origin) for origin in day.origins)
