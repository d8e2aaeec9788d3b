"""What the analytics of the page of walks said: visits, where they came from, what they reached and bought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from pipeline.simulator.truth.facts import CountedSales, Facts, SiteDay, VisitRow
from pipeline.simulator.truth.observations import Log, Seen, Unit, days_of
from pipeline.simulator.truth.platforms.matomo import attribute
from pipeline.simulator.truth.terms import AccountTerms, Terms
from pipeline.simulator.world import World
from pipeline.simulator.world.plausible import (
    CURRENCY,
    NETWORKS,
    NOBODY,
    NOT_SET,
    SALE,
    Arrivals,
    Told,
    grouped,
    reached,
    told,
    walks,
)

KIND: Final = "site"
RESTATEMENT_DAYS: Final = 3
DAILY: Final = frozenset({"visits"})

_STREAMS: Final = ("visits", "channels", "sources", "campaigns")
_KINDS: Final[Mapping[str, str]] = {"Direct": "direct", "Organic Search": "search", "Referral": "website"}


class _Row(NamedTuple):
    """Visits of one label as they are told, and how often they reached each goal that is no sale."""

    counted: Told
    goals: tuple[tuple[str, int], ...]


_Labels = Log[tuple[date, str], _Row]
_Sales = Log[tuple[date, str, str], tuple[int, Decimal]]


class _Logs:
    def __init__(self) -> None:
        self.visits: Log[date, Told | None] = Log()
        self.labels: dict[str, _Labels] = {"channels": Log(), "sources": Log(), "campaigns": Log()}
        self.sales: _Sales = Log()


def read(facts: Facts, world: World, units: Sequence[Unit], account: AccountTerms, terms: Terms) -> None:
    """Everything that the nights tell of the page."""
    site, logs = account.site or "", _Logs()
    for unit in units:
        if unit.landed:
            _night(facts, world, unit, logs)
        else:
            facts.fail(unit, *_STREAMS, optional=("purchases",))
    facts.site_days[site] = {day: _site_day(seen) for day, seen in logs.visits.live()}
    for stream, log in logs.labels.items():
        facts.visits += [_visits(site, stream, key, seen, terms) for key, seen in log.live()]
    facts.counted_sales += [_sold(site, account, key, seen) for key, seen in logs.sales.live()]


def _night(facts: Facts, world: World, unit: Unit, logs: _Logs) -> None:
    page = walks(world.seed, world.calendar)
    arrivals = {day: page.day(day, unit.night) for day in days_of(unit)}
    # A day on which nobody was counted is answered, if only by having no row.
    logs.visits.observe(unit, {day: told(some) if some else None for day, some in arrivals.items()})
    facts.deliver(unit, "visits", arrivals)
    rows: dict[str, dict[tuple[date, str], _Row]] = {stream: {} for stream in logs.labels}
    for day, some in arrivals.items():
        for (stream, label), part in grouped(some, _label).items():
            goals = sorted((goal, n) for goal, n in reached(part).items() if goal != SALE)
            rows[stream][day, label] = _Row(told(part), tuple(goals))
    for stream, log in logs.labels.items():
        log.observe(unit, rows[stream], inside=lambda key, _: unit.covers(key[0]))
        facts.deliver(unit, stream, [day for day, _ in rows[stream]])
    sales = dict(_sales(arrivals))
    logs.sales.observe(unit, sales, inside=lambda key, _: unit.covers(key[0]))
    facts.deliver(unit, "purchases", [day for day, _, _ in sales])


def _label(one: Arrivals) -> tuple[str, str]:
    """The one question in whose answer the visits are, and their name there."""
    if one.origin.campaign != NOT_SET:
        return "campaigns", one.origin.campaign
    return ("sources", one.origin.source) if one.origin.channel in NETWORKS else ("channels", one.origin.channel)


def _sales(
    arrivals: Mapping[date, Sequence[Arrivals]],
) -> Iterator[tuple[tuple[date, str, str], tuple[int, Decimal]]]:
    """What was sold by source and campaign; on a day that was visited and without sales, nothing for sure."""
    for day, some in arrivals.items():
        buyers = [one for one in some if one.goals.get(SALE)]
        for (source, campaign), part in grouped(buyers, lambda one: (one.origin.source, one.origin.campaign)).items():
            worth = sum((one.revenue for one in part), Decimal(0))
            yield (day, source, campaign), (reached(part)[SALE], worth)
        if some and not buyers:
            yield (day, "", ""), (0, Decimal(0))


def _bounces(counted: Told) -> int:
    """As many as the percentage says, halves upwards."""
    return (2 * counted.visits * counted.bounce_rate + 100) // 200


def _site_day(seen: Seen[Told | None]) -> SiteDay:
    at = seen.value
    if at is None:
        return SiteDay(None, None, None, None, None, seen.at)
    return SiteDay(at.visits, at.visitors, at.pageviews, _bounces(at), at.visits * at.visit_duration, seen.at)


def _visits(site: str, stream: str, key: tuple[date, str], seen: Seen[_Row], terms: Terms) -> VisitRow:
    day, label = key
    kind = {"sources": "social", "campaigns": "campaign"}.get(stream) or _KINDS.get(label, "other")
    platform, campaign = attribute(kind, label, terms)
    counted = seen.value.counted
    return VisitRow(
        site=site,
        day=day,
        platform=platform,
        campaign=campaign,
        kind=kind,
        label=label,
        visits=counted.visits,
        visitors=counted.visitors,
        goals=dict(seen.value.goals),
        observed_at=seen.at,
        bounces=_bounces(counted),
    )


def _sold(
    site: str, account: AccountTerms, key: tuple[date, str, str], seen: Seen[tuple[int, Decimal]]
) -> CountedSales:
    day, source, campaign = key
    count, worth = seen.value
    utm = {"source": source if source != NOBODY else "", "campaign": campaign if campaign != NOT_SET else ""}
    return CountedSales(
        site=site,
        source=account.platform,
        native_id=f"{SALE}:{day}:{source}:{campaign}",
        day=day,
        count=count,
        value=worth,
        currency=CURRENCY,
        observed_at=seen.at,
        utm={name: text for name, text in utm.items() if text},
    )
